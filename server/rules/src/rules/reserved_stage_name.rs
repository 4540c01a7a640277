//! A stage named like something of the builder.

use crate::rule::{Category, Check, Findings, Rule, Severity};
use rewrites::Input;

pub(crate) static RULE: Rule = Rule {
    code: "reserved-stage-name",
    aliases: &["ReservedStageName", "DL3063"],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A stage has a name that means something else",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A stage is named `scratch` or `context`.

## Why

`FROM scratch` means the empty image and `context` the build context: the stage cannot be told from them.

## Bad

```dockerfile
FROM debian:12-slim AS scratch
RUN true
```

## Good

```dockerfile
FROM debian:12-slim AS base
RUN true
```

## When to ignore

Never: choose another name.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for stage in &input.model.stages {
        let (Some(name), Some(lower)) = (&stage.name, stage.lower_name()) else { continue };
        if matches!(&*lower, "scratch" | "context") {
            findings.add(name.range, format!("`{lower}` means something else to the builder, so this stage cannot be named. Call it otherwise."));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "reserved-stage-name";

    #[test]
    fn reserved_names_are_pointed_at() {
        for text in [
            "FROM a:1 AS scratch\n",
            "FROM a:1 \\\r\n  AS Context\r\n",
            "# escape=`\nFROM a:1 `\n  AS context\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_names_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM scratch AS größe\nFROM scratch\nFROM\nFROM a AS\nRUN <<EOF\nFROM a AS scratch\nEOF\n",
        );
    }
}
