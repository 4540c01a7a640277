//! Instructions on one short line.

use syntax::{Instruction, Keyword};

/// Longer texts are cut, in characters.
const MAX_LEN: usize = 80;

/// The keyword in upper case; an unknown one as it is written.
pub(super) fn keyword(instruction: &Instruction) -> String {
    match instruction.keyword {
        Keyword::Unknown => shortened(instruction.keyword_range.of(&instruction.source)),
        known => known.to_string(),
    }
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
