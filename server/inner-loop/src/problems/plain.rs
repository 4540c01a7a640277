//! A line as a person sees it: without colours and links, and no longer than what a place and a message take.

use std::borrow::Cow;

/// No tool writes a place and its message further to the right.
const MOST_BYTES: usize = 2048;

/// The line without escape sequences (ECMA-48), cut where it is long.
pub(crate) fn plain(line: &str) -> Cow<'_, str> {
    if line.as_bytes().contains(&0x1b) {
        let mut shown = String::with_capacity(line.len());
        let mut parts = line.split('\u{1b}');
        shown.push_str(parts.next().unwrap_or_default());
        parts.for_each(|part| shown.push_str(behind_sequence(part)));
        shown.truncate(cut(&shown));
        return Cow::Owned(shown);
    }
    Cow::Borrowed(&line[..cut(line)])
}

fn cut(line: &str) -> usize {
    if line.len() <= MOST_BYTES {
        return line.len();
    }
    (0..=MOST_BYTES).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0)
}

/// What follows the sequence that an escape begins, where the next one does not cut it short.
fn behind_sequence(text: &str) -> &str {
    let Some(introducer) = text.bytes().next() else { return "" };
    match introducer {
        // A control sequence ends with a letter or its like.
        b'[' => {
            let end = text.bytes().skip(1).position(|byte| (0x40..=0x7e).contains(&byte));
            end.and_then(|end| text.get(end + 2..)).unwrap_or("")
        }
        // A command, such as a link, ends with a bell, or with an escape and `\`.
        b']' => text.split_once('\u{7}').map_or("", |(_, behind)| behind),
        b'\\' => &text[1..],
        _ => text.get(1..).unwrap_or(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_links_are_left_out() {
        for (line, expected) in [
            ("größe", "größe"),
            ("\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: x", "error: x"),
            ("\u{1b}]8;;http://a\u{7}name\u{1b}]8;;\u{7}!", "name!"),
            ("\u{1b}]8;;http://a\u{1b}\\name\u{1b}]8;;\u{1b}\\!", "name!"),
            ("a\u{1b}[K", "a"),
            ("a\u{1b}[", "a"),
            ("a\u{1b}", "a"),
            ("a\u{1b}ü", "a"),
        ] {
            assert_eq!(plain(line), expected, "{line:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_between_letters() {
        let long = "ü".repeat(MOST_BYTES);
        assert_eq!(plain(&long).len(), MOST_BYTES);
        assert_eq!(plain(&format!("x{long}")).len(), MOST_BYTES - 1);
    }
}
