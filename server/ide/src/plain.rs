//! Texts of other people's making, before they are shown.

use crate::hover::Secrets;

/// The text without what moves a cursor, colours a terminal or turns the direction of writing.
#[must_use]
pub fn plain(text: &str) -> String {
    inner_loop::plain::plain(text).into_owned()
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
        assert_eq!(plain("a\u{1b}[31m größe"), "a\u{fffd}[31m größe");
        let shown = harmless("RUN curl  -u me:hunter2\nhttps://x && echo ghp_0123456789abcdefABCDEF");
        assert!(!shown.contains("hunter2") && !shown.contains("ghp_0123456789"), "{shown}");
        assert_eq!(harmless("RUN npm  ci"), "RUN npm ci");
    }
}
