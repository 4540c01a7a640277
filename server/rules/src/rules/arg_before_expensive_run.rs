//! An ARG that makes an expensive RUN run again, although that RUN does not use it.

use rewrites::move_arg_down::names::{is_cache_buster, is_implicit, is_volatile};
use rewrites::move_arg_down::readers::{Class, Readers};
use rewrites::{Applicability, Fix, Input, move_arg_down};
use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Kind, Stage, StageInstruction, Text};
use syntax::TextEdit;

use crate::analysis::call::Call;
use crate::analysis::install::is_expensive;
use crate::analysis::secret_name::is_secret;
use crate::analysis::text::{self, line, whole_lines};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "arg-before-expensive-run",
    aliases: &[],
    category: Category::Cache,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "An ARG that an expensive RUN does not use makes it run again",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

An ARG stands before a RUN that installs packages or dependencies, and that RUN does not use it: either its value changes from build to
build, as its name says (`GIT_SHA`, `BUILD_DATE`, `APP_VERSION` …), or nothing uses it at all.

Proxy and platform arguments are left alone, and so are names that tools read from the environment (`DEBIAN_FRONTEND`, `PIP_…`,
`NODE_ENV` …), secrets, which have rules of their own, and those that are there to bust the cache (`CACHEBUST`).

## Why

The value of every ARG in scope is part of the cache key of each RUN behind it, used or not. A new commit's hash alone then downloads and
installs everything again.

## Bad

```dockerfile
FROM debian:12-slim
ARG GIT_SHA
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
LABEL org.opencontainers.image.revision=$GIT_SHA
```

```dockerfile
FROM alpine:3.22
ARG BUILD_NUMBER
RUN apk add --no-cache curl
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ARG GIT_SHA
LABEL org.opencontainers.image.revision=$GIT_SHA
```

```dockerfile
FROM alpine:3.22
RUN apk add --no-cache curl
```

## When to ignore

When the RUN reads the variable from its environment in a way that the text does not show, or when it is meant to run again.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let stage = input.stage;
    let mut candidates = Vec::new();
    for (at, item) in stage.instructions.iter().enumerate() {
        let Kind::Arg(arguments) = &item.kind else { continue };
        candidates
            .extend(arguments.iter().filter(|(name, _)| is_candidate(&name.raw)).map(|(name, _)| (at, name)));
    }
    let Some((first, _)) = candidates.first() else { return };
    let Some(expensive) = stage.instructions[*first..].iter().rposition(installs) else { return };
    let last_expensive = first + expensive;
    candidates.retain(|(at, _)| *at < last_expensive);
    if !candidates.is_empty() {
        check_candidates(input, &candidates, findings);
    }
}

/// Whether a RUN has a command that installs, whatever else it does.
fn installs(item: &StageInstruction) -> bool {
    let is_expensive = |command| Call::of(command).is_some_and(is_expensive);
    item.as_run().is_some_and(|run| run.commands().any(is_expensive))
}

fn is_candidate(name: &str) -> bool {
    !is_proxy_argument(name)
        && !is_platform_argument(name)
        && !is_implicit(name)
        && !is_cache_buster(name)
        && !is_secret(name)
}

fn check_candidates(input: &StageInput<'_>, candidates: &[(usize, &Text)], findings: &mut Findings) {
    // A stage that builds on this one takes its variables over.
    let StageInput { file: input, stage, is_built_on, .. } = *input;
    let mut names = move_arg_down::variables(stage);
    for item in &stage.instructions {
        if let Kind::Env(pairs) = &item.kind {
            let derived = pairs.iter().filter(|(_, value)| value.raw.contains('$'));
            names.extend(derived.map(|(name, _)| name.raw.as_str()));
        }
    }
    let readers = Readers::of(stage, &names);
    let (expensive, takers) = (readers.of_class(Class::Expensive), readers.of_class(Class::Taker));
    let next =
        |list: &[usize], at: usize| list.get(list.partition_point(|position| *position <= at)).copied();
    for (at, name) in candidates {
        let users = readers.behind(&name.raw, *at);
        let first_use = users.first().copied();
        let first_taker = next(&takers, *at);
        // Uses that run nothing can stand behind the RUN as well, together with the ARG.
        let first_real = users.iter().copied().find(|position| !is_metadata(stage, *position, &readers));
        let limit = [first_real, first_taker].into_iter().flatten().min().unwrap_or(stage.instructions.len());
        let Some(first_wasted) = next(&expensive, *at).filter(|position| *position < limit) else { continue };
        let last_wasted =
            expensive[..expensive.partition_point(|position| *position < limit)].last().copied();
        let run = &stage.instructions[first_wasted];
        let is_unused = first_use.is_none() && first_taker.is_none() && !is_built_on;
        if !is_unused && !is_volatile(&name.raw) {
            continue;
        }
        let what = first_expensive_command(run);
        let from = line(input, run.instruction.start);
        let message = if is_unused {
            format!(
                "Nothing uses `{}`, yet each new value runs `{what}` on line {from} again. Remove it.",
                name.raw
            )
        } else {
            format!(
                "Each new value of `{}` runs `{what}` on line {from} again, which does not use it. Move this ARG and what it feeds below.",
                name.raw
            )
        };
        let last_wasted = last_wasted.unwrap_or(first_wasted);
        let fix = match is_unused {
            true => removal(input, &stage.instructions[*at], name),
            false => move_down(input, stage, *at, &readers, last_wasted),
        };
        findings.add(name.range, message).fixes.extend(fix);
    }
}

/// Whether an instruction only writes into the image's configuration: a LABEL, or an ENV that no RUN behind it names.
fn is_metadata(stage: &Stage, position: usize, readers: &Readers) -> bool {
    match &stage.instructions[position].kind {
        Kind::Label(_) => true,
        Kind::Env(pairs) => pairs.iter().all(|(name, _)| readers.behind(&name.raw, position).is_empty()),
        _ => false,
    }
}

fn first_expensive_command(item: &StageInstruction) -> String {
    let run = item.as_run();
    let mut commands = run.iter().flat_map(|run| run.commands());
    let found = commands.find(|command| {
        Call::of(command)
            .is_some_and(|call| is_expensive(call) && !matches!(call.subcommand_text(), "update"))
    });
    found.map_or_else(|| "RUN".to_owned(), |command| text::command(item, command))
}

/// Takes an ARG out that nothing uses.
fn removal(input: &Input<'_>, item: &StageInstruction, name: &Text) -> Option<Fix> {
    let Kind::Arg(arguments) = &item.kind else { return None };
    if arguments.len() != 1 {
        return None;
    }
    let edits =
        vec![TextEdit { range: whole_lines(input, item.instruction.range()), new_text: String::new() }];
    let title = format!("Remove `ARG {}`", name.raw);
    Some(Fix { title, applicability: Applicability::Safe, edits })
}

/// Moves an ARG below the last RUN that it makes run again. Not across a use that stands in between, such as a LABEL: that would have to
/// move too.
fn move_down(
    input: &Input<'_>,
    stage: &Stage,
    at: usize,
    readers: &Readers,
    last_wasted: usize,
) -> Option<Fix> {
    let moved =
        move_arg_down::destination(input, stage, at, readers).filter(|moved| moved.before > last_wasted)?;
    let check = move_arg_down::check(stage, &[moved]);
    Some(Fix {
        title: move_arg_down::title(stage, &[moved]),
        applicability: check.map_or(Applicability::Safe, |check| Applicability::Unsafe { check }),
        edits: move_arg_down::edits(input, stage, &[moved]),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix, check_only, no_findings};

    const CODE: &str = "arg-before-expensive-run";

    #[test]
    fn volatile_and_unused_arguments_are_pointed_at() {
        check(
            "
FROM alpine:3.22
ARG GIT_SHA=unknown
#   ^^^^^^^ arg-before-expensive-run: Each new value of `GIT_SHA` runs `apk add --no-cache café` on line 4 again, which does not use it. Move this ARG and what it feeds below.
ARG NEVER
#   ^^^^^ arg-before-expensive-run: Nothing uses `NEVER`, yet each new value runs `apk add --no-cache café` on line 4 again. Remove it.
RUN apk add --no-cache \\
  café
LABEL revision=$GIT_SHA
",
        );
    }

    #[test]
    fn a_build_that_may_read_the_environment_is_where_it_moves() {
        check_fix(
            "
FROM node:22-slim AS build
ARG BUILD_ID
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM scratch
",
            expect![[r"
                Move `ARG BUILD_ID` down to where it is used (safe)
                FROM node:22-slim AS build
                COPY package.json package-lock.json ./
                RUN npm ci
                COPY . .
                ARG BUILD_ID
                RUN npm run build
                FROM scratch
            "]],
        );
    }

    #[test]
    fn it_does_not_move_past_what_may_read_it() {
        check_fix(
            "
FROM alpine:3.22
# for support
ARG GIT_SHA
RUN apk add x
RUN make
LABEL revision=$GIT_SHA
",
            expect![[r#"
                Move `ARG GIT_SHA` down to where it is used (safe)
                FROM alpine:3.22
                RUN apk add x
                # for support
                ARG GIT_SHA
                RUN make
                LABEL revision=$GIT_SHA
                Add `--no-cache` (safe)
                FROM alpine:3.22
                # for support
                ARG GIT_SHA
                RUN apk add --no-cache x
                RUN make
                LABEL revision=$GIT_SHA
            "#]],
        );
    }

    #[test]
    fn an_unused_one_is_removed() {
        check_fix(
            "
FROM alpine:3.22
ARG BUILD_NUMBER
RUN apk add --no-cache curl
",
            expect![[r"
                Remove `ARG BUILD_NUMBER` (safe)
                FROM alpine:3.22
                RUN apk add --no-cache curl
            "]],
        );
    }

    #[test]
    fn a_label_in_between_would_have_to_move_too() {
        for text in ["LABEL r=$GIT_SHA", "ENV COMMIT=$GIT_SHA"] {
            let found = check_only(CODE, &format!("FROM a:1\nARG GIT_SHA\n{text}\nRUN apk add x\n"));
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_used_or_meant_is_fine() {
        for text in [
            "ARG V=1\nRUN apk add curl=$V",
            "ARG APP_VERSION\nRUN curl -o /x https://x/${APP_VERSION} && apk add x",
            "ARG BUILD_ID\nRUN apk add x && printenv BUILD_ID",
            "ARG GIT_SHA\nRUN --mount=type=cache,id=$GIT_SHA,target=/c apk add x",
            "ARG TARGETARCH\nRUN apk add x",
            "ARG HTTP_PROXY\nARG no_proxy\nRUN apk add x",
            "ARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y x",
            "ARG CACHEBUST=1\nRUN apk add x",
            "ARG PIP_INDEX_URL\nRUN pip install x",
            "RUN apk add x\nARG GIT_SHA\nLABEL r=$GIT_SHA",
            "ARG GIT_SHA\nRUN ./configure && make",
            "ARG USER_ID=1000\nRUN apk add x\nRUN adduser -u $USER_ID app",
            "ARG THING\nRUN apk add x\nRUN ./build.sh",
            "ARG GIT_SHA\nRUN make && apk add x",
            "ARG GIT_SHA\nRUN echo hello",
            "ARG APP_VERSION\nENV V=$APP_VERSION\nRUN apk add x=$V",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
        no_findings(CODE, "ARG GIT_SHA\nFROM a:1\nRUN apk add x\n");
        no_findings(CODE, "FROM a:1 AS base\nARG THING=1\nRUN apk add x\nFROM base\nRUN echo $THING\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nARG NEVER\r\nRUN apk add \\\r\n  größe\r\nARG\r\n",
            "# escape=`\nFROM a:1\nARG NEVER\nRUN apk add `\n  x\n",
            "FROM a:1\nARG NEVER\nRUN <<EOF\napk add x\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nARG NEVER\nRUN apk add '\n");
        let crlf = check_only(CODE, "FROM a:1\r\nARG NEVER\r\nRUN apk add x\r\n");
        assert_eq!(
            rewrites::offer::apply("FROM a:1\r\nARG NEVER\r\nRUN apk add x\r\n", &crlf[0].fixes[0].edits),
            "FROM a:1\r\nRUN apk add x\r\n"
        );
    }
}
