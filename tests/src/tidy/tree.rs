//! The files of the source tree, read once: paths relative to the root with `/`, and their text.
//!
//! What a build or a package manager makes is left out.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceFile {
    /// Relative to the root, such as `server/syntax/src/lib.rs`.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

impl SourceFile {
    /// For tests of the checks.
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The name without folders.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The text before the unit tests, which stand last in a file here.
    pub(super) fn text_before_tests(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod ").next().unwrap_or(&self.text)
    }
}

/// Folders that hold what tools make.
const MADE: [&str; 6] = [".git", "target", "node_modules", "dist", "__pycache__", "proptest-regressions"];

/// The workspace's root.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All text files below a folder of the root, sorted by path; none where the folder does not exist.
pub(super) fn files_below(folder: &str) -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(&root().join(folder), folder.trim_end_matches('/'), &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, relative: &str, files: &mut Vec<SourceFile>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if MADE.contains(&name.as_str()) || path == "vscode-extension/bin" {
            continue;
        }
        if kind.is_dir() {
            collect(&entry.path(), &path, files);
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            files.push(SourceFile { path, text });
        }
    }
}
