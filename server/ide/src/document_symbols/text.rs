//! Instructions on one short line.

use syntax::{Instruction, Keyword};

/// Longer texts are cut, in characters.
const MAX_LEN: usize = 80;

/// A character is no longer, in bytes.
const MAX_CHAR: usize = 4;

/// The keyword in upper case; an unknown one as it is written.
pub(super) fn keyword(instruction: &Instruction) -> String {
    match instruction.keyword {
        Keyword::Unknown => shortened(instruction.keyword_range.of(&instruction.source)),
        known => known.to_string(),
    }
}

/// The words of a text as far as they are shown, and one more: each is whole, so that a secret in it is found.
pub(super) fn shown_words(text: &str) -> impl Iterator<Item = &str> {
    let mut n_bytes = 0;
    text.split_whitespace().take_while(move |word| {
        let is_shown = n_bytes <= MAX_CHAR * MAX_LEN;
        n_bytes += word.len() + 1;
        is_shown
    })
}

/// The text with runs of blanks made one, and cut where it is long.
pub(super) fn shortened(text: &str) -> String {
    let mut line = String::new();
    let mut n_chars = 0;
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
            n_chars += 1;
        }
        for character in word.chars() {
            if n_chars == MAX_LEN {
                line.push('…');
                return line;
            }
            line.push(character);
            n_chars += 1;
        }
    }
    line
}

/// The text without the quotes around it, unless nothing is left then.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = text.trim_matches(['"', '\'']);
    if inner.is_empty() { text } else { inner }
}
