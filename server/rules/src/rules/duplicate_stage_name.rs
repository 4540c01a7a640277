//! Two stages of one name.

use std::collections::HashMap;

use rewrites::Input;

use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "duplicate-stage-name",
    aliases: &["DuplicateStageName", "DL3024", "DS-0012", "CKV_DOCKER_11"],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Two stages have the same name",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A stage has the name of an earlier one, in any case.

## Why

`COPY --from`, `FROM` and `--target` find the newest stage of the name above them; the earlier one cannot be reached any more, and which one is meant is anyone's guess.

## Bad

```dockerfile
FROM golang:1.25 AS build
RUN true
FROM node:22-slim AS build
RUN true
```

## Good

```dockerfile
FROM golang:1.25 AS server
RUN true
FROM node:22-slim AS web
RUN true
```

## When to ignore

Never: a name costs nothing.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    let mut names = HashMap::new();
    for stage in &input.model.stages {
        let (Some(name), Some(lower)) = (&stage.name, stage.lower_name()) else { continue };
        if let Some(first) = names.insert(lower, name.range.start) {
            let message = format!(
                "Stage `{}` on line {} has this name too, and nothing below can reach it. Give one of them another name.",
                name.raw,
                line(input, first)
            );
            findings.add(name.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings};

    #[test]
    fn the_second_one_is_pointed_at() {
        check(
            "
FROM a:1 AS base
FROM b:1 \\
  AS Base
#    ^^^^ duplicate-stage-name: Stage `Base` on line 1 has this name too, and nothing below can reach it. Give one of them another name.
#    ^^^^ stage-name-casing: Stage names are lower case, and builders compare them so. Call it `base`.
",
        );
        assert_eq!(
            crate::tests::check_only(
                "duplicate-stage-name",
                "# escape=`\r\nFROM a `\r\n AS x\r\nFROM b AS x\r\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn other_names_and_broken_text_are_fine() {
        no_findings(
            "duplicate-stage-name",
            "FROM a:1 AS x\nFROM b:1 AS y\nFROM c\nFROM\nFROM d AS\nRUN <<EOF\nFROM a AS x\nEOF\n",
        );
    }
}
