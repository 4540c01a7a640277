//! The page of features: each row names a test that shows what it says and one that shows where it must not act, with their files.

use std::collections::{HashMap, HashSet};

use super::assert_none;
use super::tree::files_below;

const PAGE: &str = "server/docs/features.md";

/// The last two columns of the table, where tests are named.
const COLUMNS: [&str; 2] = ["a test that shows it", "one that shows where it must not act"];

/// The tests of each file, by its path.
type Tests = HashMap<String, HashSet<String>>;

fn problems_of_page(page: &str, tests: &Tests) -> Vec<String> {
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
            let links: Vec<(&str, &str)> = cell.split("[`").skip(1).filter_map(link).collect();
            if links.is_empty() {
                problems.push(format!("{capability} lacks {column}"));
            }
            let is_wrong = |(name, file): &(&str, &str)| {
                tests.get(file.trim_start_matches("../")).is_none_or(|tests| !tests.contains(*name))
            };
            let wrong = links.into_iter().filter(is_wrong);
            problems.extend(
                wrong.map(|(name, file)| format!("{capability} names `{name}`, which is no test of {file}")),
            );
        }
    }
    problems
}

/// The name and the file of a link, behind the mark that begins it.
fn link(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once("`](")?;
    Some((name, rest.split_once(')')?.0))
}

/// The names of the test functions of a source.
fn tests_in(source: &str) -> HashSet<String> {
    let mut is_test = false;
    let names = source.lines().filter_map(|line| {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        }
        let name =
            line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?.split(['(', '<']).next()?;
        std::mem::take(&mut is_test).then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn every_feature_names_its_tests() {
    let files = ["server", "tests"].iter().flat_map(|folder| files_below(folder));
    let sources = files.filter(|file| file.path.ends_with(".rs"));
    let tests = sources.map(|file| (file.path.clone(), tests_in(&file.text))).collect();
    let page = files_below("server/docs").into_iter().find(|file| file.path == PAGE);
    let page = page.map(|file| file.text).unwrap_or_default();
    assert_none(&problems_of_page(&page, &tests));
}

#[test]
fn a_row_without_tests_is_a_problem() {
    let source = "#[test]\nfn acts() {}\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn is_silent() {}\nfn no_test() {}\n";
    let tests = Tests::from([("a/b.rs".to_owned(), tests_in(source)), ("c.rs".to_owned(), HashSet::new())]);
    let head = "| what | Layerwise | shown by | not |\n| --- | --- | --- | --- |\n";
    let problems = |row: &str| problems_of_page(&format!("{head}{row}\n"), &tests);
    let silent = "[`is_silent`](../../a/b.rs)";
    assert_eq!(problems(&format!("| a | b | [`acts`](../../a/b.rs), {silent} | {silent} |")), [""; 0]);
    assert_eq!(
        problems("| a | b | [`acts`](../../a/b.rs) | – |"),
        ["a lacks one that shows where it must not act"]
    );
    assert_eq!(
        problems(&format!("| a | b | [`no_test`](../../a/b.rs) | {silent} |")),
        ["a names `no_test`, which is no test of ../../a/b.rs"]
    );
    assert_eq!(
        problems(&format!("| a | b | [`acts`](../../c.rs) | {silent} |")),
        ["a names `acts`, which is no test of ../../c.rs"]
    );
    assert_eq!(problems_of_page("", &tests), ["server/docs/features.md has no table"]);
}
