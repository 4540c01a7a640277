//! Which files of the build context a COPY takes, and which of them .dockerignore leaves out.

use std::collections::{BTreeMap, HashMap};

use semantic::dockerignore::{Dockerignore, FolderMatch};
use semantic::facts::{ContextFacts, FileKind};

/// How many names are kept for showing.
const NAMES: usize = 5;

/// What a source matches.
#[derive(Debug, Default)]
pub(super) struct Matched<'a> {
    /// Files and links that the builder gets.
    pub(super) n_files: usize,
    /// Their bytes.
    pub(super) bytes: u64,
    /// The first of their paths.
    pub(super) names: Vec<&'a str>,
    /// Files that .dockerignore leaves out, by the pattern's line (from 1) with the pattern.
    pub(super) ignored: BTreeMap<u32, (String, usize)>,
    /// Whether the source itself is a folder.
    pub(super) is_folder: bool,
    /// Whether anything lies there at all.
    pub(super) exists: bool,
}

impl Matched<'_> {
    /// How many files are left out.
    pub(super) fn n_ignored(&self) -> usize {
        self.ignored.values().map(|(_, number)| number).sum()
    }
}

/// What a source matches: a cleaned path or pattern, `.` for the whole context.
pub(super) fn matched<'a>(context: &'a ContextFacts, source: &str) -> Matched<'a> {
    let mut ignore = Ignore { rules: context.dockerignore(), folders: HashMap::new() };
    let mut matched = Matched::default();
    if source == "." {
        (matched.is_folder, matched.exists) = (true, true);
        take_below(context, "", &mut ignore, &mut matched);
    } else if source.contains(['*', '?', '[', '\\']) {
        // The builder's patterns cross no `/`, not even `**`.
        let mut pattern = source.to_owned();
        while pattern.contains("**") {
            pattern = pattern.replace("**", "*");
        }
        let (patterns, _) = Dockerignore::from_patterns([pattern.as_str()]);
        let depth = pattern.matches('/').count();
        let Some(pattern) = patterns.patterns().first() else { return matched };
        let listed = context.files.iter();
        for (path, _) in
            listed.filter(|(path, _)| path.matches('/').count() == depth && pattern.is_match(path))
        {
            take(context, path, &mut ignore, &mut matched);
        }
        matched.is_folder = false;
    } else {
        take(context, source, &mut ignore, &mut matched);
    }
    matched
}

/// Takes a path with all that is below it.
fn take<'a>(context: &'a ContextFacts, path: &str, ignore: &mut Ignore<'a>, matched: &mut Matched<'a>) {
    let Some((path, file)) = context.files.get_key_value(path) else { return };
    matched.exists = true;
    if file.kind == FileKind::Directory {
        matched.is_folder = true;
        take_below(context, path, ignore, matched);
    } else {
        add(path, file.size, ignore, matched);
    }
}

fn take_below<'a>(
    context: &'a ContextFacts,
    folder: &'a str,
    ignore: &mut Ignore<'a>,
    matched: &mut Matched<'a>,
) {
    for (path, file) in context.below(folder) {
        if file.kind != FileKind::Directory {
            add(path, file.size, ignore, matched);
        }
    }
}

fn add<'a>(path: &'a str, size: u64, ignore: &mut Ignore<'a>, matched: &mut Matched<'a>) {
    match ignore.decide(path) {
        Some((line, pattern)) => {
            matched.ignored.entry(line).or_insert((pattern, 0)).1 += 1;
        }
        None => {
            matched.n_files += 1;
            matched.bytes += size;
            if matched.names.len() < NAMES {
                matched.names.push(path);
            }
        }
    }
}

/// The ignore file with what it says of each folder that was asked for, so that a folder is judged once.
struct Ignore<'a> {
    rules: Dockerignore,
    folders: HashMap<&'a str, Folder>,
}

#[derive(Clone)]
enum Folder {
    /// Left out with all that is in it.
    Out(u32, String),
    /// What is in it is judged by itself.
    Open(FolderMatch),
}

impl<'a> Ignore<'a> {
    /// The line and text of the pattern that leaves a file out.
    fn decide(&mut self, path: &'a str) -> Option<(u32, String)> {
        if self.rules.is_empty() {
            return None;
        }
        let rules = &self.rules;
        match folder(rules, &mut self.folders, parent(path)) {
            Folder::Out(line, pattern) => Some((*line, pattern.clone())),
            Folder::Open(matched) => {
                let (decider, _) = rules.decide_in(matched, path);
                decider
                    .filter(|pattern| !pattern.exception)
                    .map(|pattern| (pattern.line, pattern.text.clone()))
            }
        }
    }
}

fn folder<'a, 'f>(
    rules: &Dockerignore,
    folders: &'f mut HashMap<&'a str, Folder>,
    path: &'a str,
) -> &'f Folder {
    if !folders.contains_key(path) {
        let found = if path.is_empty() {
            Folder::Open(FolderMatch::default())
        } else {
            match folder(rules, folders, parent(path)) {
                Folder::Out(line, pattern) => Folder::Out(*line, pattern.clone()),
                Folder::Open(matched) => {
                    let (decider, matched) = rules.decide_in(matched, path);
                    match decider.filter(|pattern| !pattern.exception && rules.can_skip_folder(path)) {
                        Some(pattern) => Folder::Out(pattern.line, pattern.text.clone()),
                        None => Folder::Open(matched),
                    }
                }
            }
        };
        folders.insert(path, found);
    }
    // It was put there just now, if not before.
    &folders[path]
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use semantic::facts::{FileFacts, IgnoreFile};

    use super::*;

    fn check(ignore: &str, source: &str, expected: &str) {
        let file = |path: &&str| {
            let is_folder = path.ends_with('/');
            let kind = if is_folder { FileKind::Directory } else { FileKind::File };
            (path.trim_end_matches('/').to_owned(), FileFacts { size: u64::from(!is_folder) * 10, kind })
        };
        let files = [
            "a.js",
            "b.log",
            "node_modules/",
            "node_modules/x/",
            "node_modules/x/i.js",
            "node_modules/y.js",
            "src/",
            "src/c.js",
            "src/deep/",
            "src/deep/d.js",
            "src/deep/e.log",
        ];
        let context = ContextFacts {
            files: files.iter().map(file).collect(),
            complete: true,
            ignore_file: Some(IgnoreFile { path: ".dockerignore".to_owned(), text: ignore.to_owned() }),
            ..ContextFacts::default()
        };
        let Matched { n_files, bytes, names, ignored, .. } = matched(&context, source);
        assert_eq!(format!("{n_files} {bytes} {names:?} {ignored:?}"), expected, "{source}");
    }

    #[test]
    fn folders_files_and_patterns_are_matched_as_the_builder_does() {
        check("", "src", r#"3 30 ["src/c.js", "src/deep/d.js", "src/deep/e.log"] {}"#);
        check("", "a.js", r#"1 10 ["a.js"] {}"#);
        check("", "*.js", r#"1 10 ["a.js"] {}"#);
        check("", "src/*", r#"3 30 ["src/c.js", "src/deep/d.js", "src/deep/e.log"] {}"#);
        check("", "**/*.js", r#"2 20 ["node_modules/y.js", "src/c.js"] {}"#);
        check("", "nothing", "0 0 [] {}");
    }

    #[test]
    fn what_is_ignored_is_counted_by_pattern() {
        check(
            "node_modules\n# logs\n**/*.log\n",
            ".",
            r#"3 30 ["a.js", "src/c.js", "src/deep/d.js"] {1: ("node_modules", 2), 3: ("**/*.log", 2)}"#,
        );
        check("src\n!src/deep/d.js\n", "src", r#"1 10 ["src/deep/d.js"] {1: ("src", 2)}"#);
        check("*\n!a.js\n", ".", r#"1 10 ["a.js"] {1: ("*", 6)}"#);
    }
}
