//! A build context as big as those of real applications, on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const FILES: usize = 300;
const FILE_LEN: usize = 40_000_000 / FILES;

/// A folder of 300 files with 40 MB that do not compress, and a Dockerfile that copies them.
pub(crate) struct Context {
    folder: TempDir,
    edits: usize,
}

impl Context {
    /// Writes it. The contents are new each time: an engine remembers what it had before.
    pub(crate) fn new() -> io::Result<Self> {
        let folder = TempDir::new()?;
        let mut random = Random(u64::from(std::process::id()));
        for index in 0..FILES {
            let path = file(folder.path(), index);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, random.bytes(FILE_LEN))?;
        }
        fs::write(folder.path().join("Dockerfile"), "FROM scratch\nCOPY . /srv/\n")?;
        Ok(Self { folder, edits: 0 })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes one file a short one that was not there before.
    pub(crate) fn edit_one_file(&mut self) -> io::Result<()> {
        self.edits += 1;
        let text = format!("edit {} of {}\n", self.edits, std::process::id());
        fs::write(file(self.folder.path(), FILES / 2), text)
    }
}

/// Twelve files a folder.
fn file(root: &Path, index: usize) -> PathBuf {
    root.join(format!("part{:02}", index / 12)).join(format!("file{index:03}.bin"))
}

/// Numbers that look random (xorshift).
struct Random(u64);

impl Random {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let words = std::iter::repeat_with(|| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.to_le_bytes()
        });
        words.take(len.div_ceil(8)).flatten().take(len).collect()
    }
}
