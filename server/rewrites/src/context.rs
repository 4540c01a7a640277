//! The build context as the builder gets it: what .dockerignore leaves of it, and where COPY puts it in the image.

use std::collections::BTreeMap;
use std::ops::Bound;

use semantic::dockerignore::Dockerignore;
use semantic::facts::{FileFacts, FileKind};
use semantic::{ContextFacts, Facts, Kind, SourceKind, StageInstruction, path};

/// The build context less what .dockerignore leaves out.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    files: BTreeMap<&'a str, &'a FileFacts>,
    manifests: &'a BTreeMap<String, String>,
    /// Whether nothing is missing in the listing.
    pub(crate) complete: bool,
}

impl<'a> Context<'a> {
    /// The context; absent where it is not known.
    pub(crate) fn of(facts: &'a Facts) -> Option<Self> {
        let ContextFacts { files, complete, manifests, ignore_file, .. } = facts.context.as_ref()?;
        let ignored = ignore_file.as_ref().map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default();
        let files = files
            .iter()
            .filter(|(path, _)| ignored.is_empty() || !ignored.is_ignored(path))
            .map(|(path, file)| (path.as_str(), file))
            .collect();
        Some(Self { files, manifests, complete: *complete })
    }

    /// Whether the builder gets this file.
    pub(crate) fn has_file(&self, path: &str) -> bool {
        self.files.get(path).is_some_and(|file| file.kind != FileKind::Directory)
    }

    /// Whether the builder gets this directory, or something in it.
    pub(crate) fn has_directory(&self, path: &str) -> bool {
        path == "."
            || self.below(path).next().is_some()
            || self.files.get(path).is_some_and(|file| file.kind == FileKind::Directory)
    }

    /// The text of a manifest that the builder gets.
    pub(crate) fn manifest(&self, path: &str) -> Option<&'a str> {
        let manifests: &'a BTreeMap<String, String> = self.manifests;
        manifests.get(path).map(String::as_str).filter(|_| self.has_file(path))
    }

    /// The files below a directory (`.` for all), by path from the context's root. They follow each other in the order of bytes.
    pub(crate) fn below(&self, directory: &str) -> impl Iterator<Item = &'a str> {
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let files = self.files.range::<str, _>(from).map(|(path, file)| (*path, *file));
        let below = files.take_while(move |(path, _)| path.starts_with(&prefix));
        below.filter(|(_, file)| file.kind != FileKind::Directory).map(|(path, _)| path)
    }

    /// The files that a pattern of COPY names (`*` and `?` within one name), directories too.
    fn matching(&self, pattern: &str) -> Vec<&'a str> {
        let named = self.files.keys().copied();
        let depth = pattern.matches('/').count();
        named.filter(|path| path.matches('/').count() == depth && is_match(pattern, path)).collect()
    }
}

/// Where the files of the context lie in a stage.
#[derive(Debug, Clone, Default)]
pub(crate) struct Landing {
    /// Context path (`.` for the root) and image path, of a file or of a directory's contents.
    places: Vec<(String, String)>,
}

impl Landing {
    /// Follows COPY and ADD. `root` is where a working directory that only the base image knows lies.
    pub(crate) fn of(context: &Context<'_>, instructions: &[StageInstruction], root: Option<&str>) -> Self {
        let mut places = Vec::new();
        for item in instructions {
            let Some(copy) = item.as_copy().filter(|copy| copy.from.is_none()) else { continue };
            let unpacks = matches!(item.kind, Kind::Add(_));
            let Some(place) = absolute(&copy.place, root) else { continue };
            for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
                let Some(value) = source.text.value.as_deref() else { continue };
                let cleaned = path::clean_context_path(value);
                let single = [cleaned.as_str()];
                let found = if cleaned.contains(['*', '?', '[']) {
                    context.matching(&cleaned)
                } else {
                    single.to_vec()
                };
                let several = found.len() > 1 || copy.into_directory;
                // What lies in an archive is not known.
                for found in found.into_iter().filter(|found| !(unpacks && is_archive(found))) {
                    let name = path::file_name(found);
                    let to = if context.has_directory(found) || !several {
                        place.clone()
                    } else {
                        path::clean(&format!("{place}/{name}"))
                    };
                    places.push((found.to_owned(), to));
                }
            }
        }
        Self { places }
    }

    /// The same, and a directory of the context at one of the image for all that no COPY brings: what steps write there.
    pub(crate) fn with_written(&self, directory: &str, image_directory: &str) -> Self {
        let mut places = vec![(directory.to_owned(), image_directory.to_owned())];
        places.extend(self.places.iter().cloned());
        Self { places }
    }

    /// Where a file of the context lies; the last COPY decides.
    pub(crate) fn image_path(&self, context_path: &str) -> Option<String> {
        self.places.iter().rev().find_map(|(from, to)| moved(context_path, from, to))
    }

    /// Which directory of the context lies in one of the image: by its contents, or by one of these files that was copied there alone.
    pub(crate) fn directory(&self, image_directory: &str, files: &[&str]) -> Option<String> {
        self.context_path(image_directory).or_else(|| {
            files.iter().find_map(|file| {
                let found = self.context_path(&path::clean(&format!("{image_directory}/{file}")))?;
                let folder = match found.strip_suffix(file)? {
                    "" => ".",
                    folder => folder.trim_end_matches('/'),
                };
                Some(folder.to_owned())
            })
        })
    }

    /// Which path of the context a path of the image comes from, whether or not there is such a file.
    pub(crate) fn context_path(&self, image_path: &str) -> Option<String> {
        self.places.iter().rev().find_map(|(from, to)| moved(image_path, to, from))
    }
}

/// Whether ADD unpacks a file of this name: `docs.docker.com/reference/dockerfile/#adding-local-tar-archives`.
pub(crate) fn is_archive(path: &str) -> bool {
    let endings = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"];
    endings.iter().any(|ending| path.ends_with(ending))
}

/// An absolute path for a place that may be relative to the base image's working directory.
pub(crate) fn absolute(place: &path::Place, root: Option<&str>) -> Option<String> {
    match place {
        path::Place::Known(path) => Some(path.clone()),
        path::Place::Relative(path) => root.map(|root| path::clean(&format!("{root}/{path}"))),
        path::Place::Unknown => None,
    }
}

fn moved(path: &str, from: &str, to: &str) -> Option<String> {
    if !path::is_within(path, from) {
        return None;
    }
    let rest = match from {
        "." | "/" => path,
        _ => &path[from.len()..],
    };
    Some(path::clean(&match to {
        "." => rest.trim_start_matches('/').to_owned(),
        _ => format!("{to}/{rest}"),
    }))
}

/// Whether a path matches a pattern of `*` and `?` within names.
pub(crate) fn is_match(pattern: &str, path: &str) -> bool {
    let (mut parts, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (parts.next(), names.next()) {
            (None, None) => return true,
            (Some(part), Some(name)) if is_name_match(part.as_bytes(), name.as_bytes()) => {}
            _ => return false,
        }
    }
}

fn is_name_match(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.first(), name.first()) {
        (None, None) => true,
        (Some(b'*'), _) if is_name_match(&pattern[1..], name) => true,
        (Some(b'*'), Some(_)) => is_name_match(pattern, &name[1..]),
        (Some(b'?'), Some(_)) => is_name_match(&pattern[1..], &name[1..]),
        (Some(letter), Some(other)) if letter == other => is_name_match(&pattern[1..], &name[1..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{facts, model};

    fn landing(dockerfile: &str, files: &[(&str, &str)]) -> (Option<String>, Option<String>) {
        let facts = facts(files);
        let model = model(dockerfile, &facts);
        let context = Context::of(&facts).unwrap();
        let landing = Landing::of(&context, &model.stages[0].instructions, Some("/"));
        (landing.image_path("src/a.js"), landing.context_path("/app/package.json"))
    }

    #[test]
    fn copies_are_followed_both_ways() {
        let files = &[("package.json", "{}"), ("package-lock.json", "{}"), ("src/a.js", "")][..];
        let some = |path: &str| Some(path.to_owned());
        for (dockerfile, expected) in [
            ("FROM a\nWORKDIR /app\nCOPY . .\n", (some("/app/src/a.js"), some("package.json"))),
            (
                "FROM a\nCOPY package*.json /app/\nCOPY src /app/lib\n",
                (some("/app/lib/a.js"), some("package.json")),
            ),
            ("FROM a\nCOPY src/a.js /x/b.js\n", (some("/x/b.js"), None)),
            ("FROM a\nCOPY src/a.js x/\n", (some("/x/a.js"), None)),
        ] {
            assert_eq!(landing(dockerfile, files), expected, "{dockerfile}");
        }
    }

    #[test]
    fn patterns_match_within_a_name() {
        assert!(is_match("package*.json", "package-lock.json") && is_match("packages/*", "packages/a"));
        assert!(!is_match("*", "a/b") && !is_match("a?", "a") && is_match("a?", "ab"));
    }
}
