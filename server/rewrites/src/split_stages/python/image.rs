//! The official images of Python: their slim variants, their version, and what a stage adds to them to compile with.

use semantic::image_reference::ImageReference;
use semantic::{Base, Stage};

use crate::offer::Input;
use crate::split_stages::base::{self, RuntimeBase};
use crate::split_stages::calls;
use crate::split_stages::distribution::is_release;
use crate::split_stages::effect;
use crate::split_stages::libraries;

/// The slim variant of the official image, whose tags have `slim` before the release: `python:3.12-slim-bookworm`.
pub(super) fn slim(stage: &Stage) -> RuntimeBase {
    let own = base::own(stage);
    let Base::Image(name) = &stage.base else { return own };
    let Ok(image) = ImageReference::parse(name) else { return own };
    let raw = &stage.image.raw;
    let tag = image.tag.as_deref().unwrap_or("latest");
    if image.digest.is_some() || raw.ends_with(['"', '\'']) {
        return own;
    }
    let parts: Vec<&str> = tag.split('-').collect();
    match parts.as_slice() {
        ["latest"] if !raw.contains('$') => {
            let bare = |text: &str| text.strip_suffix(":latest").unwrap_or(text).to_owned();
            RuntimeBase { text: format!("{}:slim", bare(raw)), other: Some(format!("{}:slim", bare(name))) }
        }
        [version] if version.starts_with(|letter: char| letter.is_ascii_digit()) => {
            RuntimeBase { text: format!("{raw}-slim"), other: Some(format!("{name}-slim")) }
        }
        [version, release]
            if version.starts_with(|letter: char| letter.is_ascii_digit()) && is_release(release) =>
        {
            let moved = |text: &str| text.strip_suffix(release).map(|start| format!("{start}slim-{release}"));
            match (moved(raw), moved(name)) {
                (Some(text), Some(other)) => RuntimeBase { text, other: Some(other) },
                _ => own,
            }
        }
        _ => own,
    }
}

/// The minor version, such as `3.12`, by the tag or by what the image says of itself.
pub(super) fn minor_version(input: &Input<'_>, stage: &Stage) -> Option<String> {
    let Base::Image(name) = &stage.base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let minor = |version: &str| {
        let mut parts = version.split('-').next()?.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(major) && is_number(minor)).then(|| format!("{major}.{minor}"))
    };
    let by_tag = image.tag.as_deref().and_then(minor);
    by_tag.or_else(|| minor(input.facts.base_image(name)?.environment.get("PYTHON_VERSION")?))
}

/// Compilers and headers that the stage installs and leaves in the image.
pub(super) fn compilers(stage: &Stage) -> Vec<String> {
    let mut found = calls::left_installed(stage);
    found.retain(|name| effect::is_compiler(name) || libraries::is_development(name));
    found
}
