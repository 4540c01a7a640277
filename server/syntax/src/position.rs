//! Offsets to editor positions and back, on LSP's line ends.

use ropey::Rope;

use crate::document::{Encoding, Position};
use crate::mapped::to_u32;

/// The nearest character boundary at or below an offset; the text's end for one behind it.
pub(crate) fn floor(rope: &Rope, offset: u32) -> u32 {
    let offset = (offset as usize).min(rope.len_bytes());
    to_u32(rope.char_to_byte(rope.byte_to_char(offset)))
}

/// Position of an offset; inside a line end it is the place before it.
pub(crate) fn position(rope: &Rope, offset: u32, encoding: Encoding) -> Position {
    let char = rope.byte_to_char((offset as usize).min(rope.len_bytes()));
    let line = rope.char_to_line(char);
    let start = rope.line_to_char(line);
    let char = char.min(line_end(rope, line));
    let character = match encoding {
        Encoding::Utf8 => rope.char_to_byte(char) - rope.char_to_byte(start),
        Encoding::Utf16 => rope.char_to_utf16_cu(char) - rope.char_to_utf16_cu(start),
        Encoding::Utf32 => char - start,
    };
    Position { line: to_u32(line), character: to_u32(character) }
}

/// Offset of a position; inside a character it is that character's start.
pub(crate) fn offset(rope: &Rope, position: Position, encoding: Encoding) -> u32 {
    let line = position.line as usize;
    if line >= rope.len_lines() {
        return to_u32(rope.len_bytes());
    }
    let start = rope.line_to_char(line);
    let character = position.character as usize;
    let char = match encoding {
        Encoding::Utf8 => rope.byte_to_char((rope.char_to_byte(start) + character).min(rope.len_bytes())),
        Encoding::Utf16 => {
            rope.utf16_cu_to_char((rope.char_to_utf16_cu(start) + character).min(rope.len_utf16_cu()))
        }
        Encoding::Utf32 => start + character,
    };
    to_u32(rope.char_to_byte(char.min(line_end(rope, line))))
}

/// The character index of a line's end, before its line end.
fn line_end(rope: &Rope, line: usize) -> usize {
    let start = rope.line_to_char(line);
    if line + 1 >= rope.len_lines() {
        return rope.len_chars();
    }
    let next = rope.line_to_char(line + 1);
    let ends_with = |at: usize, char: char| at > start && rope.char(at - 1) == char;
    if ends_with(next, '\n') && ends_with(next - 1, '\r') {
        next - 2
    } else if ends_with(next, '\n') || ends_with(next, '\r') {
        next - 1
    } else {
        next
    }
}
