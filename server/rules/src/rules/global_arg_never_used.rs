//! An ARG before the first FROM that no FROM and no stage uses.

use std::collections::BTreeSet;

use rewrites::Input;
use rewrites::move_arg_down::names::is_cache_buster;
use semantic::Stage;
use semantic::scope::{is_platform_argument, is_proxy_argument};
use syntax::{Instruction, TextEdit};

use crate::analysis::fixes::safe;
use crate::analysis::text::whole_lines;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "global-arg-never-used",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "An ARG before the first FROM changes nothing, for no FROM and no stage uses it",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

An ARG stands before the first FROM; no FROM, no other ARG there and no instruction of any stage names it.

## Why

Such an ARG is outside of every stage: FROM alone sees it, and a stage that declares it anew. Left unused it changes neither the image nor any
cache key. A `CACHEBUST` there busts nothing, and the step that is to run again stays cached.

## Bad

```dockerfile
ARG CACHEBUST=1
FROM alpine:3.22
RUN apk add --no-cache curl
```

## Good

```dockerfile
FROM alpine:3.22
ARG CACHEBUST=1
RUN apk add --no-cache curl
```

```dockerfile
ARG ALPINE=3.22
FROM alpine:$ALPINE
```

## When to ignore

When the ARG is there so that callers may pass it to every Dockerfile alike.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let model = input.model;
    let mut unused: BTreeSet<&str> = model
        .scopes
        .globals()
        .iter()
        .map(|definition| definition.name.as_str())
        .filter(|name| may_be_unused(name))
        .collect();
    if unused.is_empty() || model.stages.is_empty() {
        return;
    }
    for instruction in &model.preamble {
        for word in &instruction.arguments.pairs {
            forget(&mut unused, word.value.as_ref().map_or("", |value| value.text.as_str()));
        }
    }
    for stage in &model.stages {
        forget_used(&mut unused, stage);
        if unused.is_empty() {
            return;
        }
    }
    for definition in model.scopes.globals() {
        if !unused.contains(definition.name.as_str()) {
            continue;
        }
        let name = &definition.name;
        let is_buster = is_cache_buster(name);
        let message = if is_buster {
            format!(
                "`{name}` changes no cache key here: an ARG before the first FROM is outside of every stage. Move it into the stage, above the step that is to run again."
            )
        } else {
            format!(
                "Nothing uses `{name}`: an ARG before the first FROM is seen by FROM alone. Remove it, or declare it in the stage that needs it."
            )
        };
        let finding = findings.add(definition.range, message);
        let holds = |instruction: &&Instruction| instruction.range().contains(definition.range);
        let alone =
            model.preamble.iter().find(holds).filter(|instruction| instruction.arguments.pairs.len() == 1);
        if let Some(instruction) = alone.filter(|_| !is_buster) {
            let range = whole_lines(input, instruction.range());
            let edit = TextEdit { range, new_text: String::new() };
            finding.fixes.push(safe(format!("Remove `ARG {name}`"), vec![edit]));
        }
    }
}

/// Whether a name is not one that the builder reads by itself.
fn may_be_unused(name: &str) -> bool {
    !name.is_empty()
        && !is_proxy_argument(name)
        && !is_platform_argument(name)
        && !name.starts_with("BUILDKIT_")
        && !name.starts_with("DOCKER_")
        && name != "SOURCE_DATE_EPOCH"
}

/// Takes out what a stage uses: what its FROM names, what it declares anew, and what any of its instructions names, rightly or not.
fn forget_used(unused: &mut BTreeSet<&str>, stage: &Stage) {
    forget(unused, &stage.from.source);
    for item in &stage.instructions {
        if unused.is_empty() {
            return;
        }
        forget(unused, &item.instruction.source);
    }
}

/// Takes out the names that stand in a text as words.
fn forget(unused: &mut BTreeSet<&str>, text: &str) {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    for word in text.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()) {
        unused.remove(word);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "global-arg-never-used";

    #[test]
    fn what_nothing_uses_is_pointed_at() {
        check(
            "
ARG CACHEBUST=1
#   ^^^^^^^^^ global-arg-never-used: `CACHEBUST` changes no cache key here: an ARG before the first FROM is outside of every stage. Move it into the stage, above the step that is to run again.
ARG VERSION=größe
#   ^^^^^^^ global-arg-never-used: Nothing uses `VERSION`: an ARG before the first FROM is seen by FROM alone. Remove it, or declare it in the stage that needs it.
FROM alpine:3.22
COPY x \\
  /x
",
        );
    }

    #[test]
    fn it_is_removed() {
        check_fix_of(
            CODE,
            "
# which
ARG A
ARG B=1
FROM a:$B
",
            expect![[r"
                Remove `ARG A` (safe)
                # which
                ARG B=1
                FROM a:$B
            "]],
        );
        assert!(check_only(CODE, "ARG CACHE_BUST\nFROM a:1\n")[0].fixes.is_empty());
    }

    #[test]
    fn it_stays_above_comments_that_would_be_directives() {
        let fixes = |text: &str| check_only(CODE, text)[0].fixes.len();
        assert_eq!(fixes("ARG A\n# escape=`\nFROM a:1\n"), 0);
        assert_eq!(fixes("# check=skip=X\n# check=skip=X\nARG A\n# check=skip=X\nFROM a:1\n"), 0);
        assert_eq!(fixes("ARG A\n# a comment\nFROM a:1\n"), 1);
        assert_eq!(fixes("# a comment\nARG A\n# escape=`\nFROM a:1\n"), 1);
    }

    #[test]
    fn what_is_used_or_the_builders_is_fine() {
        for text in [
            "ARG V\nFROM a:$V",
            "ARG V\nFROM a:${V:-1}",
            "ARG V=1\nARG W=a:$V\nFROM $W",
            "ARG V\nFROM --platform=$V a:1",
            "ARG V\nFROM a:1\nARG V\nRUN echo",
            "ARG V\nFROM a:1\nRUN echo $V",
            "ARG V\nFROM a:1\nLABEL v=$V",
            "ARG V\nFROM a:1\nCOPY --from=x:$V a b",
            "ARG BUILDKIT_SBOM_SCAN_CONTEXT=true\nFROM a:1",
            "ARG SOURCE_DATE_EPOCH\nFROM a:1",
            "ARG TARGETPLATFORM\nFROM a:1",
            "ARG HTTP_PROXY\nFROM a:1",
            "ARG V",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "ARG X\r\nARG\r\nFROM a:1\r\nLABEL é=ü \\\r\n  b=c\r\n",
            "# escape=`\nARG `\n  X\nFROM a:1\n",
            "ARG X\nFROM a:1\nRUN <<EOF\necho XY\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["X"], "{text}");
        }
    }
}
