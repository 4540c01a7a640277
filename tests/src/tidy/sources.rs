//! What every Rust file must have and may not grow into, and what the pure core never touches.

use super::assert_none;
use super::tree::{SourceFile, files_below};

/// More than this is two concepts.
const LINES_AT_MOST: usize = 500;

/// Names of homes for functions without a concept.
const HOMELESS: [&str; 9] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "shared"];

/// Crates whose code takes values and returns values.
const CORE: [&str; 6] = ["syntax", "semantic", "rewrites", "rules", "inner-loop", "ide"];

/// What reaches outside: files, network, environment, threads, the clock.
const OUTSIDE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env::",
    "std::process",
    "std::thread",
    "std::io::stdin",
    "Instant::now",
    "SystemTime::now",
    "UNIX_EPOCH",
];

fn problems_of_file(file: &SourceFile) -> Vec<String> {
    let mut problems = Vec::new();
    let path = &file.path;
    let opens_with_docs = file.text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    if !opens_with_docs.is_some_and(|line| line.starts_with("//! ")) {
        problems.push(format!("{path} does not open with a `//!` that says what it holds"));
    }
    let lines = file.text.lines().count();
    if lines > LINES_AT_MOST {
        problems.push(format!("{path} has {lines} lines; split it by concept ({LINES_AT_MOST} at most)"));
    }
    let homeless =
        path.split('/').map(|part| part.trim_end_matches(".rs")).find(|part| HOMELESS.contains(part));
    if let Some(name) = homeless {
        problems.push(format!("{path} is named `{name}`, which is no concept; name it for what it holds"));
    }
    problems
}

fn problems_of_core(file: &SourceFile) -> Vec<String> {
    let is_core = CORE.iter().any(|room| file.path.starts_with(&format!("server/{room}/src/")));
    if !is_core || file.name() == "tests.rs" || file.path.contains("/tests/") {
        return Vec::new();
    }
    let code = file.text_before_tests().lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.flat_map(|line| [line, "\n"]).collect();
    OUTSIDE
        .iter()
        .filter(|outside| code.contains(*outside))
        .map(|outside| format!("{} uses {outside}: the core takes values; do this in the shell", file.path))
        .collect()
}

fn problems_of_second_opinion(file: &SourceFile) -> Option<String> {
    let is_there = file.path == "server/rewrites/src/second_opinion.rs" || file.path.starts_with("tests/");
    (file.text.contains("dockerfile_parser::") && !is_there)
        .then(|| format!("{} asks dockerfile-parser; only second_opinion.rs does", file.path))
}

fn rust_files() -> Vec<SourceFile> {
    let mut files = files_below("server");
    files.extend(files_below("tests"));
    files.retain(|file| file.name().ends_with(".rs"));
    assert!(files.len() > 10, "only {} files were found", files.len());
    files
}

#[test]
fn rust_files_say_what_they_hold_and_stay_small() {
    assert_none(&rust_files().iter().flat_map(problems_of_file).collect::<Vec<_>>());
}

#[test]
fn the_core_touches_nothing_outside() {
    assert_none(&rust_files().iter().flat_map(problems_of_core).collect::<Vec<_>>());
}

#[test]
fn one_file_asks_for_the_second_opinion() {
    assert_none(&rust_files().iter().filter_map(problems_of_second_opinion).collect::<Vec<_>>());
}

#[test]
fn a_file_without_docs_or_too_long_or_without_a_concept_is_named() {
    let long = format!("//! Fine.\n{}", "fn f() {}\n".repeat(LINES_AT_MOST));
    let said = |path, text: &str| problems_of_file(&SourceFile::new(path, text)).join("; ");
    assert_eq!(said("server/ide/src/hover.rs", "//! Hover.\n"), "");
    assert_eq!(said("server/ide/src/hover.rs", "#![allow(x)]\n\n//! Hover.\n"), "");
    assert_eq!(
        said("server/ide/src/hover.rs", "use std::fmt;\n//! Late.\n"),
        "server/ide/src/hover.rs does not open with a `//!` that says what it holds"
    );
    assert_eq!(
        said("server/ide/src/hover.rs", &long),
        "server/ide/src/hover.rs has 501 lines; split it by concept (500 at most)"
    );
    assert_eq!(
        said("server/ide/src/utils/text.rs", "//! Text.\n"),
        "server/ide/src/utils/text.rs is named `utils`, which is no concept; name it for what it holds"
    );
}

#[test]
fn a_core_that_reads_files_is_named() {
    let said = |path, text: &str| problems_of_core(&SourceFile::new(path, text)).join("; ");
    let reads = "//! Reads.\nuse std::fs;\n";
    assert_eq!(
        said("server/rules/src/lib.rs", reads),
        "server/rules/src/lib.rs uses std::fs: the core takes values; do this in the shell"
    );
    assert_eq!(said("server/workspace/src/lib.rs", reads), "");
    assert_eq!(said("server/rules/src/lib.rs", "//! Never std::fs.\n"), "");
    assert_eq!(said("server/rules/src/lib.rs", "//! X.\n#[cfg(test)]\nmod tests {\n use std::fs;\n}\n"), "");
}

#[test]
fn a_second_place_for_the_second_opinion_is_named() {
    let asks =
        |path| problems_of_second_opinion(&SourceFile::new(path, "use dockerfile_parser::Dockerfile;\n"));
    assert_eq!(
        asks("server/rewrites/src/lib.rs").as_deref(),
        Some("server/rewrites/src/lib.rs asks dockerfile-parser; only second_opinion.rs does")
    );
    assert_eq!(asks("server/rewrites/src/second_opinion.rs"), None);
}
