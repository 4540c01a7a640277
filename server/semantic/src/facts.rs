//! What lies outside the Dockerfile, as plain data: an input like the text.
//!
//! `workspace` and `builder` fill it; rules, rewrites and `ide` read it. What is absent is unknown, never guessed.

pub mod callers;
pub mod node;
mod patterns;
pub mod rust;
pub mod shell_checks;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::image_reference::ImageReference;

use crate::dockerignore::Dockerignore;

/// All that is known outside of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The build context; absent where it was not read.
    pub context: Option<ContextFacts>,
    /// Images on the builder, by the name that a FROM may use.
    pub base_images: BTreeMap<String, ImageFacts>,
    /// Names of all images on the builder, with their tags, as `docker images` shows them.
    pub local_images: BTreeSet<String>,
    /// What the builder's own frontend understands; absent where no builder was asked.
    pub frontend: Option<FrontendFacts>,
    /// Who builds this file, and how.
    #[serde(default)]
    pub callers: Vec<callers::Caller>,
    /// The values of `TARGETARCH` and its like, where a certain build is meant; those that are absent are not known.
    #[serde(default)]
    pub platform_arguments: BTreeMap<String, String>,
    /// What lies in the folders that callers name as contexts, by the folder's whole path; those that were read.
    #[serde(default)]
    pub named_contexts: BTreeMap<String, ContextFacts>,
    /// What ShellCheck said of the file's scripts; absent where it was not asked.
    #[serde(skip)]
    pub shell_checks: Option<shell_checks::ShellChecks>,
}

/// The build context.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContextFacts {
    /// The context's folder, for messages.
    pub root: String,
    /// Files by path from the context's root, before .dockerignore.
    pub files: BTreeMap<String, FileFacts>,
    /// Whether `files` is all there is; a listing is cut off at a limit.
    pub complete: bool,
    /// Texts of manifests (`package.json`, `Cargo.toml` …) by path, each of a bounded size; and of sources that say what their program
    /// needs at run time (`.go`, `.py`, `.sh`), as far as they are not too many.
    pub manifests: BTreeMap<String, String>,
    /// The .dockerignore in force.
    pub ignore_file: Option<IgnoreFile>,
    /// The Dockerfile's path from the context's root, where it lies inside.
    pub dockerfile: Option<String>,
}

/// A file of the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
}

/// What a path of the context is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

/// The .dockerignore in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IgnoreFile {
    /// Its path from the context's root.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// An image's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageFacts {
    /// ENV.
    pub environment: BTreeMap<String, String>,
    /// WORKDIR; empty where unset.
    pub workdir: String,
    /// USER; empty where unset.
    pub user: String,
    /// SHELL; empty where unset.
    pub shell: Vec<String>,
    /// ENTRYPOINT; empty where unset.
    pub entrypoint: Vec<String>,
    /// CMD; empty where unset.
    pub command: Vec<String>,
    /// Bytes as the engine's inspection gives them.
    pub size: u64,
    /// What it is for, such as `linux/arm64/v8`; empty where unknown.
    pub platform: String,
    /// The digest under which a registry has it (`sha256:…`), else the image's Id; empty where the engine says neither.
    pub digest: String,
    /// The names under which registries have it, each with its digest (`node@sha256:…`); empty for one that was built here.
    pub pulled: Vec<String>,
    /// When it was made, as RFC 3339; empty where unknown.
    pub created: String,
    /// How many layers it has; 0 where unknown.
    pub layers: usize,
    /// EXPOSE, sorted: `80/tcp`.
    pub ports: Vec<String>,
    /// The names of `environment` in the image's own order, which a builder keeps.
    pub environment_names: Vec<String>,
    /// The digests of its layers' contents, lowest first. Two images of the same layers are the same to a builder's cache.
    pub layer_digests: Vec<String>,
    /// ONBUILD: what runs at the start of each stage that is built on it, as written.
    pub triggers: Vec<String>,
}

/// What the builder's own Dockerfile frontend understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrontendFacts {
    /// Heredocs in RUN and COPY.
    pub heredocs: bool,
    /// `COPY --link`.
    pub copy_link: bool,
    /// `RUN --network`.
    pub run_network: bool,
    /// `--mount=type=secret,env=NAME`.
    pub secret_env: bool,
    /// `COPY --parents`.
    pub copy_parents: bool,
    /// Named contexts.
    pub named_contexts: bool,
    /// Build checks through the gateway.
    pub lint: bool,
}

impl Facts {
    /// The image that a FROM of this name gets, where the builder has it, under whichever of its spellings: `node` is
    /// `docker.io/library/node:latest`.
    #[must_use]
    pub fn base_image(&self, name: &str) -> Option<&ImageFacts> {
        if self.base_images.is_empty() {
            return None;
        }
        self.base_images.get(name).or_else(|| {
            let wanted = full_name(name)?;
            let same = |(known, _): &(&String, &ImageFacts)| full_name(known).as_ref() == Some(&wanted);
            self.base_images.iter().find(same).map(|(_, image)| image).or_else(|| self.pinned_image(name))
        })
    }
}

impl Facts {
    /// The image that a FROM pins by this digest, where the builder has it under the same name.
    fn pinned_image(&self, name: &str) -> Option<&ImageFacts> {
        let (without_digest, digest) = name.split_once('@')?;
        let (registry, repository, tag, _) = full_name(without_digest)?;
        let same = |(known, image): &(&String, &ImageFacts)| {
            image.digest == digest
                && full_name(known)
                    .is_some_and(|known| (&known.0, &known.1, &known.2) == (&registry, &repository, &tag))
        };
        self.base_images.iter().find(same).map(|(_, image)| image)
    }
}

/// Registry, repository, tag and digest, with what is left out filled in.
fn full_name(name: &str) -> Option<(String, String, Option<String>, Option<String>)> {
    let reference = ImageReference::parse(name).ok()?;
    let tag = reference.effective_tag().map(str::to_owned);
    Some((reference.registry, reference.repository, tag, reference.digest))
}

impl ContextFacts {
    /// Whether a file or folder lies at this path, before .dockerignore. A missing one is only certain where the listing is complete.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The text of a manifest.
    #[must_use]
    pub fn manifest(&self, path: &str) -> Option<&str> {
        self.manifests.get(path).map(String::as_str)
    }

    /// What lies directly or further down in a folder (`""` for the root), in order of path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, FileFacts)> {
        let first = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let listed = self.files.range(first.clone()..);
        listed
            .take_while(move |(path, _)| path.starts_with(&first))
            .map(|(path, file)| (path.as_str(), *file))
    }

    /// The ignore file, read; without one nothing is ignored.
    #[must_use]
    pub fn dockerignore(&self) -> Dockerignore {
        self.ignore_file.as_ref().map(|file| Dockerignore::parse(&file.text).0).unwrap_or_default()
    }
}

/// A path in a folder of the context; `""` is the root.
fn join(folder: &str, name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name);
    if folder.is_empty() || folder == "." { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A context of these files, all of them manifests.
    pub(super) fn context(files: &[(&str, &str)]) -> ContextFacts {
        let file = |text: &str| FileFacts { size: text.len() as u64, kind: FileKind::File };
        ContextFacts {
            files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect(),
            manifests: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
            complete: true,
            ..ContextFacts::default()
        }
    }

    #[test]
    fn what_lies_below_a_folder() {
        let context = context(&[("a", ""), ("a.b", ""), ("a/b", ""), ("a/c/d", ""), ("b", "")]);
        let below = |folder| context.below(folder).map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(below("a"), ["a/b", "a/c/d"]);
        assert_eq!(below("").len(), 5);
        assert_eq!(below("c"), [""; 0]);
    }

    #[test]
    fn facts_survive_a_round_trip() {
        let mut facts = Facts { context: Some(context(&[("package.json", "{}")])), ..Facts::default() };
        facts.local_images.insert("node:22".to_owned());
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }
}
