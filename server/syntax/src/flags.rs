//! The `--flags` between a keyword and its arguments, as written; which are allowed is decided in `check`.

use crate::arguments::{Flag, Word};
use crate::lines::is_space;
use crate::mapped::Mapped;
use crate::range::LocalRange;

/// The flags at the start of bytes `start..end` of a line, and where the rest begins.
///
/// Quotes and escape characters are taken away, as BuildKit takes them away before anything else.
pub(crate) fn flags(line: &Mapped, start: usize, end: usize, escape: char) -> (Vec<Flag>, usize) {
    let bytes = line.text().as_bytes();
    let mut flags = Vec::new();
    let mut at = start;
    loop {
        while at < end && bytes.get(at).is_some_and(|byte| is_space(*byte)) {
            at += 1;
        }
        if !bytes.get(at..end).is_some_and(|rest| rest.starts_with(b"--")) {
            return (flags, at);
        }
        let (text, stop) = word(line, at, end, escape);
        if text.text() == "--" {
            return (flags, stop);
        }
        flags.push(flag(line, &text, at, stop));
        at = stop;
    }
}

/// One word from `start` on, and its end.
fn word(line: &Mapped, start: usize, end: usize, escape: char) -> (Mapped, usize) {
    let bytes = line.text().as_bytes();
    let mut text = Mapped::default();
    let mut quote = None;
    let (mut at, mut run) = (start, start);
    while let Some(byte) = bytes.get(at).copied().filter(|_| at < end) {
        let dropped = match quote {
            None if is_space(byte) => break,
            None if matches!(byte, b'\'' | b'"') => {
                quote = Some(byte);
                true
            }
            Some(open) if byte == open => {
                quote = None;
                true
            }
            _ => char::from(byte) == escape,
        };
        if !dropped {
            at += 1;
            continue;
        }
        text.push_from(line, run, at);
        at += 1;
        run = at;
        // What an escape character stands before is taken as it is.
        if char::from(byte) == escape {
            at += line.text().get(at..end).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        }
    }
    text.push_from(line, run, at);
    (text, at)
}

fn flag(line: &Mapped, text: &Mapped, start: usize, end: usize) -> Flag {
    let equals = text.text().find('=');
    let name_end = equals.unwrap_or(text.text().len());
    let range = line.range(start, end);
    let value = equals.map(|at| {
        // The place reaches to the flag's end, so that a closing quote is in it.
        let place = LocalRange::new(text.range(at, at + 1).end, range.end);
        Word::from_mapped(text.part(at + 1, text.text().len()), place)
    });
    Flag {
        name: text.text().get(2..name_end).unwrap_or_default().to_owned(),
        value,
        range,
        name_range: if equals.is_some() { text.range(0, name_end) } else { range },
    }
}
