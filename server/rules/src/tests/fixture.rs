//! Fixtures: a Dockerfile, and under a line the carets of a finding with `code: message`.

use std::fmt::Write as _;

use expect_test::Expect;
use rewrites::{Applicability, Input};
use semantic::{Facts, Model};
use syntax::{Document, Encoding, TextRange};

use crate::{Finding, Settings};

/// What is found in a text without anything known outside of it.
pub(crate) fn findings_of(text: &str, facts: &Facts, settings: &Settings) -> Vec<Finding> {
    let document = Document::new(text);
    let model = Model::new(&document, facts);
    crate::check(&Input { model: &model, facts }, settings)
}

/// What one rule finds.
pub(crate) fn check_only(code: &str, text: &str) -> Vec<Finding> {
    findings_of(text, &Facts::default(), &Settings { select: vec![code.to_owned()], ..Settings::default() })
}

/// The texts that the findings of one rule point at.
pub(crate) fn pointed_at(code: &str, text: &str) -> Vec<String> {
    let place = |finding: &Finding| finding.range.start as usize..finding.range.end as usize;
    check_only(code, text).iter().map(|finding| text[place(finding)].to_owned()).collect()
}

/// `line:column code` of what is an error.
pub(crate) fn errors(text: &str) -> String {
    let document = Document::new(text);
    let mut lines = String::new();
    for finding in findings_of(text, &Facts::default(), &Settings::default()) {
        if finding.severity == crate::Severity::Error {
            let position = document.position(finding.range.start, Encoding::Utf32);
            let _ = writeln!(lines, "{}:{} {}", position.line + 1, position.character + 1, finding.code);
        }
    }
    lines
}

/// Fails where one rule finds anything.
pub(crate) fn no_findings(code: &str, text: &str) {
    let found = check_only(code, text);
    assert!(found.is_empty(), "{text}\n{found:#?}");
}

/// Checks a fixture with all rules that are on by default: every finding has its carets, every caret its finding.
pub(crate) fn check(fixture: &str) {
    check_with(fixture, &Facts::default(), &Settings::default());
}

/// Like [`check`], with what is known outside of the file, and settings.
pub(crate) fn check_with(fixture: &str, facts: &Facts, settings: &Settings) {
    let fixture = fixture.strip_prefix('\n').unwrap_or(fixture);
    let text: String = fixture.split_inclusive('\n').filter(|line| expected(line).is_none()).collect();
    let found = findings_of(&text, facts, settings);
    assert_eq!(annotated(&text, &found), fixture);
}

/// The marks and the message of a line with carets.
fn expected(line: &str) -> Option<&str> {
    line.strip_prefix('#').map(str::trim_start).filter(|rest| rest.starts_with('^'))
}

/// The text with each finding under its first line.
fn annotated(text: &str, findings: &[Finding]) -> String {
    let document = Document::new(text);
    let mut result = String::new();
    for (line, content) in (0..).zip(text.split_inclusive('\n')) {
        result.push_str(content);
        let starts_here =
            |finding: &&Finding| document.position(finding.range.start, Encoding::Utf32).line == line;
        for finding in findings.iter().filter(starts_here) {
            let place = document.position(finding.range.start, Encoding::Utf32);
            let column = place.character as usize;
            let width = width(&document, finding.range);
            let marks = if column == 0 { width.saturating_sub(1) } else { width };
            let padding = " ".repeat(column.saturating_sub(1));
            let _ = writeln!(
                result,
                "#{padding}{} {}: {}",
                "^".repeat(marks.max(1)),
                finding.code,
                finding.message
            );
        }
    }
    result
}

/// Letters of a range up to the end of its first line.
fn width(document: &Document, range: TextRange) -> usize {
    document.slice(range).split(['\n', '\r']).next().unwrap_or_default().chars().count()
}

/// Checks the fixes of every finding that has some: the title, how safe it is, and the text after it.
pub(crate) fn check_fix(fixture: &str, expected: Expect) {
    check_fixes(fixture, &Settings::default(), &expected);
}

/// The same for one rule, be it on by default or not.
pub(crate) fn check_fix_of(code: &str, fixture: &str, expected: Expect) {
    check_fixes(fixture, &Settings { select: vec![code.to_owned()], ..Settings::default() }, &expected);
}

fn check_fixes(fixture: &str, settings: &Settings, expected: &Expect) {
    let text = fixture.strip_prefix('\n').unwrap_or(fixture);
    let mut result = String::new();
    for fix in findings_of(text, &Facts::default(), settings).iter().flat_map(|finding| &finding.fixes) {
        let safety = match &fix.applicability {
            Applicability::Safe => "safe".to_owned(),
            Applicability::Unsafe { check } => format!("unsafe: {check}"),
        };
        let _ = writeln!(result, "{} ({safety})", fix.title);
        result.push_str(&rewrites::offer::apply(text, &fix.edits));
    }
    expected.assert_eq(&result);
}
