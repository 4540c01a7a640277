//! Which files of the main context a build sent, and why the builder asked for each of them.
//!
//! A builder asks for a file whose size, mode or time is not that of its own copy (`diff_containerd.go` of fsutil); it never looks at
//! contents. So one whose content and mode are what they were has another time, or the builder's copy is gone.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contents::Listing;
use crate::event::ContextTransfer;

/// How many files are named; all others are counted.
pub const MOST_NAMED: usize = 10;

/// What a build sent of its main context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Files whose content was sent.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files in the context after .dockerignore.
    pub of_files: u64,
    /// The first of those that were sent.
    pub named: Vec<SentFile>,
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// Its path from the context's root.
    pub path: String,
    /// Why the builder asked for it.
    pub reason: SentReason,
}

/// Why the builder asked for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SentReason {
    /// There is no build before to compare with.
    FirstBuild,
    /// The last build did not read it.
    New,
    /// Other content, or another kind of file.
    Content,
    /// Another mode.
    Mode,
    /// Nothing but its time.
    Time,
    /// The same as before, and so are all the others that were sent with it: all of them.
    TimeOrLost,
    /// It changed while the build went on.
    Unknown,
}

impl fmt::Display for SentReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::FirstBuild => "no build before to compare with",
            Self::New => "new",
            Self::Content => "content changed",
            Self::Mode => "mode changed",
            Self::Time => "only its time changed",
            Self::TimeOrLost => "only its time changed, or the builder had lost its copy",
            Self::Unknown => "changed while the build went on",
        })
    }
}

impl Sent {
    /// What was sent, by the context as this build read it and as the last one did. None where nothing was.
    #[must_use]
    pub fn explain(
        transfer: ContextTransfer,
        first: &[String],
        now: &Listing,
        before: Option<&Listing>,
    ) -> Option<Self> {
        let ContextTransfer { files_sent, bytes_sent, files_total, .. } = transfer;
        let sent_all = files_sent >= files_total;
        let mut first = first.to_vec();
        first.sort();
        let named = first.into_iter().take(MOST_NAMED).map(|path| {
            let reason = reason(&path, now, before, sent_all);
            SentFile { path, reason }
        });
        (files_sent > 0).then(|| Self {
            files: files_sent,
            bytes: bytes_sent,
            of_files: files_total,
            named: named.collect(),
        })
    }

    /// How many were sent that have no name here.
    #[must_use]
    pub fn n_unnamed(&self) -> u64 {
        self.files.saturating_sub(self.named.len() as u64)
    }
}

fn reason(path: &str, now: &Listing, before: Option<&Listing>, sent_all: bool) -> SentReason {
    let Some(before) = before else { return SentReason::FirstBuild };
    match (before.entry(path), now.entry(path)) {
        (_, None) => SentReason::Unknown,
        (None, Some(_)) => SentReason::New,
        (Some(old), Some(new)) if old.content != new.content => SentReason::Content,
        (Some(old), Some(new)) if old.permissions != new.permissions => SentReason::Mode,
        _ if sent_all => SentReason::TimeOrLost,
        _ => SentReason::Time,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::contents::{Content, Entry};
    use crate::digest::Digest;

    fn listing(files: &[(&str, u8, u32)]) -> Listing {
        let entry = |(path, content, permissions): &(&str, u8, u32)| Entry {
            path: (*path).to_owned(),
            permissions: *permissions,
            content: Content::File(Digest::from_bytes([*content; 16])),
        };
        Listing { entries: files.iter().map(entry).collect() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
    fn check(before: Option<&Listing>, files_total: u64, sent: &[&str], expected: Expect) {
        let now = listing(&[("a", 2, 0o644), ("größe", 1, 0o755), ("new", 1, 0o644), ("touched", 1, 0o644)]);
        let transfer =
            ContextTransfer { files_sent: sent.len() as u64, bytes_sent: 9, files_total, bytes_total: 99 };
        let first: Vec<_> = sent.iter().take(MOST_NAMED).map(|path| (*path).to_owned()).collect();
        let said = Sent::explain(transfer, &first, &now, before).map_or_else(String::new, |sent| {
            let named = sent.named.iter().map(|file| format!("{}: {}\n", file.path, file.reason));
            named.collect::<String>() + &format!("{} more\n", sent.n_unnamed())
        });
        expected.assert_eq(&said);
    }

    #[test]
    fn each_file_has_its_reason() {
        let before = listing(&[("a", 1, 0o644), ("größe", 1, 0o644), ("touched", 1, 0o644)]);
        check(
            Some(&before),
            9,
            &["touched", "new", "größe", "a", "vanished"],
            expect![[r#"
                a: content changed
                größe: mode changed
                new: new
                touched: only its time changed
                vanished: changed while the build went on
                0 more
            "#]],
        );
    }

    #[test]
    fn what_cannot_be_told_apart_is_not() {
        let before = listing(&[("a", 2, 0o644)]);
        check(
            Some(&before),
            1,
            &["a"],
            expect![[r#"
                a: only its time changed, or the builder had lost its copy
                0 more
            "#]],
        );
        check(
            None,
            9,
            &["a"],
            expect![[r#"
                a: no build before to compare with
                0 more
            "#]],
        );
    }

    #[test]
    fn nothing_is_said_of_nothing_and_many_are_counted() {
        check(None, 9, &[], expect![""]);
        let many = vec!["a"; 1_000];
        let transfer =
            ContextTransfer { files_sent: 1_000, files_total: 2_000, ..ContextTransfer::default() };
        let first: Vec<_> = many.iter().take(MOST_NAMED).map(|path| (*path).to_owned()).collect();
        let sent = Sent::explain(transfer, &first, &Listing::default(), None).unwrap();
        assert_eq!((sent.named.len(), sent.n_unnamed()), (10, 990));
    }
}
