//! Whether a stage is of Windows, by the name of the image that it is built on.

use semantic::image_reference::ImageReference;
use semantic::{Base, Model, Stage};

/// Whether the stage, or one that it builds on, is of an image for Windows by its name; unknown ones are not.
pub(crate) fn is_windows(model: &Model, stage: &Stage) -> bool {
    let Some(root) = model.lineage(stage.index).into_iter().next() else { return false };
    let of_flag = root.platform.as_ref().and_then(|platform| platform.value.as_deref());
    if let Some(platform) = of_flag {
        return platform.starts_with("windows");
    }
    let Base::Image(name) = &root.base else { return false };
    let Ok(image) = ImageReference::parse(name) else { return false };
    let tag = image.tag.as_deref().unwrap_or_default();
    let words = |text: &str| {
        text.split(['/', '-', '.', '_']).any(|word| {
            matches!(word, "windows" | "nanoserver" | "windowsservercore" | "servercore" | "windowsserver")
        })
    };
    words(&image.repository) || words(tag)
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::Document;

    use super::*;

    #[test]
    fn names_tell() {
        for (from, expected) in [
            ("mcr.microsoft.com/windows/servercore:ltsc2022", true),
            ("mcr.microsoft.com/windows/nanoserver:1809", true),
            ("golang:1.25-nanoserver", true),
            ("python:3.13-windowsservercore-ltsc2022", true),
            ("--platform=windows/amd64 x", true),
            ("--platform=linux/amd64 example/windows", false),
            ("debian:12", false),
            ("scratch", false),
        ] {
            let model = Model::new(&Document::new(&format!("FROM {from} AS a\nFROM a\n")), &Facts::default());
            assert_eq!(is_windows(&model, &model.stages[1]), expected, "{from}");
        }
    }
}
