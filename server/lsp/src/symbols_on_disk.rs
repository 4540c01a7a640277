//! The symbols of Dockerfiles on disk, kept for each folder of the client until something there changes.
//!
//! A query is typed letter by letter, and each letter is a request: the disk is read for the first one. A client that does not tell of
//! changed files would never see them, so what is kept ages, too.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tower_lsp::ls_types::Uri;

use crate::surroundings::file_path;

/// How long the symbols of a folder count where the client does not tell of changes.
const UNWATCHED: Duration = Duration::from_secs(5);

/// The same where it does: not everything that changes is told of.
const WATCHED: Duration = Duration::from_secs(300);

/// What was read of one folder, a `T` each Dockerfile. Clones share it.
#[derive(Debug)]
pub(crate) struct OnDisk<T> {
    folders: Arc<Mutex<Folders<T>>>,
}

/// The symbols of each Dockerfile.
pub(crate) type SymbolsOnDisk = OnDisk<crate::workspace_symbol::FileSymbols>;

#[derive(Debug)]
struct Folders<T> {
    read: HashMap<PathBuf, Read<T>>,
    /// Counts what was forgotten: a reading that began before does not count.
    generation: u64,
}

#[derive(Debug)]
struct Read<T> {
    at: Instant,
    files: Arc<Vec<T>>,
}

impl<T> Clone for OnDisk<T> {
    fn clone(&self) -> Self {
        Self { folders: Arc::clone(&self.folders) }
    }
}

impl<T> Default for OnDisk<T> {
    fn default() -> Self {
        Self { folders: Arc::new(Mutex::new(Folders { read: HashMap::new(), generation: 0 })) }
    }
}

impl<T> OnDisk<T> {
    /// What lies in a folder, read where it is not known.
    pub(crate) fn of_folder(
        &self,
        folder: &Path,
        is_watched: bool,
        read: impl FnOnce() -> Vec<T>,
    ) -> Arc<Vec<T>> {
        let life = if is_watched { WATCHED } else { UNWATCHED };
        let generation = {
            let folders = self.locked();
            if let Some(known) = folders.read.get(folder).filter(|known| known.at.elapsed() < life) {
                return Arc::clone(&known.files);
            }
            folders.generation
        };
        // Nobody waits for the lock while the disk is read.
        let files = Arc::new(read());
        let mut folders = self.locked();
        if folders.generation == generation {
            let read = Read { at: Instant::now(), files: Arc::clone(&files) };
            folders.read.insert(folder.to_owned(), read);
        }
        files
    }

    /// Files have changed: what is known of the folders around them is forgotten, and all where a file has no path.
    pub(crate) fn forget_files<'a>(&self, uris: impl IntoIterator<Item = &'a Uri>) {
        let mut folders = self.locked();
        for uri in uris {
            folders.generation += 1;
            match file_path(uri) {
                Some(path) => folders.read.retain(|folder, _| !path.starts_with(folder)),
                None => folders.read.clear(),
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, Folders<T>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_once_until_something_in_it_changes() {
        let (known, folder) = (OnDisk::<u32>::default(), Path::new("/w/a"));
        let read = |number: u32| *known.of_folder(folder, true, || vec![number]).first().unwrap();
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert_eq!((read(1), read(2)), (1, 1));
        known.forget_files([&uri("file:///w/b/Dockerfile"), &uri("file:///w/ab/Dockerfile")]);
        assert_eq!(read(3), 1);
        known.forget_files([&uri("file:///w/a/x/Dockerfile")]);
        assert_eq!(read(4), 4);
        known.forget_files([&uri("untitled:x")]);
        assert_eq!(read(5), 5);
        // What changed while it was read is read again.
        known.forget_files([&uri("untitled:x")]);
        let racing = known.of_folder(folder, true, || {
            known.forget_files([&uri("file:///w/a/Dockerfile")]);
            vec![6]
        });
        assert_eq!((racing.as_slice(), read(7)), (&[6][..], 7));
    }
}
