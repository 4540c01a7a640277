//! Which image the run-time stage builds on: the same distribution and C library as the build, with less in it.

use semantic::image_reference::ImageReference;
use semantic::{Base, Facts, Stage};

use super::distribution::is_release;

/// A base for the run-time stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuntimeBase {
    /// As FROM says it, variables untouched.
    pub(super) text: String,
    /// The name with variables expanded, where it is another image than the file's own.
    pub(super) other: Option<String>,
}

impl RuntimeBase {
    /// What is to be checked about it: an image that is not the file's own and not on the builder.
    pub(super) fn check(&self, facts: &Facts) -> Option<String> {
        let name = self
            .other
            .as_deref()
            .filter(|name| facts.base_image(name).is_none() && !facts.local_images.contains(*name))?;
        Some(format!("that the image {name} exists and has what the program needs"))
    }
}

/// The file's own base.
pub(super) fn own(stage: &Stage) -> RuntimeBase {
    RuntimeBase { text: stage.image.raw.clone(), other: None }
}

/// Whether a stage builds on the official image of this name, from wherever it is pulled.
pub(super) fn is_official(stage: &Stage, name: &str) -> bool {
    let Base::Image(image) = &stage.base else { return false };
    ImageReference::parse(image).is_ok_and(|image| image.repository.ends_with(&format!("library/{name}")))
}

/// The slim variant of a Debian-based official image of a language, by its tag; the file's own image where there is none.
pub(super) fn slim(stage: &Stage, language: &str) -> RuntimeBase {
    slim_tag(stage, language).unwrap_or_else(|| own(stage))
}

fn slim_tag(stage: &Stage, language: &str) -> Option<RuntimeBase> {
    let Base::Image(name) = &stage.base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let is_the_language = image.repository.ends_with(&format!("library/{language}"));
    if !is_the_language || image.digest.is_some() {
        return None;
    }
    let raw = &stage.image.raw;
    match image.tag.as_deref() {
        None | Some("latest") if !raw.contains('$') => {
            let name = name.strip_suffix(":latest").unwrap_or(name);
            let text = format!("{}:slim", raw.strip_suffix(":latest").unwrap_or(raw));
            Some(RuntimeBase { text, other: Some(format!("{name}:slim")) })
        }
        Some(tag) if has_slim_variant(tag) => {
            // A quote at the end would come to stand before the addition.
            let is_plain = !raw.ends_with(['"', '\'']);
            is_plain.then(|| RuntimeBase { text: format!("{raw}-slim"), other: Some(format!("{name}-slim")) })
        }
        _ => None,
    }
}

/// Whether a tag names a full Debian variant: a version or channel alone, or with a release's name.
fn has_slim_variant(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_version = first.starts_with(|letter: char| letter.is_ascii_digit())
        && first.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let is_channel = matches!(first, "lts" | "current");
    match parts.next() {
        None => is_version || is_channel || is_release(first),
        Some(release) => (is_version || is_channel) && is_release(release) && parts.next().is_none(),
    }
}

/// The major version that a tag begins with.
pub(super) fn major_version(stage: &Stage) -> Option<u32> {
    let Base::Image(name) = &stage.base else { return None };
    let tag = ImageReference::parse(name).ok()?.tag?;
    tag.split(['.', '-']).next()?.parse().ok()
}

/// The slim image of the Debian release that a tag names, for programs of the same C library.
pub(super) fn debian(stage: &Stage) -> Option<RuntimeBase> {
    let Base::Image(name) = &stage.base else { return None };
    let tag = ImageReference::parse(name).ok()?.tag?;
    let release = tag.split('-').find(|part| is_release(part))?;
    let text = format!("debian:{release}-slim");
    Some(RuntimeBase { other: Some(text.clone()), text })
}

/// The working directory of a base image whose own settings are not known, where every image of that kind has the same.
pub(super) fn working_directory(stage: &Stage) -> Option<&'static str> {
    let Base::Image(name) = &stage.base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let is = |name: &&str| image.repository.ends_with(&format!("library/{name}"));
    if is(&"golang") {
        return Some("/go");
    }
    if is(&"gradle") {
        return Some("/home/gradle");
    }
    ["node", "rust", "debian", "ubuntu", "alpine", "python", "gcc", "maven", "openjdk", "eclipse-temurin"]
        .iter()
        .any(is)
        .then_some("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{facts, model};

    fn check(from: &str) -> String {
        let model = model(&format!("ARG V=22\nFROM {from}\n"), &facts(&[]));
        slim(&model.stages[0], "node").text
    }

    #[test]
    fn the_slim_variant_of_the_same_tag() {
        for (from, expected) in [
            ("node:22", "node:22-slim"),
            ("node", "node:slim"),
            ("node:latest", "node:slim"),
            ("node:20.11.1-bookworm", "node:20.11.1-bookworm-slim"),
            ("node:lts", "node:lts-slim"),
            ("node:bullseye", "node:bullseye-slim"),
            ("node:${V}", "node:${V}-slim"),
            ("mirror.example.com/library/node:22", "mirror.example.com/library/node:22-slim"),
            ("node:22-alpine", "node:22-alpine"),
            ("node:22-slim", "node:22-slim"),
            ("acme/node:22", "acme/node:22"),
        ] {
            assert_eq!(check(from), expected);
        }
    }
}
