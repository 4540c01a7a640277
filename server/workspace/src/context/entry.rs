//! One file, folder or link of a context, as a file sync tells it to the builder.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Something in a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path relative to the context, with `/` between its names.
    pub path: String,
    /// Where to read it.
    pub absolute: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Permission bits with setuid, setgid and sticky, as in `chmod`.
    pub permissions: u32,
    /// Bytes of content; 0 for everything that is no regular file.
    pub size: u64,
    /// Modification time for the builder in nanoseconds since 1970: see [`stamp`].
    pub stamp: i64,
    /// When content or attributes last changed, in nanoseconds since 1970. Nobody can set this time.
    pub changed: i64,
    /// Device and inode: what tells it from any other file.
    pub file_id: (u64, u64),
    /// Whether it is a file that has other names too, here or elsewhere.
    pub has_other_names: bool,
}

/// What an entry is. Sockets are no entries: they mean nothing in an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link and its target as written.
    Link(String),
    /// A named pipe.
    Pipe,
    /// A block device: major and minor number.
    BlockDevice(u32, u32),
    /// A character device: major and minor number.
    CharacterDevice(u32, u32),
}

/// The coarsest step of Linux' file times (100 Hz), with some room.
const CLOCK_STEP: Duration = Duration::from_millis(11);

impl Entry {
    /// None for sockets. `link` is the target, where the entry is a symbolic link.
    pub(super) fn new(
        path: String,
        absolute: PathBuf,
        metadata: &Metadata,
        link: Option<String>,
    ) -> Option<Self> {
        let file_type = metadata.file_type();
        let device = metadata.rdev();
        let kind = if file_type.is_dir() {
            Kind::Folder
        } else if file_type.is_file() {
            Kind::File
        } else if let Some(target) = link {
            Kind::Link(target)
        } else if file_type.is_fifo() {
            Kind::Pipe
        } else if file_type.is_block_device() {
            Kind::BlockDevice(major(device), minor(device))
        } else if file_type.is_char_device() {
            Kind::CharacterDevice(major(device), minor(device))
        } else {
            return None;
        };
        let size = if kind == Kind::File { metadata.len() } else { 0 };
        Some(Self {
            path,
            absolute,
            permissions: metadata.mode() & 0o7777,
            size,
            stamp: if kind == Kind::File { stamp(metadata) } else { modified(metadata) },
            changed: changed(metadata),
            file_id: (metadata.dev(), metadata.ino()),
            has_other_names: kind == Kind::File && metadata.nlink() > 1,
            kind,
        })
    }

    /// The stamp of a file in a folder that takes turns with others: a builder keeps a named context's files under its name, whichever
    /// folder the name stands for just now. Files of two folders may well agree in size and time.
    pub fn stamp_below(&self, root: &Path) -> i64 {
        distinguish(self.stamp, (root, self.stamp))
    }

    /// Whether the file still is what it was when it was listed.
    pub fn is_unchanged(&self, metadata: &Metadata) -> bool {
        metadata.len() == self.size && changed(metadata) == self.changed
    }
}

/// The modification time that tells the builder whether it has a file's content already.
///
/// A builder compares size and modification time with what it got last, never content. A file whose time was set back
/// after an edit (`cp -p`, `touch -r`, an unpacked archive) would silently stay stale. The change time cannot be set,
/// so wherever the two differ, the part below a millisecond is derived from the change time. A file that was simply
/// written has equal times and keeps its own to the nanosecond.
fn stamp(metadata: &Metadata) -> i64 {
    let (modified, changed) = (modified(metadata), changed(metadata));
    if modified == changed {
        return modified;
    }
    distinguish(modified, (changed, metadata.ino(), metadata.dev()))
}

/// The time with something else in place of the part below a millisecond.
fn distinguish(time: i64, by: impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    by.hash(&mut hasher);
    let below_a_millisecond = i64::try_from(hasher.finish() % 1_000_000).unwrap_or(0);
    time - time.rem_euclid(1_000_000) + below_a_millisecond
}

/// How long to wait until another write of the file is sure to get another time. Zero for all but files written in the
/// last hundredth of a second.
pub(super) fn unsettled(metadata: &Metadata, now: SystemTime) -> Duration {
    let Ok(now) = now.duration_since(UNIX_EPOCH) else { return Duration::ZERO };
    let Ok(changed) = u64::try_from(changed(metadata)) else { return Duration::ZERO };
    match now.checked_sub(Duration::from_nanos(changed)) {
        Some(age) => CLOCK_STEP.saturating_sub(age),
        None => Duration::ZERO,
    }
}

fn modified(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

fn changed(metadata: &Metadata) -> i64 {
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

/// Linux' encoding of device numbers.
fn major(device: u64) -> u32 {
    ((device >> 8) & 0xfff) as u32
}

fn minor(device: u64) -> u32 {
    ((device & 0xff) | ((device >> 12) & 0xf_ff00)) as u32
}
