//! The operating system's watches: one a folder, never a whole tree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::Signal;
use super::batch::Touch;
use super::following::Following;

/// Why files cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// The operating system has a limit.
    #[error(
        "the system watches no more than {0} folders for us; leave folders out by .dockerignore, or raise the limit \
         (`sudo sysctl fs.inotify.max_user_watches=524288`)"
    )]
    TooMany(usize),
    /// Anything else.
    #[error("files cannot be followed: {0}")]
    Refused(String),
}

/// Folders that are watched.
pub(super) struct Folders {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    pub(super) fn new(signals: impl Fn(Signal) + Send + 'static) -> Result<Self, WatchError> {
        let handler = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if event.need_rescan() => signals(Signal::Overflow),
            Ok(event) => {
                for (touch, paths) in touches(event) {
                    signals(Signal::Touched(touch, paths));
                }
            }
            Err(error) => tracing::debug!(%error, "a watch failed"),
        };
        let watcher = RecommendedWatcher::new(handler, Config::default())
            .map_err(|error| WatchError::Refused(error.to_string()))?;
        Ok(Self { watcher, watched: BTreeSet::new() })
    }

    /// Whether a folder is watched.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.watched.contains(path)
    }

    /// What was known of these folders, and of those in them, no longer holds: a folder that came back is another one.
    pub(super) fn forget<'a>(&mut self, folders: impl Iterator<Item = &'a Path>) {
        for folder in folders {
            let below: Vec<PathBuf> =
                self.watched.iter().filter(|watched| watched.starts_with(folder)).cloned().collect();
            for folder in below {
                self.unwatch(&folder);
            }
        }
    }

    /// Watches the folders that may hold what is followed, and no others. A folder is watched before it is listed, so that nothing
    /// comes into it unseen.
    pub(super) fn follow(&mut self, following: &Following) -> Result<(), WatchError> {
        let mut wanted = BTreeSet::new();
        let mut outcome = Ok(());
        for folder in following.single_folders() {
            if wanted.insert(folder.to_owned()) {
                outcome = outcome.and(self.watch(folder));
            }
        }
        let mut open: Vec<PathBuf> = following.roots().map(Path::to_owned).collect();
        let mut seen = BTreeSet::new();
        while let Some(folder) = open.pop() {
            if outcome.is_err() || !seen.insert(folder.clone()) {
                continue;
            }
            outcome = self.watch(&folder);
            // One that is not there, or not ours to read, holds nothing that the builder could get.
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                let path = entry.path();
                if is_folder && following.may_hold(&path) {
                    open.push(path);
                }
            }
        }
        wanted.extend(seen);
        let left: Vec<PathBuf> = self.watched.difference(&wanted).cloned().collect();
        for folder in left {
            self.unwatch(&folder);
        }
        outcome
    }

    fn watch(&mut self, folder: &Path) -> Result<(), WatchError> {
        if self.watched.contains(folder) {
            return Ok(());
        }
        match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
            Ok(()) => drop(self.watched.insert(folder.to_owned())),
            Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                return Err(WatchError::TooMany(self.watched.len()));
            }
            // It went between two looks, or is not ours to read.
            Err(error) => tracing::debug!(%error, folder = %folder.display(), "a folder is not watched"),
        }
        Ok(())
    }

    fn unwatch(&mut self, folder: &Path) {
        self.watched.remove(folder);
        // The watch of a folder that is gone went with it.
        let _ = self.watcher.unwatch(folder);
    }
}

/// What an event says of which paths. Reading is no change.
fn touches(event: notify::Event) -> Vec<(Touch, Vec<PathBuf>)> {
    let touch = match event.kind {
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Touch::Came,
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)) => Touch::Went,
        // Both ends are told of one by one as well, where the system knows both.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
            let mut paths = event.paths.into_iter();
            let went = paths.next().map(|path| (Touch::Went, vec![path]));
            let came = paths.next().map(|path| (Touch::Came, vec![path]));
            return went.into_iter().chain(came).collect();
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Modify(_) => Touch::Written,
        EventKind::Access(_) => return Vec::new(),
        EventKind::Any | EventKind::Other => Touch::Written,
    };
    vec![(touch, event.paths)]
}
