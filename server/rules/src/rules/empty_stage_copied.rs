//! A COPY from a stage that has no files.

use rewrites::Input;
use semantic::{Base, StageInstruction};

use crate::analysis::stage_copy;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "empty-stage-copied",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: true,
    summary: "Files are copied from a stage that has none",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A COPY takes files from a stage on `scratch` in which nothing is copied, run or made.

## Why

There is nothing in it: the build fails with `not found`.

## Bad

```dockerfile
FROM scratch AS assets

FROM nginx:1.29
COPY --from=assets /site /usr/share/nginx/html
```

## Good

```dockerfile
FROM scratch AS assets
COPY site /site

FROM nginx:1.29
COPY --from=assets /site /usr/share/nginx/html
```

## When to ignore

When every build puts a context in the stage's place, with `--build-context`.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        let mut stages = input.model.lineage(copied.from.index).into_iter();
        let is_empty = *input.model.root(copied.from.index) == Base::Scratch
            && !stages.any(|stage| stage.instructions.iter().any(StageInstruction::is_step));
        if !is_empty {
            continue;
        }
        for source in copied.copy.sources.iter().filter(|source| source.text.value.as_deref() != Some("/")) {
            let message = format!(
                "Stage {} is empty: it builds on scratch and nothing puts a file there. Copy into it first, or take another stage.",
                copied.from.display_name()
            );
            findings.add(source.text.range, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings, pointed_at};

    const CODE: &str = "empty-stage-copied";

    #[test]
    fn the_source_is_pointed_at() {
        check(
            "
FROM scratch AS base
LABEL a=b
FROM base AS other
FROM alpine:3.22
COPY --from=other \\
  /größe /größe
# ^^^^^^ empty-stage-copied: Stage other is empty: it builds on scratch and nothing puts a file there. Copy into it first, or take another stage.
",
        );
    }

    #[test]
    fn stages_with_files_and_images_are_fine() {
        for text in [
            "FROM scratch AS b\nCOPY x /x\nFROM a",
            "FROM scratch AS b\nADD https://x/x /x\nFROM a",
            "FROM scratch AS b\nRUN --mount=from=busybox,target=/b [\"/b/sh\"]\nFROM a",
            "FROM a AS b\nFROM a",
            "FROM $A AS b\nFROM a",
        ] {
            no_findings(CODE, &format!("{text}\nCOPY --from=b /x /x\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM scratch AS b\r\nFROM c\r\nRUN <<E\r\né\r\nE\r\nCOPY --from=b /x \\\r\n  /\r\nCOPY --from=b\r\n",
            "# escape=`\nFROM scratch AS b\nFROM c\nCOPY --from=b `\n /x /\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/x"], "{text}");
        }
    }
}
