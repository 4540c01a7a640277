//! The distribution that a base image is made of, and with it the C library that programs built there are linked to.

use semantic::image_reference::ImageReference;
use semantic::{Base, Stage};

use super::base::RuntimeBase;

/// A distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Distribution {
    /// Debian, by the name of its release; `stable` for an image that follows Debian's newest.
    Debian {
        release: String,
        /// Whether the tag says so. Else it is the newest release that images of this version have been built on: a program runs on
        /// a C library that is newer than its own.
        is_named: bool,
    },
    /// Alpine, with the version that the tag names.
    Alpine(Option<String>),
    /// An image of a distribution without a smaller variant, as FROM says it.
    Own(String),
}

/// Debian's releases with their numbers, oldest first.
const RELEASES: [(&str, u32); 7] = [
    ("jessie", 8),
    ("stretch", 9),
    ("buster", 10),
    ("bullseye", 11),
    ("bookworm", 12),
    ("trixie", 13),
    ("forky", 14),
];

impl Distribution {
    /// Of a stage's base image; absent where nothing says it.
    pub(super) fn of(stage: &Stage) -> Option<Self> {
        let Base::Image(name) = &stage.base else { return None };
        let image = ImageReference::parse(name).ok()?;
        let tag = image.effective_tag()?;
        let named = |release: &str| Self::Debian { release: release.to_owned(), is_named: true };
        if let Some(name) = image.repository.strip_prefix("library/") {
            match name {
                "alpine" => {
                    return Some(Self::Alpine(Some(tag.to_owned()).filter(|tag| tag != "latest")));
                }
                "ubuntu" => return Some(Self::Own(stage.image.raw.clone())),
                "debian" => return release_of(tag).map(named),
                _ => {}
            }
        }
        if let Some(part) = tag.split('-').find(|part| part.starts_with("alpine")) {
            let version = part.trim_start_matches("alpine");
            return Some(Self::Alpine(Some(version.to_owned()).filter(|version| !version.is_empty())));
        }
        if let Some(release) = tag.split('-').find(|part| is_release(part)) {
            return Some(named(release));
        }
        let release = match image.repository.strip_prefix("library/")? {
            "golang" => default_of_go(tag)?,
            "gcc" => super::c::default_release(&image)?,
            _ => return None,
        };
        Some(Self::Debian { release: release.to_owned(), is_named: false })
    }

    /// What is to be checked of a program that is linked to this distribution's C library and moves to that image.
    pub(super) fn check(&self, stage: &Stage, image: &RuntimeBase) -> Option<String> {
        let Self::Debian { is_named: false, release } = self else { return None };
        Some(format!(
            "that {} is built on Debian {release} or an older one, whose C library {} has",
            stage.image.raw, image.text
        ))
    }

    /// Its smallest image with a shell: the stage's own, where that is one.
    pub(super) fn image_for(&self, stage: &Stage) -> RuntimeBase {
        let image = self.image();
        let is_alpine = || matches!(&stage.base, Base::Image(name) if ImageReference::parse(name).is_ok_and(|image| image.repository == "library/alpine"));
        if image.text == stage.image.raw || is_alpine() { super::base::own(stage) } else { image }
    }

    /// Its smallest image with a shell.
    fn image(&self) -> RuntimeBase {
        let text = match self {
            Self::Debian { release, .. } => format!("debian:{release}-slim"),
            Self::Alpine(version) => format!("alpine:{}", version.as_deref().unwrap_or("3")),
            Self::Own(text) => return RuntimeBase { text: text.clone(), other: None },
        };
        RuntimeBase { other: Some(text.clone()), text }
    }

    /// Whether it has musl for a C library.
    pub(super) const fn is_musl(&self) -> bool {
        matches!(self, Self::Alpine(_))
    }
}

/// Whether this is the name of a release of Debian.
pub(super) fn is_release(name: &str) -> bool {
    RELEASES.iter().any(|(release, _)| *release == name)
}

/// The release that a tag of Debian's own image names.
fn release_of(tag: &str) -> Option<&str> {
    let first = tag.split(['-', '.']).next()?;
    let by_number = RELEASES.iter().find(|(_, number)| first.parse() == Ok(*number)).map(|(name, _)| *name);
    match first {
        "latest" => Some("stable"),
        "stable" | "oldstable" | "testing" | "sid" | "unstable" => Some(first),
        _ => by_number.or_else(|| is_release(first).then_some(first)),
    }
}

/// The newest Debian that official images of this version of Go have been built on, where the tag names none.
fn default_of_go(tag: &str) -> Option<&'static str> {
    let mut parts = tag.split('.');
    match (parts.next()?, parts.next().map(|minor| minor.split(['r', 'b', '-']).next().unwrap_or_default())) {
        ("latest" | "1", None) => Some("stable"),
        ("1", Some(minor)) => match minor.parse::<u32>().ok()? {
            ..=18 => Some("bullseye"),
            19..=23 => Some("bookworm"),
            24 | 25 => Some("trixie"),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{facts, model};

    fn check(from: &str) -> Option<String> {
        let model = model(&format!("FROM {from}\n"), &facts(&[]));
        Distribution::of(&model.stages[0]).map(|distribution| distribution.image().text)
    }

    #[test]
    fn the_small_image_of_the_same_distribution() {
        for (from, expected) in [
            ("golang:1.19-bookworm", Some("debian:bookworm-slim")),
            ("golang:1.22", Some("debian:bookworm-slim")),
            ("golang:1.25", Some("debian:trixie-slim")),
            ("golang", Some("debian:stable-slim")),
            ("golang:1.22-alpine3.19", Some("alpine:3.19")),
            ("golang:alpine", Some("alpine:3")),
            ("golang:1.99", None),
            ("debian:12.5", Some("debian:bookworm-slim")),
            ("debian", Some("debian:stable-slim")),
            ("ubuntu:22.04", Some("ubuntu:22.04")),
            ("alpine:3.20", Some("alpine:3.20")),
            ("fedora:40", None),
            ("acme/builder:2", None),
        ] {
            assert_eq!(check(from).as_deref(), expected, "{from}");
        }
    }
}
