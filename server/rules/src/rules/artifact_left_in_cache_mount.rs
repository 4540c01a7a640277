//! A file that was built into a cache mount, and that a later stage copies: it is in no layer.

use rewrites::{Fix, Input};
use semantic::commands::meaning;
use semantic::path::{clean_context_path, file_name, is_within};
use semantic::{Copy, Run, Stage, StageInstruction};

use crate::analysis::append::append_after;
use crate::analysis::cache_mount::of_run;
use crate::analysis::fixes::{replace, to_check};
use crate::analysis::stage_copy::{self, StageCopy};
use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "artifact-left-in-cache-mount",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Error,
    on_by_default: true,
    summary: "A stage copies a file that lies in a cache mount of another stage, where no layer has it",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A COPY takes a path from a stage in which a cache is mounted at that path or above it, and nothing else in that stage puts anything there.

## Why

A cache mount is there while its RUN runs. What is written there stays on the builder and is part of no layer: the COPY fails with
`not found`.

## Bad

```dockerfile
FROM rust:1.90 AS build
WORKDIR /src
COPY src Cargo.toml Cargo.lock ./
RUN --mount=type=cache,target=/src/target cargo build --release

FROM debian:12-slim
COPY --from=build /src/target/release/app /usr/local/bin/app
```

## Good

```dockerfile
FROM rust:1.90 AS build
WORKDIR /src
COPY src Cargo.toml Cargo.lock ./
RUN --mount=type=cache,target=/src/target cargo build --release && cp target/release/app /usr/local/bin/app

FROM debian:12-slim
COPY --from=build /usr/local/bin/app /usr/local/bin/app
```

## When to ignore

When something that the text does not show puts the file there as well.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        for (source, path) in copied.sources() {
            let Some((item, target)) = mounted(input, copied, &path) else { continue };
            let at = line(input, item.instruction.start);
            let message = format!(
                "`{path}` lies in the cache mounted at `{target}` on line {at}, which is in no layer of stage {}: this finds nothing. Copy it out of there in that RUN.",
                copied.from.display_name()
            );
            let fix = carried_out(input, copied, item, &path, source.text.range);
            findings.add(source.text.range, message).fixes.extend(fix);
        }
    }
}

/// The RUN whose cache mount holds a path that nothing else in the stage puts there, with the mount's target.
fn mounted<'a>(
    input: &Input<'a>,
    copied: StageCopy<'a>,
    path: &str,
) -> Option<(&'a StageInstruction, &'a str)> {
    if path.contains(['*', '?', '[']) {
        return None;
    }
    let stages = input.model.lineage(copied.from.index);
    let items = || stages.iter().copied().flat_map(|stage: &'a Stage| &stage.instructions);
    let target_in = |item: &'a StageInstruction| Some((item, target_over(item.as_run()?, path)?));
    let found = items().filter_map(target_in).next_back()?;
    let puts_it_there = |item: &StageInstruction| match (item.as_run(), item.as_copy()) {
        (Some(run), _) => target_over(run, path).is_none() && may_make(item, run, path),
        (None, Some(copy)) => match copy.place.known() {
            None => true,
            Some(place) if copy.from.is_some() => is_within(path, place) || is_within(place, found.1),
            // What a folder of sources holds is no output of the build, but for what was built beside them.
            Some(place) => place == path || is_within(place, found.1) || lies_in_context(input, copy, path),
        },
        _ => false,
    };
    (!items().any(puts_it_there)).then_some(found)
}

/// The target of the cache mount of a RUN that holds a path.
fn target_over<'a>(run: &'a Run, path: &str) -> Option<&'a str> {
    of_run(run).map(|(_, target)| target).find(|target| *target != "/" && is_within(path, target))
}

/// Whether a COPY brings a file to a path from the build context, as it is now.
fn lies_in_context(input: &Input<'_>, copy: &Copy, path: &str) -> bool {
    let Some(context) = &input.facts.context else { return false };
    let Some(below) = copy.place.known().and_then(|place| path.strip_prefix(place)) else { return false };
    copy.context_paths().any(|source| {
        let wanted = clean_context_path(&format!("{source}/{below}"));
        context.has(&wanted) && !context.dockerignore().is_ignored(&wanted)
    })
}

/// Whether a RUN without the mount may put something at a path: it names the path's last part or a folder above it, or builds.
fn may_make(item: &StageInstruction, run: &Run, path: &str) -> bool {
    let names = path.split('/').filter(|name| name.len() > 2);
    let mut last = names.rev().take(3);
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    !run.is_understood()
        || item.instruction.source.contains(folder)
        || last.any(|name| item.instruction.source.contains(name))
        || run.commands().any(|command| meaning(command).builds())
}

/// Copies the file out of the mount and takes it from there.
fn carried_out(
    input: &Input<'_>,
    copied: StageCopy<'_>,
    item: &StageInstruction,
    path: &str,
    source: syntax::TextRange,
) -> Option<Fix> {
    const FOLDER: &str = "/out";
    let stages = input.model.lineage(copied.from.index);
    let mut sources = stages.iter().flat_map(|stage| &stage.instructions);
    if sources.any(|item| item.instruction.source.contains(FOLDER)) {
        return None;
    }
    let script = item.as_run()?.script.as_deref()?;
    let last = script.statements.last()?.commands.last()?;
    let addition = format!("mkdir -p {FOLDER} && cp -R {path} {FOLDER}/");
    let name = file_name(path);
    let edits =
        vec![append_after(item, script, last, &addition)?, replace(source, format!("{FOLDER}/{name}"))];
    let title = format!("Copy `{name}` to {FOLDER} in the RUN, and take it from there");
    Some(to_check(title, format!("that nothing else in {path} is needed"), edits))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "artifact-left-in-cache-mount";

    #[test]
    fn the_source_is_pointed_at() {
        check(
            "
FROM example/größe:1 AS build
WORKDIR /src
RUN --mount=type=cache,target=target make app
FROM scratch
COPY --from=build \\
  /src/target/app /größe
# ^^^^^^^^^^^^^^^ artifact-left-in-cache-mount: `/src/target/app` lies in the cache mounted at `/src/target` on line 3, which is in no layer of stage build: this finds nothing. Copy it out of there in that RUN.
",
        );
    }

    #[test]
    fn it_is_carried_out() {
        check_fix_of(
            CODE,
            "
FROM a:1 AS build
RUN --mount=type=cache,target=/src/target \\
    cd /src && \\
    make app
FROM scratch
COPY --from=build src/target/app /app
",
            expect![[r"
                Copy `app` to /out in the RUN, and take it from there (unsafe: that nothing else in /src/target/app is needed)
                FROM a:1 AS build
                RUN --mount=type=cache,target=/src/target \
                    cd /src && \
                    make app && \
                    mkdir -p /out && cp -R /src/target/app /out/
                FROM scratch
                COPY --from=build /out/app /app
            "]],
        );
    }

    #[test]
    fn what_else_puts_it_there_is_fine() {
        for text in [
            "RUN --mount=type=cache,target=/c make\nRUN make install\nFROM scratch\nCOPY --from=b /c/app /app",
            "RUN --mount=type=cache,target=/c make\nCOPY x /c/app\nFROM scratch\nCOPY --from=b /c/app /app",
            "COPY --from=x /y /\nRUN --mount=type=cache,target=/c make\nFROM scratch\nCOPY --from=b /c/app /app",
            "RUN --mount=type=cache,target=/c make && cp -r /c /d\nRUN mv /d /c\nFROM scratch\nCOPY --from=b /c/app /app",
            "RUN --mount=type=cache,target=/c make\nRUN echo /c/app | cp\nFROM scratch\nCOPY --from=b /c/app /app",
            "RUN --mount=type=cache,target=/c make\nFROM scratch\nCOPY --from=b /d/app /app",
            "RUN --mount=type=cache,target=/c make\nFROM scratch\nCOPY /c/app /app",
            "RUN --mount=type=bind,target=/c make\nFROM scratch\nCOPY --from=b /c/app /app",
            "RUN --mount=type=cache,target=/c make\nFROM scratch\nCOPY --from=b /c/*.so /app",
        ] {
            no_findings(CODE, &format!("FROM a:1 AS b\n{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1 AS b\r\nRUN --mount=type=cache,target=/c \\\r\n  make\r\nFROM b\r\nCOPY --from=b /c/app \\\r\n  /app\r\nCOPY --from=\r\n",
            "# escape=`\nFROM a:1 AS b\nRUN --mount=type=cache,target=/c make\nFROM b\nCOPY --from=b `\n /c/app /app\n",
            "FROM a:1 AS b\nRUN --mount=type=cache,target=/c <<EOF\nmake\nEOF\nFROM b\nCOPY --from=0 /c/app /app\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/c/app"], "{text}");
        }
        no_findings(
            CODE,
            "FROM a:1 AS b\nRUN --mount=type=cache,target=/c make\nFROM b\nCOPY --from=b /c/app\n",
        );
    }
}
