//! Taking instructions out of a file so that nothing else of it is touched.
//!
//! Comments are never lost: those above an instruction that goes are given back to the caller.

use syntax::{Document, Instruction, TextEdit, TextRange};

/// An instruction with the comment lines directly above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// From the first comment line's first byte to the end of the instruction's line, its line end included.
    pub(crate) lines: TextRange,
    /// The comment lines as written, each with its line end; empty where there are none.
    pub(crate) comments: String,
}

/// The lines of an instruction and of the comments directly above it. No more of the text is read.
pub(crate) fn block(document: &Document, instruction: &Instruction) -> Block {
    let directives_end = document.directives().last().map_or(0, |directive| directive.range.end);
    let mut first = instruction.line;
    while let Some(above) = first.checked_sub(1) {
        let line = document.buildkit_line_range(above);
        if line.start < directives_end || !document.slice(line).trim_start().starts_with('#') {
            break;
        }
        first = above;
    }
    let start = document.buildkit_line_range(first).start;
    let comments = TextRange::new(start, document.buildkit_line_range(instruction.line).start);
    let end = document.buildkit_line_range(instruction.end_line() + 1).start;
    Block { lines: TextRange::new(start, end), comments: document.slice(comments) }
}

/// Takes lines out. Where blank lines stand above and below, or nothing but blank lines are left at an end, one of them goes too.
pub(crate) fn take_lines(document: &Document, lines: TextRange) -> TextEdit {
    let first = document.buildkit_line(lines.start);
    let is_blank = |line| document.slice(document.buildkit_line_range(line)).trim().is_empty();
    let blank_above = first.checked_sub(1).is_none_or(is_blank);
    let mut end = lines.end;
    if blank_above && end < document.len() {
        let next = document.buildkit_line(end);
        if is_blank(next) {
            end = document.buildkit_line_range(next + 1).start;
        }
    }
    TextEdit { range: TextRange::new(lines.start, end), new_text: String::new() }
}

/// The first byte after the line that holds an offset.
pub(crate) fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |at| offset + at + 1)
}
