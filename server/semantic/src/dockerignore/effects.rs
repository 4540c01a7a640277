//! What each pattern does to what lies in a build context: which files it matches, and which it decides about in the end.

use std::collections::{BTreeMap, HashMap};

use super::{Dockerignore, FolderMatch};
use crate::facts::{ContextFacts, FileKind};

/// How many names are kept of what a pattern matches.
const NAMES: usize = 5;

/// What the patterns of an ignore file do, by their lines from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// Whether all of the context was looked at.
    pub complete: bool,
    /// Each pattern's effect.
    pub by_line: BTreeMap<u32, Effect>,
    /// Files that are left, and their bytes.
    pub left: Tally,
}

/// What one pattern does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// Whether anything at all matches, folders too.
    pub matches: bool,
    /// What matches, or lies in a folder that does.
    pub matched: Tally,
    /// What it decides about: what it leaves out or, with `!`, takes back in.
    pub decided: Tally,
    /// How many of the files that it matches other lines decide about, by these lines.
    pub others: BTreeMap<u32, usize>,
    /// The line that decides about the first file that it matches, where it decides about none itself; none where no line does.
    pub instead: Option<u32>,
}

/// Some files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many; links are files here.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The first of them.
    pub first: Vec<String>,
}

/// What becomes of a path of a build context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// Whether it is left out.
    pub ignored: bool,
    /// The line of the pattern that decides, from 1; none where none matches.
    pub line: Option<u32>,
}

impl Tally {
    fn add(&mut self, path: &str, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        if self.first.len() < NAMES {
            self.first.push(path.to_owned());
        }
    }
}

/// What is known of a folder on the way down.
#[derive(Default)]
struct Folder {
    matches: FolderMatch,
    /// Nobody looks into it: all in it shares its fate.
    passed_by: Option<Fate>,
    /// Which patterns match it or a folder above it, by themselves.
    own: Vec<bool>,
}

impl Dockerignore {
    /// What becomes of every path of a context, in the order of its listing.
    #[must_use]
    pub fn fates<'a>(&self, context: &'a ContextFacts) -> Vec<(&'a str, Fate)> {
        let mut fates = Vec::with_capacity(context.files.len());
        self.judge(context, |path, _, fate, _| fates.push((path, fate)));
        fates
    }

    /// What each pattern does to a context.
    #[must_use]
    pub fn effects(&self, context: &ContextFacts) -> Effects {
        let mut effects: Vec<Effect> = self.patterns.iter().map(|_| Effect::default()).collect();
        let mut first_fates: Vec<Option<Fate>> = vec![None; self.patterns.len()];
        let mut left = Tally::default();
        self.judge(context, |path, bytes, fate, own| {
            for (effect, _) in effects.iter_mut().zip(own).filter(|(_, own)| **own) {
                effect.matches = true;
            }
            // A folder is not sent for itself.
            let Some(bytes) = bytes else { return };
            if !fate.ignored {
                left.add(path, bytes);
            }
            for (index, pattern) in self.patterns.iter().enumerate().filter(|(index, _)| own[*index]) {
                effects[index].matched.add(path, bytes);
                first_fates[index].get_or_insert(fate);
                if fate.line == Some(pattern.line) {
                    effects[index].decided.add(path, bytes);
                } else if let Some(line) = fate.line {
                    *effects[index].others.entry(line).or_default() += 1;
                }
            }
        });
        for (effect, fate) in effects.iter_mut().zip(first_fates) {
            if effect.decided.files == 0 {
                effect.instead = fate.and_then(|fate| fate.line);
            }
        }
        let by_line = self.patterns.iter().map(|pattern| pattern.line).zip(effects).collect();
        Effects { complete: context.complete, by_line, left }
    }

    /// Calls back with each path, the bytes of a file, its fate, and which patterns match it or a folder above it.
    fn judge<'a>(
        &self,
        context: &'a ContextFacts,
        mut judged: impl FnMut(&'a str, Option<u64>, Fate, &[bool]),
    ) {
        let root = Folder { own: vec![false; self.patterns.len()], ..Folder::default() };
        let mut folders: HashMap<&str, Folder> = HashMap::from([("", root)]);
        for (path, file) in &context.files {
            let parent = path.rfind('/').map_or("", |slash| &path[..slash]);
            let Some(folder) = folders.get(parent) else { continue };
            let own: Vec<bool> = self
                .patterns
                .iter()
                .zip(&folder.own)
                .map(|(one, above)| *above || one.is_match(path))
                .collect();
            let (fate, matches) = match folder.passed_by {
                Some(fate) => (fate, FolderMatch::default()),
                None => {
                    let (decider, matches) = self.decide_in(&folder.matches, path);
                    let ignored = decider.is_some_and(|pattern| !pattern.exception);
                    (Fate { ignored, line: decider.map(|pattern| pattern.line) }, matches)
                }
            };
            let is_folder = file.kind == FileKind::Directory;
            judged(path, (!is_folder).then_some(file.size), fate, &own);
            if is_folder {
                let is_out = fate.ignored && (folder.passed_by.is_some() || self.can_skip_folder(path));
                folders.insert(path, Folder { matches, passed_by: is_out.then_some(fate), own });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use expect_test::{Expect, expect};

    use super::*;
    use crate::facts::FileFacts;

    fn check(paths: &[&str], ignore: &str, expected: Expect) {
        let file = |path: &&str| match path.strip_suffix('/') {
            Some(folder) => (folder.to_owned(), FileFacts { size: 0, kind: FileKind::Directory }),
            None => ((*path).to_owned(), FileFacts { size: 10, kind: FileKind::File }),
        };
        let context = ContextFacts {
            files: paths.iter().map(file).collect(),
            complete: true,
            ..ContextFacts::default()
        };
        let effects = Dockerignore::parse(ignore).0.effects(&context);
        let mut text = String::new();
        for (line, effect) in &effects.by_line {
            let Effect { matches, matched, decided, others, instead } = effect;
            let _ = writeln!(
                text,
                "{line}: matches {matches} {}, decides {} {} {:?}, others {others:?}, instead {instead:?}",
                matched.files, decided.files, decided.bytes, decided.first
            );
        }
        let _ = writeln!(text, "left: {:?}", effects.left.first);
        expected.assert_eq(&text);
    }

    #[test]
    fn each_pattern_is_told_with_what_it_decides() {
        check(
            &["a.md", "b.md", "docs/", "docs/a.md", "docs/x/", "docs/x/y", "größe/", "src.js"],
            "*.md\n!b.md\ndocs\ngröße\nnothing\n",
            expect![[r#"
                1: matches true 2, decides 1 10 ["a.md"], others {2: 1}, instead None
                2: matches true 1, decides 1 10 ["b.md"], others {}, instead None
                3: matches true 2, decides 2 20 ["docs/a.md", "docs/x/y"], others {}, instead None
                4: matches true 0, decides 0 0 [], others {}, instead None
                5: matches false 0, decides 0 0 [], others {}, instead None
                left: ["b.md", "src.js"]
            "#]],
        );
    }

    #[test]
    fn what_decides_instead_is_named() {
        check(
            &["a/", "a/b/", "a/b/c", "a/d", "e"],
            "a\n!a/b\na/b\na/d\n!e\n!a/*/*\n",
            expect![[r#"
                1: matches true 2, decides 1 10 ["a/d"], others {6: 1}, instead None
                2: matches true 1, decides 0 0 [], others {6: 1}, instead Some(6)
                3: matches true 1, decides 0 0 [], others {6: 1}, instead Some(6)
                4: matches true 1, decides 0 0 [], others {1: 1}, instead Some(1)
                5: matches true 1, decides 0 0 [], others {}, instead None
                6: matches true 1, decides 1 10 ["a/b/c"], others {}, instead None
                left: ["a/b/c", "e"]
            "#]],
        );
        check(
            &["a/", "a/b/", "a/b/c"],
            "a\n!a/*/**\n",
            expect![[r#"
                1: matches true 1, decides 1 10 ["a/b/c"], others {}, instead None
                2: matches true 1, decides 0 0 [], others {1: 1}, instead Some(1)
                left: []
            "#]],
        );
    }
}
