//! `check --format github`: workflow commands, which GitHub Actions shows as annotations.
//!
//! Their syntax: "Workflow commands for GitHub Actions", setting an error, warning or notice message; what is escaped: `command.ts` of
//! `@actions/core`.

use rules::{Finding, Severity};
use syntax::Document;

use crate::output::checked::Checked;
use crate::output::place;

/// One command a line.
pub(crate) fn report(files: &[Checked]) -> String {
    let lines = files.iter().map(|file| match file {
        Checked::Unreadable { path, error } => format!("::error file={}::{}\n", property(path), data(error)),
        Checked::Findings { path, document, findings, .. } => {
            findings.iter().map(|finding| command(path, document, finding)).collect()
        }
    });
    lines.collect()
}

fn command(path: &str, document: &Document, finding: &Finding) -> String {
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "notice",
    };
    let (line, column) = place::of(document, finding.range.start);
    let (end_line, end_column) = place::of(document, finding.range.end);
    // Columns count within one line alone.
    let columns =
        if line == end_line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    format!(
        "::{kind} file={},line={line},endLine={end_line}{columns},title={}::{}\n",
        property(path),
        property(finding.code),
        data(&finding.message)
    )
}

/// A message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before the message, where more has a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
