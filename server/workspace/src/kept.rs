//! What is kept from one run of the program to the next: private files in the user's cache folder, that several programs may use at once.
//!
//! A file is written beside its place and moved there, so that nobody reads half of it. Changes are made under a lock, so that two
//! editors on one project lose nothing of each other's. What cannot be read is taken as not there: a cache is no place for errors.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use inner_loop::digest::Seal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The form of everything in the folder. Another form gets another folder: programs of both versions may be in use.
const FORM: &str = "builds-1";

/// No kept file is longer; what is, is not ours.
const MOST_BYTES: u64 = 256 << 20;

/// The folder of what is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// In the program's own cache folder, such as `~/.cache/layerwise`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(cache_folder: &Path) -> io::Result<Self> {
        let folder = cache_folder.join(FORM);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder })
    }

    /// The seal of all digests that are kept: made once, at random.
    ///
    /// # Errors
    /// It can neither be read nor written.
    pub fn seal(&self) -> io::Result<Seal> {
        let path = self.folder.join("seal");
        let _lock = self.lock("seal")?;
        if let Ok(bytes) = fs::read(&path)
            && let Ok(bytes) = <[u8; 32]>::try_from(bytes)
        {
            return Ok(Seal::new(bytes));
        }
        let mut bytes = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        replace(&path, &bytes)?;
        Ok(Seal::new(bytes))
    }

    /// A kept value; its default where there is none.
    #[must_use]
    pub fn read<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let bytes = self.read_bytes(&format!("{name}.json")).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Whether there is a kept value of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.has_bytes(&format!("{name}.json"))
    }

    /// Whether there is a kept file of this name.
    #[must_use]
    pub fn has_bytes(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// Changes a kept value, alone among all programs.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn change<T: DeserializeOwned + Default + Serialize, R>(
        &self,
        name: &str,
        change: impl FnOnce(&mut T) -> R,
    ) -> io::Result<R> {
        let _lock = self.lock(name)?;
        let mut value = self.read(name);
        let result = change(&mut value);
        self.write_bytes(&format!("{name}.json"), &serde_json::to_vec(&value)?)?;
        Ok(result)
    }

    /// Keeps a value in the place of whatever there was.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        self.write_bytes(&format!("{name}.json"), &serde_json::to_vec(value)?)
    }

    /// Where a kept file is.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The bytes of a kept file.
    #[must_use]
    pub fn read_bytes(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = File::open(self.folder.join(name)).ok()?;
        let length = file.metadata().ok()?.len();
        if length > MOST_BYTES {
            return None;
        }
        bytes.reserve_exact(usize::try_from(length).ok()? + 1);
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        replace(&self.folder.join(name), bytes)
    }

    /// Waits until no other program changes what goes by this name.
    fn lock(&self, name: &str) -> io::Result<File> {
        let path = self.folder.join(format!("{name}.lock"));
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        file.lock()?;
        Ok(file)
    }
}

/// Puts a file in the place of another, whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let thread = format!("{:?}", std::thread::current().id());
    let number: String = thread.chars().filter(char::is_ascii_digit).collect();
    let unfinished = folder.join(format!(".{name}.{}-{number}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn kept() -> (tempfile::TempDir, Kept) {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::open(&folder.path().join("layerwise")).unwrap();
        (folder, kept)
    }

    #[test]
    fn values_are_private_and_come_back() {
        let (folder, kept) = kept();
        kept.change("names", |names: &mut Vec<String>| names.push("a".to_owned())).unwrap();
        kept.seal().unwrap();
        assert_eq!(kept.read::<Vec<String>>("names"), ["a"]);
        let place = folder.path().join("layerwise").join(FORM);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        for entry in fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }

    #[test]
    fn the_seal_stays_and_junk_is_nothing() {
        let (folder, kept) = kept();
        let first = kept.seal().unwrap();
        assert_eq!(first.digest(["x"]), kept.seal().unwrap().digest(["x"]));
        let place = folder.path().join("layerwise").join(FORM);
        fs::write(place.join("names.json"), b"{\"half").unwrap();
        assert!(kept.read::<Vec<String>>("names").is_empty());
        fs::write(place.join("seal"), b"short").unwrap();
        assert_ne!(first.digest(["x"]), kept.seal().unwrap().digest(["x"]));
    }

    #[test]
    fn programs_that_write_at_once_lose_nothing() {
        let (_folder, kept) = kept();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let kept = &kept;
                scope.spawn(move || {
                    for number in 0..25 {
                        kept.change("numbers", |numbers: &mut Vec<u32>| numbers.push(thread * 100 + number))
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(kept.read::<Vec<u32>>("numbers").len(), 100);
    }
}
