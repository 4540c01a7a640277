//! For tests: what is read from a recorded log, as text.

use expect_test::Expect;

use super::{Findings, LogReader};
use crate::event::LogStream;

/// Reads a log that is written to one stream. `␛` stands for an escape.
pub(crate) fn read(log: &str) -> Findings {
    let mut reader = LogReader::default();
    let log = log.replace('␛', "\u{1b}");
    log.lines().for_each(|line| reader.read(LogStream::Stdout, line));
    reader.finish()
}

/// A problem a paragraph: its place with the text that the tool shows of it, the message, and the places further out.
#[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
#[track_caller]
pub(crate) fn check(log: &str, expected: Expect) {
    let mut shown = String::new();
    for finding in read(log).list {
        for (at, frame) in finding.frames.iter().enumerate() {
            let column = frame.column.map(|column| format!(":{column}")).unwrap_or_default();
            let text = frame.text.as_ref().map(|text| format!("  `{text}`")).unwrap_or_default();
            let folder = frame.folder.as_ref().map(|folder| format!(" in {folder}")).unwrap_or_default();
            let place = format!("{}:{}{column}{folder}{text}", frame.path, frame.line);
            shown += &match at {
                0 => {
                    format!("{place}\n  {} ({}): ", finding.severity.as_str(), finding.source)
                        + &finding.message.replace('\n', "\n    ")
                        + "\n"
                }
                _ => format!("  from {place}\n"),
            };
        }
    }
    expected.assert_eq(&shown);
}

/// Reads nothing of a log.
#[track_caller]
pub(crate) fn is_silent(log: &str) {
    check(log, expect_test::expect![""]);
}
