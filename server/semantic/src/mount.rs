//! The mounts of a RUN.

use syntax::TextRange;

use crate::base::StageReference;
use crate::path::Place;

/// A `--mount=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The whole flag.
    pub range: TextRange,
    /// What kind.
    pub kind: MountKind,
    /// `target`, `dst` or `destination`, against the working directory; for a secret its default path.
    pub target: Place,
    /// `source` or `src`, as written.
    pub source: Option<String>,
    /// `from`, for bind and cache.
    pub from: Option<StageReference>,
    /// `id`, for cache, secret and ssh.
    pub id: Option<String>,
    /// `env`, for secret.
    pub env: Option<String>,
    /// `sharing`, for cache.
    pub sharing: Option<String>,
    /// `uid`, for cache, secret and ssh.
    pub uid: Option<String>,
    /// `required`, for secret and ssh.
    pub required: bool,
}

/// What kind a mount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// `bind`, the default.
    Bind,
    /// `cache`
    Cache,
    /// `tmpfs`
    Tmpfs,
    /// `secret`
    Secret,
    /// `ssh`
    Ssh,
    /// A kind that BuildKit does not know, or whose variables have no known value.
    Unknown,
}

impl MountKind {
    /// The kind that a word spells.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "bind" => Self::Bind,
            "cache" => Self::Cache,
            "tmpfs" => Self::Tmpfs,
            "secret" => Self::Secret,
            "ssh" => Self::Ssh,
            _ => Self::Unknown,
        }
    }
}
