//! What BuildKit's parser would refuse, with the place and what to do.

use crate::range::{LocalRange, TextRange};

/// A problem in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub range: TextRange,
    /// What is wrong and what to do.
    pub message: String,
}

/// A problem inside one instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalProblem {
    /// Where in the instruction.
    pub range: LocalRange,
    /// What is wrong and what to do.
    pub message: String,
}
