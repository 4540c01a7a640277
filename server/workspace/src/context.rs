//! The build context: which files a builder gets, and in which order.
//!
//! The order and the filters are those of BuildKit's file sync (`tonistiigi/fsutil`): names are compared folder by
//! folder, `.dockerignore` leaves out, include patterns and follow paths pick. What is not here: sending (that is the
//! builder's), and hashing.

mod entry;
mod error;
mod follow;
mod locate;
#[cfg(test)]
mod tests;
mod walk;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use semantic::dockerignore::Dockerignore;

pub use entry::{Entry, Kind};
pub use error::ContextError;
pub use locate::locate;
pub use walk::walk;

/// What a builder asks for: all of it, less `exclude`, and of that only what `include` names.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<Dockerignore>,
    exclude: Dockerignore,
}

impl Selection {
    /// Everything that `.dockerignore` leaves in.
    pub fn without(exclude: Dockerignore) -> Self {
        Self { include: None, exclude }
    }

    /// Whether everything is taken that is not excluded.
    pub fn takes_all(&self) -> bool {
        self.include.is_none()
    }

    /// The selection that a builder sends with a file sync: patterns to include, patterns to exclude, and paths that are
    /// followed through symbolic links and then included.
    ///
    /// # Errors
    /// A pattern that no builder takes, or a folder that cannot be read.
    pub fn from_patterns(
        root: &Path,
        include: &[String],
        exclude: &[String],
        follow_paths: &[String],
    ) -> Result<Self, ContextError> {
        let mut include = include.to_vec();
        // Where one of the paths is the root, they add nothing to the include patterns, as in fsutil.
        if let Some(targets) = follow::follow_links(root, follow_paths)? {
            include.extend(targets);
        }
        let include = if include.is_empty() { None } else { Some(read_patterns(&include)?) };
        Ok(Self { include, exclude: read_patterns(exclude)? })
    }
}

fn read_patterns(patterns: &[String]) -> Result<Dockerignore, ContextError> {
    let (patterns, problems) = Dockerignore::from_patterns(patterns.iter().map(String::as_str));
    match problems.into_iter().next() {
        Some(problem) => Err(ContextError::BadPattern { message: problem.message }),
        None => Ok(patterns),
    }
}

/// The ignore file of a build: its path and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says; bytes that are no UTF-8 are replaced.
    pub text: String,
}

/// Reads the ignore file that counts: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` in the
/// context's root. None where there is neither.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn ignore_file(context: &Path, dockerfile: &Path) -> Result<Option<IgnoreFile>, ContextError> {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    for path in [PathBuf::from(own), context.join(".dockerignore")] {
        match fs::read(&path) {
            Ok(bytes) => {
                return Ok(Some(IgnoreFile { text: String::from_utf8_lossy(&bytes).into_owned(), path }));
            }
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(ContextError::Unreadable { path: path.display().to_string(), error }),
        }
    }
    Ok(None)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
