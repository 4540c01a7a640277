//! What can be wrong with a build context, each with the path and what to do.

use std::io;

/// Why a context cannot be listed or read.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The context itself.
    #[error("the build context {path} cannot be read: {error}")]
    Root {
        /// The folder as it was given.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// Something in it.
    #[error("{path} cannot be read: {error}; make it readable, or leave it out with .dockerignore")]
    Unreadable {
        /// Path relative to the context where it lies in it.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// A name that cannot be sent.
    #[error(
        "the name of {path} is not UTF-8, so no builder takes it; rename it, or leave it out with .dockerignore"
    )]
    NotUtf8 {
        /// The path with what is not UTF-8 replaced.
        path: String,
    },
    /// A link whose target cannot be sent.
    #[error(
        "{path} links to a name that is not UTF-8, so no builder takes it; link to another name, or leave it out with .dockerignore"
    )]
    TargetNotUtf8 {
        /// Path of the link relative to the context.
        path: String,
    },
    /// A pattern that the builder refuses.
    #[error("{message}")]
    BadPattern {
        /// What is wrong with it.
        message: String,
    },
}
