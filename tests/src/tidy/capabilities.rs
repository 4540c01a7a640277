//! The page of capabilities: each row names a test that shows what it says, and one that shows where it must not act.

use std::collections::HashSet;

use super::assert_none;
use super::tree::files_below;

const PAGE: &str = "server/docs/capabilities.md";

/// The last two columns of the table, where tests are named.
const COLUMNS: [&str; 2] = ["a test that shows it", "one that shows where it must not act"];

fn problems_of_page(page: &str, tests: &HashSet<&str>) -> Vec<String> {
    let mut problems = Vec::new();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    if rows.is_empty() {
        problems.push(format!("{PAGE} has no table"));
    }
    for row in rows.into_iter().filter(|row| !row.starts_with("| ---")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let capability = cells[0];
        let Some(named) = cells.len().checked_sub(COLUMNS.len()).map(|first| &cells[first..]) else {
            problems.push(format!("{capability} has no columns of tests"));
            continue;
        };
        for (cell, column) in named.iter().zip(COLUMNS) {
            let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
            if names.is_empty() {
                problems.push(format!("{capability} lacks {column}"));
            }
            let unknown = names.into_iter().filter(|name| !tests.contains(name));
            problems.extend(unknown.map(|name| format!("{capability} names `{name}`, which is no test")));
        }
    }
    problems
}

/// The names of the test functions of a source.
fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    source.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        }
        let name =
            line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?.split(['(', '<']).next()?;
        std::mem::take(&mut is_test).then_some(name)
    })
}

#[test]
fn every_capability_names_its_tests() {
    let files: Vec<_> = ["server", "tests"]
        .iter()
        .flat_map(|folder| files_below(folder))
        .filter(|file| file.path.ends_with(".rs"))
        .collect();
    let tests = files.iter().flat_map(|file| tests_in(&file.text)).collect();
    let page = files_below("server/docs").into_iter().find(|file| file.path == PAGE);
    let page = page.map(|file| file.text).unwrap_or_default();
    assert_none(&problems_of_page(&page, &tests));
}

#[test]
fn a_row_without_tests_is_a_problem() {
    let source = "#[test]\nfn acts() {}\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn is_silent() {}\nfn no_test() {}\n";
    let tests: HashSet<&str> = tests_in(source).collect();
    let head = "| what | Layerwise | shown by | not |\n| --- | --- | --- | --- |\n";
    let problems = |row: &str| problems_of_page(&format!("{head}{row}\n"), &tests);
    assert_eq!(problems("| a | b | `acts` | `is_silent` |"), [""; 0]);
    assert_eq!(problems("| a | b | `acts` | – |"), ["a lacks one that shows where it must not act"]);
    assert_eq!(problems("| a | b | `no_test` | `acts` |"), ["a names `no_test`, which is no test"]);
    assert_eq!(problems_of_page("", &tests), ["server/docs/capabilities.md has no table"]);
}
