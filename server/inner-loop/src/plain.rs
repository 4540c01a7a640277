//! Texts of other people's making, before they are shown.

use std::borrow::Cow;

/// The text without what moves a cursor, colours a terminal or turns the direction of writing; XML takes none of these either.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| letter.is_control())
}

/// The same for a text of several lines.
#[must_use]
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| letter.is_control() && letter != '\n')
}

fn replaced(text: &str, is_control: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_odd = |letter: char| {
        is_control(letter)
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| if is_odd(letter) { '\u{fffd}' } else { letter }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_moves_no_cursor() {
        assert_eq!(
            plain("a\u{1b}[31m größe 🐳\r\u{202e}b\n"),
            "a\u{fffd}[31m größe 🐳\u{fffd}\u{fffd}b\u{fffd}"
        );
        assert_eq!(plain_lines("a\r\nb\u{2066}"), "a\u{fffd}\nb\u{fffd}");
        assert!(matches!(plain("größe 🐳"), Cow::Borrowed(_)));
    }
}
