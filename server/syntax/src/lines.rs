//! Physical lines as BuildKit sees them, out of a rope without copying more than is read; and what makes a line a comment, a
//! blank, or one that goes on.
//!
//! BuildKit ends lines at `\n` alone; any `\r` before it belongs to the line end too.

use ropey::Rope;
use ropey::iter::Chunks;

use crate::mapped::to_u32;

/// Reads a rope line by line.
pub(crate) struct Lines<'a> {
    chunks: Chunks<'a>,
    chunk: &'a str,
    offset: u32,
}

impl<'a> Lines<'a> {
    /// Reads from a byte offset on, which must be a character's boundary.
    pub(crate) fn new(rope: &'a Rope, offset: u32) -> Self {
        let (mut chunks, start, ..) = rope.chunks_at_byte(offset as usize);
        let chunk = chunks.next().unwrap_or_default().get(offset as usize - start..).unwrap_or_default();
        Self { chunks, chunk, offset }
    }

    /// Where the next line starts.
    pub(crate) const fn offset(&self) -> u32 {
        self.offset
    }

    /// Appends the next line, its line end included; false at the end of the text.
    pub(crate) fn read(&mut self, line: &mut String) -> bool {
        let before = line.len();
        loop {
            if self.chunk.is_empty() {
                let Some(chunk) = self.chunks.next() else { break };
                self.chunk = chunk;
                continue;
            }
            if let Some(end) = self.chunk.find('\n') {
                let (head, tail) = self.chunk.split_at(end + 1);
                line.push_str(head);
                self.chunk = tail;
                break;
            }
            line.push_str(self.chunk);
            self.chunk = "";
        }
        self.offset += to_u32(line.len() - before);
        line.len() > before
    }
}

/// The line without its line end.
pub(crate) fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// Whether a line is a comment.
pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// What a line that goes on says before its escape character; nothing where it does not go on.
///
/// The escape character may be followed by blanks; one that is itself preceded by an escape character does not count.
#[must_use]
pub fn continued(line: &str, escape: char) -> Option<&str> {
    let body = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!body.ends_with(escape)).then_some(body)
}

/// White space between words, for BuildKit's `[\t\v\f\r ]+`.
pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x0b | 0x0c | b'\r' | b' ')
}

/// ASCII white space as Go's `unicode.IsSpace` sees a single byte.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// The range `start..end` of a text, less the white space at both ends.
pub(crate) fn trim(text: &str, start: usize, end: usize) -> (usize, usize) {
    let part = text.get(start..end).unwrap_or_default();
    let trimmed = part.trim_start();
    let start = start + (part.len() - trimmed.len());
    (start, start + trimmed.trim_end().len())
}

/// How many line feeds there are in a range.
pub(crate) fn line_feeds(rope: &Rope, start: u32, end: u32) -> u32 {
    let slice = rope.byte_slice(start as usize..(end as usize).max(start as usize));
    to_u32(slice.chunks().map(|chunk| chunk.bytes().filter(|byte| *byte == b'\n').count()).sum())
}

/// The start of BuildKit's line that holds an offset.
pub(crate) fn line_start(rope: &Rope, offset: u32) -> u32 {
    let back = rope.bytes_at(offset as usize).reversed().position(|byte| byte == b'\n');
    offset - back.map_or(offset, to_u32)
}

/// The start of the line after the one that ends at `end`, where only `\r` may precede its line feed.
pub(crate) fn after_line(rope: &Rope, end: u32) -> u32 {
    let skip = rope.bytes_at(end as usize).position(|byte| byte == b'\n');
    skip.map_or(to_u32(rope.len_bytes()), |skip| end + to_u32(skip) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_line_feeds_alone() {
        let rope = Rope::from_str("a\rb\r\nc\n\nd");
        let mut lines = Lines::new(&rope, 0);
        let mut read = Vec::new();
        let mut line = String::new();
        while lines.read(&mut line) {
            read.push(std::mem::take(&mut line));
        }
        assert_eq!(read, ["a\rb\r\n", "c\n", "\n", "d"]);
        assert_eq!(lines.offset(), 9);
    }

    #[test]
    fn a_line_goes_on_after_a_lone_escape_character() {
        assert_eq!(continued(r"RUN a \", '\\'), Some("RUN a "));
        assert_eq!(continued("RUN a \\ \t", '\\'), Some("RUN a "));
        assert_eq!(continued(r"\", '\\'), Some(""));
        assert_eq!(continued(r"RUN a \\", '\\'), None);
        assert_eq!(continued(r"RUN a \\\", '\\'), None);
        assert_eq!(continued("RUN a `", '\\'), None);
        assert_eq!(continued("RUN a `", '`'), Some("RUN a "));
    }
}
