//! Which files a build reads, as paths on disk: a build's inputs with the ignore files read and its symbolic links followed.

use std::path::{Path, PathBuf};

use semantic::Change;
use semantic::dockerignore::Dockerignore;
use semantic::reads::{ContextInputs, Inputs, include_pattern, leads_below};

use super::ephemeral::is_editors_own;
use crate::context::{self, follow_links};

/// Which files are followed.
#[derive(Debug)]
pub(super) struct Following {
    inputs: Inputs,
    /// The Dockerfile, and what it is where it is a link.
    dockerfiles: Vec<PathBuf>,
    contexts: Vec<Context>,
    output: Option<PathBuf>,
}

/// A context of which something is read.
#[derive(Debug)]
struct Context {
    name: Option<String>,
    root: PathBuf,
    /// What is read of it; all where absent.
    included: Option<Included>,
    ignored: Dockerignore,
    /// The ignore files that would count: the first that exists does.
    ignore_files: Vec<PathBuf>,
}

/// Paths and patterns, as written and to match with.
#[derive(Debug)]
struct Included {
    sources: Vec<String>,
    patterns: Dockerignore,
}

impl Following {
    /// Reads what there is to read. What is not there yet, or cannot be read, is followed all the same.
    pub(super) fn new(inputs: Inputs) -> Self {
        let named = in_real_folder(&inputs.dockerfile);
        let mut dockerfiles = vec![named.clone()];
        dockerfiles.extend(named.canonicalize().ok().filter(|real| *real != named));
        let contexts =
            inputs.contexts.iter().map(|context| Context::of(context, &inputs.dockerfile)).collect();
        let output = inputs.output.as_deref().map(in_real_folder);
        Self { dockerfiles, contexts, output, inputs }
    }

    pub(super) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Whether what happens at this path may change a build.
    pub(super) fn is_about(&self, path: &Path, is_folder: bool) -> bool {
        !self.changes(path, is_folder).is_empty()
    }

    /// What a change at this path changes of a build.
    pub(super) fn changes(&self, path: &Path, is_folder: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.dockerfiles.iter().any(|dockerfile| dockerfile == path) {
            changes.push(Change::Dockerfile(1));
        }
        if self.output.as_ref().is_some_and(|output| path.starts_with(output)) {
            return changes;
        }
        for context in &self.contexts {
            if context.ignore_files.iter().any(|file| file == path) {
                changes.push(Change::IgnoreFile(context.name.clone()));
            }
            changes.extend(context.change(path, is_folder));
        }
        changes
    }

    /// Whatever may have changed.
    pub(super) fn everything(&self) -> impl Iterator<Item = Change> {
        let contexts =
            self.contexts.iter().map(|context| Change::Folder(context.name.clone(), ".".to_owned()));
        contexts.chain([Change::Dockerfile(1)])
    }

    /// The folders in which the search for what to watch begins: roots, and the folders of single files.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        self.contexts.iter().map(|context| context.root.as_path())
    }

    /// Folders that are watched for single files in them, or for the coming and going of a root.
    pub(super) fn single_folders(&self) -> impl Iterator<Item = &Path> {
        let files = self.contexts.iter().flat_map(|context| &context.ignore_files).chain(&self.dockerfiles);
        files.filter_map(|file| file.parent()).chain(self.roots().filter_map(Path::parent))
    }

    /// Whether something in this folder may be read.
    pub(super) fn may_hold(&self, folder: &Path) -> bool {
        let is_output = self.output.as_ref().is_some_and(|output| folder.starts_with(output));
        !is_output && self.contexts.iter().any(|context| context.may_hold(folder))
    }
}

impl Context {
    fn of(inputs: &ContextInputs, dockerfile: &Path) -> Self {
        let root = inputs.root.canonicalize().unwrap_or_else(|_| in_real_folder(&inputs.root));
        let common = root.join(".dockerignore");
        let (text, ignore_files) = if inputs.name.is_none() {
            let mut own = in_real_folder(dockerfile).into_os_string();
            own.push(".dockerignore");
            (context::ignore_file(&root, dockerfile), vec![PathBuf::from(own), common])
        } else {
            (context::ignore_file(&root, &root), vec![common])
        };
        let text = text.ok().flatten().map(|file| file.text).unwrap_or_default();
        // The one beside the Dockerfile hides the common one.
        let first = ignore_files.iter().position(|file| file.exists()).unwrap_or(ignore_files.len());
        let ignore_files = ignore_files.into_iter().take(first + 1).collect();
        let included = if inputs.sources.iter().any(|source| source == ".") {
            None
        } else {
            let linked = follow_links(&root, &inputs.sources);
            let sources = linked.unwrap_or_else(|_| Some(inputs.sources.clone()));
            sources.map(|sources| {
                let patterns: Vec<_> = sources.iter().map(|source| include_pattern(source)).collect();
                let patterns = Dockerignore::from_patterns(patterns.iter().map(String::as_str)).0;
                Included { sources, patterns }
            })
        };
        Self {
            name: inputs.name.clone(),
            root,
            included,
            ignored: Dockerignore::parse(&text).0,
            ignore_files,
        }
    }

    fn change(&self, path: &Path, is_folder: bool) -> Option<Change> {
        let relative = self.relative(path)?;
        let name = path.file_name()?.to_str()?;
        let is_taken = self.included.as_ref().is_none_or(|included| included.patterns.is_ignored(&relative));
        let is_left_out = relative != "." && self.ignored.is_ignored(&relative);
        if is_folder {
            return self.may_hold(path).then(|| Change::Folder(self.name.clone(), relative));
        }
        (is_taken && !is_left_out && !is_editors_own(name)).then(|| Change::File(self.name.clone(), relative))
    }

    fn may_hold(&self, folder: &Path) -> bool {
        let Some(relative) = self.relative(folder) else { return false };
        if relative == "." {
            return true;
        }
        let may_be_taken = self.included.as_ref().is_none_or(|included| {
            included.patterns.is_ignored(&relative)
                || included.sources.iter().any(|source| leads_below(source, &relative))
        });
        may_be_taken && !(self.ignored.is_ignored(&relative) && self.ignored.can_skip_folder(&relative))
    }

    /// The path from the root; `.` for the root itself. None for what lies elsewhere, and for names that no builder takes.
    fn relative(&self, path: &Path) -> Option<String> {
        let relative = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(if relative.is_empty() { ".".to_owned() } else { relative.to_owned() })
    }
}

/// The path with its folder's links resolved, as the operating system tells of it. The last name stays: it may be a link, or not there.
fn in_real_folder(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}
