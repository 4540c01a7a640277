//! A base image that is no image unless the build passes an argument.

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};
use semantic::expand::expand_word;
use semantic::image_reference::ImageReference;
use semantic::{Lookup, Value};

pub(crate) static RULE: Rule = Rule {
    code: "invalid-default-arg-in-from",
    aliases: &["InvalidDefaultArgInFrom"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Without build arguments the base image has no valid name",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A FROM takes its image, or a part of it, from an ARG without a default, and without it no valid name is left.

## Why

`docker build .` fails for everybody who does not know which argument to pass, and so do editors and scanners.

## Bad

```dockerfile
ARG TAG
FROM debian:${TAG}
```

## Good

```dockerfile
ARG TAG=12-slim
FROM debian:${TAG}
```

## When to ignore

When the argument must be passed: `${TAG:?message}` says so, and is not reported.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let (model, image) = (input.file.model, &input.stage.image);
    if !image.raw.contains('$') {
        return;
    }
    let lookup = |name: &str| match model.scopes.global(name).map(|definition| &definition.value) {
        Some(Value::Known(value)) => Lookup::Value(value),
        Some(Value::Unset) | None if !semantic::scope::is_platform_argument(name) => Lookup::Unset,
        _ => Lookup::Unknown,
    };
    let expansion = expand_word(&image.raw, model.document.escape(), lookup);
    let Some(name) =
        expansion.value.filter(|name| expansion.error.is_none() && ImageReference::parse(name).is_err())
    else {
        return;
    };
    // A name that is empty for certain is refused by the builder, and told as such.
    if image.value.as_deref() == Some("") {
        return;
    }
    let left = if name.is_empty() { "nothing".to_owned() } else { format!("`{name}`") };
    let message = format!(
        "Without build arguments `{}` is {left}, which is no image. Give its ARG a default.",
        image.raw
    );
    findings.add(image.range, message);
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "invalid-default-arg-in-from";

    #[test]
    fn images_that_need_an_argument_are_pointed_at() {
        for text in
            ["ARG A\nFROM $A\n", "ARG A\r\nFROM \\\r\n  größe:${A}\r\n", "# escape=`\nARG T\nFROM `\n a:$T\n"]
        {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn defaults_required_ones_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "ARG A=b\nARG T\nFROM $A:1\nFROM a:${T:-1}\nFROM a:${T:?which}\nFROM ${\nFROM\nRUN <<EOF\nFROM $X\nEOF\n",
        );
        no_findings(CODE, "FROM a:$TARGETARCH\n");
    }
}
