//! Positions of many offsets in one text. The rope answers for one place; what asks for thousands reads the text once instead.

use ide::{Document, Encoding, TextRange};
use tower_lsp::ls_types as lsp;

use crate::profile::Profile;

/// A text with its line starts.
pub(crate) struct Lines {
    text: String,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    pub(crate) fn of(document: &Document, profile: &Profile) -> Self {
        let text = document.text();
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                starts.push(at + 1);
            }
        }
        Self { text, starts, encoding: profile.encoding }
    }

    /// As [`Document::position`] says: inside a line end it is the place before it.
    pub(crate) fn position(&self, offset: u32) -> lsp::Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts[line];
        let before = &self.text[start..offset];
        // Only the first half of a `\r\n` can stand before an offset in its line.
        let before = before.strip_suffix('\r').unwrap_or(before);
        let character = match self.encoding {
            Encoding::Utf8 => before.len(),
            _ if before.is_ascii() => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => before.chars().count(),
        };
        lsp::Position { line: to_u32(line), character: to_u32(character) }
    }

    pub(crate) fn range(&self, range: TextRange) -> lsp::Range {
        lsp::Range { start: self.position(range.start), end: self.position(range.end) }
    }
}

/// Texts are at most 4 GiB long.
fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_proto;

    #[test]
    fn every_offset_is_where_the_rope_says() {
        let text = "\u{feff}FROM a\r\nRUN 😀 e\u{301}ü\r\r\n\n\rx\u{2028}y\nlast 😀";
        let document = Document::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let profile = Profile { encoding, ..Profile::default() };
            let lines = Lines::of(&document, &profile);
            for offset in 0..=document.len() + 2 {
                let expected = to_proto::position(&document, offset, &profile);
                assert_eq!(lines.position(offset), expected, "{encoding:?} {offset}");
            }
        }
    }
}
