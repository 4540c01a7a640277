//! What a stage builds on, and what a `--from` or `from=` means.

use syntax::TextRange;

use crate::stage::Text;

/// What a stage or a copy takes its files from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Nothing: `scratch`.
    Scratch,
    /// The stage at this index.
    Stage(usize),
    /// An image, or a named context: only the build's caller knows which. The name has its variables expanded.
    Image(String),
    /// A name whose variables have no known value.
    Unknown,
}

impl Base {
    /// The stage, if it is one.
    #[must_use]
    pub const fn stage(&self) -> Option<usize> {
        match self {
            Self::Stage(index) => Some(*index),
            _ => None,
        }
    }
}

/// A `--from=…` of a COPY or ADD, or the `from=` of a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageReference {
    /// The name or number.
    pub text: Text,
    /// What it means.
    pub target: Base,
}

impl StageReference {
    /// The place of the name.
    #[must_use]
    pub const fn range(&self) -> TextRange {
        self.text.range
    }
}
