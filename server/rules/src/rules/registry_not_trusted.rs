//! An image from a registry that the settings do not trust.

use rewrites::Input;
use semantic::facts::callers::same_context;
use semantic::image_reference::{DOCKER_HUB, ImageReference};
use semantic::{Base, StageInstruction};
use syntax::TextRange;

use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::settings::Settings;

pub(crate) static RULE: Rule = Rule {
    code: "registry-not-trusted",
    aliases: &["DL3026"],
    category: Category::Security,
    severity: Severity::Error,
    on_by_default: true,
    summary: "An image comes from a registry that the settings do not trust",
    page: PAGE,
    check: Check::Wanted(check),
};

const PAGE: &str = r#"
## What

A FROM, a `COPY --from=` or a mount's `from=` takes an image from a registry that the setting `trustedRegistries` does not list. Without that setting every
registry is trusted. A `*` at one end of an entry stands for any letters; a name without a registry means `docker.io`.

```toml
trustedRegistries = ["docker.io", "*.example.com"]
```

Stages, `scratch`, and contexts that a caller names are no images. A name that comes from a variable counts with the variable's default. (hadolint looks at such a
name as it is written.)

## Why

What a base image holds runs in every container that is built on it. A team that mirrors and scans its images wants none from elsewhere.

## Bad

```dockerfile
# trusted registry: docker.io
FROM quay.io/fedora/fedora:41
```

## Good

```dockerfile
# trusted registry: docker.io
# trusted registry: *.example.com
FROM debian:12-slim AS build
FROM eu.example.com/base:3
COPY --from=build /etc/os-release /
```

## When to ignore

When this one image was looked at by hand; a comment with the reason says so.
"#;

fn check(input: &Input<'_>, settings: &Settings, findings: &mut Findings) {
    let trusted = &settings.trusted_registries;
    if trusted.is_empty() {
        return;
    }
    for stage in &input.model.stages {
        if let (Base::Image(name), None) = (&stage.base, &stage.base_replaced) {
            check_image(name, stage.image.range, trusted, findings);
        }
        for reference in stage.instructions.iter().flat_map(StageInstruction::references) {
            let Base::Image(name) = &reference.target else { continue };
            let mut contexts = input.facts.callers.iter().flat_map(|caller| caller.build.contexts.keys());
            if !contexts.any(|known| same_context(known, name)) {
                check_image(name, reference.range(), trusted, findings);
            }
        }
    }
}

fn check_image(name: &str, range: TextRange, trusted: &[String], findings: &mut Findings) {
    let Ok(image) = ImageReference::parse(name) else { return };
    let is_meant = |pattern: &String| is_match(pattern, &image.registry);
    if trusted.iter().any(is_meant) {
        return;
    }
    let message = format!(
        "`{}` is none of the trusted registries ({}). Take the image from one of them.",
        image.registry,
        trusted.join(", ")
    );
    findings.add(range, message);
}

/// Whether an entry of the list means this registry.
fn is_match(pattern: &str, registry: &str) -> bool {
    let is_hub = registry == DOCKER_HUB && matches!(pattern, "hub.docker.com" | "index.docker.io");
    let has = |start: &str, end: &str| {
        registry.len() >= start.len() + end.len() && registry.starts_with(start) && registry.ends_with(end)
    };
    is_hub
        || match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(end), _) => has("", end),
            (None, Some(start)) => has(start, ""),
            (None, None) => pattern == registry,
        }
}

#[cfg(test)]
mod tests {
    use semantic::Facts;

    use crate::Settings;
    use crate::tests::findings_of;

    fn found(trusted: &[&str], text: &str) -> Vec<String> {
        let trusted_registries = trusted.iter().map(|one| (*one).to_owned()).collect();
        let select = vec!["DL3026".to_owned()];
        let settings = Settings { trusted_registries, select, ..Settings::default() };
        let place = |finding: &crate::Finding| {
            text[finding.range.start as usize..finding.range.end as usize].to_owned()
        };
        findings_of(text, &Facts::default(), &settings).iter().map(place).collect()
    }

    #[test]
    fn images_of_other_registries_are_pointed_at() {
        let text = "ARG B=ghcr.io/x/größe\r\nARG I=ghcr.io/x/y:1\r\nFROM $I AS a\r\nFROM debian\r\nCOPY --from=quay.io/x/y \\\r\n  /a /b\r\nRUN --mount=from=a,target=/x true\r\nRUN --mount=from=gcr.io/z,target=/x true\r\nCOPY --from=a / /\r\n";
        assert_eq!(found(&["docker.io"], text), ["$I", "quay.io/x/y", "gcr.io/z"]);
        assert_eq!(found(&["*.io"], text), [""; 0]);
        assert_eq!(found(&["*"], text), [""; 0]);
        assert_eq!(found(&["g*", "hub.docker.com"], text), ["quay.io/x/y"]);
        assert_eq!(
            found(
                &["example.com:5000"],
                "# escape=`\nFROM `\n example.com:5000/a:1\nFROM example.com/a\nFROM\n"
            ),
            ["example.com/a"]
        );
    }

    #[test]
    fn without_a_list_all_are_trusted() {
        assert_eq!(found(&[], "FROM quay.io/x/y\n"), [""; 0]);
        assert_eq!(found(&["docker.io"], "FROM scratch\nRUN <<E\nFROM quay.io/x\nE\n"), [""; 0]);
    }
}
