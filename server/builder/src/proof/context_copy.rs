//! A copy of a build context, in which a file can be edited: the user's own folder is never changed.

use std::fs::{self, File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use semantic::dockerignore::Dockerignore;
use tempfile::TempDir;
use workspace::context::{self, Entry, Kind, Selection};

/// A context with more is not copied: that would take longer than what is measured.
const MAX_BYTES: u64 = 1 << 30;
const MAX_ENTRIES: usize = 100_000;

/// A copy; it is gone with this value.
pub(super) struct ContextCopy {
    folder: TempDir,
    /// The regular files with their bytes.
    pub(super) files: Vec<(String, u64)>,
}

impl ContextCopy {
    /// Copies what a build is given of its context.
    ///
    /// # Errors
    /// Why there is no copy, as the rest of a sentence.
    pub(super) fn of(root: &Path, dockerfile: &Path) -> Result<Self, String> {
        let ignored = context::ignore_file(root, dockerfile).map_err(|error| error.to_string())?;
        let patterns = ignored.map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
        let entries =
            context::list(root, &Selection::without(patterns)).map_err(|error| error.to_string())?;
        let bytes: u64 = entries.iter().map(|entry| entry.size).sum();
        if bytes > MAX_BYTES || entries.len() > MAX_ENTRIES {
            return Err("the context is too large to be copied".to_owned());
        }
        let failed = |error: io::Error| format!("the context cannot be copied: {error}");
        let folder = tempfile::Builder::new().prefix("layerwise-proof-").tempdir().map_err(failed)?;
        for entry in &entries {
            copy(entry, &folder.path().join(&entry.path)).map_err(failed)?;
        }
        let files = entries.into_iter().filter(|entry| entry.kind == Kind::File);
        Ok(Self { files: files.map(|entry| (entry.path, entry.size)).collect(), folder })
    }

    /// The folder, canonical as a builder sees it.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a text to the end of a file, in place of the one that was added before.
    pub(super) fn edit(&self, path: &str, addition: &str) -> io::Result<()> {
        let original = self.files.iter().find(|(known, _)| known == path).map_or(0, |(_, bytes)| *bytes);
        let mut file = File::options().write(true).open(self.folder.path().join(path))?;
        file.set_len(original)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(addition.as_bytes())
    }
}

fn copy(entry: &Entry, to: &Path) -> io::Result<()> {
    // A folder that is not picked itself may hold what is.
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    match &entry.kind {
        Kind::Folder => fs::create_dir_all(to)?,
        Kind::File => drop(fs::copy(&entry.absolute, to)?),
        Kind::Link(target) => return symlink(target, to),
        // Pipes and devices hold no content that a build could copy.
        Kind::Pipe | Kind::BlockDevice(..) | Kind::CharacterDevice(..) => return Ok(()),
    }
    // It must stay possible to write into it: for us while copying, for the owner of the temporary folder when it goes.
    let own = if entry.kind == Kind::Folder { 0o700 } else { 0o600 };
    fs::set_permissions(to, Permissions::from_mode(entry.permissions | own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_is_given_is_copied_and_the_original_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("src/ü")).unwrap();
        fs::write(root.path().join("src/ü/main.js"), "1\n").unwrap();
        fs::write(root.path().join("secret.pem"), "x").unwrap();
        fs::write(root.path().join("run.sh"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(root.path().join("run.sh"), Permissions::from_mode(0o755)).unwrap();
        symlink("src/ü", root.path().join("link")).unwrap();
        fs::write(root.path().join(".dockerignore"), "*.pem\n").unwrap();
        let copied = ContextCopy::of(root.path(), &root.path().join("Dockerfile")).unwrap();
        assert!(!copied.path().join("secret.pem").exists());
        assert_eq!(fs::read_link(copied.path().join("link")).unwrap(), Path::new("src/ü"));
        assert_eq!(fs::metadata(copied.path().join("run.sh")).unwrap().permissions().mode() & 0o777, 0o755);
        assert!(copied.files.contains(&("src/ü/main.js".to_owned(), 2)), "{:?}", copied.files);
        copied.edit("src/ü/main.js", "first\n").unwrap();
        copied.edit("src/ü/main.js", "2\n").unwrap();
        assert_eq!(fs::read_to_string(copied.path().join("src/ü/main.js")).unwrap(), "1\n2\n");
        assert_eq!(fs::read_to_string(root.path().join("src/ü/main.js")).unwrap(), "1\n");
    }
}
