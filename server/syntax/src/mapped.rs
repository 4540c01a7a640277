//! Text that was taken out of an instruction piece by piece, and where each piece came from.
//!
//! Logical lines (continuations joined, comments left out), flags without their quotes and decoded JSON strings are all
//! such texts. What they mean is not known here.

use crate::range::LocalRange;

/// A run of text and the run of source that it came from.
///
/// Where both runs have the same length the bytes are the same and each has its own place; else (an escape such as
/// `\u0041`) the run has one place as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    text: u32,
    text_len: u32,
    source: u32,
    source_len: u32,
}

impl Piece {
    const fn is_verbatim(self) -> bool {
        self.text_len == self.source_len
    }
}

/// A text with its source map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mapped {
    text: String,
    pieces: Vec<Piece>,
}

impl Mapped {
    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Text and map apart.
    pub(crate) fn into_parts(self) -> (String, Vec<Piece>) {
        (self.text, self.pieces)
    }

    /// Appends text that stands at `source` as it is.
    pub(crate) fn push(&mut self, text: &str, source: u32) {
        let len = to_u32(text.len());
        self.push_piece(text, source, len);
    }

    /// Appends text that a different spelling of `source_len` bytes at `source` stands for.
    pub(crate) fn push_piece(&mut self, text: &str, source: u32, source_len: u32) {
        if text.is_empty() {
            return;
        }
        let (at, text_len) = (to_u32(self.text.len()), to_u32(text.len()));
        self.text.push_str(text);
        if let Some(last) = self.pieces.last_mut()
            && last.is_verbatim()
            && text_len == source_len
            && last.source + last.source_len == source
        {
            last.text_len += text_len;
            last.source_len += source_len;
            return;
        }
        self.pieces.push(Piece { text: at, text_len, source, source_len });
    }

    /// Appends a character that the escape at `place` stands for.
    pub(crate) fn push_escape(&mut self, char: char, place: LocalRange) {
        self.push_piece(char.encode_utf8(&mut [0; 4]), place.start, place.end - place.start);
    }

    /// Appends bytes `start..end` of another mapped text, with their places.
    pub(crate) fn push_from(&mut self, other: &Self, start: usize, end: usize) {
        let mut at = start;
        let mut index = piece_at(&other.pieces, to_u32(start));
        while at < end {
            let Some(piece) = other.pieces.get(index) else { return };
            let stop = ((piece.text + piece.text_len) as usize).min(end);
            let text = other.text.get(at..stop).unwrap_or_default();
            if piece.is_verbatim() {
                self.push(text, piece.source + (to_u32(at) - piece.text));
            } else {
                self.push_piece(text, piece.source, piece.source_len);
            }
            at = stop;
            index += 1;
        }
    }

    /// Bytes `start..end` of the text as a mapped text of their own.
    pub(crate) fn part(&self, start: usize, end: usize) -> Self {
        let mut part = Self::default();
        part.push_from(self, start, end);
        part
    }

    /// Where bytes `start..end` of the text stand in the source.
    pub(crate) fn range(&self, start: usize, end: usize) -> LocalRange {
        range_of(&self.pieces, start, end)
    }
}

/// The index of the piece that holds a text offset; the last one for an offset behind it.
fn piece_at(pieces: &[Piece], offset: u32) -> usize {
    pieces.partition_point(|piece| piece.text <= offset).saturating_sub(1)
}

/// Where bytes `start..end` of a text with these pieces stand in the source.
pub(crate) fn range_of(pieces: &[Piece], start: usize, end: usize) -> LocalRange {
    let (start, end) = (to_u32(start), to_u32(end.max(start)));
    let from = place_start(pieces, start);
    if start == end {
        return LocalRange::new(from, from);
    }
    LocalRange::new(from, place_end(pieces, end).max(from))
}

fn place_start(pieces: &[Piece], offset: u32) -> u32 {
    let Some(piece) = pieces.get(piece_at(pieces, offset)) else { return 0 };
    let inside = offset.saturating_sub(piece.text);
    if inside >= piece.text_len {
        piece.source + piece.source_len
    } else if piece.is_verbatim() {
        piece.source + inside
    } else {
        piece.source
    }
}

/// The place after the byte before `offset`.
fn place_end(pieces: &[Piece], offset: u32) -> u32 {
    let Some(piece) = pieces.get(piece_at(pieces, offset.saturating_sub(1))) else { return 0 };
    let inside = offset.saturating_sub(piece.text);
    if piece.is_verbatim() && inside < piece.text_len {
        piece.source + inside
    } else {
        piece.source + piece.source_len
    }
}

/// Offsets are 32 bits wide: a text that does not fit is cut when it enters the document.
pub(crate) fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_skip_what_was_left_out() {
        let mut mapped = Mapped::default();
        mapped.push("ab", 0);
        mapped.push("cd", 10);
        assert_eq!(mapped.text(), "abcd");
        assert_eq!(mapped.range(0, 2), LocalRange::new(0, 2));
        assert_eq!(mapped.range(1, 3), LocalRange::new(1, 11));
        assert_eq!(mapped.range(2, 4), LocalRange::new(10, 12));
        assert_eq!(mapped.range(2, 2), LocalRange::new(10, 10));
        assert_eq!(mapped.range(4, 4), LocalRange::new(12, 12));
    }

    #[test]
    fn an_escape_has_one_place() {
        let mut mapped = Mapped::default();
        mapped.push("a", 1);
        mapped.push_piece("é", 2, 6);
        mapped.push("b", 8);
        assert_eq!(mapped.range(1, 3), LocalRange::new(2, 8));
        assert_eq!(mapped.range(1, 2), LocalRange::new(2, 8));
        assert_eq!(mapped.range(3, 4), LocalRange::new(8, 9));
    }

    #[test]
    fn parts_keep_their_places() {
        let mut mapped = Mapped::default();
        mapped.push("abc", 0);
        mapped.push("def", 7);
        let part = mapped.part(1, 5);
        assert_eq!(
            (part.text(), part.range(0, 4), part.range(2, 4)),
            ("bcde", LocalRange::new(1, 9), LocalRange::new(7, 9))
        );
    }
}
