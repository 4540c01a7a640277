//! The build context: which files a builder gets, and in which order.
//!
//! The order and the filters are those of BuildKit's file sync (`tonistiigi/fsutil`): names are compared folder by
//! folder, `.dockerignore` leaves out, include patterns and follow paths pick. What is not here: sending (that is the
//! builder's), and hashing.

mod entry;
mod error;
mod follow;
mod list;
mod locate;
#[cfg(test)]
mod tests;
mod walk;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use semantic::dockerignore::Dockerignore;

pub use entry::{Entry, Kind};
pub use error::ContextError;
pub(crate) use follow::follow_links;
pub use list::list;
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

    /// Of what an ignore file leaves in, the file at this path alone.
    ///
    /// # Errors
    /// The path is none that a pattern can name.
    pub fn of_file(path: &str, exclude: Dockerignore) -> Result<Self, ContextError> {
        let mut pattern = String::new();
        for letter in path.chars() {
            if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '!' | '#') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        Ok(Self { include: Some(read_patterns(&[pattern])?), exclude })
    }

    /// Whether everything is taken that is not excluded.
    pub fn takes_all(&self) -> bool {
        self.include.is_none()
    }

    /// What an ignore file leaves in, and of that only these paths, followed through symbolic links.
    ///
    /// # Errors
    /// A folder that cannot be read, or a path that is no pattern.
    pub fn following(root: &Path, exclude: Dockerignore, paths: &[String]) -> Result<Self, ContextError> {
        let include = follow_links(root, paths)?.filter(|targets| !targets.is_empty());
        Ok(Self { include: include.map(|targets| read_patterns(&targets)).transpose()?, exclude })
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
        if let Some(targets) = follow_links(root, follow_paths)? {
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

/// Ignore files are a few lines long. What is longer is none, whatever the link points to that lies there.
const MAX_IGNORE_FILE: u64 = 1 << 20;

/// Reads the ignore file that counts: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` in the
/// context's root. None where there is neither.
///
/// # Errors
/// A file that is there and cannot be read, is no regular file, or is longer than a megabyte.
pub fn ignore_file(context: &Path, dockerfile: &Path) -> Result<Option<IgnoreFile>, ContextError> {
    match own_ignore_file(dockerfile)? {
        Some(file) => Ok(Some(file)),
        None => read_ignore_file(context.join(".dockerignore")),
    }
}

/// Reads the `.dockerignore` of a named context, which belongs to no Dockerfile (BuildKit: `frontend/dockerui/namedcontext.go`).
///
/// # Errors
/// As for [`ignore_file`].
pub fn ignore_file_of_named(context: &Path) -> Result<Option<IgnoreFile>, ContextError> {
    read_ignore_file(context.join(".dockerignore"))
}

/// Reads `<Dockerfile>.dockerignore`, which lies beside the Dockerfile. None where there is none.
///
/// # Errors
/// As for [`ignore_file`].
pub fn own_ignore_file(dockerfile: &Path) -> Result<Option<IgnoreFile>, ContextError> {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    read_ignore_file(PathBuf::from(own))
}

/// Reads an ignore file of any name. None where there is none.
///
/// # Errors
/// As for [`ignore_file`].
pub fn read_ignore_file(path: PathBuf) -> Result<Option<IgnoreFile>, ContextError> {
    match read_short_file(&path) {
        Ok(bytes) => Ok(Some(IgnoreFile { text: String::from_utf8_lossy(&bytes).into_owned(), path })),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(ContextError::Unreadable { path: path.display().to_string(), error }),
    }
}

/// Looks before it opens: opening a pipe waits, and a device has no end.
fn read_short_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_IGNORE_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_IGNORE_FILE {
        return Err(io::Error::other("it is longer than a megabyte"));
    }
    Ok(bytes)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
