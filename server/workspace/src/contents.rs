//! What lies in a context, with a digest of each file's content: what a build reads, as `inner_loop` compares it.
//!
//! Reading every file takes seconds where a context is large. A file's digest is kept with the file's identity, size and times, and taken
//! again while all of these are the same. That is safe because the walk never lists a file that could still change within the
//! same tick of the clock.

mod known;
pub(crate) mod listings;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use inner_loop::contents::{Content, Entry as Listed, Listing};
use inner_loop::digest::{Digest, Seal};

use crate::context::{self, ContextError, Entry, Kind, Selection};
use known::Known;

/// How much of a file is read at once.
const CHUNK: usize = 256 << 10;

/// What lies in a context, and by what it is known whether that is still so.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// What lies there.
    pub listing: Listing,
    entries: Vec<Entry>,
}

/// What is kept of a context between two runs: the bytes of before, and those to be kept in their place.
#[derive(Debug, Default)]
pub struct Memory {
    /// What was kept.
    pub before: Vec<u8>,
    /// What is to be kept; absent where nothing is different.
    pub after: Option<Vec<u8>>,
}

impl Snapshot {
    /// Reads a context.
    ///
    /// # Errors
    /// Something in what is selected that cannot be read.
    pub fn read(
        root: &Path,
        selection: &Selection,
        seal: &Seal,
        memory: &mut Memory,
    ) -> Result<Self, ContextError> {
        let entries = context::list(root, selection)?;
        let known = Known::parse(&memory.before);
        let mut digests = known.digests(&entries);
        let is_new =
            |(at, entry): (usize, &Entry)| (entry.kind == Kind::File && digests[at].is_none()).then_some(at);
        let new: Vec<usize> = entries.iter().enumerate().filter_map(is_new).collect();
        for (at, digest) in read_all(&entries, &new, seal)? {
            digests[at] = Some(digest);
        }
        let n_files = digests.iter().flatten().count();
        if !new.is_empty() || known.len() != n_files {
            memory.after = Some(known::bytes(&entries, &digests));
        }
        let listed = entries.iter().zip(&digests).map(|(entry, digest)| listed(entry, *digest)).collect();
        Ok(Self { listing: Listing { entries: listed }, entries })
    }

    /// The paths that are not what they were when this was read. None where nothing can be said.
    #[must_use]
    pub fn changed(&self, root: &Path, selection: &Selection) -> Option<BTreeSet<String>> {
        let now = context::list(root, selection).ok()?;
        let mut changed = BTreeSet::new();
        let (mut old, mut new) = (self.entries.iter().peekable(), now.iter().peekable());
        let order = |entry: &Entry| entry.path.replace('/', "\0");
        loop {
            let ordering = match (old.peek(), new.peek()) {
                (None, None) => return Some(changed),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(old), Some(new)) => order(old).cmp(&order(new)),
            };
            let (before, after) = match ordering {
                std::cmp::Ordering::Less => (old.next(), None),
                std::cmp::Ordering::Greater => (None, new.next()),
                std::cmp::Ordering::Equal => (old.next(), new.next()),
            };
            let is_same = match (before, after) {
                // The time of a folder changes with what is in it, which is compared by itself.
                (Some(before), Some(after)) if before.kind == Kind::Folder && after.kind == Kind::Folder => {
                    before.permissions == after.permissions
                }
                (Some(before), Some(after)) => before == after,
                _ => false,
            };
            if !is_same {
                changed.extend(before.or(after).map(|entry| entry.path.clone()));
            }
        }
    }
}

fn listed(entry: &Entry, digest: Option<Digest>) -> Listed {
    let content = match (&entry.kind, digest) {
        (Kind::Folder, _) => Content::Folder,
        (Kind::Link(target), _) => Content::Link(target.clone()),
        (Kind::File, Some(digest)) => Content::File(digest),
        (other, _) => Content::Special(format!("{other:?}")),
    };
    Listed { path: entry.path.clone(), permissions: entry.permissions, content }
}

/// Reads files, on all cores.
fn read_all(entries: &[Entry], wanted: &[usize], seal: &Seal) -> Result<Vec<(usize, Digest)>, ContextError> {
    let n_threads =
        std::thread::available_parallelism().map_or(1, usize::from).min(wanted.len().div_ceil(16));
    let next = AtomicUsize::new(0);
    let read_some = || {
        let mut found = Vec::new();
        let mut buffer = vec![0; CHUNK];
        while let Some(at) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.push((*at, read_one(&entries[*at], seal, &mut buffer)?));
        }
        Ok(found)
    };
    if n_threads <= 1 {
        return read_some();
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(read_some)).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}

fn read_one(entry: &Entry, seal: &Seal, buffer: &mut [u8]) -> Result<Digest, ContextError> {
    let unreadable = |error| ContextError::Unreadable { path: entry.path.clone(), error };
    // What was put in the file's place since is neither followed nor waited for.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let mut file =
        File::options().read(true).custom_flags(flags).open(&entry.absolute).map_err(unreadable)?;
    let mut hash = seal.hash();
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(hash.finish()),
            Ok(read) => hash.bytes(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

#[cfg(test)]
mod tests;
