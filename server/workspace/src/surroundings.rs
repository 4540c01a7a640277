//! What lies around a Dockerfile, read from disk as [`semantic::Facts`]: which folder is its build context, and what is in it.

use std::path::{Path, PathBuf};

use semantic::facts::callers::{Agreed, Caller, agreed_context};
use semantic::{ContextFacts, Model};

use crate::context;
use crate::facts::{self, Limits};

/// The build context of a Dockerfile where nobody names one: its folder or, if paths that it copies are missing there, the
/// nearest folder above that has them all, up to `boundary`. For the paths see [`copied_paths`].
#[must_use]
pub fn context_root(copied_paths: &[String], dockerfile: &Path, boundary: &Path) -> PathBuf {
    context::locate(dockerfile, copied_paths, boundary)
}

/// The build context as the callers of a Dockerfile name it; where it has none, see [`context_root`]. Nothing where they differ, or where
/// one of them cannot be told: whose context is meant is not guessed.
#[must_use]
pub fn called_root(
    callers: &[Caller],
    copied_paths: &[String],
    dockerfile: &Path,
    boundary: &Path,
) -> Option<PathBuf> {
    match agreed_context(callers) {
        Agreed::Value(root) => Some(PathBuf::from(root)),
        Agreed::Nothing => Some(context_root(copied_paths, dockerfile, boundary)),
        Agreed::Differs => None,
    }
}

/// The paths and patterns that a file copies from its context.
#[must_use]
pub fn copied_paths(model: &Model) -> Vec<String> {
    let instructions = model.stages.iter().flat_map(|stage| &stage.instructions);
    instructions.filter_map(|item| item.as_copy()).flat_map(|copy| copy.context_paths()).collect()
}

/// What is in a build context; nothing where the folder cannot be read.
#[must_use]
pub fn context_facts(root: &Path, dockerfile: &Path) -> Option<ContextFacts> {
    facts::of_context(root, dockerfile, Limits::default()).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use semantic::facts::{FileFacts, FileKind};
    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_listing_has_files_manifests_and_the_ignore_file() {
        let folder = tree(&[
            ("package.json", "{}"),
            ("src/main.js", "main()"),
            (".dockerignore", "node_modules\n"),
            ("node_modules/x/package.json", "{}"),
            ("docker/Dockerfile", "FROM x"),
        ]);
        let facts = context_facts(folder.path(), &folder.path().join("docker/Dockerfile")).unwrap();
        assert!(facts.complete);
        assert_eq!(facts.files["src/main.js"], FileFacts { size: 6, kind: FileKind::File });
        assert_eq!(facts.files["node_modules/x"].kind, FileKind::Directory);
        assert_eq!(facts.manifests.keys().collect::<Vec<_>>(), ["package.json"]);
        assert_eq!(facts.ignore_file.unwrap().path, ".dockerignore");
        assert_eq!(facts.dockerfile.as_deref(), Some("docker/Dockerfile"));
    }

    #[cfg(unix)]
    #[test]
    fn loops_of_links_end_and_a_missing_folder_is_nothing() {
        let folder = tree(&[("a", "")]);
        std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
        let facts = context_facts(folder.path(), &folder.path().join("Dockerfile")).unwrap();
        assert_eq!(facts.files["loop"].kind, FileKind::Symlink);
        assert_eq!(facts.files.len(), 2);
        assert_eq!(context_facts(&folder.path().join("missing"), Path::new("Dockerfile")), None);
    }

    #[test]
    fn the_context_is_the_nearest_folder_that_has_all_sources() {
        let folder =
            tree(&[("package.json", ""), ("docker/api/Dockerfile", ""), ("docker/api/start.sh", "")]);
        let root = folder.path();
        let dockerfile = root.join("docker/api/Dockerfile");
        let context = |paths: &[&str], boundary: &Path| {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            context_root(&paths, &dockerfile, boundary)
        };
        let own = root.join("docker/api");
        assert_eq!(context(&[".", "start.sh"], root), own);
        assert_eq!(context(&["package.json", "*.lock"], root), root);
        assert_eq!(context(&["docker/*/start.sh"], root), root);
        assert_eq!(context(&["package.json"], &root.join("docker")), own);
        assert_eq!(context(&["nowhere"], root), own);
        assert_eq!(context(&[], root), own);
    }
}
