//! `check --format checkstyle`: the XML that Checkstyle writes, which most CI servers read.

use std::fmt::Write as _;

use rules::{Finding, Severity};
use syntax::Document;

use crate::output::checked::Checked;
use crate::output::place;

/// The whole document.
pub(crate) fn report(files: &[Checked]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
    for file in files {
        let (path, errors) = match file {
            Checked::Unreadable { path, error } => (path, unreadable(error)),
            Checked::Findings { path, document, findings, .. } => {
                (path, findings.iter().map(|finding| found(document, finding)).collect())
            }
        };
        let _ = writeln!(xml, "  <file name=\"{}\">\n{errors}  </file>", escaped(path));
    }
    xml + "</checkstyle>\n"
}

fn found(document: &Document, finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        // It has no hints.
        Severity::Info | Severity::Hint => "info",
    };
    let (line, column) = place::of(document, finding.range.start);
    let message = escaped(&finding.message);
    let code = escaped(finding.code);
    format!(
        "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{message}\" source=\"layerwise.{code}\"/>\n"
    )
}

fn unreadable(error: &str) -> String {
    format!("    <error severity=\"error\" message=\"{}\" source=\"layerwise\"/>\n", escaped(error))
}

/// A text in an attribute. XML 1.0 has no place at all for most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", u32::from(letter));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
