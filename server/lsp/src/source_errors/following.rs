//! A problem goes with the text of its line while the file is edited.

use std::ops::RangeInclusive;

use ide::{Document, Encoding, Position, TextRange};
use tower_lsp::ls_types as lsp;

use super::Shown;

/// How far a line is followed in a document that is edited.
const MOST_LINES: u32 = 500;

/// The lines of a text that edits may have changed, from 0: what is hidden is looked for there alone, so that a key costs no more in a file
/// with many hidden problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Touched(Option<RangeInclusive<u32>>);

impl Touched {
    pub(crate) const NOTHING: Self = Self(None);
    pub(crate) const ALL: Self = Self(Some(0..=u32::MAX));

    /// The text between these positions became another one.
    pub(crate) fn replace(&mut self, range: lsp::Range, text: &str) {
        let (start, end) = (range.start.line.min(range.end.line), range.start.line.max(range.end.line));
        // A carriage return before a line feed is counted twice, and a line more is looked at.
        let ends = text.bytes().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
        let new_end = start.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        let (first, last) = self.0.take().map_or((start, new_end), |lines| {
            let moved = lines.end().saturating_add(new_end).saturating_sub(end);
            ((*lines.start()).min(start), moved.max(new_end))
        });
        self.0 = Some(first..=last);
    }
}

/// Puts a problem on the line that has its text, and hides it where none near has. Whether that changed anything.
pub(super) fn place(shown: &mut Shown, document: &Document, touched: &Touched) -> bool {
    let Some(text) = &shown.problem.text else { return false };
    let found = match (&touched.0, shown.is_hidden) {
        (Some(lines), true) => line_with(document, shown.problem.line, lines, text),
        (None, true) => None,
        (_, false) => line_with(document, shown.problem.line, &(0..=u32::MAX), text),
    };
    let has_changed =
        shown.is_hidden != found.is_none() || found.is_some_and(|line| line != shown.problem.line);
    shown.is_hidden = found.is_none();
    shown.problem.line = found.unwrap_or(shown.problem.line);
    has_changed
}

/// The one of these lines (from 0) that has this text, nearest to `line` (from 1), from 1.
fn line_with(document: &Document, line: u32, lines: &RangeInclusive<u32>, text: &str) -> Option<u32> {
    let last = document.position(document.len(), Encoding::Utf8).line;
    let has_text = |line: &u32| {
        let at = |line| document.offset(Position { line, character: 0 }, Encoding::Utf8);
        let start = at(*line);
        let end = if *line == last { document.len() } else { at(*line + 1) };
        document.slice(TextRange::new(start, end)).trim_end_matches(['\r', '\n']) == text
    };
    let (first, last_of_these) = (*lines.start(), (*lines.end()).min(last));
    let nearest = (line - 1).clamp(first.min(last_of_these), last_of_these);
    let near =
        (0..=MOST_LINES).flat_map(|away| [nearest.checked_sub(away), nearest.checked_add(away)]).flatten();
    near.filter(|line| (first..=last_of_these).contains(line)).find(has_text).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_followed_by_its_text() {
        let document = Document::new("a\r\nb\r\nc\r\nb");
        let check = |line, lines, text, expected| {
            assert_eq!(line_with(&document, line, &lines, text), expected, "{text} near {line} in {lines:?}");
        };
        check(2, 0..=u32::MAX, "b", Some(2));
        check(4, 0..=u32::MAX, "b", Some(4));
        check(1, 0..=u32::MAX, "c", Some(3));
        check(9, 0..=u32::MAX, "b", Some(4));
        check(2, 0..=u32::MAX, "d", None);
        check(2, 2..=3, "b", Some(4));
        check(4, 0..=1, "b", Some(2));
        check(4, 0..=0, "b", None);
        check(1, 9..=12, "b", None);
    }

    #[test]
    fn edits_of_one_message_touch_the_lines_that_they_leave() {
        let check = |edits: &[(u32, u32, &str)], expected| {
            let mut touched = Touched::NOTHING;
            for (start, end, text) in edits {
                let position = |line| lsp::Position { line, character: 0 };
                touched.replace(lsp::Range { start: position(*start), end: position(*end) }, text);
            }
            assert_eq!(touched, Touched(expected), "{edits:?}");
        };
        check(&[], None);
        check(&[(3, 3, "x")], Some(3..=3));
        check(&[(3, 5, "x\ny")], Some(3..=4));
        check(&[(5, 3, "")], Some(3..=3));
        check(&[(3, 3, "a\nb\n"), (1, 1, "c\n")], Some(1..=6));
        check(&[(9, 9, "x"), (2, 4, "")], Some(2..=7));
        check(&[(2, 2, "x"), (7, 7, "y\n")], Some(2..=8));
    }
}
