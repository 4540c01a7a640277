//! Texts of other people's making, before they are shown.

use crate::hover::Secrets;

/// The text without what moves a cursor, colours a terminal or turns the direction of writing; XML takes none of these either.
#[must_use]
pub fn plain(text: &str) -> String {
    let is_odd = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    text.chars().map(|letter| if is_odd(letter) { '\u{fffd}' } else { letter }).collect()
}

/// A command or an instruction on one line, with the secrets in it hidden as far as they are known by their looks or by what they are handed
/// over as; and plain.
#[must_use]
pub fn harmless(instruction: &str) -> String {
    plain(&Secrets::default().redact_words(instruction.split_whitespace()).join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_moves_no_cursor_and_tells_no_secret() {
        assert_eq!(plain("a\u{1b}[31m größe 🐳\r\u{202e}b"), "a\u{fffd}[31m größe 🐳\u{fffd}\u{fffd}b");
        let shown = harmless("RUN curl  -u me:hunter2\nhttps://x && echo ghp_0123456789abcdefABCDEF");
        assert!(!shown.contains("hunter2") && !shown.contains("ghp_0123456789"), "{shown}");
        assert_eq!(harmless("RUN npm  ci"), "RUN npm ci");
    }
}
