//! Which files are Dockerfiles, and where they are below a folder.
//!
//! Only names decide here; an editor's language id may also say so.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// Endings of templates: a program makes the Dockerfile out of them, so they are none yet.
const TEMPLATES: [&str; 14] = [
    "ejs", "erb", "gotmpl", "hbs", "in", "j2", "jinja", "jinja2", "liquid", "mako", "mustache", "template",
    "tmpl", "tpl",
];

/// Folders that hold other people's files.
const NOT_OURS: [&str; 2] = [".git", "node_modules"];

/// Longer files are not read for a search, in bytes.
const MAX_LEN: u64 = 1 << 20;

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// The Dockerfiles, folder by folder, by name.
    pub files: Vec<PathBuf>,
    /// The ignore files, in the same order.
    pub ignore_files: Vec<PathBuf>,
    /// Folders that could not be read.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Whether a file of this name is a Dockerfile.
#[must_use]
pub fn is_dockerfile_name(name: &str) -> bool {
    let ending = ending(name);
    if ending == "dockerignore" || TEMPLATES.contains(&ending) {
        return false;
    }
    let is_first =
        |first: &str| name.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    is_first("Dockerfile")
        || is_first("Containerfile")
        || matches!(ending, "Dockerfile" | "dockerfile" | "containerfile")
}

/// Whether a file of this name is a `.dockerignore`, or the `<Dockerfile>.dockerignore` of one Dockerfile.
#[must_use]
pub fn is_ignore_file_name(name: &str) -> bool {
    name.ends_with(".dockerignore")
}

/// Whether what an editor has open is a Dockerfile, by the editor's language id and the file's name. A template is none, whatever the
/// editor takes it for.
#[must_use]
pub fn is_dockerfile_in_editor(language_id: &str, name: &str) -> bool {
    is_dockerfile_name(name) || (is_dockerfile_language(language_id) && !TEMPLATES.contains(&ending(name)))
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Whether an editor's language id means Dockerfiles.
#[must_use]
pub fn is_dockerfile_language(id: &str) -> bool {
    id.eq_ignore_ascii_case("dockerfile") || id.eq_ignore_ascii_case("containerfile")
}

/// Finds the Dockerfiles and ignore files below a folder. Links to files count, links to folders are not followed.
#[must_use]
pub fn find(folder: &Path) -> Found {
    let mut found = Found::default();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_not_ours(entry)) {
        match entry {
            Ok(entry) if is_file_of(&entry, is_dockerfile_name) => found.files.push(entry.into_path()),
            Ok(entry) if is_file_of(&entry, is_ignore_file_name) => {
                found.ignore_files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let error = error.into_io_error().unwrap_or_else(|| io::Error::other("links form a loop"));
                found.unreadable.push((path, error));
            }
        }
    }
    found
}

/// How far a search goes that somebody waits for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files and folders that are looked at.
    pub entries: usize,
    /// Dockerfiles.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 20_000, files: 200 }
    }
}

/// The first Dockerfiles below a folder, by name. What cannot be read is left out.
#[must_use]
pub fn find_first(folder: &Path, limits: Limits) -> Vec<PathBuf> {
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = walk.filter_entry(|entry| entry.depth() == 0 || !is_not_ours(entry)).take(limits.entries);
    let dockerfiles = entries.filter_map(Result::ok).filter(|entry| is_file_of(entry, is_dockerfile_name));
    dockerfiles.take(limits.files).map(DirEntry::into_path).collect()
}

/// The text of a Dockerfile; nothing where it cannot be read, is no regular file, or is longer than a Dockerfile ever is.
#[must_use]
pub fn read(path: &Path) -> Option<String> {
    let metadata = path.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= MAX_LEN)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    // It may grow while it is read.
    fs::File::open(path).ok()?.take(MAX_LEN).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn is_not_ours(entry: &DirEntry) -> bool {
    entry.file_type().is_dir() && entry.file_name().to_str().is_some_and(|name| NOT_OURS.contains(&name))
}

fn is_file_of(entry: &DirEntry, is_name: fn(&str) -> bool) -> bool {
    let is_file =
        || entry.file_type().is_file() || (entry.file_type().is_symlink() && entry.path().is_file());
    entry.file_name().to_str().is_some_and(is_name) && is_file()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn names() {
        for name in [
            "Dockerfile",
            "Dockerfile.dev",
            "Containerfile",
            "Containerfile.x",
            "a.Dockerfile",
            "a.dockerfile",
            "a.containerfile",
            "Dockerfile.a.b",
        ] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in [
            "dockerfile",
            "Dockerfiles",
            "Dockerfile-dev",
            "Dockerfile.j2",
            "a.Dockerfile.tmpl",
            "Dockerfile.dockerignore",
            "x.txt",
            "",
            "a.Containerfile.in",
        ] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
        assert!(is_dockerfile_language("Dockerfile") && is_dockerfile_language("containerfile"));
        assert!(!is_dockerfile_language("yaml"));
        assert!(is_dockerfile_in_editor("dockerfile", "build") && is_dockerfile_in_editor("", "Dockerfile"));
        assert!(
            !is_dockerfile_in_editor("dockerfile", "Dockerfile.j2") && !is_dockerfile_in_editor("yaml", "x")
        );
    }

    #[test]
    fn a_search_that_somebody_waits_for_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["a/Dockerfile", "b/Dockerfile", "c/x", "d/Dockerfile", "node_modules/Dockerfile"] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "FROM a").unwrap();
        }
        let names = |limits| {
            let found = find_first(root, limits);
            let relative = found.iter().map(|path| path.strip_prefix(root).unwrap().display().to_string());
            relative.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(Limits::default()), "a/Dockerfile b/Dockerfile d/Dockerfile");
        assert_eq!(names(Limits { files: 2, ..Limits::default() }), "a/Dockerfile b/Dockerfile");
        assert_eq!(names(Limits { entries: 3, ..Limits::default() }), "a/Dockerfile");
        assert_eq!(read(&root.join("a/Dockerfile")).as_deref(), Some("FROM a"));
        assert_eq!((read(&root.join("a")), read(&root.join("nowhere"))), (None, None));
        fs::File::create(root.join("long")).unwrap().set_len(MAX_LEN + 1).unwrap();
        assert_eq!(read(&root.join("long")), None);
    }

    #[test]
    fn dockerfiles_are_found_in_order_without_loops() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in [
            "b/Dockerfile",
            "a/x.dockerfile",
            "a/Dockerfile.j2",
            "node_modules/p/Dockerfile",
            ".git/Dockerfile",
            "Dockerfile/Dockerfile.dev",
            "b/Dockerfile.dockerignore",
            ".dockerignore",
            "node_modules/p/.dockerignore",
            "c/readme",
        ] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "FROM scratch\n").unwrap();
        }
        symlink(root, root.join("b/loop")).unwrap();
        symlink(root.join("c/readme"), root.join("c/Dockerfile")).unwrap();
        symlink(root.join("nowhere"), root.join("c/Dockerfile.gone")).unwrap();
        let found = find(root);
        let files: Vec<_> =
            found.files.iter().map(|path| path.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(files, ["Dockerfile/Dockerfile.dev", "a/x.dockerfile", "b/Dockerfile", "c/Dockerfile"]);
        let ignore_files: Vec<_> =
            found.ignore_files.iter().map(|path| path.strip_prefix(root).unwrap()).collect();
        assert_eq!(ignore_files, [Path::new(".dockerignore"), Path::new("b/Dockerfile.dockerignore")]);
        assert!(found.unreadable.is_empty());
        assert_eq!(find(&root.join("nowhere")).unreadable.len(), 1);
    }
}
