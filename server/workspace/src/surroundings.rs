//! What lies around a Dockerfile, read from disk as [`semantic::Facts`]: which folder is its build context, and what is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use semantic::facts::IgnoreFile;
use semantic::facts::callers::{Agreed, Caller, Setting, agreed_context};
use semantic::{ContextFacts, Model};

use crate::context;
use crate::facts::{self, Contexts, Limits};

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

/// The platform that builds are for where nobody names one, as docker's client reads it: `DOCKER_DEFAULT_PLATFORM`.
#[must_use]
pub fn default_platform() -> Option<String> {
    std::env::var("DOCKER_DEFAULT_PLATFORM").ok().filter(|platform| !platform.trim().is_empty())
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

/// The same by way of what was read for the Dockerfile before.
#[must_use]
pub fn context_facts_of(contexts: &Contexts, root: &Path, dockerfile: &Path) -> Option<ContextFacts> {
    contexts.of(root, dockerfile, Limits::default()).ok()
}

/// Folders that are read as named contexts, at most, and how much of each: what completion shows of them, and no manifests.
const NAMED_CONTEXTS: usize = 8;
const NAMED_LIMITS: Limits = Limits { files: 5_000, manifest: 0, manifests: 0, sources: 0 };

/// What lies in the folders that callers name as contexts, by whole path. No folder outside of `boundary` is read.
#[must_use]
pub fn named_contexts(callers: &[Caller], boundary: &Path) -> BTreeMap<String, ContextFacts> {
    let Ok(boundary) = boundary.canonicalize() else { return BTreeMap::new() };
    let given = callers.iter().flat_map(|caller| caller.build.contexts.values()).filter_map(Setting::known);
    let folders: BTreeSet<&str> = given.filter(|context| context.starts_with('/')).collect();
    let is_inside = |folder: &&str| {
        Path::new(folder).canonicalize().is_ok_and(|real| real.is_dir() && real.starts_with(&boundary))
    };
    let read = |folder: &str| {
        let facts = facts::of_named_context(Path::new(folder), NAMED_LIMITS).ok()?;
        Some((folder.to_owned(), facts))
    };
    folders.into_iter().filter(is_inside).take(NAMED_CONTEXTS).filter_map(read).collect()
}

/// The Dockerfile that alone an ignore file is for: `<Dockerfile>.dockerignore` lies beside it. None for `.dockerignore`.
#[must_use]
pub fn dockerfile_of(ignore_file: &Path) -> Option<PathBuf> {
    let name = ignore_file.file_name()?.to_str()?.strip_suffix(".dockerignore")?;
    (!name.is_empty()).then(|| ignore_file.with_file_name(name))
}

/// What is in the build context that an ignore file with this text is for: its folder or, where it is for one Dockerfile alone, that
/// one's. Nothing where the folder cannot be read.
#[must_use]
pub fn ignore_file_facts(
    ignore_file: &Path,
    text: String,
    copied_paths: &[String],
    boundary: &Path,
) -> Option<ContextFacts> {
    let folder = ignore_file.parent()?;
    let own = dockerfile_of(ignore_file);
    let (root, dockerfile) = match &own {
        Some(dockerfile) => (context_root(copied_paths, dockerfile, boundary), dockerfile.clone()),
        None => (folder.to_owned(), folder.join("Dockerfile")),
    };
    let mut context = context_facts(&root, &dockerfile)?;
    let path = match context.ignore_file {
        Some(read) if own.is_some() => read.path,
        _ => ignore_file.strip_prefix(&root).unwrap_or(ignore_file).display().to_string(),
    };
    context.ignore_file = Some(IgnoreFile { path, text });
    context.dockerfile = context.dockerfile.filter(|_| own.is_some());
    Some(context)
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

    #[test]
    fn an_ignore_file_is_for_its_folder_or_for_one_dockerfile() {
        let folder = tree(&[
            ("package.json", "{}"),
            (".dockerignore", "a"),
            ("Dockerfile.dockerignore", "b"),
            ("docker/api.Dockerfile", ""),
            ("docker/api.Dockerfile.dockerignore", "c"),
        ]);
        let root = folder.path();
        let facts = |path: &str, copied: &[&str]| {
            let copied: Vec<String> = copied.iter().map(|path| (*path).to_owned()).collect();
            let facts = ignore_file_facts(&root.join(path), "new".to_owned(), &copied, root).unwrap();
            let ignore = facts.ignore_file.unwrap();
            assert_eq!(ignore.text, "new");
            (PathBuf::from(facts.root), ignore.path, facts.dockerfile)
        };
        let own = |name: &str| Some(name.to_owned());
        assert_eq!(facts(".dockerignore", &[]), (root.to_owned(), ".dockerignore".to_owned(), None));
        assert_eq!(
            facts("Dockerfile.dockerignore", &[]),
            (root.to_owned(), "Dockerfile.dockerignore".to_owned(), own("Dockerfile"))
        );
        let path = "docker/api.Dockerfile.dockerignore";
        let expected = (root.to_owned(), path.to_owned(), own("docker/api.Dockerfile"));
        assert_eq!(facts(path, &["package.json"]), expected);
        let name = "api.Dockerfile.dockerignore".to_owned();
        assert_eq!(facts(path, &[]), (root.join("docker"), name, own("api.Dockerfile")));
    }

    #[cfg(unix)]
    #[test]
    fn named_contexts_are_read_inside_of_the_workspace_alone() {
        let folder =
            tree(&[("w/libs/a.txt", ""), ("w/libs/.dockerignore", "b"), ("secret/key", ""), ("w/file", "")]);
        let root = folder.path().canonicalize().unwrap();
        std::os::unix::fs::symlink(root.join("secret"), root.join("w/link")).unwrap();
        let known = |path: &str| Setting::Known(root.join(path).display().to_string());
        let contexts = [
            ("libs", known("w/libs")),
            ("outside", known("secret")),
            ("link", known("w/link")),
            ("gone", known("w/gone")),
            ("file", known("w/file")),
            ("image", Setting::Known("docker-image://alpine".to_owned())),
        ];
        let contexts = contexts.into_iter().map(|(name, setting)| (name.to_owned(), setting)).collect();
        let build = semantic::CallerBuild { contexts, ..semantic::CallerBuild::default() };
        let caller = Caller {
            kind: semantic::CallerKind::Compose,
            file: "/w/compose.yaml".to_owned(),
            shown_file: "compose.yaml".to_owned(),
            line: 0,
            name: "web".to_owned(),
            build,
        };
        let read = named_contexts(&[caller], &root.join("w"));
        assert_eq!(read.keys().collect::<Vec<_>>(), [&root.join("w/libs").display().to_string()]);
        let libs = read.values().next().unwrap();
        assert!(libs.has("a.txt") && libs.complete && libs.dockerignore().is_ignored("b"));
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
