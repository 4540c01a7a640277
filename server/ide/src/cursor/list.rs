//! A JSON list up to a cursor.

/// The element of a list that a cursor is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its position, from 0.
    pub(crate) index: usize,
    /// Where its text begins, behind the quote; absent outside of a string.
    pub(crate) string: Option<usize>,
    /// Whether the string has an escape in it: then its text is not what it says.
    pub(crate) has_escapes: bool,
}

/// What a text is that begins with a bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A list that it ends in.
    In(Element),
    /// A list that has ended.
    Behind,
    /// No list: the shell's test command, for one.
    NoList,
}

/// Reads `text` from its `[` at `start` on. With neither a string nor the end of the text behind the bracket it is no list.
pub(super) fn read(text: &str, start: usize) -> Reading {
    let first = text.get(start + 1..).unwrap_or_default().trim_start();
    if !(first.is_empty() || first.starts_with(['"', ']'])) {
        return Reading::NoList;
    }
    let mut element = Element { index: 0, string: None, has_escapes: false };
    let mut bytes = text.bytes().enumerate().skip(start + 1);
    while let Some((at, byte)) = bytes.next() {
        match (element.string, byte) {
            (Some(_), b'"') => element.string = None,
            (Some(_), b'\\') => {
                element.has_escapes = true;
                bytes.next();
            }
            (Some(_), _) => {}
            (None, b'"') => {
                element.string = Some(at + 1);
                element.has_escapes = false;
            }
            (None, b',') => element.index += 1,
            (None, b']') => return Reading::Behind,
            (None, _) => {}
        }
    }
    Reading::In(element)
}
