//! Heredoc markers: which words of a line are some, and what they say. Bodies are read in `segment`.

use crate::lexer::{Raw, words};

/// A `<<EOF` in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// First byte in the line.
    pub(crate) start: usize,
    /// First byte after it.
    pub(crate) end: usize,
    pub(crate) name: String,
    pub(crate) file_descriptor: u32,
    pub(crate) expand: bool,
    pub(crate) chomp: bool,
}

/// The heredocs that a line announces, in order; an error where BuildKit cannot read one and refuses the file.
///
/// A line with an open quote or brace has none.
pub(crate) fn markers(line: &str) -> Result<Vec<Marker>, String> {
    if !line.contains("<<") {
        return Ok(Vec::new());
    }
    let mut markers = Vec::new();
    for word in words(line, Raw { quotes: true, escapes: true }).unwrap_or_default() {
        if let Some(mut marker) = marker(&word.text)? {
            (marker.start, marker.end) = (word.start, word.end);
            markers.push(marker);
        }
    }
    Ok(markers)
}

/// The heredoc that a word announces.
pub(crate) fn marker(word: &str) -> Result<Option<Marker>, String> {
    let rest = word.trim_start_matches(|char: char| char.is_ascii_digit());
    let digits = word.get(..word.len() - rest.len()).unwrap_or_default();
    let Some(rest) = rest.strip_prefix("<<") else { return Ok(None) };
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return Ok(None);
    }
    let names = words(rest, Raw { quotes: false, escapes: false })?;
    let [name] = names.as_slice() else { return Ok(None) };
    let raws = words(rest, Raw { quotes: true, escapes: false })?;
    let [raw] = raws.as_slice() else { return Ok(None) };
    let quotes = |text: &str| text.bytes().filter(|byte| matches!(byte, b'\'' | b'"')).count();
    Ok(Some(Marker {
        start: 0,
        end: word.len(),
        expand: quotes(&name.text) == quotes(&raw.text),
        name: name.text.clone(),
        // A descriptor too large for BuildKit is its largest there.
        file_descriptor: if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u32::MAX) },
        chomp,
    }))
}
