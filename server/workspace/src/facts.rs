//! The build context as facts: what lies in it, and the texts of its manifests.
//!
//! The listing is for understanding, not for sending (that is [`crate::context`]): it forgives what cannot be read, and says that it
//! is not complete then. What .dockerignore leaves out is listed too, for a rule may ask why a COPY does not find it.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use semantic::dockerignore::Dockerignore;
use semantic::facts::{ContextFacts, FileFacts, FileKind, IgnoreFile};

use crate::context::{self, ContextError};

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files and folders at most.
    pub files: usize,
    /// Bytes of one manifest at most; a longer one is left out.
    pub manifest: u64,
    /// Bytes of all manifests at most.
    pub manifests: u64,
    /// Bytes of all sources at most, of those that say what their program needs at run time.
    pub sources: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 50_000, manifest: 1 << 20, manifests: 16 << 20, sources: 4 << 20 }
    }
}

/// Names of files that say how a project is installed and built. Not `.npmrc`, `gradle.properties` and the like, which may hold secrets.
const MANIFESTS: [&str; 57] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    ".yarnrc.yml",
    "pnpm-workspace.yaml",
    "lerna.json",
    "deno.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "angular.json",
    "nest-cli.json",
    "turbo.json",
    "nx.json",
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "vite.config.js",
    "vite.config.mjs",
    "vite.config.ts",
    "webpack.config.js",
    "webpack.config.cjs",
    "rollup.config.js",
    "rollup.config.mjs",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain",
    "rust-toolchain.toml",
    ".cargo/config",
    ".cargo/config.toml",
    "go.mod",
    "go.work",
    "requirements.txt",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "global.json",
    "Directory.Packages.props",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "Gemfile.lock",
    "Makefile",
    "makefile",
    "CMakeLists.txt",
    "Makefile.am",
    "configure.ac",
    "meson.build",
];

/// Folders full of what tools have put there: listed last, and their manifests are nobody's.
const MADE_BY_TOOLS: [&str; 5] = [".git", "node_modules", "target", ".venv", "vendor"];

/// Reads the facts of a context, for a Dockerfile that need not lie in it.
///
/// # Errors
/// A context that is no folder or cannot be read, an ignore file that cannot be read.
pub fn of_context(root: &Path, dockerfile: &Path, limits: Limits) -> Result<ContextFacts, ContextError> {
    let ignore_file = context::ignore_file(root, dockerfile);
    let mut facts = list(root, ignore_file, limits)?;
    facts.dockerfile = relative(root, dockerfile);
    Ok(facts)
}

/// Reads contexts for many Dockerfiles one after the other: a folder that the Dockerfile before had as its context is not read again.
/// For programs that end soon: what changes meanwhile is not seen.
#[derive(Debug, Default)]
pub struct Contexts {
    last: Mutex<Option<ContextFacts>>,
}

impl Contexts {
    /// As [`of_context`].
    ///
    /// # Errors
    /// As for [`of_context`].
    pub fn of(&self, root: &Path, dockerfile: &Path, limits: Limits) -> Result<ContextFacts, ContextError> {
        let ignore_file = context::ignore_file(root, dockerfile)?;
        let shown = root.display().to_string();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |file: &IgnoreFile| file.text.clone();
        let is_same = |known: &&ContextFacts| {
            known.root == shown
                && known.ignore_file.as_ref().map(text) == ignore_file.as_ref().map(|file| file.text.clone())
        };
        let mut facts = match last.as_ref().filter(is_same) {
            Some(known) => {
                let mut known = known.clone();
                known.ignore_file = ignore_file.map(|file| shown_in(root, file));
                known
            }
            None => {
                let read = list(root, Ok(ignore_file), limits)?;
                *last = Some(read.clone());
                read
            }
        };
        facts.dockerfile = relative(root, dockerfile);
        Ok(facts)
    }
}

fn shown_in(root: &Path, file: context::IgnoreFile) -> IgnoreFile {
    IgnoreFile {
        path: relative(root, &file.path).unwrap_or_else(|| file.path.display().to_string()),
        text: file.text,
    }
}

/// Reads the facts of a named context.
///
/// # Errors
/// As for [`of_context`].
pub fn of_named_context(root: &Path, limits: Limits) -> Result<ContextFacts, ContextError> {
    list(root, context::ignore_file_of_named(root), limits)
}

fn list(
    root: &Path,
    ignore_file: Result<Option<context::IgnoreFile>, ContextError>,
    limits: Limits,
) -> Result<ContextFacts, ContextError> {
    let unreadable = |error| ContextError::Root { path: root.display().to_string(), error };
    fs::read_dir(root).map_err(unreadable)?;
    let ignore_file = ignore_file?.map(|file| shown_in(root, file));
    let mut facts = ContextFacts {
        root: root.display().to_string(),
        complete: true,
        ignore_file,
        ..ContextFacts::default()
    };
    let mut listing = Listing {
        ignore: facts.dockerignore(),
        limits,
        manifest_bytes: 0,
        source_bytes: 0,
        first: VecDeque::new(),
        last: VecDeque::new(),
    };
    listing.first.push_back(Folder { path: String::new(), absolute: root.to_owned(), is_ours: true });
    while let Some(folder) = listing.first.pop_front().or_else(|| listing.last.pop_front()) {
        if !listing.read(&folder, &mut facts) {
            facts.complete = false;
        }
        if facts.files.len() >= limits.files {
            facts.complete &= listing.first.is_empty() && listing.last.is_empty();
            break;
        }
    }
    Ok(facts)
}

/// A folder to be read.
struct Folder {
    path: String,
    absolute: PathBuf,
    /// Neither ignored nor made by tools, and nothing above it is.
    is_ours: bool,
}

/// Goes through folders level by level, so that a limit cuts off what is deepest; what is not ours comes last.
struct Listing {
    ignore: Dockerignore,
    limits: Limits,
    manifest_bytes: u64,
    source_bytes: u64,
    first: VecDeque<Folder>,
    last: VecDeque<Folder>,
}

impl Listing {
    /// Lists one folder; false where something in it is missing from the listing.
    fn read(&mut self, folder: &Folder, facts: &mut ContextFacts) -> bool {
        let Ok(entries) = fs::read_dir(&folder.absolute) else { return false };
        let mut complete = true;
        let mut names = Vec::new();
        for entry in entries {
            match entry.map(|entry| entry.file_name().into_string()) {
                Ok(Ok(name)) => names.push(name),
                _ => complete = false,
            }
        }
        names.sort_unstable();
        for name in names {
            if facts.files.len() >= self.limits.files {
                return false;
            }
            let path = if folder.path.is_empty() { name.clone() } else { format!("{}/{name}", folder.path) };
            let absolute = folder.absolute.join(&name);
            let Ok(metadata) = absolute.symlink_metadata() else {
                complete = false;
                continue;
            };
            let file_type = metadata.file_type();
            let kind = if file_type.is_dir() {
                let is_ours = folder.is_ours
                    && !MADE_BY_TOOLS.contains(&name.as_str())
                    && !self.ignore.is_ignored(&path);
                let next = Folder { path: path.clone(), absolute, is_ours };
                if is_ours {
                    self.first.push_back(next);
                } else {
                    self.last.push_back(next);
                }
                FileKind::Directory
            } else if file_type.is_file() {
                if folder.is_ours && is_manifest(&path) {
                    let most = self.limits.manifest.min(self.limits.manifests - self.manifest_bytes);
                    self.manifest_bytes += text(&path, &absolute, metadata.len(), most, facts);
                } else if folder.is_ours && is_source(&path) {
                    let most = self.limits.manifest.min(self.limits.sources - self.source_bytes);
                    self.source_bytes += text(&path, &absolute, metadata.len(), most, facts);
                }
                FileKind::File
            } else if file_type.is_symlink() {
                FileKind::Symlink
            } else {
                // Sockets, pipes and devices mean nothing in an image.
                continue;
            };
            let size = if kind == FileKind::File { metadata.len() } else { 0 };
            facts.files.insert(path, FileFacts { size, kind });
        }
        complete
    }
}

/// Keeps the text of a file that is not longer than `most`; gives how many bytes were read for that, kept or not: a file that is longer as
/// it was listed is not even opened.
fn text(path: &str, absolute: &Path, listed: u64, most: u64, facts: &mut ContextFacts) -> u64 {
    if listed > most {
        return 0;
    }
    let mut bytes = Vec::new();
    // It may have grown since it was listed.
    let read = File::open(absolute).and_then(|file| file.take(most).read_to_end(&mut bytes));
    let length = bytes.len() as u64;
    if read.is_ok()
        && length <= listed
        && let Ok(text) = String::from_utf8(bytes)
    {
        facts.manifests.insert(path.to_owned(), text);
    }
    length
}

fn is_manifest(path: &str) -> bool {
    let ends =
        |name: &str| path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let name = path.rsplit('/').next().unwrap_or(path);
    MANIFESTS.iter().any(|manifest| ends(manifest))
        || (name.starts_with("requirements") && name.ends_with(".txt"))
}

/// Sources that say what a program asks of its system, and scripts that start one.
fn is_source(path: &str) -> bool {
    let is_go = path.ends_with(".go") && !path.ends_with("_test.go");
    is_go || path.ends_with(".sh") || path.ends_with(".py")
}

/// A path from the context's root with `/` between its names, where it lies inside.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let inside = match path.strip_prefix(root) {
        Ok(inside) => inside.to_owned(),
        Err(_) => {
            let folder =
                path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let resolved = folder.canonicalize().ok()?.join(path.file_name()?);
            resolved.strip_prefix(root.canonicalize().ok()?).ok()?.to_owned()
        }
    };
    inside.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn read(folder: &tempfile::TempDir, limits: Limits) -> ContextFacts {
        of_context(folder.path(), &folder.path().join("Dockerfile"), limits).unwrap()
    }

    #[test]
    fn files_manifests_and_the_ignore_file_are_read() {
        let folder = folder(&[
            ("Dockerfile", "FROM x"),
            (".dockerignore", "*.log\n"),
            ("package.json", "{}"),
            (".npmrc", "secret"),
            ("gradle.properties", "password=secret"),
            ("web/package.json", "{\"a\": 1}"),
            ("web/.cargo/config.toml", ""),
            ("requirements-dev.txt", "x"),
            ("node_modules/x/package.json", "{}"),
            ("a.log", "1234"),
        ]);
        symlink("nowhere", folder.path().join("link")).unwrap();
        symlink(folder.path(), folder.path().join("web/loop")).unwrap();
        let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
        let facts = read(&folder, Limits::default());
        let kind = |path: &str| facts.files.get(path).map(|file| (file.kind, file.size));
        assert!(facts.complete);
        assert_eq!(kind("a.log"), Some((FileKind::File, 4)));
        assert_eq!(kind("web"), Some((FileKind::Directory, 0)));
        assert_eq!(kind("link"), Some((FileKind::Symlink, 0)));
        assert_eq!(kind("web/loop"), Some((FileKind::Symlink, 0)));
        assert_eq!(kind("socket"), None);
        assert_eq!(kind("node_modules/x/package.json"), Some((FileKind::File, 2)));
        let manifests: Vec<_> = facts.manifests.keys().map(String::as_str).collect();
        assert_eq!(
            manifests,
            ["package.json", "requirements-dev.txt", "web/.cargo/config.toml", "web/package.json"]
        );
        assert_eq!(facts.dockerfile.as_deref(), Some("Dockerfile"));
        let ignore_file = facts.ignore_file.as_ref().unwrap();
        assert_eq!((ignore_file.path.as_str(), ignore_file.text.as_str()), (".dockerignore", "*.log\n"));
        assert!(facts.dockerignore().is_ignored("a.log"));
    }

    #[test]
    fn a_limit_cuts_off_what_is_deep_or_not_ours() {
        let folder = folder(&[
            ("node_modules/x", ""),
            ("out/x", ""),
            ("src/deep/x", ""),
            ("src/a", ""),
            (".dockerignore", "out"),
        ]);
        let listed = |files| {
            let facts = read(&folder, Limits { files, ..Limits::default() });
            (facts.files.into_keys().collect::<Vec<_>>().join(" "), facts.complete)
        };
        assert_eq!(listed(6), (".dockerignore node_modules out src src/a src/deep".to_owned(), false));
        assert_eq!(listed(2), (".dockerignore node_modules".to_owned(), false));
        assert!(!listed(8).1);
        assert!(listed(9).1);
        assert!(listed(10).1);
    }

    #[test]
    fn sources_that_tell_of_their_program_are_read_within_their_own_limit() {
        let folder = folder(&[
            ("main.go", "package main"),
            ("main_test.go", ""),
            ("vendor/x/x.go", ""),
            ("start.sh", "exec x"),
            ("app.py", "x"),
            ("z/long.go", "package long"),
            ("z/go.mod", "module z"),
        ]);
        let facts = read(&folder, Limits { sources: 20, ..Limits::default() });
        assert_eq!(facts.manifests.keys().collect::<Vec<_>>(), ["app.py", "main.go", "start.sh", "z/go.mod"]);
        // What is read and is no text counts too.
        fs::write(folder.path().join("a.sh"), [0xff; 10]).unwrap();
        let facts = read(&folder, Limits { sources: 20, ..Limits::default() });
        assert_eq!(facts.manifests.keys().collect::<Vec<_>>(), ["app.py", "start.sh", "z/go.mod"]);
    }

    #[test]
    fn long_and_broken_manifests_are_left_out() {
        let folder =
            folder(&[("package.json", "{ 123456789 }"), ("a/go.mod", "12345"), ("b/go.mod", "12345")]);
        fs::write(folder.path().join("Cargo.toml"), [0xff]).unwrap();
        let facts = read(&folder, Limits { manifest: 8, manifests: 9, ..Limits::default() });
        assert_eq!(facts.manifests.keys().collect::<Vec<_>>(), ["a/go.mod"]);
        assert!(facts.has("package.json") && facts.has("Cargo.toml"));
    }

    #[test]
    fn a_dockerfile_elsewhere_brings_its_own_ignore_file() {
        let (root, other) =
            (folder(&[("x", "")]), folder(&[("Dockerfile", ""), ("Dockerfile.dockerignore", "x")]));
        let dockerfile = other.path().join("Dockerfile");
        let facts = of_context(root.path(), &dockerfile, Limits::default()).unwrap();
        assert_eq!(facts.dockerfile, None);
        assert!(facts.dockerignore().is_ignored("x"));
    }

    #[test]
    fn a_context_that_is_not_there_is_an_error() {
        let folder = folder(&[("file", "")]);
        for root in ["nowhere", "file"] {
            let root = folder.path().join(root);
            assert!(of_context(&root, &root.join("Dockerfile"), Limits::default()).is_err());
        }
    }
}
