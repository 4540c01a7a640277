//! How a Dockerfile is built, from the files that say so: Compose files, Bake files, `devcontainer.json`.
//!
//! Texts come in through [`Outside`], callers go out as plain data ([`semantic::facts::callers`]). Nothing here touches a disk or an
//! environment. Values equal those of `docker compose config` and `docker buildx bake --print`; what cannot be told has its reason with
//! it. Everything is bounded: the size of a text, its depth, what aliases repeat, cycles, and the steps of an evaluation.

pub mod bake;
pub mod compose;
pub mod cursor;
pub mod devcontainer;
mod paths;
pub mod plain;
mod yaml;

use std::ops::Range;

pub use semantic::facts::callers::{Caller, CallerBuild, CallerKind, Setting};

/// Texts larger than this are not read.
pub const MAX_TEXT: usize = 1 << 20;

/// What the files need from outside.
pub trait Outside {
    /// The text of a file, by its absolute path.
    ///
    /// # Errors
    /// Why it cannot be read, as half a sentence without the path: `there is no such file`, `it lies outside of the workspace folder`.
    fn read(&self, path: &str) -> Result<String, String>;

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// The home folder, for paths that begin with `~`.
    fn home(&self) -> Option<String> {
        self.variable("HOME")
    }
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The callers in it, in order.
    pub callers: Vec<Caller>,
    /// What could not be understood, a sentence each.
    pub problems: Vec<String>,
}

/// The line of an offset, from 0.
fn line_of(text: &str, offset: usize) -> u32 {
    let newlines = text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(newlines).unwrap_or(u32::MAX)
}

/// A stretch of a text, in bytes.
type Place = Range<usize>;

/// The whole path of a Dockerfile, which is named from the context.
fn in_context(context: &Setting, dockerfile: Setting) -> Setting {
    match (context, dockerfile) {
        (_, Setting::Known(dockerfile)) if dockerfile.starts_with('/') => Setting::Known(dockerfile),
        (Setting::Known(context), Setting::Known(dockerfile)) if !paths::is_remote(context) => {
            Setting::Known(paths::join(context, &dockerfile))
        }
        (Setting::Known(_), Setting::Known(_)) => {
            Setting::Unknown("it lies in a context that the builder fetches".to_owned())
        }
        (Setting::Unknown(reason), _) => Setting::Unknown(reason.clone()),
        (_, unknown) => unknown,
    }
}
