//! Names and messages of other people's making: without escapes, without what turns the direction of writing, and no longer than anybody reads.

use std::borrow::Cow;

use crate::problems::plain;

/// A longer name is cut.
const MOST_NAME: usize = 300;
/// A longer message is cut.
const MOST_MESSAGE: usize = 2000;
/// So many lines of a message are kept.
const MOST_LINES: usize = 12;

/// The name of a test or a suite, on one line.
pub(super) fn name(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    cut(harmless(&line.join(" ")), MOST_NAME)
}

/// A message of a few lines, less the indent that all of them have and the blank lines around them.
pub(super) fn message<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines: Vec<Cow<'_, str>> = lines.into_iter().map(|line| plain(line.trim_end())).collect();
    let is_blank = |line: &Cow<'_, str>| line.trim().is_empty();
    let Some(first) = lines.iter().position(|line| !is_blank(line)) else { return String::new() };
    let last = lines.iter().rposition(|line| !is_blank(line)).unwrap_or(first);
    let lines = &lines[first..=last];
    let indent_of = |line: &Cow<'_, str>| line.len() - line.trim_start().len();
    let indent = lines.iter().filter(|line| !is_blank(line)).map(indent_of).min().unwrap_or(0);
    let kept: Vec<String> = lines
        .iter()
        .take(MOST_LINES)
        .map(|line| harmless(&line.get(indent..).unwrap_or_default().replace('\t', "    ")))
        .collect();
    let mut text = cut(kept.join("\n"), MOST_MESSAGE);
    if lines.len() > MOST_LINES {
        text.push_str("\n…");
    }
    text
}

/// Without what moves a cursor or turns the direction of writing.
fn harmless(text: &str) -> String {
    crate::plain::plain(&plain(text)).into_owned()
}

fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_messages_move_no_cursor_and_turn_no_direction() {
        assert_eq!(name("adds \u{1b}[31mgröße\u{1b}[0m\n  🐳\u{202e}x"), "adds größe 🐳\u{fffd}x");
        assert_eq!(name(&"ü".repeat(1000)).chars().count(), 151);
        assert_eq!(message(["", "    a\u{7}", "", "      b", " "]), "a\u{fffd}\n\n  b");
        assert_eq!(message([]), "");
        let many = message(std::iter::repeat_n("x", 100));
        assert_eq!((many.lines().count(), many.ends_with('…')), (MOST_LINES + 1, true));
        assert!(message([&*"y".repeat(1 << 20)]).len() < MOST_MESSAGE + 100);
    }
}
