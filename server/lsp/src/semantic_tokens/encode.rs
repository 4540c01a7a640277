//! Tokens as the protocol writes them: each one's place as its distance from the one before. One walk over the text gives lines and
//! characters, for asking the text for each place would cost more than everything else.

use ide::{Document, Encoding, SemanticKind, SemanticToken, TextRange};
use tower_lsp::ls_types;

/// The modifiers of the legend, in the order of their bits.
pub(super) const MODIFIERS: [&str; 2] = ["declaration", "readonly"];

pub(super) fn encode(
    document: &Document,
    tokens: &[SemanticToken],
    encoding: Encoding,
) -> Vec<ls_types::SemanticToken> {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Vec::new() };
    let text = document.slice(TextRange::new(first.range.start, last.range.end));
    let start = document.position(first.range.start, encoding);
    let mut before = (0, 0);
    let mut place = Place { line: start.line, character: start.character };
    let mut offset = first.range.start;
    let part = |from: u32, to: u32| {
        let at = |offset: u32| (offset - first.range.start) as usize;
        text.get(at(from)..at(to)).unwrap_or_default()
    };
    let encoded = tokens.iter().map(|token| {
        place.pass(part(offset, token.range.start), encoding);
        offset = token.range.start;
        let (line, character) = before;
        before = (place.line, place.character);
        let delta_line = place.line - line;
        ls_types::SemanticToken {
            delta_line,
            delta_start: if delta_line == 0 { place.character - character } else { place.character },
            length: units(part(token.range.start, token.range.end), encoding),
            token_type: kind_index(token.kind),
            token_modifiers_bitset: u32::from(token.declaration) | u32::from(token.readonly) << 1,
        }
    });
    encoded.collect()
}

/// Where the walk is.
struct Place {
    line: u32,
    character: u32,
}

impl Place {
    /// Goes on behind a text. Lines end at `\n`, `\r\n` and `\r`.
    fn pass(&mut self, text: &str, encoding: Encoding) {
        let mut rest = text;
        while let Some(end) = rest.find(['\n', '\r']) {
            self.line += 1;
            self.character = 0;
            let after = rest.get(end..).unwrap_or_default();
            rest = after.strip_prefix("\r\n").or_else(|| after.get(1..)).unwrap_or_default();
        }
        self.character += units(rest, encoding);
    }
}

/// The length of a text in the client's units.
fn units(text: &str, encoding: Encoding) -> u32 {
    let count = match encoding {
        Encoding::Utf8 => text.len(),
        _ if text.is_ascii() => text.len(),
        Encoding::Utf16 => text.encode_utf16().count(),
        Encoding::Utf32 => text.chars().count(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The place of a kind in the legend.
fn kind_index(kind: SemanticKind) -> u32 {
    // The legend is the list of all kinds, in the order in which they are declared.
    kind as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_listed_as_they_are_declared() {
        for (index, kind) in SemanticKind::ALL.into_iter().enumerate() {
            assert_eq!(kind_index(kind) as usize, index);
        }
    }

    #[test]
    fn places_count_in_the_clients_units_and_all_line_ends() {
        let text = "😀e\u{301}\r\nb\rü x";
        let at = |text: &str| u32::try_from(text.len()).unwrap();
        let token = |start: u32, end: u32| SemanticToken {
            range: TextRange::new(start, end),
            kind: SemanticKind::String,
            declaration: true,
            readonly: false,
        };
        let tokens = [token(4, 7), token(9, 10), token(at(text) - 1, at(text))];
        for (encoding, expected) in [
            (Encoding::Utf8, [[0, 4, 3], [1, 0, 1], [1, 3, 1]]),
            (Encoding::Utf16, [[0, 2, 2], [1, 0, 1], [1, 2, 1]]),
            (Encoding::Utf32, [[0, 1, 2], [1, 0, 1], [1, 2, 1]]),
        ] {
            let encoded = encode(&Document::new(text), &tokens, encoding);
            let places = encoded.iter().map(|token| [token.delta_line, token.delta_start, token.length]);
            assert_eq!(places.collect::<Vec<_>>(), expected, "{encoding:?}");
            assert!(encoded.iter().all(|token| token.token_modifiers_bitset == 1 && token.token_type == 2));
        }
    }
}
