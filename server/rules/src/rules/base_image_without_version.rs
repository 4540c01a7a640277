//! A base image without a version.

use semantic::Base;
use semantic::image_reference::ImageReference;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "base-image-without-version",
    aliases: &["DL3006", "DL3007", "DS-0001", "CKV_DOCKER_7"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: false,
    summary: "The base image has no tag, or `latest`, and changes without notice",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

FROM names an image without a tag and a digest, or with the tag `latest`. Names that come from a variable, stages, contexts that the caller
names, and registries whose images have no other tags for everyone (`gcr.io/distroless`, `cgr.dev`) are left alone.

## Why

The next build on another machine may start from another release of the distribution or the language, and nothing in the repository says
so. Going back to what ran last week is then guesswork.

## Bad

```dockerfile
FROM node
COPY server.js /
```

## Good

```dockerfile
FROM node:22-slim
COPY server.js /
```

## When to ignore

When the image is your own and is meant to be followed. The rule is off by default because that is so wherever a team builds on a base of
its own.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let stage = input.stage;
    let Base::Image(name) = &stage.base else { return };
    if stage.base_replaced.is_some() || stage.image.raw.contains('$') {
        return;
    }
    let Ok(image) = ImageReference::parse(name) else { return };
    let has_only_latest = image.registry == "cgr.dev"
        || image.registry == "gcr.io" && image.repository.starts_with("distroless/");
    if image.digest.is_some() || has_only_latest {
        return;
    }
    let (message, code) = match image.tag.as_deref() {
        None => (
            format!(
                "Without a tag, `{name}` is another image whenever it is released anew. Name its version."
            ),
            "DL3006",
        ),
        Some("latest") => (
            format!(
                "`latest` is another image whenever `{}` is released anew. Name its version.",
                image.familiar_name()
            ),
            "DL3007",
        ),
        _ => return,
    };
    findings.add(stage.image.range, message).aliases = vec![code, "DS-0001", "CKV_DOCKER_7"].into();
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "base-image-without-version";

    #[test]
    fn images_without_a_version_are_pointed_at() {
        for (image, message, aliases) in [
            (
                "debian",
                "Without a tag, `debian` is another image whenever it is released anew. Name its version.",
                "DL3006 DS-0001 CKV_DOCKER_7",
            ),
            (
                "ghcr.io/acme/app:latest",
                "`latest` is another image whenever `ghcr.io/acme/app` is released anew. Name its version.",
                "DL3007 DS-0001 CKV_DOCKER_7",
            ),
        ] {
            let text = format!("FROM {image} AS x\n# größe\n");
            assert_eq!(pointed_at(CODE, &text), [image]);
            let found = check_only(CODE, &text);
            assert_eq!((found[0].message.as_str(), found[0].aliases.join(" ").as_str()), (message, aliases));
        }
    }

    #[test]
    fn crlf_and_another_escape() {
        assert_eq!(
            pointed_at(CODE, "# escape=`\r\nFROM `\r\n  localhost:5000/x\r\nRUN <<EOF\r\nFROM y\r\nEOF\r\n"),
            ["localhost:5000/x"]
        );
    }

    #[test]
    fn versions_stages_variables_and_scratch_are_fine() {
        for text in [
            "FROM a:1",
            "FROM a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "FROM scratch",
            "FROM a:1 AS base\nFROM base",
            "ARG BASE=debian\nFROM $BASE",
            "ARG V=latest\nFROM a:${V}",
            "ARG BASE\nFROM $BASE",
            "FROM gcr.io/distroless/static",
            "FROM cgr.dev/chainguard/node:latest",
            "FROM",
            "FROM A",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
