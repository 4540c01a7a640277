//! What must never stand in the tree: stubs and leftovers in code, paths of one machine, hosts in lock files.

use super::assert_none;
use super::tree::{SourceFile, files_below};

/// Stubs, skips and leftovers; each is written in two parts so that this file does not find itself.
const LEFTOVERS: [&str; 10] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("#[ig", "nore"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("TO", "DO"),
    concat!(".on", "ly("),
    concat!("test.", "skip"),
    concat!("it.", "skip"),
];

/// Folders that exist on the machine of one author.
const MACHINE: [&str; 6] = [
    concat!("/work", "/wt"),
    concat!("/work", "/main"),
    concat!("/work", "/shared"),
    concat!("../", "shared/"),
    concat!("/root", "/.cargo"),
    concat!("/root", "/.rustup"),
];

const CODE: [&str; 6] = [".rs", ".ts", ".mjs", ".cjs", ".lua", ".py"];

fn problems_of_file(file: &SourceFile) -> Vec<String> {
    let is_code = CODE.iter().any(|end| file.name().ends_with(end));
    let mut problems = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let leftovers = LEFTOVERS.iter().filter(|_| is_code);
        for word in leftovers.chain(&MACHINE).filter(|word| line.contains(**word)) {
            problems.push(format!("{}:{} has `{word}`", file.path, number + 1));
        }
    }
    problems
}

/// Lock files name packages and checksums: with a host in them, they hold only where that host answers.
fn problem_of_lock_file(file: &SourceFile) -> Option<String> {
    let has_host = match file.name() {
        "package-lock.json" => file.text.contains("\"resolved\": \"http"),
        "yarn.lock" | "pnpm-lock.yaml" => {
            file.text.contains("resolved \"http") || file.text.contains("tarball: http")
        }
        "Cargo.lock" => file.text.lines().any(|line| {
            line.starts_with("source = ") && !line.contains("github.com/rust-lang/crates.io-index")
        }),
        _ => false,
    };
    has_host.then(|| format!("{} names a host of packages", file.path))
}

#[test]
fn the_tree_has_no_leftovers_and_no_paths_of_one_machine() {
    assert_none(&files_below("").iter().flat_map(problems_of_file).collect::<Vec<_>>());
}

#[test]
fn lock_files_name_no_host() {
    let files = files_below("");
    assert!(files.iter().any(|file| file.name() == "Cargo.lock"));
    assert_none(&files.iter().filter_map(problem_of_lock_file).collect::<Vec<_>>());
}

#[test]
fn leftovers_are_named_with_their_line() {
    let said = |path, text: &str| problems_of_file(&SourceFile::new(path, text));
    let stub = format!("fn f() {{\n    {})\n}}\n", LEFTOVERS[0]);
    assert_eq!(
        said("server/ide/src/hover.rs", &stub),
        [format!("server/ide/src/hover.rs:2 has `{}`", LEFTOVERS[0])]
    );
    assert_eq!(said("notes.md", &stub), Vec::<String>::new());
    let path = format!("cd {}/x\n", MACHINE[0]);
    assert_eq!(said("README.md", &path), [format!("README.md:1 has `{}`", MACHINE[0])]);
}

#[test]
fn hosts_in_lock_files_are_named() {
    let npm = SourceFile::new("a/package-lock.json", "{\"resolved\": \"https://host/x.tgz\"}");
    assert_eq!(problem_of_lock_file(&npm).as_deref(), Some("a/package-lock.json names a host of packages"));
    let cargo = SourceFile::new("Cargo.lock", "source = \"registry+https://host/index\"\n");
    assert_eq!(problem_of_lock_file(&cargo).as_deref(), Some("Cargo.lock names a host of packages"));
}
