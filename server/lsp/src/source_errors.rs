//! What the tools of a failed build say, as diagnostics of the user's own files, open or not: always pushed, as all that a build says.
//!
//! They stay until the next build of that Dockerfile has ended. In a document that is open here they follow the text of their line, and are hidden
//! while no line has it.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use ide::{Document, DocumentId, Encoding, Position};
use inner_loop::problems::Severity;
use inner_loop::{BuildId, BuildRequest, StepProblem};
use tower_lsp::ls_types::notification::PublishDiagnostics;
use tower_lsp::ls_types::{
    self as lsp, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    PublishDiagnosticsParams, Uri,
};
use workspace::source_errors::{LocatedProblem, locate};

use crate::event::Event;
use crate::main_loop::MainLoop;
use crate::profile::Profile;
use crate::surroundings::file_path;
use crate::to_proto::BUILD;

/// How far a line is followed in a document that is edited.
const MOST_LINES: u32 = 500;

/// What is shown of the last build of each Dockerfile.
#[derive(Default)]
pub(crate) struct SourceErrors {
    builds: HashMap<DocumentId, (BuildId, Vec<Shown>)>,
}

struct Shown {
    problem: LocatedProblem,
    /// No line of the open document is it any more.
    is_hidden: bool,
}

impl SourceErrors {
    /// The problems of a file, each with the Dockerfile whose build said it.
    fn of<'a>(&'a self, file: &'a Path) -> impl Iterator<Item = (&'a DocumentId, &'a Shown)> {
        let all = self.builds.iter().flat_map(|(id, (_, shown))| shown.iter().map(move |shown| (id, shown)));
        all.filter(move |(_, shown)| shown.problem.file == file)
    }

    fn files_of(&self, id: &DocumentId) -> BTreeSet<PathBuf> {
        let shown = self.builds.get(id).into_iter().flat_map(|(_, shown)| shown);
        shown.map(|shown| shown.problem.file.clone()).collect()
    }
}

impl MainLoop {
    /// Has a worker find the lines that a failed build's tools speak of.
    pub(crate) fn find_source_errors(
        &self,
        build: BuildId,
        id: DocumentId,
        request: Arc<BuildRequest>,
        problem: StepProblem,
        began: SystemTime,
    ) {
        let events = self.events.clone();
        self.workers.disk(
            move || locate(&request, &problem, began),
            move |found| drop(events.send(Event::SourceErrors { build, id, found })),
        );
    }

    /// What a build's tools said is known; nothing where they said nothing, or where looking failed.
    pub(crate) fn source_errors_found(
        &mut self,
        build: BuildId,
        id: &DocumentId,
        found: Option<Vec<LocatedProblem>>,
    ) {
        // A later build of it has ended meanwhile.
        if self.source_errors.builds.get(id).is_some_and(|(known, _)| known.0 > build.0) {
            return;
        }
        // What is on the Dockerfile is told there, with the step.
        let own = found.into_iter().flatten().filter(|problem| problem.shown.is_some());
        let shown: Vec<Shown> = own.map(|problem| Shown { problem, is_hidden: false }).collect();
        let mut files = self.source_errors.files_of(id);
        self.source_errors.builds.insert(id.clone(), (build, shown));
        files.extend(self.source_errors.files_of(id));
        for file in &files {
            self.place_source_errors(file);
            self.publish_source_errors(file);
        }
    }

    /// A document was opened or edited: what is said of its lines goes with them.
    pub(crate) fn follow_source_errors(&mut self, uri: &Uri) {
        if self.source_errors.builds.is_empty() {
            return;
        }
        if let Some(file) = file_path(uri)
            && self.place_source_errors(&file)
        {
            self.publish_source_errors(&file);
        }
    }

    /// Puts the problems of a file on the lines of its open document. Whether any of them has another place now.
    fn place_source_errors(&mut self, file: &Path) -> bool {
        let snapshot = self.host.snapshot();
        let open = self.open.iter().find(|(_, open)| file_path(&open.uri).as_deref() == Some(file));
        let Some(document) = open.and_then(|(id, _)| snapshot.document(id)) else { return false };
        let mut has_changed = false;
        let all = self.source_errors.builds.values_mut().flat_map(|(_, shown)| shown);
        for shown in all.filter(|shown| shown.problem.file == file) {
            let Some(text) = &shown.problem.text else { continue };
            let found = line_with(document, shown.problem.line, text);
            has_changed |=
                shown.is_hidden != found.is_none() || found.is_some_and(|line| line != shown.problem.line);
            shown.is_hidden = found.is_none();
            shown.problem.line = found.unwrap_or(shown.problem.line);
        }
        has_changed
    }

    fn publish_source_errors(&self, file: &Path) {
        let open = self.open.values().find(|open| file_path(&open.uri).as_deref() == Some(file));
        let uri = open.map(|open| open.uri.clone()).or_else(|| Uri::from_file_path(file));
        let Some(uri) = uri else { return };
        let mut shown: Vec<_> = self.source_errors.of(file).filter(|(_, shown)| !shown.is_hidden).collect();
        shown.sort_by_key(|(id, shown)| (shown.problem.line, shown.problem.column, id.as_str().to_owned()));
        let diagnostics =
            shown.into_iter().map(|(id, shown)| diagnostic(&shown.problem, id, &self.profile)).collect();
        self.client.notify::<PublishDiagnostics>(PublishDiagnosticsParams {
            uri,
            diagnostics,
            version: None,
        });
    }
}

fn diagnostic(problem: &LocatedProblem, dockerfile: &DocumentId, profile: &Profile) -> Diagnostic {
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

/// The line nearest to `line`, both from 1, that has this text.
fn line_with(document: &Document, line: u32, text: &str) -> Option<u32> {
    let last = document.position(document.len(), Encoding::Utf8).line;
    let has_text = |line: &u32| {
        let at = |line| document.offset(Position { line, character: 0 }, Encoding::Utf8);
        let start = at(*line);
        let end = if *line == last { document.len() } else { at(*line + 1) };
        document.slice(ide::TextRange::new(start, end)).trim_end_matches(['\r', '\n']) == text
    };
    let line = line - 1;
    let near = (0..=MOST_LINES).flat_map(|away| [line.checked_sub(away), line.checked_add(away)]).flatten();
    near.filter(|line| *line <= last).find(has_text).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_line_is_followed_by_its_text() {
        let document = Document::new("a\r\nb\r\nc\r\nb");
        assert_eq!(line_with(&document, 2, "b"), Some(2));
        assert_eq!(line_with(&document, 4, "b"), Some(4));
        assert_eq!(line_with(&document, 1, "c"), Some(3));
        assert_eq!(line_with(&document, 9, "b"), Some(4));
        assert_eq!(line_with(&document, 2, "d"), None);
    }
}
