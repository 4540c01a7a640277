//! A problem on a user's line as the protocol's diagnostic.

use std::str::FromStr;

use ide::{DocumentId, Encoding};
use inner_loop::problems::Severity;
use tower_lsp::ls_types::{
    self as lsp, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, Uri,
};
use workspace::source_errors::LocatedProblem;

use crate::profile::Profile;
use crate::to_proto::BUILD;

pub(super) fn diagnostic(problem: &LocatedProblem, dockerfile: &DocumentId, profile: &Profile) -> Diagnostic {
    let step = problem.dockerfile_line.saturating_sub(1);
    let related = Uri::from_str(dockerfile.as_str()).ok().map(|uri| DiagnosticRelatedInformation {
        location: Location { uri, range: lsp::Range { start: start_of(step), end: start_of(step + 1) } },
        message: "the step that failed".to_owned(),
    });
    let severity = match problem.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
    };
    Diagnostic {
        range: range(problem, profile.encoding),
        severity: Some(severity),
        source: Some(BUILD.to_owned()),
        message: format!("{} ({})", problem.message, problem.source),
        related_information: related.filter(|_| profile.relates_diagnostics).map(|related| vec![related]),
        ..Diagnostic::default()
    }
}

const fn start_of(line: u32) -> lsp::Position {
    lsp::Position { line, character: 0 }
}

/// The word at the column, as far as the text of the line tells; the whole line where the tool names none.
fn range(problem: &LocatedProblem, encoding: Encoding) -> lsp::Range {
    let text = problem.text.as_deref().unwrap_or_default();
    let trimmed = text.trim();
    let indent = text.len() - text.trim_start().len();
    let (start, end) = match problem.column {
        Some(column) => {
            let start = text.char_indices().nth(column as usize - 1).map_or(text.len(), |(at, _)| at);
            let word = text[start..].find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let length = word.unwrap_or(text.len() - start);
            let one = text[start..].chars().next().map_or(0, char::len_utf8);
            (start, start + length.max(one))
        }
        None => (indent, indent + trimmed.len()),
    };
    let position = |at: usize| {
        let before = &text[..at];
        let character = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
            Encoding::Utf32 => before.chars().count(),
        };
        lsp::Position { line: problem.line - 1, character: u32::try_from(character).unwrap_or(u32::MAX) }
    };
    lsp::Range { start: position(start), end: position(end) }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn problem(text: &str, column: Option<u32>) -> LocatedProblem {
        LocatedProblem {
            file: PathBuf::from("/a.c"),
            shown: Some("a.c".to_owned()),
            line: 2,
            column,
            severity: Severity::Error,
            message: "x".to_owned(),
            source: "gcc",
            dockerfile_line: 1,
            text: Some(text.to_owned()),
            is_exact: true,
        }
    }

    #[test]
    fn a_column_becomes_the_word_that_begins_there() {
        let check = |text: &str, column, encoding, expected: (u32, u32)| {
            let range = range(&problem(text, column), encoding);
            assert_eq!((range.start.line, range.end.line), (1, 1));
            assert_eq!((range.start.character, range.end.character), expected, "{text:?} {column:?}");
        };
        check("  return größe;", Some(10), Encoding::Utf8, (9, 16));
        check("  return größe;", Some(10), Encoding::Utf16, (9, 14));
        check("😀 x = y;", Some(7), Encoding::Utf16, (7, 8));
        check("😀 x = y;", Some(7), Encoding::Utf32, (6, 7));
        check("a;", Some(2), Encoding::Utf16, (1, 2));
        check("a;", Some(99), Encoding::Utf16, (2, 2));
        check("\tfoo(bar)  ", None, Encoding::Utf16, (1, 9));
        check("", None, Encoding::Utf16, (0, 0));
    }
}
