//! Lines between instructions: blank ones, white space at the ends of comments, and the end of the file.

use syntax::{Document, Keyword, TextEdit, TextRange};

use super::{File, lead};

/// More blank lines in a row say no more.
const MOST: usize = 2;

/// A line between two instructions.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }
}

pub(super) fn edits(file: &File<'_>) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    let mut start = if file.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut in_stage = false;
    for (index, instruction) in file.instructions.iter().enumerate() {
        let end = instruction.start as usize - lead(file.text, instruction).len();
        let lines = lines(file.text, start, end);
        let begins = instruction.keyword == Keyword::From && in_stage;
        between(file, &lines, Gap { is_top: index == 0, begins_stage: begins, end }, &mut edits);
        in_stage |= instruction.keyword == Keyword::From;
        let after = file.text.get(instruction.range().end as usize..).unwrap_or_default();
        start = instruction.range().end as usize + after.find('\n').map_or(after.len(), |at| at + 1);
    }
    at_end(file, &lines(file.text, start, file.text.len()), &mut edits);
    edits
}

/// What is around some lines.
struct Gap {
    is_top: bool,
    begins_stage: bool,
    /// The start of the next instruction's line.
    end: usize,
}

fn between(file: &File<'_>, lines: &[Line<'_>], gap: Gap, edits: &mut Vec<TextEdit>) {
    let n_leading = lines.iter().take_while(|line| line.is_blank()).count();
    let n_dropped =
        if gap.is_top && n_leading > 0 && may_move_up(file, lines, n_leading) { n_leading } else { 0 };
    if n_dropped > 0 {
        edits.push(delete(lines[0].start, end_of(lines[n_dropped - 1])));
    }
    body(&lines[n_dropped..], edits);
    // Comments right above a FROM belong to it.
    let n_attached = lines.iter().rev().take_while(|line| !line.is_blank()).count();
    if gap.begins_stage && n_attached == lines.len() {
        let at = lines.first().map_or(gap.end, |line| line.start);
        edits.push(TextEdit { range: range(at, at), new_text: file.line_end.to_owned() });
    }
}

/// Trailing blanks off, and no long runs of blank lines.
fn body(lines: &[Line<'_>], edits: &mut Vec<TextEdit>) {
    let mut n_blank = 0;
    for line in lines {
        n_blank = if line.is_blank() { n_blank + 1 } else { 0 };
        if n_blank > MOST {
            edits.push(delete(line.start, end_of(*line)));
            continue;
        }
        let content = line.text.trim_end_matches(['\r', '\n']);
        let kept = content.trim_end_matches([' ', '\t']);
        if kept.len() < content.len() {
            edits.push(delete(line.start + kept.len(), line.start + content.len()));
        }
    }
}

/// The file ends with one line end, and no blank line.
fn at_end(file: &File<'_>, lines: &[Line<'_>], edits: &mut Vec<TextEdit>) {
    let n_said = lines.len() - lines.iter().rev().take_while(|line| line.is_blank()).count();
    let (said, blank) = lines.split_at(n_said);
    body(said, edits);
    if let (Some(first), Some(last)) = (blank.first(), blank.last()) {
        edits.push(delete(first.start, end_of(*last)));
    }
    let end = blank.first().map_or(file.text.len(), |line| line.start);
    let ends = file.text.get(..end).is_some_and(|text| text.ends_with('\n'));
    // A last line that goes on, or a heredoc without its end, is not written to the end yet.
    let is_whole = file.instructions.last().is_none_or(|last| {
        let line = last.source.lines().next_back().unwrap_or_default();
        !said.is_empty() || last.problems.is_empty() && syntax::continued(line, last.escape).is_none()
    });
    if !ends && is_whole {
        edits.push(TextEdit { range: range(end, end), new_text: file.line_end.to_owned() });
    }
}

/// Whether lines may move to the top of the file: a comment there may be a directive.
fn may_move_up(file: &File<'_>, lines: &[Line<'_>], n_leading: usize) -> bool {
    let moved: String = lines.iter().skip(n_leading).map(|line| line.text).collect();
    !moved.starts_with("#!")
        && Document::new(&moved).directives().is_empty()
        && file.document.directives().is_empty()
}

fn lines(text: &str, start: usize, end: usize) -> Vec<Line<'_>> {
    let mut at = start;
    let lines = text.get(start..end).unwrap_or_default().split_inclusive('\n').map(|text| {
        let line = Line { start: at, text };
        at += text.len();
        line
    });
    lines.collect()
}

fn end_of(line: Line<'_>) -> usize {
    line.start + line.text.len()
}

fn delete(start: usize, end: usize) -> TextEdit {
    TextEdit { range: range(start, end), new_text: String::new() }
}

fn range(start: usize, end: usize) -> TextRange {
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    TextRange::new(at(start), at(end))
}
