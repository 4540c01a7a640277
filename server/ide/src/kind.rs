//! Which documents are analysed as what.

/// What a document is to us. Who opens it decides, by its language and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A `.dockerignore`, or the `<Dockerfile>.dockerignore` of one Dockerfile.
    Ignore,
    /// A file of settings, `layerwise.toml`. Who opens it reads it, too.
    Settings,
    /// A Compose file: only where it leads to a Dockerfile is told.
    Compose,
    /// A Bake file: the same.
    Bake,
    /// Anything else: its text is kept in step, and nothing is said about it.
    Other,
}

impl DocumentKind {
    /// Whether its diagnostics are told.
    #[must_use]
    pub fn is_analysed(self) -> bool {
        match self {
            Self::Dockerfile | Self::Ignore | Self::Settings => true,
            Self::Compose | Self::Bake | Self::Other => false,
        }
    }
}
