//! Offsets to editor positions and back, on LSP's line ends.

use memchr::{memchr_iter, memchr2, memrchr2};
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
    position_in_chunk(rope, offset, encoding).unwrap_or_else(|| position_by_tree(rope, offset, encoding))
}

/// The position where the line begins in the same chunk of the rope, as nearly all lines do: one way down the tree instead of ten.
fn position_in_chunk(rope: &Rope, offset: u32, encoding: Encoding) -> Option<Position> {
    let offset = (offset as usize).min(rope.len_bytes());
    let (chunk, chunk_start, _, chunk_line) = rope.chunk_at_byte(offset);
    let at = offset - chunk_start;
    let (before, after) = (chunk.get(..at)?, &chunk.as_bytes()[at..]);
    if before.ends_with('\r') && after.first() == Some(&b'\n') {
        return None;
    }
    let bytes = before.as_bytes();
    let start = match memrchr2(b'\n', b'\r', bytes) {
        Some(end) => end + 1,
        None if chunk_start == 0 => 0,
        None => return None,
    };
    let line = chunk_line + line_ends(&bytes[..start]);
    let character = units(&before[start..], encoding);
    Some(Position { line: to_u32(line), character: to_u32(character) })
}

/// Positions of many offsets, one after the other: where the next one is near behind the last, the rope is not asked again.
pub struct Positions<'a> {
    rope: &'a Rope,
    encoding: Encoding,
    /// The rest of a chunk, from the start of a line on, with its offset and its line.
    chunk: &'a str,
    start: usize,
    line: usize,
}

impl<'a> Positions<'a> {
    pub(crate) const fn new(rope: &'a Rope, encoding: Encoding) -> Self {
        Self { rope, encoding, chunk: "", start: 0, line: 0 }
    }

    /// As [`Document::position`](crate::Document::position) says.
    pub fn at(&mut self, offset: u32) -> Position {
        if !self.chunk_holds(offset) {
            let at = (offset as usize).min(self.rope.len_bytes());
            let (chunk, start, _, line) = self.rope.chunk_at_byte(at);
            (self.chunk, self.start, self.line) = (chunk, start, line);
            if start > 0 {
                self.leave_unfinished_line();
            }
        }
        self.in_chunk(offset).unwrap_or_else(|| position(self.rope, offset, self.encoding))
    }

    fn chunk_holds(&self, offset: u32) -> bool {
        (self.start..self.start + self.chunk.len()).contains(&(offset as usize))
    }

    /// Leaves out what of the chunk belongs to a line that began before it.
    fn leave_unfinished_line(&mut self) {
        let bytes = self.chunk.as_bytes();
        let Some(end) = memchr2(b'\n', b'\r', bytes) else {
            self.chunk = "";
            return;
        };
        let is_pair = bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n');
        self.go_on(end + 1 + usize::from(is_pair));
    }

    fn go_on(&mut self, by: usize) {
        self.line += line_ends(&self.chunk.as_bytes()[..by]);
        self.start += by;
        self.chunk = &self.chunk[by..];
    }

    fn in_chunk(&mut self, offset: u32) -> Option<Position> {
        let at = (offset as usize).checked_sub(self.start)?;
        let (before, after) = self.chunk.split_at_checked(at)?;
        // Beside a carriage return it takes a closer look.
        if after.is_empty() || before.ends_with('\r') {
            return None;
        }
        if let Some(end) = memrchr2(b'\n', b'\r', before.as_bytes()) {
            self.go_on(end + 1);
        }
        let text = &self.chunk[..offset as usize - self.start];
        Some(Position { line: to_u32(self.line), character: to_u32(units(text, self.encoding)) })
    }
}

/// How many units of an encoding a text has.
fn units(text: &str, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf16 if !text.is_ascii() => text.encode_utf16().count(),
        Encoding::Utf32 if !text.is_ascii() => text.chars().count(),
        _ => text.len(),
    }
}

/// How many lines end in a text.
fn line_ends(text: &[u8]) -> usize {
    let line_feeds = memchr_iter(b'\n', text).count();
    // Of a `\r\n` the second half counts.
    let returns = memchr_iter(b'\r', text).filter(|at| text.get(at + 1) != Some(&b'\n'));
    line_feeds + returns.count()
}

fn position_by_tree(rope: &Rope, offset: u32, encoding: Encoding) -> Position {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_says_what_the_tree_says() {
        let mut text = String::new();
        for line in 0..400 {
            text += &"aé🚀 b".repeat(if line % 50 == 0 { 400 } else { line % 7 });
            text += ["\n", "\r\n", "\r", "\n\n", "\r\r\n"][line % 5];
        }
        let rope = Rope::from_str(&text);
        let mut quick = 0;
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for step in [1, 7, 300, 5_000, 65_537] {
                let mut positions = Positions::new(&rope, encoding);
                for index in 0..3_000 {
                    let offset = index * step % to_u32(text.len() + 2);
                    let by_tree = position_by_tree(&rope, offset, encoding);
                    assert_eq!(positions.at(offset), by_tree, "{offset} {encoding:?} {step}");
                }
            }
        }
        for offset in 0..to_u32(text.len()) + 2 {
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let by_tree = position_by_tree(&rope, offset, encoding);
                assert_eq!(position(&rope, offset, encoding), by_tree, "{offset} {encoding:?}");
                quick += usize::from(position_in_chunk(&rope, offset, encoding).is_some());
            }
        }
        assert!(quick > 1_000 && quick < text.len() * 3, "{quick} of {}", text.len() * 3);
    }
}
