//! What the builder may ask files of: folders on disk, and texts in memory.

use std::collections::HashMap;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// Sources by the name that the builder uses: `context`, `dockerfile`, and those of named contexts.
pub(crate) type Sources = HashMap<String, Source>;

/// Where a name's files come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A folder. The main context is counted.
    Folder {
        /// The folder.
        root: PathBuf,
        /// Whether it is the main context.
        is_main: bool,
    },
    /// Files that need not exist: an editor's unsaved text.
    Memory(Vec<MemoryFile>),
}

/// A file in memory.
#[derive(Debug, Clone)]
pub(crate) struct MemoryFile {
    /// Name, without folders.
    pub(crate) name: String,
    /// Content.
    pub(crate) data: Vec<u8>,
}

impl MemoryFile {
    /// A modification time that stands for the content: the builder, which compares size and time with what it got last,
    /// asks for the text whenever it is another one, and only then. The time lies between 2001 and 2033.
    pub(crate) fn stamp(&self) -> i64 {
        let digest = Sha256::digest(&self.data);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        let hash = i64::try_from(u64::from_le_bytes(first) % 1_000_000_000_000_000_000).unwrap_or(0);
        1_000_000_000_000_000_000 + hash
    }
}
