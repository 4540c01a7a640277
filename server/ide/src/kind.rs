//! Which documents are analysed as what.

/// What a document is to us. Who opens it decides, by its language and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// Anything else: its text is kept in step, and nothing is said about it.
    Other,
}
