//! A rule or a rewrite is one file that holds its documentation, its code and its tests, and stands in its list.

use super::assert_none;
use super::tree::{SourceFile, files_below, root};

const RULES: &str = "server/rules/src/rules";
const REWRITES: &str = "server/rewrites/src";
/// One sentence is a title, not a page.
const DOC_LINES_AT_LEAST: usize = 3;

/// One rule or rewrite: its file, or the files of its folder.
struct Entry {
    /// `split-stages` for `split_stages.rs` and `split_stages/…`.
    id: String,
    files: Vec<SourceFile>,
}

/// Files of a folder by entry; the folder's own `mod.rs` and `lib.rs` are none.
fn entries(folder: &str, files: Vec<SourceFile>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let Some(below) = file.path.strip_prefix(folder).map(|path| path.trim_start_matches('/')) else {
            continue;
        };
        let stem = below.split('/').next().unwrap_or(below).trim_end_matches(".rs");
        if !file.path.ends_with(".rs") || ["mod", "lib", "tests"].contains(&stem) {
            continue;
        }
        let id = stem.replace('_', "-");
        match entries.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => entry.files.push(file),
            None => entries.push(Entry { id, files: vec![file] }),
        }
    }
    entries
}

/// Whether the entry calls itself by its id; the files beside the rewrites that serve them all do not.
fn is_named(entry: &Entry) -> bool {
    let literal = format!("\"{}\"", entry.id);
    entry.files.iter().any(|file| file.text.contains(&literal))
}

fn problems_of_entry(kind: &str, entry: &Entry) -> Vec<String> {
    let mut problems = Vec::new();
    let id = &entry.id;
    let docs = |file: &SourceFile| file.text.lines().take_while(|line| line.starts_with("//!")).count();
    if entry.files.iter().map(docs).max().unwrap_or_default() < DOC_LINES_AT_LEAST {
        problems.push(format!(
            "the {kind} {id} has no page: open its file with a `//!` of what, why and what to do"
        ));
    }
    if !entry.files.iter().any(|file| file.text.contains("#[test]")) {
        problems.push(format!("the {kind} {id} has no tests"));
    }
    problems
}

/// A file that its list does not name is never run.
fn problems_of_list(kind: &str, entries: &[Entry], list: &str) -> Vec<String> {
    entries
        .iter()
        .filter(|entry| !list.contains(&format!("mod {};", entry.id.replace('-', "_"))))
        .map(|entry| format!("the {kind} {} is not in the list of its folder", entry.id))
        .collect()
}

fn list_of(folder: &str) -> String {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    read(&format!("{folder}/mod.rs")) + &read(&format!("{folder}.rs")) + &read(&format!("{folder}/lib.rs"))
}

fn check(kind: &str, folder: &str, is_entry: fn(&Entry) -> bool) {
    let mut entries = entries(folder, files_below(folder));
    entries.retain(is_entry);
    let mut problems = problems_of_list(kind, &entries, &list_of(folder));
    problems.extend(entries.iter().flat_map(|entry| problems_of_entry(kind, entry)));
    assert_none(&problems);
}

#[test]
fn every_rule_has_a_page_tests_and_its_place_in_the_list() {
    check("rule", RULES, |_| true);
}

#[test]
fn every_rewrite_has_a_page_tests_and_its_place_in_the_list() {
    check("rewrite", REWRITES, is_named);
}

#[test]
fn a_rule_without_page_or_tests_is_named() {
    let files = vec![
        SourceFile::new("server/rules/src/rules/mod.rs", "//! List.\n"),
        SourceFile::new("server/rules/src/rules/build_tools.rs", "//! Short.\nfn check() {}\n"),
        SourceFile::new("server/rules/src/rules/whole.rs", "//! A\n//!\n//! B\n#[test]\nfn applies() {}\n"),
    ];
    let entries = entries(RULES, files);
    let problems: Vec<_> = entries.iter().flat_map(|entry| problems_of_entry("rule", entry)).collect();
    assert_eq!(
        problems,
        [
            "the rule build-tools has no page: open its file with a `//!` of what, why and what to do",
            "the rule build-tools has no tests",
        ]
    );
    assert_eq!(
        problems_of_list("rule", &entries, "mod whole;\n"),
        ["the rule build-tools is not in the list of its folder"]
    );
}

#[test]
fn a_rewrite_may_be_a_folder_and_what_serves_all_is_none() {
    let files = vec![
        SourceFile::new(
            "server/rewrites/src/split_stages/mod.rs",
            "//! A\n//! B\n//! C\nconst ID: &str = \"split-stages\";\n",
        ),
        SourceFile::new("server/rewrites/src/split_stages/tests.rs", "//! T\n#[test]\nfn splits() {}\n"),
        SourceFile::new("server/rewrites/src/second_opinion.rs", "//! Asks.\n"),
    ];
    let mut entries = entries(REWRITES, files);
    entries.retain(is_named);
    assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["split-stages"]);
    assert_eq!(problems_of_entry("rewrite", &entries[0]), Vec::<String>::new());
}
