//! The text between two instructions: comments, directives and blank lines only.

use ropey::Rope;

use crate::lines::{Lines, without_end};
use crate::mapped::to_u32;

/// The text between two instructions.
pub(crate) struct Gap {
    /// First byte: a line start.
    pub(crate) start: u32,
    /// First byte of the next instruction, or the text's end.
    pub(crate) end: u32,
    /// The line of `start`.
    pub(crate) line: u32,
}

impl Gap {
    /// Calls back with the start, number and text of each line.
    pub(crate) fn each_line(&self, rope: &Rope, mut found: impl FnMut(u32, u32, &str)) {
        let mut lines = Lines::new(rope, self.start);
        let mut number = self.line;
        let mut line = String::new();
        loop {
            let start = lines.offset();
            line.clear();
            if start >= self.end || !lines.read(&mut line) {
                return;
            }
            let bom = if start == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let text = without_end(line.get(bom..).unwrap_or_default());
            if lines.offset() <= self.end {
                found(start + to_u32(bom), number, text);
            }
            number += 1;
        }
    }
}
