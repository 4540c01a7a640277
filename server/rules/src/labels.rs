//! What settings want of labels, and whether a value is of the kind that they want.

use std::collections::BTreeMap;

/// The labels that an image has to have, as hadolint's `label-schema` says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelSchema {
    /// The kind of each label's value.
    pub required: BTreeMap<String, LabelKind>,
    /// Whether no other label may be there.
    pub is_strict: bool,
}

/// What a label's value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// Anything; a variable too.
    Text,
    /// An address with its scheme (RFC 3986).
    Url,
    /// A time (RFC 3339).
    Time,
    /// A licence of SPDX's list, or several joined to an expression.
    Licence,
    /// A commit of git, whole or its first seven digits.
    Commit,
    /// A version as of semver.org.
    Version,
    /// An address of electronic mail.
    Mail,
}

impl LabelKind {
    /// The names in settings, which are hadolint's.
    pub const NAMES: [&'static str; 7] = ["text", "url", "rfc3339", "spdx", "hash", "semver", "email"];

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        use LabelKind::{Commit, Licence, Mail, Text, Time, Url, Version};
        // Older files of hadolint say `rawtext` for `text`.
        let name = if name == "rawtext" { "text" } else { name };
        let all = [Text, Url, Time, Licence, Commit, Version, Mail];
        Self::NAMES.into_iter().zip(all).find_map(|(known, kind)| (known == name).then_some(kind))
    }

    /// What it is, for messages.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Url => "an address such as https://example.com/docs",
            Self::Time => "a time such as 2026-01-31T12:00:00Z (RFC 3339)",
            Self::Licence => "a licence as SPDX names it, such as MIT or Apache-2.0",
            Self::Commit => "a commit of git: 40 hexadecimal digits, or the first 7",
            Self::Version => "a version such as 1.2.3 (semver.org)",
            Self::Mail => "a mail address",
        }
    }

    /// hadolint's code for a value that is something else.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Text | Self::Url => "DL3052",
            Self::Time => "DL3053",
            Self::Licence => "DL3054",
            Self::Commit => "DL3055",
            Self::Version => "DL3056",
            Self::Mail => "DL3058",
        }
    }

    /// Whether a value is of this kind.
    pub(crate) fn takes(self, value: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Url => is_address(value),
            Self::Time => is_time(value),
            Self::Licence => is_licence(value),
            Self::Commit => {
                matches!(value.len(), 7 | 40) && value.bytes().all(|digit| digit.is_ascii_hexdigit())
            }
            Self::Version => is_version(value),
            Self::Mail => is_mail(value),
        }
    }
}

fn is_address(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_hierarchical = rest.strip_prefix("//").is_none_or(|rest| !rest.is_empty());
    is_scheme
        && !rest.is_empty()
        && is_hierarchical
        && !rest.contains(|one: char| one.is_whitespace() || "<>\"{}|\\^`".contains(one))
}

/// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`.
fn is_time(value: &str) -> bool {
    let number = |range: std::ops::Range<usize>, limits: std::ops::RangeInclusive<u32>| {
        value
            .get(range)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .is_some_and(|number| limits.contains(&number))
    };
    let bytes = value.as_bytes();
    let has = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let is_date = number(0..4, 0..=9999)
        && has(4, b"-")
        && number(5..7, 1..=12)
        && has(7, b"-")
        && number(8..10, 1..=31);
    let is_clock = has(10, b"Tt ")
        && number(11..13, 0..=23)
        && has(13, b":")
        && number(14..16, 0..=59)
        && has(16, b":")
        && number(17..19, 0..=60);
    if !is_date || !is_clock {
        return false;
    }
    let rest = &value[19..];
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    if matches!(zone, "Z" | "z") {
        return true;
    }
    let at = value.len() - zone.len();
    zone.len() == 6
        && has(at, b"+-")
        && number(at + 1..at + 3, 0..=23)
        && has(at + 3, b":")
        && number(at + 4..at + 6, 0..=59)
}

/// `MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]`.
fn is_version(value: &str) -> bool {
    let (rest, build) = match value.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (value, None),
    };
    let (core, before) = match rest.split_once('-') {
        Some((core, before)) => (core, Some(before)),
        None => (rest, None),
    };
    let is_number = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|digit| digit.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
    };
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_plain_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && before.is_none_or(|before| {
            before.split('.').all(|part| is_word(part) && (!is_plain_number(part) || is_number(part)))
        })
        && build.is_none_or(|build| build.split('.').all(is_word))
}

/// Whether each licence of an expression could be one: SPDX's list grows, and a program without a network has no new one. What is in the wrong
/// case of a well-known name, or has blanks, is none.
fn is_licence(value: &str) -> bool {
    const KNOWN: [&str; 22] = [
        "MIT",
        "MIT-0",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MPL-2.0",
        "GPL-2.0",
        "GPL-2.0-only",
        "GPL-2.0-or-later",
        "GPL-3.0",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "AGPL-3.0-only",
        "AGPL-3.0-or-later",
        "Unlicense",
        "CC0-1.0",
        "0BSD",
    ];
    let text = value.replace(['(', ')'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_name = |word: &str| {
        let is_known = KNOWN.contains(&word) || word.starts_with("LicenseRef-");
        let is_misspelt = KNOWN.iter().any(|known| known.eq_ignore_ascii_case(word)) && !is_known;
        let has_shape = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.+".contains(&byte));
        is_known
            || !is_misspelt
                && has_shape
                && word.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    words.len() % 2 == 1
        && words.iter().enumerate().all(|(index, word)| match index % 2 {
            0 => is_name(word),
            _ => matches!(*word, "AND" | "OR" | "WITH"),
        })
}

fn is_mail(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let is_local = !local.is_empty()
        && local.split('.').all(|part| {
            !part.is_empty()
                && part.chars().all(|one| one.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(one))
        });
    let is_domain = domain.contains('.')
        && domain.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|one| one.is_alphanumeric() || one == '-')
        });
    is_local && is_domain
}

#[cfg(test)]
pub(crate) mod tests {
    use semantic::Facts;

    use super::*;
    use crate::settings::Settings;

    /// The texts that one rule points at where the settings want these labels.
    pub(crate) fn found(code: &str, required: &[(&str, &str)], is_strict: bool, text: &str) -> Vec<String> {
        let kind = |kind: &str| LabelKind::from_name(kind).unwrap();
        let required = required.iter().map(|(name, of)| ((*name).to_owned(), kind(of))).collect();
        let labels = LabelSchema { required, is_strict };
        let settings = Settings { labels, select: vec![code.to_owned()], ..Settings::default() };
        let found = crate::tests::findings_of(text, &Facts::default(), &settings);
        let place = |range: syntax::TextRange| text[range.start as usize..range.end as usize].to_owned();
        found.iter().map(|finding| place(finding.range)).collect()
    }

    #[test]
    fn values_are_of_their_kind_or_not() {
        for (kind, good, bad) in [
            ("text", &["", "größe", "$V"][..], &[][..]),
            (
                "url",
                &["https://example.com/ä", "mailto:x", "git://a/b"],
                &["example.com", "https://", "a b:c", "", "1a:b"],
            ),
            (
                "rfc3339",
                &["2026-01-31T12:00:00Z", "2026-01-31 12:00:00.25+02:00"],
                &[
                    "2026-01-31",
                    "2026-13-31T12:00:00Z",
                    "2026-01-31T12:00:00",
                    "2026-01-31T12:00:00.Z",
                    "ä",
                    "2026-01-31T12:00:00é",
                ],
            ),
            (
                "spdx",
                &["MIT", "Apache-2.0 OR (MIT AND BSD-3-Clause)", "BUSL-1.1"],
                &["mit", "", "MIT or ISC", "The MIT licence", "MIT AND"],
            ),
            (
                "hash",
                &["0123abc", "0123456789abcdef0123456789abcdef01234567"],
                &["0123ab", "main", "$GIT_SHA"],
            ),
            (
                "semver",
                &["1.2.3", "1.0.0-rc.1+build.5", "0.0.0"],
                &["1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "$V"],
            ),
            (
                "email",
                &["a.b@example.com"],
                &["a@b", "example.com", "@example.com", "a..b@example.com", "a@-x.com"],
            ),
        ] {
            let kind = LabelKind::from_name(kind).unwrap();
            for value in good {
                assert!(kind.takes(value), "{kind:?} {value}");
            }
            for value in bad {
                assert!(!kind.takes(value), "{kind:?} {value}");
            }
        }
        assert_eq!(LabelKind::from_name("uri"), None);
        assert_eq!(LabelKind::from_name("rawtext"), Some(LabelKind::Text));
    }
}
