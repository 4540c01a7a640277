//! Walks a context in the order that BuildKit's file sync demands: a folder, then all that is in it, names by bytes.

use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use semantic::dockerignore::FolderMatch;

use super::entry::{Entry, unsettled};
use super::{ContextError, Kind, Selection, is_absent};

/// Visits every selected entry of `root`. A folder that was not picked itself comes before the first thing in it that
/// was. Symbolic links are entries and never followed, so links that form a loop do no harm; what vanishes while the
/// walk goes on is passed by. The visitor ends the walk early with `Break`.
///
/// # Errors
/// A folder or a file's attributes that cannot be read, a name that is not UTF-8: in what is selected only.
pub fn walk(
    root: &Path,
    selection: &Selection,
    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), ContextError> {
    let found = Folder::root(root).read(selection)?.unwrap_or_default();
    let mut walk = Walk { selection, visit, pending: Vec::new() };
    // An early end is no error.
    let _ = walk.visit_all(found)?;
    Ok(())
}

/// A folder that is to be read.
#[derive(Debug)]
pub(super) struct Folder {
    path: String,
    absolute: PathBuf,
    is_picked: bool,
    matches: Matches,
}

/// What the patterns said of a folder, for what is in it.
#[derive(Debug, Default)]
struct Matches {
    include: FolderMatch,
    exclude: FolderMatch,
}

/// Something in a folder that is picked, or in which something may be.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) is_picked: bool,
    /// To be read for what is in it, where it is a folder.
    pub(super) folder: Option<Folder>,
}

impl Folder {
    /// The context itself.
    pub(super) fn root(root: &Path) -> Self {
        let absolute = root.to_owned();
        Self { path: String::new(), absolute, is_picked: true, matches: Matches::default() }
    }

    /// What is selected in the folder, in order; nothing where it is gone, or cannot be read and was not picked.
    ///
    /// # Errors
    /// As for [`walk`].
    pub(super) fn read(&self, selection: &Selection) -> Result<Option<Vec<Found>>, ContextError> {
        let entries = match sorted(&self.absolute) {
            Ok(entries) => entries,
            Err(error) if self.path.is_empty() => {
                return Err(ContextError::Root { path: self.absolute.display().to_string(), error });
            }
            Err(error) if !self.is_picked || is_absent(&error) => return Ok(None),
            Err(error) => return Err(ContextError::Unreadable { path: self.path.clone(), error }),
        };
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            found.extend(self.look(selection, &entry)?);
        }
        Ok(Some(found))
    }

    /// Something in the folder, where it or what is in it may be selected.
    fn look(&self, selection: &Selection, listed: &DirEntry) -> Result<Option<Found>, ContextError> {
        let name = listed.file_name();
        let lossy = name.to_string_lossy();
        let path =
            if self.path.is_empty() { lossy.clone().into_owned() } else { format!("{}/{lossy}", self.path) };
        let (is_picked, may_include_below, matches) = self.decide(selection, &path);
        if !is_picked && !may_include_below {
            return Ok(None);
        }
        // Neither what is not picked nor what has vanished spoils the rest.
        let passed_by = |error: io::Error| match is_picked && !is_absent(&error) {
            true => Err(ContextError::Unreadable { path: path.clone(), error }),
            false => Ok(None),
        };
        // Asked by its name in the folder that is open: the way there is not looked up again.
        let metadata = match listed.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return passed_by(error),
        };
        if !is_picked && !metadata.is_dir() {
            return Ok(None);
        }
        if name.to_str().is_none() {
            return if is_picked { Err(ContextError::NotUtf8 { path }) } else { Ok(None) };
        }
        let absolute = listed.path();
        let link = match metadata.is_symlink().then(|| fs::read_link(&absolute)).transpose() {
            Ok(link) => link,
            Err(error) => return passed_by(error),
        };
        let link = match link.map(|target| target.into_os_string().into_string()).transpose() {
            Ok(link) => link,
            Err(_) => return Err(ContextError::TargetNotUtf8 { path }),
        };
        let entry = match settled(&path, absolute, metadata, link) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(None),
            Err(error) => return passed_by(error),
        };
        let folder = (entry.kind == Kind::Folder).then(|| {
            let (path, absolute) = (path.clone(), entry.absolute.clone());
            Self { path, absolute, is_picked, matches }
        });
        Ok(Some(Found { entry, is_picked, folder }))
    }

    /// Whether a path in the folder is picked; if not, whether something in it may be; and what its children inherit.
    fn decide(&self, selection: &Selection, path: &str) -> (bool, bool, Matches) {
        let mut picked = true;
        let mut below = true;
        let mut matches = Matches::default();
        if let Some(include) = &selection.include {
            let (included, folder) = include.matches_in(&self.matches.include, path);
            matches.include = folder;
            picked = included;
            below = included || include.may_match_below(path);
        }
        let (ignored, folder) = selection.exclude.matches_in(&self.matches.exclude, path);
        matches.exclude = folder;
        if ignored {
            picked = false;
            below = below && !selection.exclude.can_skip_folder(path);
        }
        (picked, below, matches)
    }
}

struct Walk<'a> {
    selection: &'a Selection,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
    /// Folders above the current one that were not picked themselves and are not visited yet, outermost first.
    pending: Vec<Entry>,
}

impl Walk<'_> {
    fn visit_all(&mut self, all: Vec<Found>) -> Result<ControlFlow<()>, ContextError> {
        for Found { entry, is_picked, folder } in all {
            let inside = match &folder {
                None => Vec::new(),
                Some(folder) => match folder.read(self.selection)? {
                    Some(inside) => inside,
                    None => continue,
                },
            };
            if !is_picked {
                self.pending.push(entry);
            } else if self.visit_with_pending(entry).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let n_pending = self.pending.len();
            if self.visit_all(inside)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if !is_picked && self.pending.len() == n_pending {
                self.pending.pop();
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn visit_with_pending(&mut self, entry: Entry) -> ControlFlow<()> {
        for folder in self.pending.drain(..) {
            (self.visit)(folder)?;
        }
        (self.visit)(entry)
    }
}

/// None for a socket. A file that was written just now is looked at again a moment later, so that no later write can
/// have the same time.
fn settled(
    path: &str,
    absolute: PathBuf,
    mut metadata: Metadata,
    link: Option<String>,
) -> io::Result<Option<Entry>> {
    if metadata.is_file() {
        let wait = unsettled(&metadata, SystemTime::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
            metadata = fs::symlink_metadata(&absolute)?;
        }
    }
    Ok(Entry::new(path.to_owned(), absolute, &metadata, link))
}

fn sorted(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_cached_key(DirEntry::file_name);
    Ok(entries)
}
