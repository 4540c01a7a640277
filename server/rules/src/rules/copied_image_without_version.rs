//! A COPY or a mount that takes files from an image whose version may be another one tomorrow.

use rewrites::Input;
use semantic::facts::callers::same_context;
use semantic::image_reference::ImageReference;
use semantic::{Base, StageInstruction, StageReference};

use crate::analysis::fixes::{replace, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "copied-image-without-version",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Info,
    on_by_default: true,
    summary: "Files are copied from an image without a version, or from `latest`",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A `COPY --from=` or a mount's `from=` names an image without a tag, or with `latest`.

A plain name such as `tools` may be a context that the caller names, and is left alone.

## Why

It is as much a dependency as a base image, and stands where nobody looks for one. Each machine takes the version that was newest when it asked: builds differ,
and one day the file is not there any more.

## Bad

```dockerfile
FROM debian:12-slim
COPY --from=ghcr.io/astral-sh/uv:latest /uv /usr/local/bin/uv
```

## Good

```dockerfile
FROM debian:12-slim
COPY --from=ghcr.io/astral-sh/uv:0.8.4 /uv /usr/local/bin/uv
```

## When to ignore

When the image is your own, and the newest one is always meant.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for reference in input.stage.instructions.iter().flat_map(StageInstruction::references) {
        let Some((name, image)) = moving(input.file, reference) else { continue };
        let written = match &image.tag {
            Some(_) => format!("`{name}` is another image"),
            None => format!("`{name}` without a tag is the newest image, another one"),
        };
        let message =
            format!("{written} whenever a new one is published, and nothing here says so. Name the version.");
        let finding = findings.add(reference.range(), message);
        let known = input.file.facts.base_image(name).filter(|known| !known.pulled.is_empty());
        if let Some(known) = known.filter(|known| known.digest.starts_with("sha256:")) {
            let pinned = format!("{name}@{}", known.digest);
            let check = "that the image on this machine is the one that is meant";
            let edits = vec![replace(reference.range(), pinned)];
            finding.fixes.push(to_check("Pin the image that is on this machine", check, edits));
        }
    }
}

/// The image that a reference names, where neither tag nor digest says which.
fn moving<'a>(input: &Input<'_>, reference: &'a StageReference) -> Option<(&'a str, ImageReference)> {
    let Base::Image(name) = &reference.target else { return None };
    let mut contexts = input.facts.callers.iter().flat_map(|caller| caller.build.contexts.keys());
    if contexts.any(|known| same_context(known, name)) {
        return None;
    }
    let image = ImageReference::parse(name).ok()?;
    let is_image = image.tag.is_some() || name.contains(['/', '.']);
    let is_moving = image.digest.is_none() && image.tag.as_deref().is_none_or(|tag| tag == "latest");
    (is_image && is_moving).then_some((name, image))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use semantic::{Facts, ImageFacts};

    use crate::Settings;
    use crate::tests::{check, findings_of, no_findings, pointed_at};

    const CODE: &str = "copied-image-without-version";

    #[test]
    fn the_image_is_pointed_at() {
        check(
            "
FROM example/größe:1
COPY --from=ghcr.io/x/uv \\
#           ^^^^^^^^^^^^ copied-image-without-version: `ghcr.io/x/uv` without a tag is the newest image, another one whenever a new one is published, and nothing here says so. Name the version.
  /uv /größe
RUN --mount=from=busybox:latest,target=/b /b/sh
#                ^^^^^^^^^^^^^^ copied-image-without-version: `busybox:latest` is another image whenever a new one is published, and nothing here says so. Name the version.
",
        );
    }

    #[test]
    fn the_image_on_this_machine_is_pinned() {
        let image = ImageFacts {
            digest: "sha256:ab".to_owned(),
            pulled: vec!["x/y@sha256:ab".to_owned()],
            ..ImageFacts::default()
        };
        let facts = Facts { base_images: BTreeMap::from([("x/y".to_owned(), image)]), ..Facts::default() };
        let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
        let found = findings_of("FROM a:1\nCOPY --from=x/y /a /a\n", &facts, &settings);
        assert_eq!(found[0].fixes[0].edits[0].new_text, "x/y@sha256:ab");
    }

    #[test]
    fn versions_stages_and_contexts_are_fine() {
        let digest = "0".repeat(64);
        no_findings(
            CODE,
            &format!(
                "FROM a AS b\nFROM node\nCOPY --from=b /a /a\nCOPY --from=nginx:1 /a /a\nCOPY --from=tools /a /a\nCOPY --from=0 /a /a\nCOPY --from=x/y@sha256:{digest} /a /a\nCOPY --from=x/y:$V /a /a\n"
            ),
        );
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nRUN <<E\r\né\r\nE\r\nCOPY --from=x/y \\\r\n  /a /a\r\nCOPY --from=\r\n",
            "# escape=`\nFROM a\nCOPY `\n --from=x/y /a /a\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["x/y"], "{text}");
        }
    }
}
