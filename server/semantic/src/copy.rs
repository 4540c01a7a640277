//! COPY and ADD: sources, destination, and the flags that matter to others.

use crate::base::StageReference;
use crate::path::Place;
use crate::stage::Text;

/// A COPY or ADD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// What is copied, in order.
    pub sources: Vec<CopySource>,
    /// Where to, as written.
    pub destination: Text,
    /// Where to, against the working directory.
    pub place: Place,
    /// Whether the destination is a directory for certain: a trailing `/`, `.`, or several sources.
    pub into_directory: bool,
    /// `--from`.
    pub from: Option<StageReference>,
    /// `--chown`.
    pub chown: Option<Text>,
    /// `--chmod`.
    pub chmod: Option<Text>,
    /// `--link`.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// `--exclude`, each.
    pub exclude: Vec<Text>,
}

/// One source of a COPY or ADD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySource {
    /// As written, with its place.
    pub text: Text,
    /// What it is.
    pub kind: SourceKind,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A path or pattern in the build context or in the stage of `--from`.
    Path,
    /// `http://` or `https://` (ADD alone).
    Url,
    /// A git repository (ADD alone).
    Git,
    /// A heredoc in the Dockerfile itself.
    Heredoc,
}

impl Copy {
    /// Whether it takes files from the build context.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        self.from.is_none() && self.sources.iter().any(|source| source.kind == SourceKind::Path)
    }

    /// The literal paths and patterns that it takes from the build context, cleaned: no leading `/` or `./`, `.` for the whole.
    pub fn context_paths(&self) -> impl Iterator<Item = String> {
        let wanted = self.from.is_none();
        self.sources
            .iter()
            .filter(move |source| wanted && source.kind == SourceKind::Path)
            .filter_map(|source| source.text.value.as_deref().map(crate::path::clean_context_path))
    }

    /// Whether it takes the whole build context: `.`, `./`, `/` or `*`.
    #[must_use]
    pub fn takes_whole_context(&self) -> bool {
        self.context_paths().any(|path| path == "." || path == "*" || path == "**")
    }
}
