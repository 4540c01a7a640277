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
    /// A Compose file: what it names of Dockerfiles is looked at, and nothing else.
    Compose,
    /// A Bake file: the same.
    Bake,
    /// A `devcontainer.json`: the same.
    Devcontainer,
    /// Anything else: its text is kept in step, and nothing is said about it.
    Other,
}

impl DocumentKind {
    /// Whether its diagnostics are told.
    #[must_use]
    pub fn is_analysed(self) -> bool {
        match self {
            Self::Dockerfile | Self::Ignore | Self::Settings => true,
            Self::Compose | Self::Bake | Self::Devcontainer => true,
            Self::Other => false,
        }
    }

    /// Whether it says how Dockerfiles are built.
    #[must_use]
    pub fn names_callers(self) -> bool {
        matches!(self, Self::Compose | Self::Bake | Self::Devcontainer)
    }
}
