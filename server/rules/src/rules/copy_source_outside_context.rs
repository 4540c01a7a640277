//! A source that leads out of the build context.

use rewrites::{Fix, Input};
use semantic::path::{clean, clean_context_path};
use semantic::{CopySource, SourceKind};

use crate::analysis::fixes::{replace, safe, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "copy-source-outside-context",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A source leads out of the build context, where nothing can be copied from",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A source of COPY or ADD begins with `..`, or gets above the build context on its way.

## Why

The builder sees the context and nothing above it. BuildKit leaves the `..` out and looks for the rest in the context itself: it copies another file than the one that
is written there, or fails with `not found`. The classic builder refuses the file.

## Bad

```dockerfile
FROM alpine:3.22
COPY ../shared /shared
```

## Good

```dockerfile
# docker build --build-context shared=../shared .
FROM alpine:3.22
COPY --from=shared . /shared
```

## When to ignore

Never: without the `..` it says what it does.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for copy in input.stage.instructions.iter().filter_map(|item| item.as_copy()) {
        if copy.from.is_some() {
            continue;
        }
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(value) = source.text.value.as_deref() else { continue };
            let cleaned = clean(value.trim_start_matches('/'));
            if cleaned != ".." && !cleaned.starts_with("../") {
                continue;
            }
            let taken = clean_context_path(value);
            let what = if taken == "." {
                "the whole context".to_owned()
            } else {
                format!("`{taken}` of the context")
            };
            let message = format!(
                "`{value}` lies outside of the build context, which is all that the builder sees: BuildKit takes {what} instead. Build with a context further up, or name the folder with `--build-context`."
            );
            findings.add(source.text.range, message).fixes.extend(as_taken(input.file, source, &taken));
        }
    }
}

/// The source as BuildKit reads it; where that file is there, nothing changes.
fn as_taken(input: &Input<'_>, source: &CopySource, taken: &str) -> Option<Fix> {
    if taken == "." || source.text.raw.contains(['$', '"', '\'', '\\']) {
        return None;
    }
    let edits = vec![replace(source.text.range, taken)];
    let title = format!("Change to `{taken}`");
    let is_there = input.facts.context.as_ref().is_some_and(|context| context.has(taken));
    Some(match is_there {
        true => safe(title, edits),
        false => to_check(title, format!("that `{taken}` of the build context is meant"), edits),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "copy-source-outside-context";

    #[test]
    fn the_source_is_pointed_at() {
        check(
            "
FROM example/größe:1
COPY a \\
  ../größe /x/
# ^^^^^^^^ copy-source-outside-context: `../größe` lies outside of the build context, which is all that the builder sees: BuildKit takes `größe` of the context instead. Build with a context further up, or name the folder with `--build-context`.
",
        );
    }

    #[test]
    fn it_is_written_as_it_is_taken() {
        check_fix_of(
            CODE,
            "
FROM a:1
COPY a/../../b/c /x
",
            expect![[r"
                Change to `b/c` (unsafe: that `b/c` of the build context is meant)
                FROM a:1
                COPY b/c /x
            "]],
        );
    }

    #[test]
    fn paths_inside_and_other_stages_are_fine() {
        for text in [
            "COPY a/../b /x",
            "COPY ..a /x",
            "COPY a/.. /x",
            "COPY --from=b ../x /x",
            "COPY $X/../.. /x",
            "COPY a ../x",
            "ADD https://x/../../y /x",
        ] {
            no_findings(CODE, &format!("FROM a:1 AS b\nFROM b\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nCOPY <<E ../b \\\r\n  /é/\r\né\r\nE\r\nCOPY ..\r\n",
            "# escape=`\nFROM a\nCOPY `\n  ../b /x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["../b"], "{text}");
        }
    }
}
