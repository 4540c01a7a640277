//! Trees with ignore files, from seeds: the same on every machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::super::random::Random;

/// Names that patterns take in different ways.
const NAMES: [&str; 18] = [
    "a",
    "b",
    "A",
    "ab",
    ".a",
    ".env",
    "x y",
    "größe",
    "日本",
    "a.md",
    "b.md",
    "a.log",
    "[x]",
    "node_modules",
    "deep",
    "#hash",
    "a+b",
    "d.d",
];

/// Parts of patterns between slashes.
const PARTS: [&str; 26] = [
    "a",
    "b",
    "ab",
    "deep",
    ".a",
    ".env",
    "größe",
    "日本",
    "x y",
    "a.md",
    "node_modules",
    "*",
    "*",
    "**",
    "**",
    "?",
    "*.md",
    "a*",
    "[ab]",
    "[^a]",
    "[a-c]*",
    "\\[x\\]",
    "**a",
    "a**",
    ".",
    "..",
];

/// A context and its ignore file.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) ignore: String,
    /// What lies where; folders above are made too.
    things: BTreeMap<String, Thing>,
}

#[derive(Debug, Clone)]
enum Thing {
    File,
    Folder,
    Link(String),
}

impl Tree {
    pub(super) fn generate(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut things = BTreeMap::new();
        for _ in 0..random.below(14) + 3 {
            let depth = random.below(4) + 1;
            let path = (0..depth).map(|_| random.pick(&NAMES)).collect::<Vec<_>>().join("/");
            let thing = match random.below(10) {
                0 => Thing::Folder,
                1 => Thing::Link(random.pick(&["a", "deep", "nowhere", "../b", "."]).to_owned()),
                _ => Thing::File,
            };
            things.entry(path).or_insert(thing);
        }
        let mut ignore = if random.below(8) == 0 { "\u{feff}".to_owned() } else { String::new() };
        let line_end = if random.below(4) == 0 { "\r\n" } else { "\n" };
        for _ in 0..random.below(6) + 1 {
            let line = Self::line(&mut random);
            ignore.push_str(&line);
            ignore.push_str(line_end);
        }
        Self { ignore, things }
    }

    fn line(random: &mut Random) -> String {
        match random.below(24) {
            0 => return "# a comment".to_owned(),
            1 => return String::new(),
            2 => return " # no comment".to_owned(),
            3 => return random.pick(&["[a", "!", "a\\", "[b-a]"]).to_owned(),
            _ => {}
        }
        let depth = [1, 1, 1, 2, 2, 3][random.below(6)];
        let pattern = (0..depth).map(|_| random.pick(&PARTS)).collect::<Vec<_>>().join("/");
        let before = ["", "", "", "", "!", "!", "!", "/", "./", "  ", "! ", "!/"][random.below(12)];
        let behind = ["", "", "", "", "/", "/**", "  ", "//"][random.below(8)];
        format!("{before}{pattern}{behind}")
    }

    /// Writes it to disk, the ignore file too. What would lie in a file or a link is left out.
    pub(super) fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        for (path, thing) in &self.things {
            let path = folder.join(path);
            let parent = path.parent().unwrap();
            let is_through_link =
                parent.ancestors().take_while(|above| *above != folder).any(Path::is_symlink);
            if is_through_link || fs::create_dir_all(parent).is_err() || path.exists() || path.is_symlink() {
                continue;
            }
            match thing {
                Thing::File => fs::write(path, "x").unwrap(),
                Thing::Folder => fs::create_dir(path).unwrap(),
                Thing::Link(target) => symlink(target, path).unwrap(),
            }
        }
        fs::write(folder.join(".dockerignore"), &self.ignore).unwrap();
    }
}
