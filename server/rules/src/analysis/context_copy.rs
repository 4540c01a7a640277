//! What the builder gets of a build context that is known.

use std::ops::Bound;

use semantic::ContextFacts;
use semantic::dockerignore::Dockerignore;
use semantic::facts::{FileFacts, FileKind};
use semantic::path::file_name;

/// A context, less what its ignore file leaves out.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    /// All that lies there.
    pub(crate) context: &'a ContextFacts,
    ignore: Dockerignore,
}

/// Folders full of what tools have put there: most of what lies in a context, and nobody's own.
const MADE_BY_TOOLS: [&str; 7] = [".git", "node_modules", "target", ".venv", "venv", "vendor", "__pycache__"];

impl<'a> Sent<'a> {
    /// What the builder gets of a context.
    pub(crate) fn of(context: &'a ContextFacts) -> Self {
        Self { context, ignore: context.dockerignore() }
    }

    /// Whether a path lies in the context and is not left out.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.context.has(path) && !self.ignore.is_ignored(path)
    }

    /// The files that are wanted and not left out. Folders that tools fill are passed by.
    pub(crate) fn find(&self, is_wanted: impl Fn(&str, FileFacts) -> bool) -> Vec<(&'a str, FileFacts)> {
        let mut found = Vec::new();
        let mut passed: Option<String> = None;
        let mut start = String::new();
        'walk: loop {
            let rest = (Bound::Included(start.as_str()), Bound::Unbounded);
            for (path, file) in self.context.files.range::<str, _>(rest) {
                if let Some(folder) = passed.take_if(|folder| path.starts_with(folder.as_str())) {
                    // `0` is what follows `/`: the first path behind the folder's.
                    start = format!("{}0", folder.trim_end_matches('/'));
                    continue 'walk;
                }
                if file.kind == FileKind::Directory && MADE_BY_TOOLS.contains(&file_name(path)) {
                    passed = Some(format!("{path}/"));
                } else if is_wanted(path, *file) && !self.ignore.is_ignored(path) {
                    found.push((path.as_str(), *file));
                }
            }
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ignore::tests::context;

    #[test]
    fn what_tools_fill_is_passed_by() {
        let context = context(&[
            "a/b",
            "node_modules/x/y",
            "node_modules-old/z",
            "web/node_modules/x",
            "web/src/größe",
            "z",
        ]);
        let found = Sent::of(&context).find(|_, file| file.kind == FileKind::File);
        let paths: Vec<&str> = found.into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["a/b", "node_modules-old/z", "web/src/größe", "z"]);
    }
}
