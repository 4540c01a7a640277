//! What the name of an image tells of it: its C library, its distribution, the version of the language that it brings.
//!
//! Docker's official images and Google's distroless ones are known by their names, Alpine's by a tag that says so. Of all others
//! nothing is known.

use semantic::Base;
use semantic::image_reference::ImageReference;

/// The C library of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Libc {
    /// GNU's.
    Glibc,
    /// That of Alpine.
    Musl,
    /// None at all: a program that is linked to one does not start.
    Absent,
}

/// A language whose packages are made for one version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Packages lie in a folder that is named for the minor version.
    Python,
    /// The same, and extensions are compiled for it.
    Ruby,
}

/// A language with the version that an image's tag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Runtime {
    /// The language.
    pub(crate) language: Language,
    /// Major and minor.
    pub(crate) version: (u32, u32),
}

/// Distributions with GNU's C library.
const GLIBC_DISTRIBUTIONS: [&str; 11] = [
    "almalinux",
    "amazonlinux",
    "archlinux",
    "buildpack-deps",
    "centos",
    "debian",
    "fedora",
    "opensuse",
    "oraclelinux",
    "rockylinux",
    "ubuntu",
];

/// Official images that are made on Debian unless their tag says otherwise.
const ON_DEBIAN: [&str; 18] = [
    "buildpack-deps",
    "debian",
    "elixir",
    "erlang",
    "gcc",
    "golang",
    "httpd",
    "julia",
    "mariadb",
    "nginx",
    "node",
    "perl",
    "php",
    "pypy",
    "python",
    "ruby",
    "rust",
    "ubuntu",
];

/// The C library of what a stage builds on.
pub(crate) fn libc(base: &Base) -> Option<Libc> {
    let image = match base {
        Base::Scratch => return Some(Libc::Absent),
        Base::Image(name) => ImageReference::parse(name).ok()?,
        _ => return None,
    };
    if let Some(name) = image.repository.strip_prefix("distroless/").filter(|_| image.registry == "gcr.io") {
        return Some(if name.starts_with("static") { Libc::Absent } else { Libc::Glibc });
    }
    let parts = tag_parts(&image);
    if is_named(&image, "alpine") || parts.iter().any(|part| part.starts_with("alpine")) {
        return Some(Libc::Musl);
    }
    let is_glibc = GLIBC_DISTRIBUTIONS.iter().chain(&ON_DEBIAN).any(|name| is_named(&image, name));
    (is_glibc && has_default_tag(&image, &parts)).then_some(Libc::Glibc)
}

/// Whether an image is made on Debian or Ubuntu.
pub(crate) fn is_debian(base: &Base) -> bool {
    let Base::Image(name) = base else { return false };
    let Ok(image) = ImageReference::parse(name) else { return false };
    let parts = tag_parts(&image);
    ON_DEBIAN.iter().any(|name| is_named(&image, name))
        && has_default_tag(&image, &parts)
        && !parts.iter().any(|part| part.starts_with("alpine"))
}

/// The language that an official image brings, where its tag says the minor version.
pub(crate) fn runtime(base: &Base) -> Option<Runtime> {
    let Base::Image(name) = base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let language = match image.repository.as_str() {
        "library/python" => Language::Python,
        "library/ruby" => Language::Ruby,
        _ => return None,
    };
    let version = image.tag.as_deref()?.split('-').next()?;
    let mut numbers = version.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?;
    // A release candidate is `3.14rc2`.
    let digits = minor.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(minor.len());
    Some(Runtime { language, version: (major, minor[..digits].parse().ok()?) })
}

/// The name of an official image, without tag and digest.
pub(crate) fn official_name(base: &Base) -> Option<String> {
    let Base::Image(name) = base else { return None };
    let image = ImageReference::parse(name).ok().filter(ImageReference::is_official)?;
    image.repository.strip_prefix("library/").map(str::to_owned)
}

fn is_named(image: &ImageReference, name: &str) -> bool {
    image.is_official() && image.repository.strip_prefix("library/") == Some(name)
}

fn tag_parts(image: &ImageReference) -> Vec<&str> {
    image.tag.as_deref().map(|tag| tag.split('-').collect()).unwrap_or_default()
}

/// Whether a tag names neither Windows nor another distribution. What a digest alone names is not known.
fn has_default_tag(image: &ImageReference, parts: &[&str]) -> bool {
    let is_other = |part: &&str| {
        ["windows", "nanoserver", "oracle", "ubi"].into_iter().any(|start| part.starts_with(start))
    };
    (image.tag.is_some() || image.digest.is_none() || is_named(image, "debian") || is_named(image, "ubuntu"))
        && !parts.iter().any(is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> Base {
        Base::Image(name.to_owned())
    }

    #[test]
    fn names_tell_the_c_library() {
        for (name, expected) in [
            ("alpine:3.22", Some(Libc::Musl)),
            ("node:22-alpine3.20", Some(Libc::Musl)),
            ("acme/node:22-alpine", Some(Libc::Musl)),
            ("node:22-bookworm-slim", Some(Libc::Glibc)),
            ("golang", Some(Libc::Glibc)),
            ("golang:1.25-nanoserver-ltsc2022", None),
            ("gcr.io/distroless/static-debian12:nonroot", Some(Libc::Absent)),
            ("gcr.io/distroless/cc", Some(Libc::Glibc)),
            ("acme/static", None),
            ("busybox:1.37", None),
        ] {
            assert_eq!(libc(&image(name)), expected, "{name}");
        }
        assert_eq!(libc(&Base::Scratch), Some(Libc::Absent));
        assert_eq!(libc(&Base::Unknown), None);
    }

    #[test]
    fn names_tell_debian_and_versions() {
        assert!(is_debian(&image("python:3.13-slim")) && is_debian(&image("ubuntu")));
        assert!(!is_debian(&image("python:3.13-alpine")) && !is_debian(&image("acme/python:3.13")));
        let version = |name| runtime(&image(name)).map(|runtime| runtime.version);
        assert_eq!(version("python:3.13.1-slim"), Some((3, 13)));
        assert_eq!(version("python:3.14rc2"), Some((3, 14)));
        assert_eq!(version("ruby:3.3"), Some((3, 3)));
        for name in ["python:3", "python", "python:slim", "acme/python:3.13", "node:22.1"] {
            assert_eq!(version(name), None, "{name}");
        }
    }
}
