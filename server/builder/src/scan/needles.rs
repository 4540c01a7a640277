//! The forms in which a secret may be written, and the search for all of them at once.

use std::io::{self, Read};

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The shortest form that is looked for: shorter ones are found everywhere.
const SHORTEST: usize = 6;

/// How a secret was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Plain,
    /// Base64, at any of the three alignments, in either alphabet.
    Base64,
    /// Percent-encoded, as in URLs.
    UrlEncoded,
    /// With JSON's escapes.
    Json,
    /// Hexadecimal, in either case.
    Hexadecimal,
}

impl Form {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Base64 => "base64",
            Self::UrlEncoded => "URL-encoded",
            Self::Json => "JSON-escaped",
            Self::Hexadecimal => "hexadecimal",
        }
    }
}

/// Where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Such as `layer 3: root/.npmrc`.
    pub place: String,
    /// How it is written there.
    pub form: Form,
}

/// All forms of some secrets.
#[derive(Debug)]
pub struct Needles {
    search: AhoCorasick,
    forms: Vec<Form>,
}

impl Needles {
    /// Prepares the search for these secrets.
    ///
    /// # Errors
    /// A secret that is too short to be told from chance, or too many of them.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        let mut patterns: Vec<(Vec<u8>, Form)> = Vec::new();
        for secret in secrets {
            if secret.len() < SHORTEST {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "a secret of less than 6 bytes cannot be told from chance",
                ));
            }
            patterns.extend(forms_of(secret).filter(|(text, _)| text.len() >= SHORTEST));
        }
        let search = AhoCorasick::new(patterns.iter().map(|(text, _)| text)).map_err(io::Error::other)?;
        Ok(Self { search, forms: patterns.into_iter().map(|(_, form)| form).collect() })
    }

    /// The forms found in a stream, each once.
    ///
    /// # Errors
    /// The stream cannot be read.
    pub fn find(&self, stream: impl Read) -> io::Result<Vec<Form>> {
        let mut found = Vec::new();
        for hit in self.search.stream_find_iter(stream) {
            let form = self.forms[hit?.pattern().as_usize()];
            if !found.contains(&form) {
                found.push(form);
            }
        }
        found.sort();
        Ok(found)
    }

    /// The hits in a stream that is called `place`.
    ///
    /// # Errors
    /// The stream cannot be read.
    pub fn hits(&self, place: &str, stream: impl Read) -> io::Result<Vec<Hit>> {
        let forms = self.find(stream)?;
        Ok(forms.into_iter().map(|form| Hit { place: place.to_owned(), form }).collect())
    }
}

fn forms_of(secret: &str) -> impl Iterator<Item = (Vec<u8>, Form)> {
    let plain = [(secret.as_bytes().to_vec(), Form::Plain)];
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let encoded =
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string();
    let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let others = [
        (json.into_bytes(), Form::Json),
        (encoded.to_lowercase().into_bytes(), Form::UrlEncoded),
        (encoded.into_bytes(), Form::UrlEncoded),
        (hexadecimal.to_uppercase().into_bytes(), Form::Hexadecimal),
        (hexadecimal.into_bytes(), Form::Hexadecimal),
    ];
    let other_than_plain =
        others.into_iter().filter(|(text, _)| text != secret.as_bytes()).collect::<Vec<_>>();
    plain.into_iter().chain(other_than_plain).chain(base64_forms(secret.as_bytes()))
}

/// The characters that are the same whatever surrounds the secret, for each of the three alignments.
fn base64_forms(secret: &[u8]) -> Vec<(Vec<u8>, Form)> {
    let mut forms = Vec::new();
    for (padding, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let mut padded = vec![0; padding];
        padded.extend_from_slice(secret);
        // The last character may hold bits of what follows.
        let whole = padded.len() * 8 / 6;
        for text in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            forms.push((text.as_bytes()[skipped..whole].to_vec(), Form::Base64));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "npm_S3cr3t/+value=";

    fn found(text: &str) -> Vec<Form> {
        Needles::new([SECRET]).unwrap().find(text.as_bytes()).unwrap()
    }

    #[test]
    fn every_form_is_found() {
        assert_eq!(found(&format!("x{SECRET}y")), [Form::Plain]);
        assert_eq!(found("token=npm%5FS3cr3t%2F%2Bvalue%3D"), [Form::UrlEncoded]);
        assert_eq!(found("6e706d5f5333637233742f2b76616c75653d"), [Form::Hexadecimal]);
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "1", "12", "123"] {
                let text =
                    base64::engine::general_purpose::STANDARD.encode(format!("{before}{SECRET}{after}"));
                assert_eq!(found(&text), [Form::Base64], "{before:?} {after:?}");
            }
        }
        assert_eq!(found("nothing here npm_S3cr3"), []);
    }

    #[test]
    fn quotes_in_json_are_seen_through() {
        let needles = Needles::new(["pass\"word\\x"]).unwrap();
        assert_eq!(needles.find(r#"{"env": "pass\"word\\x"}"#.as_bytes()).unwrap(), [Form::Json]);
    }

    #[test]
    fn a_secret_across_reads_is_found() {
        let text = format!("{}{SECRET}", "x".repeat(65_530));
        assert_eq!(found(&text), [Form::Plain]);
    }

    #[test]
    fn short_secrets_are_refused() {
        assert!(Needles::new(["abc"]).is_err());
    }
}
