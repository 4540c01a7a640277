//! A platform that is written out in FROM.

use crate::rule::{Category, Check, Findings, Rule, Severity};
use rewrites::Input;

pub(crate) static RULE: Rule = Rule {
    code: "constant-platform",
    aliases: &["FromPlatformFlagConstDisallowed", "DL3029"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: true,
    summary: "FROM has a platform written out",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A FROM has `--platform=` with a constant, and its stage name does not say so.

## Why

The stage is then built for that platform alone, whatever platform the build is for: images of other platforms come out with the wrong programs in them.

## Bad

```dockerfile
FROM --platform=linux/amd64 debian:12-slim
RUN true
```

## Good

```dockerfile
FROM --platform=$BUILDPLATFORM debian:12-slim AS build
RUN true
FROM debian:12-slim
COPY --from=build /a /a
```

```dockerfile
FROM --platform=linux/amd64 debian:12-slim AS build-amd64
RUN true
```

## When to ignore

When the image exists for one platform only; or name the stage for it.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for stage in &input.model.stages {
        let Some(platform) = stage.platform.as_ref().filter(|platform| !platform.raw.contains('$')) else {
            continue;
        };
        let mut parts = platform.raw.trim_matches('"').split('/').filter(|part| !part.is_empty()).peekable();
        if parts.peek().is_none() {
            continue;
        }
        let name = stage.lower_name().unwrap_or_default();
        if parts.any(|part| name.contains(&part.to_lowercase())) {
            continue;
        }
        let message = format!(
            "Images for other platforms get the programs of `{}` here. Leave the flag out, take `$BUILDPLATFORM`, or name the stage for its platform.",
            platform.raw
        );
        findings.add(platform.range, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "constant-platform";

    #[test]
    fn constants_are_pointed_at() {
        for text in [
            "FROM --platform=linux/amd64 a:1\n",
            "FROM --platform=arm64 \\\r\n a:1 AS build\r\n",
            "# escape=`\nFROM `\n --platform=linux/arm/v7 a\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn variables_names_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM --platform=$BUILDPLATFORM a\nFROM --platform=linux/amd64 a AS x-amd64\nFROM --platform= a\nFROM --platform\nRUN <<EOF\nFROM --platform=x größe\nEOF\n",
        );
    }
}
