//! Takes the values of secrets out of what steps write, before anybody sees it: a step may print what it was given.
//!
//! Output comes in chunks that end anywhere, inside a value too. So what may be the beginning of one waits for the next chunk.

use std::collections::HashMap;

use inner_loop::LogStream;

/// What stands for a value.
const HIDDEN: &[u8] = b"***";

/// Shorter values are all over any output; to hide them would tell them.
const LEAST: usize = 4;

/// Lines and settings of a file are hidden too, from this length on: in a whole `.npmrc` it is the token that a program prints.
const LEAST_PART: usize = 8;

/// A longer value is hidden line by line alone.
const MOST: usize = 4096;

/// Values, and what waits. Has no `Debug`.
#[derive(Default)]
pub(crate) struct Redaction {
    /// The longest first.
    values: Vec<Vec<u8>>,
    held: HashMap<(String, LogStream), Vec<u8>>,
}

impl Redaction {
    /// Hides a secret from now on.
    pub(crate) fn hide(&mut self, secret: &[u8]) {
        let whole = secret.trim_ascii();
        let lines = whole.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let settings = lines.clone().filter_map(|line| {
            let at = line.iter().position(|byte| *byte == b'=')?;
            Some(line[at + 1..].trim_ascii())
        });
        let parts = lines.chain(settings).filter(|part| part.len() >= LEAST_PART);
        let all = parts.chain((whole.len() >= LEAST).then_some(whole)).filter(|value| value.len() <= MOST);
        for value in all {
            self.values.push(value.to_vec());
            // Reports of tests are XML and JSON, which have other words for some letters.
            self.values.extend(escaped(value));
        }
        self.values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.values.dedup();
    }

    /// A whole text without the values.
    pub(crate) fn without(&self, text: Vec<u8>) -> Vec<u8> {
        if self.values.is_empty() { text } else { self.redacted(&text, true).0 }
    }

    /// A chunk of a stream without the values, less what may be the beginning of one.
    pub(crate) fn pass(&mut self, vertex: &str, stream: LogStream, data: Vec<u8>) -> Vec<u8> {
        if self.values.is_empty() {
            return data;
        }
        let key = (vertex.to_owned(), stream);
        let mut all = self.held.remove(&key).unwrap_or_default();
        all.extend(data);
        let (shown, held) = self.redacted(&all, false);
        if !held.is_empty() {
            self.held.insert(key, held.to_vec());
        }
        shown
    }

    /// What still waits of all streams: their ends.
    pub(crate) fn rest(&mut self) -> Vec<(String, LogStream, Vec<u8>)> {
        let held = std::mem::take(&mut self.held);
        let ends =
            held.into_iter().map(|((vertex, stream), data)| (vertex, stream, self.redacted(&data, true).0));
        let mut rest: Vec<_> = ends.collect();
        rest.sort_by(|a, b| (&a.0, a.1 == LogStream::Stderr).cmp(&(&b.0, b.1 == LogStream::Stderr)));
        rest
    }

    /// A text without the values, and the end of it that may be the beginning of one, unless it is the end of all.
    fn redacted<'a>(&self, text: &'a [u8], is_end: bool) -> (Vec<u8>, &'a [u8]) {
        let mut shown = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            let may_begin = |value: &Vec<u8>| value.len() > rest.len() && value.starts_with(rest);
            if !is_end && self.values.iter().any(may_begin) {
                break;
            }
            match self.values.iter().find(|value| rest.starts_with(value)) {
                Some(value) => {
                    shown.extend_from_slice(HIDDEN);
                    rest = &rest[value.len()..];
                }
                None => {
                    shown.push(*first);
                    rest = after;
                }
            }
        }
        (shown, rest)
    }
}

/// A value as XML and JSON write it, where that is another text.
fn escaped(value: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(value) else { return Vec::new() };
    let element = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let attribute = element.replace('"', "&quot;");
    let json = text.replace('\\', "\\\\").replace('"', "\\\"");
    // Go's encoder is careful about HTML.
    let of_go = json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    let all = [
        attribute.replace('\'', "&apos;"),
        attribute.replace('\'', "&#39;"),
        attribute,
        element,
        json,
        of_go,
    ];
    all.into_iter().filter(|other| other != text).map(String::into_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of a text in chunks of this size.
    fn shown(secrets: &[&str], text: &str, size: usize) -> String {
        let mut redaction = Redaction::default();
        secrets.iter().for_each(|secret| redaction.hide(secret.as_bytes()));
        let mut shown = Vec::new();
        for chunk in text.as_bytes().chunks(size) {
            shown.extend(redaction.pass("v", LogStream::Stdout, chunk.to_vec()));
        }
        shown.extend(redaction.rest().into_iter().flat_map(|(_, _, data)| data));
        String::from_utf8(shown).unwrap()
    }

    #[track_caller]
    fn check(secrets: &[&str], text: &str, expected: &str) {
        for size in 1..=text.len() {
            assert_eq!(shown(secrets, text, size), expected, "in chunks of {size}");
        }
    }

    #[test]
    fn values_are_hidden_however_the_output_is_cut() {
        check(&["hunter2\n"], "token hunter2, hunter hunhunter2\nhunter", "token ***, hunter hun***\nhunter");
        check(&["größe🔑"], "ä größe🔑 größe", "ä *** größe");
        check(&["abcd", "abcdefgh"], "abcdefgh abcdef abcd", "*** ***ef ***");
        check(&["abcd", "abcdefgh"], "abcdef", "***ef");
    }

    #[test]
    fn lines_and_settings_of_a_file_are_hidden_too() {
        let npmrc = "registry=https://r.example/\r\n//r.example/:_authToken=npm_0123456789\r\n";
        check(&[npmrc], "got npm_0123456789 of r.example", "got *** of r.example");
        check(&["-----BEGIN-----\nMIIEowIBAAKC\n-----END-----"], "key: MIIEowIBAAKC!", "key: ***!");
    }

    #[test]
    fn values_are_hidden_as_reports_write_them() {
        check(
            &["a<\"b\"&c"],
            "<f m=\"a&lt;&quot;b&quot;&amp;c\">a&lt;\"b\"&amp;c</f>",
            "<f m=\"***\">***</f>",
        );
        check(&["a<\"b\"&c"], "{\"Output\":\"a\\u003c\\\"b\\\"\\u0026c\"}", "{\"Output\":\"***\"}");
    }

    #[test]
    fn what_is_no_value_stays() {
        check(&[], "hunter2", "hunter2");
        check(&["", " \n", "1", "abc"], "1 abc\n", "1 abc\n");
        check(&["a=b\nc=d\n"], "a=b c=d\n", "a=b c=d\n");
        let long = "x y ".repeat(5_000);
        check(&[&long], "x y x", "x y x");
    }

    #[test]
    fn streams_are_held_apart() {
        let mut redaction = Redaction::default();
        redaction.hide(b"hunter2");
        assert_eq!(redaction.pass("a", LogStream::Stdout, b"hunt".to_vec()), b"");
        assert_eq!(redaction.pass("a", LogStream::Stderr, b"er2".to_vec()), b"er2");
        assert_eq!(redaction.pass("b", LogStream::Stdout, b"hunt".to_vec()), b"");
        assert_eq!(redaction.pass("a", LogStream::Stdout, b"er2!".to_vec()), b"***!");
        assert_eq!(redaction.rest(), [("b".to_owned(), LogStream::Stdout, b"hunt".to_vec())]);
    }
}
