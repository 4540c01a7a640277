//! What lies outside the Dockerfile, as plain data: an input like the text.
//!
//! `workspace` and `builder` fill it; rules, rewrites and `ide` read it. What is absent is unknown, never guessed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All that is known outside of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The build context; absent where it was not read.
    pub context: Option<ContextFacts>,
    /// Images on the builder, by the name that a FROM may use.
    pub base_images: BTreeMap<String, ImageFacts>,
    /// What the builder's own frontend understands; absent where no builder was asked.
    pub frontend: Option<FrontendFacts>,
}

/// The build context.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContextFacts {
    /// Files by path from the context's root, before .dockerignore.
    pub files: BTreeMap<String, FileFacts>,
    /// Whether `files` is all there is; a listing is cut off at a limit.
    pub complete: bool,
    /// Texts of manifests (`package.json`, `Cargo.toml` …) by path, each of a bounded size.
    pub manifests: BTreeMap<String, String>,
    /// The .dockerignore in force.
    pub ignore_file: Option<IgnoreFile>,
    /// The Dockerfile's path from the context's root, where it lies inside.
    pub dockerfile: Option<String>,
}

/// A file of the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
}

/// What a path of the context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

/// The .dockerignore in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IgnoreFile {
    /// Its path from the context's root.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// An image's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageFacts {
    /// ENV.
    pub environment: BTreeMap<String, String>,
    /// WORKDIR; empty where unset.
    pub workdir: String,
    /// USER; empty where unset.
    pub user: String,
    /// SHELL; empty where unset.
    pub shell: Vec<String>,
    /// ENTRYPOINT; empty where unset.
    pub entrypoint: Vec<String>,
    /// CMD; empty where unset.
    pub command: Vec<String>,
    /// Bytes as the engine's inspection gives them.
    pub size: u64,
}

/// What the builder's own Dockerfile frontend understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrontendFacts {
    /// Heredocs in RUN and COPY.
    pub heredocs: bool,
    /// `COPY --link`.
    pub copy_link: bool,
    /// `RUN --network`.
    pub run_network: bool,
    /// `--mount=type=secret,env=NAME`.
    pub secret_env: bool,
    /// `COPY --parents`.
    pub copy_parents: bool,
}

impl Facts {
    /// The image that a FROM of this name gets, where the builder has it.
    #[must_use]
    pub fn base_image(&self, name: &str) -> Option<&ImageFacts> {
        self.base_images.get(name)
    }
}
