//! A base image on the builder that is for another platform than FROM asks for.

use rewrites::Input;
use semantic::Base;

use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "base-image-of-other-platform",
    aliases: &["InvalidBaseImagePlatform"],
    category: Category::Portability,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The base image is for another platform than FROM asks for",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A FROM asks for a platform, and the image of that name on this machine is for another one. It is known only where a builder answers, and only a platform
that is written out is compared: which one a build is for, its caller decides.

## Why

Programs of another platform do not start (`exec format error`), or run under an emulator at a fraction of the speed; and what is built from them is for the wrong
platform without a word about it.

## Bad

```dockerfile
# base image example/tool:1 is linux/arm64
FROM --platform=linux/amd64 example/tool:1
RUN tool --version
```

## Good

```dockerfile
# base image example/tool:1 is linux/arm64
FROM --platform=linux/arm64 example/tool:1
RUN tool --version
```

## When to ignore

When the registry has the image for this platform too: the builder then pulls it, and BuildKit says nothing.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for stage in &input.model.stages {
        let Base::Image(name) = &stage.base else { continue };
        let Some(wanted) = stage.platform.as_ref().filter(|platform| !platform.raw.contains('$')) else {
            continue;
        };
        let Some(image) = input.facts.base_image(name) else { continue };
        let wanted_value = wanted.value.as_deref().unwrap_or(&wanted.raw);
        let (Some(expected), Some(actual)) =
            (Platform::parse(wanted_value), Platform::parse(&image.platform))
        else {
            continue;
        };
        if expected == actual {
            continue;
        }
        let message = format!(
            "`{name}` on this machine is for `{}`: its programs do not run where `{wanted_value}` is built. Pull it for that platform, or ask for the one that it is for.",
            image.platform
        );
        findings.add(wanted.range, message);
    }
}

/// What BuildKit compares: the system and the architecture, under the names that it knows them by. A variant makes no difference.
#[derive(Debug, PartialEq, Eq)]
struct Platform {
    system: String,
    architecture: String,
}

impl Platform {
    /// A platform with both parts; one of them alone leaves the other to the builder's own, which is not known here.
    fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let mut parts = lower.split('/');
        let (system, architecture) = (parts.next()?, parts.next()?);
        let architecture = match architecture {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            "armhf" | "armel" => "arm",
            "i386" => "386",
            other => other,
        };
        let system = if system == "macos" { "darwin" } else { system };
        let both = !system.is_empty() && !architecture.is_empty();
        both.then(|| Self { system: system.to_owned(), architecture: architecture.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use semantic::facts::{Facts, ImageFacts};

    use crate::Settings;
    use crate::tests::findings_of;

    fn messages(text: &str, platform: &str) -> Vec<String> {
        let image = ImageFacts { platform: platform.to_owned(), ..ImageFacts::default() };
        let facts = Facts { base_images: [("größe/a:1".to_owned(), image)].into(), ..Facts::default() };
        let settings =
            Settings { select: vec!["InvalidBaseImagePlatform".to_owned()], ..Settings::default() };
        findings_of(text, &facts, &settings).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn another_system_or_architecture_is_reported() {
        let found =
            messages("# escape=`\r\nFROM --platform=linux/amd64 `\r\n größe/a:1\r\n", "linux/arm64/v8");
        assert_eq!(
            found,
            [
                "`größe/a:1` on this machine is for `linux/arm64/v8`: its programs do not run where `linux/amd64` is built. \
              Pull it for that platform, or ask for the one that it is for."
            ]
        );
        assert_eq!(messages("FROM --platform=windows/amd64 größe/a:1\n", "linux/amd64").len(), 1);
    }

    #[test]
    fn the_same_one_and_what_is_not_known_are_fine() {
        for text in [
            "FROM --platform=linux/x86_64 größe/a:1",
            "FROM --platform=linux/amd64/v2 größe/a:1",
            "FROM größe/a:1",
            "FROM --platform=$TARGETPLATFORM größe/a:1",
            "FROM --platform=arm64 größe/a:1",
            "FROM --platform=linux/arm64 other:1",
            "FROM --platform= größe/a:1",
            "FROM --platform=linux/arm64",
            "FROM größe/a:1\nRUN <<EOF\nFROM --platform=linux/arm64 größe/a:1\nEOF",
        ] {
            assert_eq!(messages(&format!("{text}\n"), "linux/amd64"), Vec::<String>::new(), "{text}");
        }
        assert!(messages("FROM --platform=linux/arm64 größe/a:1\n", "").is_empty());
    }
}
