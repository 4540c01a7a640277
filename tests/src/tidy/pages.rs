//! A rule or a rewrite is one file (or one folder) named for its code, with its page and its tests, and one line in its list.

use super::assert_none;
use super::tree::{SourceFile, files_below};

pub(super) const RULES: &str = "server/rules/src/rules";
pub(super) const REWRITES: &str = "server/rewrites/src";

/// What a list says about one rule or rewrite.
struct Listed {
    code: &'static str,
    page: &'static str,
}

/// The files of one rule or rewrite.
struct Entry {
    /// `split-stages` for `split_stages.rs` and `split_stages/…`.
    code: String,
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
        let code = stem.replace('_', "-");
        match entries.iter_mut().find(|entry| entry.code == code) {
            Some(entry) => entry.files.push(file),
            None => entries.push(Entry { code, files: vec![file] }),
        }
    }
    entries
}

/// A list's order is by code, so that two people who add to it seldom meet.
fn problems_of_list(kind: &str, folder: &str, listed: &[Listed], entries: &[Entry]) -> Vec<String> {
    let mut problems = Vec::new();
    for pair in listed.windows(2) {
        if pair[0].code >= pair[1].code {
            problems.push(format!("the {kind} {} is listed after {}", pair[1].code, pair[0].code));
        }
    }
    for Listed { code, page } in listed {
        let has_example =
            ["```dockerfile", "```dockerignore", "```yaml"].iter().any(|fence| page.contains(fence));
        if !has_example || page.lines().count() < 5 {
            problems.push(format!(
                "the {kind} {code} has no page: what, why, and an example in a ```dockerfile block"
            ));
        }
        if page.starts_with("# ") {
            problems.push(format!("the page of the {kind} {code} begins with a title, which is added to it"));
        }
        match entries.iter().find(|entry| entry.code == *code) {
            None => problems.push(format!("the {kind} {code} has no file of its name in {folder}")),
            Some(entry) if !entry.files.iter().any(|file| file.text.contains("#[test]")) => {
                problems.push(format!("the {kind} {code} has no tests"));
            }
            Some(_) => {}
        }
    }
    problems
}

/// A file that calls itself by a code and is not listed is never run.
fn problems_of_files(kind: &str, listed: &[Listed], entries: &[Entry]) -> Vec<String> {
    let is_listed = |entry: &&Entry| !listed.iter().any(|listed| listed.code == entry.code);
    let names_itself = |entry: &&Entry| {
        let own = [format!("id: \"{}\"", entry.code), format!("code: \"{}\"", entry.code)];
        entry.files.iter().any(|file| own.iter().any(|own| file.text.contains(own)))
    };
    let unlisted = entries.iter().filter(is_listed).filter(names_itself);
    unlisted.map(|entry| format!("the {kind} {} is in no list", entry.code)).collect()
}

fn check(kind: &str, folder: &str, listed: &[Listed]) {
    let entries = entries(folder, files_below(folder));
    let mut problems = problems_of_list(kind, folder, listed, &entries);
    problems.extend(problems_of_files(kind, listed, &entries));
    assert_none(&problems);
}

#[test]
fn every_rule_has_a_page_tests_and_its_place_in_the_list() {
    let listed: Vec<_> =
        rules::REGISTRY.iter().map(|rule| Listed { code: rule.code, page: rule.page }).collect();
    check("rule", RULES, &listed);
}

#[test]
fn every_rewrite_has_a_page_tests_and_its_place_in_the_list() {
    let listed: Vec<_> =
        rewrites::REGISTRY.iter().map(|recipe| Listed { code: recipe.id, page: recipe.page }).collect();
    check("rewrite", REWRITES, &listed);
}

#[test]
fn a_rule_without_page_or_tests_or_place_is_named() {
    let files = vec![
        SourceFile::new("server/rules/src/rules/mod.rs", "//! List.\n"),
        SourceFile::new("server/rules/src/rules/build_tools.rs", "//! Short.\nfn check() {}\n"),
        SourceFile::new("server/rules/src/rules/forgotten.rs", "Rule {\n    code: \"forgotten\",\n"),
        SourceFile::new("server/rules/src/rules/whole.rs", "#[test]\nfn applies() {}\n"),
    ];
    let page = "What.\n\nWhy.\n\n```dockerfile\nRUN x\n```\n";
    let listed = [
        Listed { code: "whole", page },
        Listed { code: "absent", page },
        Listed { code: "build-tools", page: "# Build tools\n" },
    ];
    let entries = entries(RULES, files);
    assert_eq!(
        problems_of_list("rule", RULES, &listed, &entries),
        [
            "the rule absent is listed after whole",
            "the rule absent has no file of its name in server/rules/src/rules",
            "the rule build-tools has no page: what, why, and an example in a ```dockerfile block",
            "the page of the rule build-tools begins with a title, which is added to it",
            "the rule build-tools has no tests",
        ]
    );
    assert_eq!(problems_of_files("rule", &listed, &entries), ["the rule forgotten is in no list"]);
}

#[test]
fn a_rewrite_may_be_a_folder_and_what_serves_all_is_none() {
    let files = vec![
        SourceFile::new("server/rewrites/src/split_stages/mod.rs", "const ID: &str = \"split-stages\";\n"),
        SourceFile::new("server/rewrites/src/split_stages/tests.rs", "#[test]\nfn splits() {}\n"),
        SourceFile::new("server/rewrites/src/second_opinion.rs", "//! Asks.\n"),
    ];
    let listed = [Listed { code: "split-stages", page: "a\nb\n```dockerfile\nc\n```\n" }];
    let entries = entries(REWRITES, files);
    assert_eq!(problems_of_list("rewrite", REWRITES, &listed, &entries), Vec::<String>::new());
    assert_eq!(problems_of_files("rewrite", &listed, &entries), Vec::<String>::new());
}
