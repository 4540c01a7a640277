//! Walks a context in the order that BuildKit's file sync demands: a folder, then all that is in it, names by bytes.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use semantic::dockerignore::FolderMatch;

use super::entry::{Entry, unsettled};
use super::{ContextError, Selection, is_absent};

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
    let names =
        sorted_names(root).map_err(|error| ContextError::Root { path: root.display().to_string(), error })?;
    let mut walk = Walk { selection, visit, pending: Vec::new() };
    let matches = Matches::default();
    for name in names {
        if walk.step(String::new(), root, &name, &matches)?.is_break() {
            break;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Matches {
    include: FolderMatch,
    exclude: FolderMatch,
}

struct Walk<'a> {
    selection: &'a Selection,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
    /// Folders above the current one that were not picked themselves and are not visited yet, outermost first.
    pending: Vec<Entry>,
}

impl Walk<'_> {
    fn step(
        &mut self,
        mut path: String,
        folder: &Path,
        name: &OsStr,
        above: &Matches,
    ) -> Result<ControlFlow<()>, ContextError> {
        let lossy = name.to_string_lossy();
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&lossy);
        let absolute = folder.join(name);

        let (picked, may_include_below, matches) = self.decide(&path, above);
        let metadata = match fs::symlink_metadata(&absolute) {
            Ok(metadata) => metadata,
            Err(error) if !picked || is_absent(&error) => return Ok(ControlFlow::Continue(())),
            Err(error) => return Err(ContextError::Unreadable { path, error }),
        };
        let may_lead_to_picked = metadata.is_dir() && may_include_below;
        if !picked && !may_lead_to_picked {
            return Ok(ControlFlow::Continue(()));
        }
        if name.to_str().is_none() {
            return if picked { Err(ContextError::NotUtf8 { path }) } else { Ok(ControlFlow::Continue(())) };
        }

        let link = match link_target(&absolute, &metadata) {
            Ok(link) => link,
            Err(error) if !picked || is_absent(&error) => return Ok(ControlFlow::Continue(())),
            Err(error) => return Err(ContextError::Unreadable { path, error }),
        };
        let link = match link.map(OsString::into_string).transpose() {
            Ok(link) => link,
            Err(_) if !picked => return Ok(ControlFlow::Continue(())),
            Err(_) => return Err(ContextError::TargetNotUtf8 { path }),
        };
        let entry = match entry(&path, absolute.clone(), metadata, link) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(ControlFlow::Continue(())),
            Err(error) if !picked || is_absent(&error) => return Ok(ControlFlow::Continue(())),
            Err(error) => return Err(ContextError::Unreadable { path, error }),
        };
        let is_folder = entry.kind == super::Kind::Folder;
        if !is_folder {
            return if picked { Ok(self.visit_with_pending(entry)) } else { Ok(ControlFlow::Continue(())) };
        }

        let names = match sorted_names(&absolute) {
            Ok(names) => names,
            Err(error) if !picked || is_absent(&error) => return Ok(ControlFlow::Continue(())),
            Err(error) => return Err(ContextError::Unreadable { path, error }),
        };
        if picked {
            if self.visit_with_pending(entry).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        } else {
            self.pending.push(entry);
        }
        let n_pending = self.pending.len();
        for name in names {
            if self.step(path.clone(), &absolute, &name, &matches)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if !picked && self.pending.len() == n_pending {
            self.pending.pop();
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether the path is picked; if not, whether something in it may be; and what its children inherit.
    fn decide(&self, path: &str, above: &Matches) -> (bool, bool, Matches) {
        let mut picked = true;
        let mut below = true;
        let mut matches = Matches::default();
        if let Some(include) = &self.selection.include {
            let (included, folder) = include.matches_in(&above.include, path);
            matches.include = folder;
            picked = included;
            below = included || include.may_match_below(path);
        }
        let (ignored, folder) = self.selection.exclude.matches_in(&above.exclude, path);
        matches.exclude = folder;
        if ignored {
            picked = false;
            below = below && !self.selection.exclude.can_skip_folder(path);
        }
        (picked, below, matches)
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
fn entry(
    path: &str,
    absolute: PathBuf,
    mut metadata: Metadata,
    link: Option<String>,
) -> std::io::Result<Option<Entry>> {
    if metadata.is_file() {
        let wait = unsettled(&metadata, SystemTime::now());
        if !wait.is_zero() {
            std::thread::sleep(wait);
            metadata = fs::symlink_metadata(&absolute)?;
        }
    }
    Ok(Entry::new(path.to_owned(), absolute, &metadata, link))
}

/// The target of a symbolic link; none of all else.
fn link_target(path: &Path, metadata: &Metadata) -> std::io::Result<Option<OsString>> {
    if metadata.is_symlink() { Ok(Some(fs::read_link(path)?.into_os_string())) } else { Ok(None) }
}

fn sorted_names(folder: &Path) -> std::io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}
