//! Build contexts as big as those of real applications, on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Bytes of a context: they do not compress.
const BYTES: usize = 40_000_000;

/// A folder of files, and a Dockerfile that copies them all.
pub(crate) struct Context {
    folder: TempDir,
    n_files: usize,
    edits: usize,
}

impl Context {
    /// Writes it. The contents are new each time: an engine remembers what it had before.
    pub(crate) fn new(n_files: usize) -> io::Result<Self> {
        let context = Self { folder: TempDir::new()?, n_files, edits: 0 };
        let mut random = Random(u64::from(std::process::id()) + n_files as u64);
        for index in 0..n_files {
            let path = context.file(index);
            fs::create_dir_all(path.parent().unwrap_or(context.folder()))?;
            fs::write(path, random.bytes(BYTES / n_files))?;
        }
        // An edit of the Dockerfile is none of the context.
        fs::write(context.folder().join(".dockerignore"), "Dockerfile\n.dockerignore\n")?;
        fs::write(context.dockerfile(), context.text(0))?;
        Ok(context)
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes one file a short one that was not there before.
    pub(crate) fn edit_one_file(&mut self) -> io::Result<()> {
        self.edits += 1;
        let text = format!("edit {} of {}\n", self.edits, std::process::id());
        fs::write(self.file(self.n_files / 2), text)
    }

    /// Changes a comment of the Dockerfile; its text.
    pub(crate) fn edit_comment(&mut self) -> io::Result<String> {
        self.edits += 1;
        let text = self.text(self.edits);
        fs::write(self.dockerfile(), &text)?;
        Ok(text)
    }

    fn text(&self, edit: usize) -> String {
        format!("# {} files, edit {edit}\nFROM scratch\nCOPY . /srv/\n", self.n_files)
    }

    fn dockerfile(&self) -> PathBuf {
        self.folder().join("Dockerfile")
    }

    /// Twelve files a folder.
    fn file(&self, index: usize) -> PathBuf {
        self.folder().join(format!("part{:03}", index / 12)).join(format!("file{index:05}.bin"))
    }
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
