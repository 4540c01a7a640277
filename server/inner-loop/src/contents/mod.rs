//! The files that a build reads, as data: what lies in a build context, and which part of it a COPY or a mount takes.
//!
//! A [`Listing`] is made elsewhere, from the disk. Here is only what BuildKit makes of it (`cache/contenthash`): names, kinds, modes, link
//! targets and contents count, times and owners do not.

mod changes;
mod glob;
mod select;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

pub use changes::{Change, FileChange, changes};
pub(crate) use glob::{has_wildcards, is_match};
pub use select::{Selected, Selector, digest, in_order};

/// What lies in a build context, after .dockerignore, in the order of the file sync: a folder, then what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Listing {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A file, folder or link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Path from the context's root, with `/` between its names.
    pub path: String,
    /// Permission bits with setuid, setgid and sticky.
    pub permissions: u32,
    /// What it is.
    pub content: Content,
}

/// What an entry is, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A regular file with the digest of its content.
    File(Digest),
    /// A folder.
    Folder,
    /// A symbolic link with its target as written.
    Link(String),
    /// Something else: what kind, and its device number.
    Special(String),
}

impl Listing {
    /// The position of a path; for one that is not there, where it would be.
    fn position(&self, path: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| compare(&entry.path, path))
    }

    /// The entry of a path.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        Some(&self.entries[self.position(path).ok()?])
    }

    /// What lies in a folder at any depth; all of it for the root, which is the empty path.
    #[must_use]
    pub fn below(&self, folder: &str) -> &[Entry] {
        if folder.is_empty() {
            return &self.entries;
        }
        let start = self.position(folder).map_or_else(|at| at, |at| at + 1);
        let is_below =
            |entry: &Entry| entry.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let length = self.entries[start..].partition_point(is_below);
        &self.entries[start..start + length]
    }
}

/// The order of the file sync: name by name, so that `a/b` comes before `a.b`.
fn compare(a: &str, b: &str) -> Ordering {
    let key = |byte: u8| if byte == b'/' { 0 } else { byte };
    a.bytes().map(key).cmp(b.bytes().map(key))
}
