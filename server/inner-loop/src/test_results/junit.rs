//! JUnit's XML, which has no specification: what Surefire, pytest, jest, vitest, gotestsum, Gradle and their like write.

use std::borrow::Cow;

use roxmltree::{Document, Node, ParsingOptions};

use super::places::places;
use super::{Outcome, Test, TestResults, text};
use crate::problems::Frame;

/// More elements are no report of tests.
const MOST_NODES: u32 = 4_000_000;

/// The tests of a report.
///
/// # Errors
/// One line: it is no XML, or no report.
pub fn parse(report: &[u8]) -> Result<TestResults, String> {
    let text = String::from_utf8_lossy(report);
    let text = without_odd_letters(text.trim_start_matches('\u{feff}'));
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| format!("it is no XML: {error}"))?;
    let root = document.root_element();
    if !matches!(root.tag_name().name(), "testsuites" | "testsuite") {
        return Err(format!(
            "it is no JUnit report: it begins with <{}>",
            text::name(root.tag_name().name())
        ));
    }
    let mut results = TestResults::default();
    let is_case = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == "testcase";
    root.descendants().filter(is_case).for_each(|node| results.add(test(node)));
    Ok(results)
}

fn test(node: Node<'_, '_>) -> Test {
    let child = |names: &[&str]| {
        node.children().find(|child| child.is_element() && names.contains(&child.tag_name().name()))
    };
    let failure = child(&["failure", "error"]);
    let outcome = match failure {
        Some(_) => Outcome::Failed,
        None if child(&["skipped"]).is_some() => Outcome::Skipped,
        None => Outcome::Passed,
    };
    let mut test = Test::new(node.attribute("name").unwrap_or("(without a name)"), outcome);
    let suite = node.attribute("classname").filter(|name| !name.is_empty());
    let suite = suite.or_else(|| node.parent_element()?.attribute("name"));
    test.suite = suite.map(text::name).filter(|suite| !suite.is_empty() && *suite != test.name);
    test.seconds = node.attribute("time").and_then(|time| time.replace(',', "").parse().ok());
    if let Some(failure) = failure {
        let said: String =
            failure.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect();
        let message = failure.attribute("message").filter(|message| !message.trim().is_empty());
        let is_of_stack = |line: &&str| line.trim_start().starts_with("at ");
        test.message = match message {
            Some(message) => text::message(message.lines()),
            None => text::message(said.lines().take_while(|line| !is_of_stack(line))),
        };
        if test.message.is_empty() {
            test.message = text::name(failure.attribute("type").unwrap_or_default());
        }
        test.frames = places(said.lines());
        test.frames.extend(beginning(node));
    }
    test
}

/// Where the test itself begins, as far as the report says.
fn beginning(node: Node<'_, '_>) -> Option<Frame> {
    let path = node.attribute("file")?.to_owned();
    let line = node.attribute("line")?.parse().ok().filter(|line| *line > 0)?;
    Some(Frame { path, line, ..Frame::default() })
}

/// XML takes no control characters, and what tests write is full of them: each becomes the one that stands for what cannot be shown.
fn without_odd_letters(text: &str) -> Cow<'_, str> {
    let is_odd = |letter: char| matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    match text.contains(is_odd) {
        true => Cow::Owned(text.replace(is_odd, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}
