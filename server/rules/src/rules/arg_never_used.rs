//! An ARG of a stage that nothing uses.

use rewrites::move_arg_down::names::{is_cache_buster, is_implicit};
use rewrites::move_arg_down::readers::{Class, Readers};
use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Kind, Text};
use syntax::TextEdit;

use crate::analysis::fixes::safe;
use crate::analysis::secret_name::is_secret;
use crate::analysis::text::whole_lines;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "arg-never-used",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Info,
    on_by_default: true,
    summary: "An ARG that nothing in its stage uses",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

No instruction behind an ARG names it, no RUN behind it starts a program that might read it from its environment, and no stage builds on this
one. Where an installation stands behind it, `arg-before-expensive-run` says so instead.

Left alone are proxy and platform arguments, names that tools read by themselves (`DEBIAN_FRONTEND`, `PIP_…` …), secrets, which have rules of
their own, and those that are there to make steps run again (`CACHEBUST`).

## Why

Whoever passes it believes that it does something; often it is a name that is spelt in another way below. And its value is part of the cache key
of each RUN behind it: a new one runs them all again.

## Bad

```dockerfile
FROM alpine:3.22
ARG BUILD_NUMBER
COPY app /usr/local/bin/app
RUN chmod +x /usr/local/bin/app
```

## Good

```dockerfile
FROM alpine:3.22
ARG BUILD_NUMBER
COPY app /usr/local/bin/app
LABEL build=$BUILD_NUMBER
```

## When to ignore

When the ARG is there so that callers may pass it to every Dockerfile alike.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, is_built_on, .. } = *input;
    if is_built_on {
        return;
    }
    let mut candidates: Vec<(usize, &Text)> = Vec::new();
    for (at, item) in stage.instructions.iter().enumerate() {
        if let Kind::Arg(arguments) = &item.kind {
            let names = arguments.iter().map(|(name, _)| name).filter(|name| is_candidate(&name.raw));
            candidates.extend(names.map(|name| (at, name)));
        }
    }
    if candidates.is_empty() {
        return;
    }
    let names: Vec<&str> = candidates.iter().map(|(_, name)| name.raw.as_str()).collect();
    let readers = Readers::of(stage, &names);
    let last_of = |classes: &[Class]| {
        let is_one =
            |position: &usize| readers.class(*position).is_some_and(|class| classes.contains(&class));
        (0..stage.instructions.len()).rev().find(is_one)
    };
    let last_that_matters = last_of(&[Class::Taker, Class::Expensive]);
    let last_that_runs = last_of(&[Class::Taker, Class::Expensive, Class::Harmless]);
    for (at, name) in candidates {
        if !readers.behind(&name.raw, at).is_empty()
            || is_named_beside(&stage.instructions[at].kind, &name.raw)
            || last_that_matters.is_some_and(|position| position > at)
        {
            continue;
        }
        let runs_again = last_that_runs.is_some_and(|position| position > at);
        let cost = if runs_again { ", yet each new value runs the steps below again" } else { "" };
        let message = format!("Nothing in this stage uses `{}`{cost}. Remove it, or use it.", name.raw);
        let finding = findings.add(name.range, message);
        if matches!(&stage.instructions[at].kind, Kind::Arg(arguments) if arguments.len() == 1) {
            let range = whole_lines(file, stage.instructions[at].instruction.range());
            let edit = TextEdit { range, new_text: String::new() };
            finding.fixes.push(safe(format!("Remove `ARG {}`", name.raw), vec![edit]));
        }
    }
}

fn is_candidate(name: &str) -> bool {
    !name.is_empty()
        && !is_proxy_argument(name)
        && !is_platform_argument(name)
        && !is_implicit(name)
        && !is_cache_buster(name)
        && !is_secret(name)
}

/// Whether the default of another argument of the same ARG names it.
fn is_named_beside(kind: &Kind, name: &str) -> bool {
    let Kind::Arg(arguments) = kind else { return false };
    let mut defaults = arguments.iter().filter_map(|(_, default)| default.as_ref());
    defaults.any(|default| default.raw.contains('$') && default.raw.contains(name))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "arg-never-used";

    #[test]
    fn what_nothing_uses_is_pointed_at() {
        check(
            "
FROM alpine:3.22
ARG VERSOIN=1
#   ^^^^^^^ arg-never-used: Nothing in this stage uses `VERSOIN`, yet each new value runs the steps below again. Remove it, or use it.
COPY größe /größe
RUN chmod +x \\
  /größe
ARG LATE
#   ^^^^ arg-never-used: Nothing in this stage uses `LATE`. Remove it, or use it.
",
        );
    }

    #[test]
    fn it_is_removed() {
        check_fix_of(
            CODE,
            "
FROM a:1
ARG X
CMD [\"x\"]
",
            expect![[r#"
                Remove `ARG X` (safe)
                FROM a:1
                CMD ["x"]
            "#]],
        );
    }

    #[test]
    fn what_is_or_may_be_used_is_fine() {
        for text in [
            "ARG V\nLABEL v=$V",
            "ARG V\nRUN echo $V",
            "ARG V\nRUN make",
            "ARG V\nRUN ./build.sh",
            "ARG V\nRUN apk add x",
            "ARG V\nCOPY x-${V} /x",
            "ARG V W=$V\nENV W=$W",
            "ARG TARGETARCH",
            "ARG http_proxy",
            "ARG DEBIAN_FRONTEND=noninteractive",
            "ARG CACHEBUST=1\nRUN echo",
            "ARG API_TOKEN",
            "ARG V\nONBUILD RUN make",
            "ARG V\nCOPY <<EOF /v\n$V\nEOF",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
        no_findings(CODE, "ARG V\nFROM a:1\n");
        no_findings(CODE, "FROM a:1 AS b\nARG V\nFROM b\nRUN echo $V\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nARG X\r\nLABEL é=ü \\\r\n  b=c\r\nARG\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nARG `\n  X\n",
            "FROM a:1\nARG X\nRUN <<EOF\necho hello\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["X"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nARG X\nRUN echo '\n");
    }
}
