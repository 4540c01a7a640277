//! The digests of files by what tells a file from any other, as bytes on disk.

use std::collections::HashMap;

use inner_loop::digest::Digest;

use crate::context::{Entry, Kind};

/// The first bytes, which say what follows.
const MAGIC: &[u8] = b"layerwise contents 1\n";

/// What is compared: identity, size, and both times.
type Identity = [u8; 40];

/// The digests that were kept.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    files: HashMap<&'a [u8], (&'a [u8], Digest)>,
}

impl<'a> Known<'a> {
    /// Reads what [`bytes`] wrote; nothing else is known of anything.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut known = Self::default();
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return known };
        let n_files = rest.len() / 100;
        known.files.reserve(n_files);
        while let Some((file, after)) = file(rest) {
            known.files.insert(file.0, (file.1, file.2));
            rest = after;
        }
        known
    }

    /// The digest of a file that is still what it was.
    pub(super) fn digest(&self, entry: &Entry) -> Option<Digest> {
        let (known, digest) = self.files.get(entry.path.as_bytes())?;
        (entry.kind == Kind::File && *known == identity(entry)).then_some(*digest)
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
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
