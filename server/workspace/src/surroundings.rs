//! What lies around a Dockerfile, read from disk as [`semantic::Facts`]: which folder is its build context, and what is in it.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use semantic::dockerignore::{Dockerignore, FolderMatch};
use semantic::facts::{FileFacts, FileKind, IgnoreFile};
use semantic::{ContextFacts, Model};

use crate::context::ignore_file;

/// A listing ends after this many entries; what is ignored and what lies deep comes last in it.
const ENTRY_LIMIT: usize = 20_000;

/// A manifest above this many bytes is not read.
const MANIFEST_LIMIT: u64 = 256 * 1024;

/// All manifests together are not read beyond this many bytes.
const MANIFESTS_LIMIT: u64 = 4 * 1024 * 1024;

/// Files that say how a project is built. None of them is a place for credentials.
const MANIFESTS: &[&str] = &[
    "package.json",
    "pnpm-workspace.yaml",
    "lerna.json",
    "tsconfig.json",
    "deno.json",
    "Cargo.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
    "go.mod",
    "go.work",
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "setup.py",
    "setup.cfg",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "global.json",
    "Directory.Packages.props",
];

/// The build context of a Dockerfile where nobody names one: its folder or, if paths that it copies are missing there, the
/// nearest folder above that has them all, up to `boundary`. For the paths see [`copied_paths`].
#[must_use]
pub fn context_root(copied_paths: &[String], dockerfile: &Path, boundary: &Path) -> PathBuf {
    let folder =
        dockerfile.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let has_all = |root: &Path| {
        copied_paths.iter().all(|path| root.join(literal_part(path)).symlink_metadata().is_ok())
    };
    let above = folder
        .ancestors()
        .skip(1)
        .take_while(|above| folder.starts_with(boundary) && above.starts_with(boundary));
    let root = std::iter::once(folder).chain(above).find(|root| has_all(root));
    root.unwrap_or(folder).to_owned()
}

/// The paths and patterns that a file copies from its context.
#[must_use]
pub fn copied_paths(model: &Model) -> Vec<String> {
    let instructions = model.stages.iter().flat_map(|stage| &stage.instructions);
    instructions.filter_map(|item| item.as_copy()).flat_map(|copy| copy.context_paths()).collect()
}

/// The path up to its first wildcard.
fn literal_part(path: &str) -> String {
    let is_literal = |part: &&str| !part.contains(['*', '?', '[', '\\']);
    path.split('/').take_while(is_literal).collect::<Vec<_>>().join("/")
}

/// What is in a build context; nothing where the folder cannot be read.
#[must_use]
pub fn context_facts(root: &Path, dockerfile: &Path) -> Option<ContextFacts> {
    fs::read_dir(root).ok()?;
    let ignore_file = ignore_file(root, dockerfile).ok().flatten();
    let ignored = ignore_file.as_ref().map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
    let mut listing = Listing::new(root, &ignored);
    listing.read();
    let relative = |path: &Path| Some(path.strip_prefix(root).ok()?.to_string_lossy().into_owned());
    Some(ContextFacts {
        root: root.display().to_string(),
        manifests: manifests(root, &listing.files),
        files: listing.files,
        complete: listing.complete,
        ignore_file: ignore_file.map(|file| IgnoreFile {
            path: relative(&file.path).unwrap_or_else(|| file.path.to_string_lossy().into_owned()),
            text: file.text,
        }),
        dockerfile: relative(dockerfile),
    })
}

struct Listing<'a> {
    root: &'a Path,
    ignored: &'a Dockerignore,
    /// Folders to read, the shallow ones first.
    open: VecDeque<Folder>,
    /// Folders that the builder does not get; they are read after all others.
    open_ignored: VecDeque<Folder>,
    files: BTreeMap<String, FileFacts>,
    complete: bool,
}

struct Folder {
    path: String,
    matches: FolderMatch,
}

impl<'a> Listing<'a> {
    fn new(root: &'a Path, ignored: &'a Dockerignore) -> Self {
        let top = Folder { path: String::new(), matches: FolderMatch::default() };
        Self {
            root,
            ignored,
            open: VecDeque::from([top]),
            open_ignored: VecDeque::new(),
            files: BTreeMap::new(),
            complete: true,
        }
    }

    fn read(&mut self) {
        while let Some(folder) = self.open.pop_front().or_else(|| self.open_ignored.pop_front()) {
            // A folder that cannot be read, or has gone since, is a hole in the listing.
            let Ok(entries) = fs::read_dir(self.root.join(&folder.path)) else {
                self.complete = false;
                continue;
            };
            let mut entries: Vec<fs::DirEntry> = entries.flatten().collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                if self.files.len() >= ENTRY_LIMIT {
                    self.complete = false;
                    return;
                }
                self.add(&folder, &entry);
            }
        }
    }

    /// Links are entries and never followed, so that loops of them do no harm.
    fn add(&mut self, folder: &Folder, entry: &fs::DirEntry) {
        let name = entry.file_name();
        let (Some(name), Ok(metadata)) = (name.to_str(), entry.metadata()) else {
            self.complete = false;
            return;
        };
        let path = if folder.path.is_empty() { name.to_owned() } else { format!("{}/{name}", folder.path) };
        let kind = match metadata.file_type() {
            kind if kind.is_dir() => FileKind::Directory,
            kind if kind.is_symlink() => FileKind::Symlink,
            kind if kind.is_file() => FileKind::File,
            // Sockets, pipes and devices: no COPY that a Dockerfile means takes them.
            _ => return,
        };
        let size = if kind == FileKind::File { metadata.len() } else { 0 };
        if kind == FileKind::Directory {
            let (is_ignored, matches) = self.ignored.matches_in(&folder.matches, &path);
            // Git's own store is never what a build is about, and it is large.
            let last = is_ignored || name == ".git";
            let folders = if last { &mut self.open_ignored } else { &mut self.open };
            folders.push_back(Folder { path: path.clone(), matches });
        }
        self.files.insert(path, FileFacts { size, kind });
    }
}

fn manifests(root: &Path, files: &BTreeMap<String, FileFacts>) -> BTreeMap<String, String> {
    let mut left = MANIFESTS_LIMIT;
    let mut manifests = BTreeMap::new();
    for (path, facts) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_manifest = MANIFESTS.contains(&name) && !path.contains("node_modules/");
        if !is_manifest || facts.kind != FileKind::File || facts.size > MANIFEST_LIMIT.min(left) {
            continue;
        }
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            left = left.saturating_sub(text.len() as u64);
            manifests.insert(path.clone(), text);
        }
    }
    manifests
}

#[cfg(test)]
mod tests {
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
    fn what_is_ignored_or_gits_own_is_listed_last() {
        let ignored: Vec<(String, &str)> = (0..30).map(|number| (format!("a/{number}"), "")).collect();
        let mut files: Vec<(&str, &str)> =
            ignored.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        files.extend([(".git/x", ""), ("z/deep/er", ""), (".dockerignore", "a\n")]);
        let folder = tree(&files);
        let ignored = Dockerignore::parse("a\n").0;
        let mut listing = Listing::new(folder.path(), &ignored);
        let mut order = Vec::new();
        while let Some(next) = listing.open.pop_front().or_else(|| listing.open_ignored.pop_front()) {
            order.push(next.path.clone());
            let mut entries: Vec<_> =
                fs::read_dir(folder.path().join(&next.path)).unwrap().flatten().collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            entries.iter().for_each(|entry| listing.add(&next, entry));
        }
        assert_eq!(order, ["", "z", "z/deep", ".git", "a"]);
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
