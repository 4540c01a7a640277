//! The digests of files by what tells a file from any other, as bytes on disk.

use std::cmp::Ordering;

use inner_loop::digest::Digest;

use crate::context::{Entry, Kind};

/// The first bytes, which say what follows.
const MAGIC: &[u8] = b"layerwise contents 1\n";

/// What is compared: identity, size, and both times.
type Identity = [u8; 40];

/// The digests that were kept, in the order of the file sync.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    files: Vec<File<'a>>,
}

impl<'a> Known<'a> {
    /// Reads what [`bytes`] wrote; nothing else is known of anything.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut known = Self::default();
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return known };
        known.files.reserve(rest.len() / 100);
        while let Some((file, after)) = file(rest) {
            known.files.push(file);
            rest = after;
        }
        known
    }

    /// Of each entry, the digest, where it is a file that is still what it was. Both lists are in the same order, so they are gone through
    /// side by side; a list in any other order is one in which little is found.
    pub(super) fn digests(&self, entries: &[Entry]) -> Vec<Option<Digest>> {
        let mut known = self.files.iter().peekable();
        let of_entry = |entry: &Entry| {
            while known.next_if(|(path, ..)| in_order(path, entry.path.as_bytes()).is_lt()).is_some() {}
            let (path, identified, digest) = known.peek()?;
            let is_same =
                entry.kind == Kind::File && *path == entry.path.as_bytes() && *identified == identity(entry);
            is_same.then_some(*digest)
        };
        entries.iter().map(of_entry).collect()
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
}

/// The order of the file sync: name by name.
fn in_order(a: &[u8], b: &[u8]) -> Ordering {
    let key = |byte: &u8| if *byte == b'/' { 0 } else { *byte };
    a.iter().map(key).cmp(b.iter().map(key))
}

type File<'a> = (&'a [u8], &'a [u8], Digest);

fn file(bytes: &[u8]) -> Option<(File<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (path, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (identity, rest) = rest.split_at_checked(size_of::<Identity>())?;
    let (digest, rest) = rest.split_first_chunk::<16>()?;
    Some(((path, identity, Digest::from_bytes(*digest)), rest))
}

/// The files with their digests.
pub(super) fn bytes(entries: &[Entry], digests: &[Option<Digest>]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for (entry, digest) in entries.iter().zip(digests) {
        let (Some(digest), Ok(length)) = (digest, u32::try_from(entry.path.len())) else { continue };
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(entry.path.as_bytes());
        bytes.extend_from_slice(&identity(entry));
        bytes.extend_from_slice(digest.bytes());
    }
    bytes
}

fn identity(entry: &Entry) -> Identity {
    let mut identity = [0; 40];
    let (device, inode) = entry.file_id;
    for (place, number) in identity.chunks_exact_mut(8).zip([
        device.to_le_bytes(),
        inode.to_le_bytes(),
        entry.size.to_le_bytes(),
        entry.stamp.to_le_bytes(),
        entry.changed.to_le_bytes(),
    ]) {
        place.copy_from_slice(&number);
    }
    identity
}
