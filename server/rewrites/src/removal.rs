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

/// The lines of an instruction and of the comments directly above it.
pub(crate) fn block(document: &Document, instruction: &Instruction) -> Block {
    let text = document.text();
    let range = instruction.range();
    let start = line_start(&text, range.start as usize);
    let mut first = start;
    let directives_end = document.directives().last().map_or(0, |directive| directive.range.end as usize);
    while first > directives_end {
        let above = line_start(&text, first - 1);
        if above < directives_end || !text[above..first].trim_start().starts_with('#') {
            break;
        }
        first = above;
    }
    let end = line_end(&text, range.end as usize);
    Block { lines: to_range(first, end), comments: text[first..start].to_owned() }
}

/// Takes lines out. Where blank lines stand above and below, or nothing but blank lines are left at an end, one of them goes too.
pub(crate) fn take_lines(document: &Document, lines: TextRange) -> TextEdit {
    let text = document.text();
    let (start, mut end) = (lines.start as usize, lines.end as usize);
    let is_blank = |from: usize, to: usize| from < to && text[from..to].trim().is_empty();
    let blank_above = start == 0 || is_blank(line_start(&text, start - 1), start);
    let next = line_end(&text, end);
    if blank_above && is_blank(end, next) {
        end = next;
    }
    TextEdit { range: to_range(start, end), new_text: String::new() }
}

/// The first byte of the line that holds an offset.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |at| at + 1)
}

/// The first byte after the line that holds an offset.
pub(crate) fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |at| offset + at + 1)
}

pub(crate) fn to_range(start: usize, end: usize) -> TextRange {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    TextRange::new(offset(start), offset(end))
}
