//! The text that a shell gets to see, with the way back to the instruction's source.
//!
//! Building it is a matter of line ends, escapes and tabs alone; quotes and words are not known here.

use crate::range::LocalRange;

/// A text put together from pieces of a source.
#[derive(Debug, Default)]
pub(super) struct FlatText {
    /// The text.
    pub(super) text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    flat_start: usize,
    flat_len: usize,
    source_start: usize,
    source_len: usize,
}

impl FlatText {
    /// The logical line in `range` of the source as BuildKit joins it: continuations, comment lines and blank lines left out.
    pub(super) fn of_logical_line(source: &str, range: LocalRange, escape: char) -> Self {
        let mut flat = Self::default();
        let mut offset = range.start as usize;
        for (index, line) in range.of(source).split_inclusive('\n').enumerate() {
            let content = line.trim_end_matches(['\r', '\n']);
            let trimmed = content.trim_start();
            if index == 0 || !(trimmed.is_empty() || trimmed.starts_with('#')) {
                flat.push(without_continuation(content, escape), offset);
            }
            offset += line.len();
        }
        flat
    }

    /// The body of a heredoc; `chomp` cuts the tabs at the start of each line off, as `<<-` does.
    pub(super) fn of_body(source: &str, range: LocalRange, chomp: bool) -> Self {
        let mut flat = Self::default();
        let mut offset = range.start as usize;
        for line in range.of(source).split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            let kept = if chomp { content.trim_start_matches('\t') } else { content };
            flat.push(kept, offset + content.len() - kept.len());
            if line.ends_with('\n') {
                flat.push("\n", offset + line.len() - 1);
            }
            offset += line.len();
        }
        flat
    }

    /// The string inside the quotes of a JSON string that starts at `start`; `None` where it does not decode to `expected`.
    pub(super) fn of_json_string(quoted: &str, start: u32, expected: &str) -> Option<Self> {
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let mut flat = Self::default();
        let mut offset = start as usize + 1;
        let mut rest = inner;
        while !rest.is_empty() {
            let plain = rest.find('\\').unwrap_or(rest.len());
            flat.push(&rest[..plain], offset);
            offset += plain;
            rest = &rest[plain..];
            let Some(escaped) = rest.get(1..).and_then(|after| after.chars().next()) else { break };
            let decoded = match escaped {
                'n' => "\n",
                't' => "\t",
                '"' => "\"",
                '\\' => "\\",
                '/' => "/",
                _ => return None,
            };
            flat.push_as(decoded, offset, 2);
            offset += 2;
            rest = &rest[2..];
        }
        (flat.text == expected).then_some(flat)
    }

    /// Leaves out the first `count` bytes.
    pub(super) fn skip(&self, count: usize) -> Self {
        let mut rest = Self::default();
        for piece in &self.pieces {
            let cut = count.saturating_sub(piece.flat_start).min(piece.flat_len);
            let text = &self.text[piece.flat_start + cut..piece.flat_start + piece.flat_len];
            let source_cut = cut.min(piece.source_len);
            rest.push_as(text, piece.source_start + source_cut, piece.source_len - source_cut);
        }
        rest
    }

    /// Where the bytes `start..end` of the text stand in the source.
    pub(super) fn range(&self, start: usize, end: usize) -> LocalRange {
        let source_start = self.source_offset(start);
        let source_end = if end > start { self.source_end(end) } else { source_start };
        LocalRange::new(to_u32(source_start), to_u32(source_end.max(source_start)))
    }

    /// The places of the bytes `start..end` of the text, one for each run of source.
    pub(super) fn ranges(&self, start: usize, end: usize) -> impl Iterator<Item = LocalRange> {
        let first = self.pieces.partition_point(|piece| piece.flat_start + piece.flat_len <= start);
        let pieces = self.pieces.get(first..).unwrap_or_default().iter();
        pieces.take_while(move |piece| piece.flat_start < end).map(move |piece| {
            let from = start.saturating_sub(piece.flat_start);
            let to = (end - piece.flat_start).min(piece.flat_len);
            // A piece that is spelt differently in the source has one place as a whole.
            let (from, to) =
                if piece.flat_len == piece.source_len { (from, to) } else { (0, piece.source_len) };
            LocalRange::new(to_u32(piece.source_start + from), to_u32(piece.source_start + to))
        })
    }

    /// Where the byte of the source at `source_offset` stands in the text, if it does.
    pub(super) fn flat_offset(&self, source_offset: u32) -> Option<usize> {
        let offset = source_offset as usize;
        let piece = self
            .pieces
            .iter()
            .find(|piece| piece.source_start <= offset && offset < piece.source_start + piece.source_len)?;
        Some(piece.flat_start + (offset - piece.source_start).min(piece.flat_len))
    }

    /// Adds a part of the source as it is.
    pub(super) fn add(&mut self, text: &str, source_start: u32) {
        self.push(text, source_start as usize);
    }

    /// Adds a line end, whatever the source has there.
    pub(super) fn add_line_end(&mut self, source_start: u32) {
        self.push_as("\n", source_start as usize, 1);
    }

    fn push(&mut self, text: &str, source_start: usize) {
        self.push_as(text, source_start, text.len());
    }

    fn push_as(&mut self, text: &str, source_start: usize, source_len: usize) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            flat_start: self.text.len(),
            flat_len: text.len(),
            source_start,
            source_len,
        });
        self.text.push_str(text);
    }

    /// The source offset of a byte of the text; at the text's end, the end of the last piece.
    fn source_offset(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.flat_start <= offset);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else { return 0 };
        let within = offset - piece.flat_start;
        if within >= piece.flat_len {
            piece.source_start + piece.source_len
        } else {
            piece.source_start + within
        }
    }

    /// The source offset after the byte of the text that ends at `end`: never beyond a continuation that follows.
    fn source_end(&self, end: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.flat_start < end);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else { return 0 };
        let within = end - piece.flat_start;
        if within >= piece.flat_len {
            piece.source_start + piece.source_len
        } else {
            piece.source_start + within
        }
    }
}

/// The line without the escape character that joins it to the next. One that follows another escape character joins nothing, as in
/// BuildKit's `setEscapeToken`.
fn without_continuation(content: &str, escape: char) -> &str {
    let Some(before) = content.trim_end_matches([' ', '\t']).strip_suffix(escape) else { return content };
    if before.ends_with(escape) { content } else { before }
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
