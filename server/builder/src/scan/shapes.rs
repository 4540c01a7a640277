//! Secrets by their shape: tokens of well-known makers and private keys, whoever they belong to.
//!
//! A shape is the words that a maker begins its tokens with, and how they go on; the words alone stand in many programs. What is found is
//! told by its kind, never by its value.

use std::io::{self, Read};

use aho_corasick::AhoCorasick;

/// What a file is read by.
const WINDOW: usize = 64 << 10;

/// No shape is longer than this; so much of a window is looked at again with the next one.
const LONGEST: usize = 160;

/// The kind of private keys.
pub(crate) const PRIVATE_KEY: &str = "private key";

/// A kind of secret.
struct Shape {
    kind: &'static str,
    begins: &'static str,
    /// How it goes on.
    letters: fn(u8) -> bool,
    /// How many of these letters follow, at least.
    least: usize,
    /// Whether exactly so many follow.
    is_exact: bool,
}

const fn exact(kind: &'static str, begins: &'static str, letters: fn(u8) -> bool, count: usize) -> Shape {
    Shape { kind, begins, letters, least: count, is_exact: true }
}

const fn at_least(kind: &'static str, begins: &'static str, letters: fn(u8) -> bool, count: usize) -> Shape {
    Shape { kind, begins, letters, least: count, is_exact: false }
}

/// As the makers document them.
const SHAPES: &[Shape] = &[
    exact("GitHub token", "ghp_", is_plain, 36),
    exact("GitHub token", "gho_", is_plain, 36),
    exact("GitHub token", "ghu_", is_plain, 36),
    exact("GitHub token", "ghs_", is_plain, 36),
    exact("GitHub token", "ghr_", is_plain, 36),
    exact("GitHub token", "github_pat_", is_word, 82),
    at_least("GitLab token", "glpat-", is_dashed, 20),
    exact("npm token", "npm_", is_plain, 36),
    at_least("npm registry login", "_authToken=", is_token, 16),
    at_least("PyPI token", "pypi-AgEIcHlwaS5vcmc", is_dashed, 50),
    at_least("Docker Hub token", "dckr_pat_", is_dashed, 24),
    exact("Hugging Face token", "hf_", is_plain, 34),
    exact("AWS access key", "AKIA", is_upper, 16),
    exact("AWS access key", "ASIA", is_upper, 16),
    exact("Google API key", "AIza", is_dashed, 35),
    at_least("Stripe key", "sk_live_", is_plain, 24),
    at_least("Stripe key", "rk_live_", is_plain, 24),
    at_least("Slack token", "xoxb-", is_dashed, 40),
    at_least("Slack token", "xoxp-", is_dashed, 40),
    at_least(PRIVATE_KEY, "-----BEGIN PRIVATE KEY-----", is_base64, 48),
    at_least(PRIVATE_KEY, "-----BEGIN RSA PRIVATE KEY-----", is_base64, 48),
    at_least(PRIVATE_KEY, "-----BEGIN EC PRIVATE KEY-----", is_base64, 48),
    at_least(PRIVATE_KEY, "-----BEGIN DSA PRIVATE KEY-----", is_base64, 48),
    at_least(PRIVATE_KEY, "-----BEGIN OPENSSH PRIVATE KEY-----", is_base64, 48),
];

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_dashed(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

const fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// A value that is written out: a reference to a variable has other letters.
const fn is_token(byte: u8) -> bool {
    is_dashed(byte) || matches!(byte, b'.' | b'+' | b'/' | b'=')
}

/// Looks for all shapes at once, in one file after the other.
#[derive(Debug)]
pub(crate) struct Shapes {
    search: AhoCorasick,
    window: Vec<u8>,
}

impl Shapes {
    pub(crate) fn new() -> io::Result<Self> {
        let search = AhoCorasick::new(SHAPES.iter().map(|shape| shape.begins)).map_err(io::Error::other)?;
        Ok(Self { search, window: vec![0; WINDOW] })
    }

    /// The kinds of secrets in a stream, each once, in the order in which they are found.
    pub(crate) fn kinds(&mut self, mut stream: impl Read) -> io::Result<Vec<&'static str>> {
        let Self { search, window } = self;
        let mut found = Vec::new();
        let (mut length, mut looked_at) = (0, 0);
        loop {
            let count = stream.read(&mut window[length..])?;
            length += count;
            if count > 0 && length < WINDOW {
                continue;
            }
            let is_last = count == 0;
            let text = &window[..length];
            for hit in search.find_iter(&text[looked_at..]) {
                let start = looked_at + hit.start();
                if !is_last && start + LONGEST > length {
                    break;
                }
                let shape = &SHAPES[hit.pattern().as_usize()];
                if is_whole(shape, text, start) && !found.contains(&shape.kind) {
                    found.push(shape.kind);
                }
            }
            if is_last {
                return Ok(found);
            }
            // One byte before is kept too: it says whether a word begins there.
            let kept = (LONGEST + 1).min(length);
            window.copy_within(length - kept..length, 0);
            (length, looked_at) = (kept, 1.min(kept));
        }
    }
}

/// Whether a secret of this shape stands at a place.
fn is_whole(shape: &Shape, text: &[u8], start: usize) -> bool {
    let begins_word = start.checked_sub(1).is_none_or(|before| !is_word(text[before]));
    let mut rest = &text[start + shape.begins.len()..];
    if shape.begins.starts_with('-') {
        // The key itself is on the next line, which may be written as `\n` in a text in quotes.
        rest = rest.strip_prefix(b"\\n").unwrap_or(rest.trim_ascii_start());
    } else if !begins_word && !shape.begins.starts_with('_') {
        return false;
    }
    let count = rest.iter().take_while(|byte| (shape.letters)(**byte)).count();
    // The one that Amazon's own pages show.
    let is_example = rest[..count].ends_with(b"EXAMPLE");
    !is_example && if shape.is_exact { count == shape.least } else { count >= shape.least }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(Shapes::new().unwrap().kinds(text.as_bytes()).unwrap(), expected, "{text}");
    }

    fn letters(count: usize) -> String {
        "aB3".chars().cycle().take(count).collect()
    }

    #[test]
    fn tokens_are_known_by_how_they_begin_and_how_long_they_are() {
        check(&format!("token: ghp_{}\n", letters(36)), &["GitHub token"]);
        check(
            &format!("\"npm_{}\" größe AKIA{}", letters(36), "Q7".repeat(8)),
            &["npm token", "AWS access key"],
        );
        check(&format!("//registry.npmjs.org/:_authToken={}\n", letters(20)), &["npm registry login"]);
        for name in ["", "RSA ", "OPENSSH "] {
            check(
                &format!("x\r\n-----BEGIN {name}PRIVATE KEY-----\r\n{}\r\n", letters(64)),
                &["private key"],
            );
        }
        check(&format!(r#"{{"key": "-----BEGIN PRIVATE KEY-----\n{}"}}"#, letters(64)), &["private key"]);
    }

    #[test]
    fn what_only_begins_like_one_is_none() {
        for text in [
            "ghp_short".to_owned(),
            format!("ghp_{}", letters(37)),
            format!("xghp_{}", letters(36)),
            "npm_config_registry=https://registry.npmjs.org npm_package_version".to_owned(),
            "_authToken=${NPM_TOKEN}".to_owned(),
            "-----BEGIN RSA PRIVATE KEY-----\0-----END".to_owned(),
            "-----BEGIN CERTIFICATE-----\nMIIB".to_owned(),
            "AKIAIOSFODNN7EXAMPL".to_owned(),
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
        ] {
            check(&text, &[]);
        }
    }

    #[test]
    fn a_token_across_windows_is_found_once() {
        let token = format!(" ghp_{} ", letters(36));
        for before in [WINDOW - 200, WINDOW - 100, WINDOW - 20, WINDOW - 2, WINDOW, 3 * WINDOW - 161] {
            check(&format!("{}{token}{}", "x".repeat(before), "y".repeat(500)), &["GitHub token"]);
        }
        // The letter before counts across windows too.
        check(&format!("{}ghp_{}", "x".repeat(WINDOW - LONGEST - 1), letters(36)), &[]);
    }
}
