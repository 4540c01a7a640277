//! Where a build's files are, and under which names what is known of it is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use inner_loop::BuildRequest;
use inner_loop::contents::Selector;
use inner_loop::digest::Seal;
use inner_loop::plan::Plan;
use semantic::dockerignore::Dockerignore;

use crate::context::{self, Selection};

/// The places of a build.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Under which name the builds of this context, Dockerfile, target and platform are kept.
    pub(super) history: String,
    /// The contexts on disk, by name; the main one's is empty.
    pub(super) contexts: BTreeMap<String, Context>,
}

/// A context on disk, and what is read of it.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) root: PathBuf,
    pub(super) selection: Selection,
    /// The paths that are read, as one text.
    pub(super) wanted: String,
}

impl Place {
    /// The build's name. Arguments, tags and the builder's address are no part of it.
    pub(super) fn of(request: &BuildRequest) -> Self {
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let parts = [
            canonical(Path::new(&request.context)).display().to_string(),
            canonical(&request.dockerfile).display().to_string(),
            request.target.as_deref().unwrap_or_default().to_lowercase(),
            request.platforms.join(","),
        ];
        // The name need not be secret: only what lies in the file is.
        Self { history: format!("build-{}", Seal::new([0; 32]).digest(parts)), contexts: BTreeMap::new() }
    }

    /// Whether the same paths of the same folders are read, by whatever ignore files these have.
    pub(super) fn reads_what(&self, other: &Self) -> bool {
        let paths = |place: &Self| -> Vec<(String, PathBuf, String)> {
            let contexts = place.contexts.iter();
            contexts.map(|(name, it)| (name.clone(), it.root.clone(), it.wanted.clone())).collect()
        };
        paths(self) == paths(other)
    }

    /// Adds the contexts that a plan reads, with what BuildKit would ask of them: what .dockerignore leaves in, and of that what
    /// some step reads (`dockerfile2llb`, `ctxPaths`).
    pub(super) fn with_selections(mut self, request: &BuildRequest, plan: &Plan) -> Result<Self, String> {
        for (name, selectors) in plan.contexts() {
            let named =
                if name.is_empty() { Some(&request.context) } else { request.named_contexts.get(name) };
            let Some(path) = named else { return Err(format!("there is no context {name}")) };
            if inner_loop::is_remote(path) {
                return Err(format!("the builder fetches {path} itself, so nothing can be told"));
            }
            let unreadable = |error: &dyn std::fmt::Display| format!("{path} cannot be read: {error}");
            let root = Path::new(path).canonicalize().map_err(|error| unreadable(&error))?;
            let dockerfile =
                if name.is_empty() { request.dockerfile.clone() } else { root.join("Dockerfile") };
            let ignore = context::ignore_file(&root, &dockerfile).map_err(|error| unreadable(&error))?;
            let ignore = ignore.map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
            let paths = followed(&selectors);
            let selection =
                Selection::following(&root, ignore, &paths).map_err(|error| unreadable(&error))?;
            let wanted = paths.join("\0");
            self.contexts.insert(name.to_owned(), Context { root, selection, wanted });
        }
        Ok(self)
    }
}

/// The paths that are read, as BuildKit asks for them: patterns that are inside of a source are left to the builder.
fn followed(selectors: &[&Selector]) -> Vec<String> {
    let mut paths: Vec<String> =
        selectors.iter().map(|selector| selector.path.trim_start_matches('/').to_owned()).collect();
    paths.sort();
    paths.dedup();
    paths
}
