//! A RUN that changes the owner or mode of files that an earlier instruction copied.

use rewrites::Input;
use rewrites::copy_chown::{self, Change, is_file, is_octal};
use semantic::path::Place;
use semantic::{Copy, SourceKind, StageInstruction};
use syntax::shell::Command;

use crate::analysis::image_path::{ImagePath, for_each_command};
use crate::analysis::shipped::shipped;
use crate::analysis::text::{bytes, line};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "chown-in-own-layer",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "Copied files are copied once more to change their owner or mode",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A RUN changes the owner or the mode of files, recursively, that a COPY or ADD of an earlier layer brought. One file alone counts where it
is known to be large. Only stages that are shipped are looked at.

## Why

A layer cannot change an owner or a mode without holding the whole file again: the image carries these files twice, and the step takes
as long as copying them.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . /app
RUN chown -R node:node /app
USER node
```

## Good

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY --chown=node:node . /app
USER node
```

The folder `/app` itself, which WORKDIR makes, then still belongs to root; the fix leaves a RUN that changes the folder alone. It is the
rewrite `copy-chown`.

## When to ignore

When the files are few and small, or when a RUN in between makes files under the same path as another user.
"#;

/// Files above this size, in bytes, are worth a word even when they are alone.
const LARGE: u64 = 1_000_000;

fn check(input: &Input<'_>, findings: &mut Findings) {
    // What was copied so far, and whether anything but a COPY ran since.
    let mut copied: Vec<&StageInstruction> = Vec::new();
    for item in shipped(input.model).into_iter().flat_map(|stage| &stage.instructions) {
        if item.as_copy().is_some() {
            copied.push(item);
        }
        if copied.is_empty() || item.as_run().is_none() {
            continue;
        }
        // One finding a RUN: its layer holds the files once more, however often it changes them.
        let mut is_found = false;
        for_each_command(item, |command, cwd| {
            if let Some(change) = Change::of(input, item, command, cwd).filter(|_| !is_found) {
                is_found = check_change(input, item, command, &change, &copied, findings);
            }
        });
    }
}

fn check_change(
    input: &Input<'_>,
    item: &StageInstruction,
    command: &Command,
    change: &Change<'_>,
    copied: &[&StageInstruction],
    findings: &mut Findings,
) -> bool {
    let touched = copied.iter().rev().take(64).find(|other| {
        let Some(copy) = other.as_copy() else { return false };
        let touches = change.paths.iter().any(|path| touches(path, copy))
            || is_about_everything(input, item, command, change, other, copy);
        touches && (change.is_recursive() || size(input, copy).is_some_and(|size| size >= LARGE))
    });
    let Some((touched, copy)) = touched.and_then(|touched| Some((touched, touched.as_copy()?))) else {
        return false;
    };
    let is_small = match size(input, copy) {
        Some(size) => size < LARGE,
        None => copy.sources.iter().all(|source| is_file(input, copy, source)),
    };
    let size = size(input, copy).map_or_else(String::new, |size| format!(" ({})", bytes(size)));
    let flag = if change.program == "chmod" { "chmod" } else { "chown" };
    let keyword = touched.instruction.keyword;
    let cure = match change.to.value.as_deref().filter(|to| flag == "chown" || is_octal(to)) {
        Some(to) if change.program != "chgrp" => format!("`{keyword} --{flag}={to}`"),
        _ => format!("`{keyword} --{flag}`"),
    };
    let message = format!(
        "This layer holds the files of line {} once more{size}, only to change their {}. Use {cure} there.",
        line(input, touched.instruction.start),
        if flag == "chmod" { "mode" } else { "owner" }
    );
    let first = command.words.first().map_or(command.range, |word| word.range);
    let last = command.words.last().map_or(first, |word| word.range);
    let range = item.instruction.place(first).cover(item.instruction.place(last));
    let is_first = first_command(item).is_some_and(|first| first.range == command.range);
    let place = copy_chown::place(input, item).ok().flatten().filter(|_| is_first);
    let finding = findings.add(range, message);
    finding.fixes.extend(place.map(rewrites::places::Place::into_fix));
    if is_small {
        finding.severity = Severity::Info;
    }
    true
}

fn first_command(item: &StageInstruction) -> Option<&Command> {
    item.as_run().and_then(|run| run.commands().next())
}

/// Whether the change reaches what the COPY brings.
fn touches(path: &ImagePath, copy: &Copy) -> bool {
    // What an installation makes was not copied, whatever lies around it. What a COPY to `/` brings where is not known: every path is below it.
    let is_root = matches!(&copy.place, Place::Known(place) if place == "/");
    let is_installed = matches!(&path.place, Place::Known(place) | Place::Relative(place)
        if matches!(semantic::path::file_name(place), "node_modules" | "vendor" | ".venv" | "venv" | "target"));
    path.covers(&copy.place)
        || copied_files(copy).any(|file| path.covers(&file))
        || !is_root && !is_installed && path.pattern.is_none() && path.place.is_within(&copy.place)
}

/// Whether a RUN begins with changing a folder right after everything was copied to a working directory that only the base image
/// knows: what else would it be about?
fn is_about_everything(
    input: &Input<'_>,
    item: &StageInstruction,
    command: &Command,
    change: &Change<'_>,
    copied: &StageInstruction,
    copy: &Copy,
) -> bool {
    let is_first = first_command(item).is_some_and(|first| first.range == command.range);
    let is_absolute = |path: &ImagePath| matches!(&path.place, Place::Known(path) if path != "/");
    matches!(copy.place, Place::Relative(_))
        && copy.takes_whole_context()
        && is_first
        && change.paths.iter().any(is_absolute)
        && follows(input, copied, item)
}

/// The files that a COPY makes in a folder, by the names of its sources.
fn copied_files(copy: &Copy) -> impl Iterator<Item = Place> {
    let sources = copy.sources.iter().filter(|source| copy.into_directory && source.kind == SourceKind::Path);
    sources.filter_map(|source| Some(copy.place.join(source.text.value.as_deref()?.rsplit('/').next()?)))
}

/// Bytes of what a COPY takes from the context, where all of it is known.
fn size(input: &Input<'_>, copy: &Copy) -> Option<u64> {
    let context = input.facts.context.as_ref().filter(|context| context.complete && copy.from.is_none())?;
    let mut sum = 0;
    for path in copy.context_paths() {
        let inside = context.files.iter().filter(|(file, _)| semantic::path::is_within(file, &path));
        sum += inside.map(|(_, facts)| facts.size).sum::<u64>();
    }
    (sum > 0).then_some(sum)
}

/// Whether one instruction comes right behind the other.
fn follows(input: &Input<'_>, first: &StageInstruction, second: &StageInstruction) -> bool {
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let mut behind = items.skip_while(|item| item.instruction.start != first.instruction.start).skip(1);
    behind.next().is_some_and(|item| item.instruction.start == second.instruction.start)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix, check_only, no_findings};

    const CODE: &str = "chown-in-own-layer";

    #[test]
    fn copied_files_that_change_owner_are_pointed_at() {
        check(
            "
FROM node:22-slim
WORKDIR /app
COPY . .
RUN useradd app \\
 && chown -R \"app:app\" /app \\
#   ^^^^^^^^^^^^^^^^^^^^^^^ chown-in-own-layer: This layer holds the files of line 3 once more, only to change their owner. Use `COPY --chown=app:app` there.
 && chmod -R u+w .
RUN chmod -R u+w .
#   ^^^^^^^^^^^^^^ chown-in-own-layer: This layer holds the files of line 3 once more, only to change their mode. Use `COPY --chmod` there.
",
        );
    }

    #[test]
    fn unknown_working_directories_sudo_and_stages_below() {
        for text in [
            "FROM example/musl\nADD . ./\nRUN sudo chown -R rust:rust .\n",
            "FROM example/musl\nADD . ./\nRUN sudo chown -R rust:rust /home/rust/src\n",
            "FROM a:1 AS base\nCOPY src /srv/src\nFROM base\nRUN chown -R 1000:1000 /srv\n",
            "FROM a:1\nCOPY --from=b:1 /x /srv/x\nRUN chown -hR 1000:1000 /srv/x/y\n",
            "FROM a:1\nCOPY a.sh b.sh /usr/bin/\nRUN chmod -R 755 /usr/bin/*\n",
            "FROM a:1\nWORKDIR /app\nCOPY . .\nRUN cd / && chown -R app app\n",
            "FROM a:1\nENV D=/srv\nCOPY . $D\nRUN chown -R app ${D}\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_files_and_other_stages_are_left_alone() {
        for text in [
            "FROM a:1\nCOPY . /app\nRUN mkdir /data && chown -R app /data\n",
            "FROM a:1\nRUN chown -R app /app\nCOPY . /app\n",
            "FROM a:1\nCOPY . .\nRUN mkdir /data && chown -R app /data\n",
            "FROM a:1\nCOPY . .\nRUN true\nRUN chown -R app /data\n",
            "FROM a:1\nCOPY run.sh /\nRUN chmod +x /run.sh\n",
            "FROM a:1\nCOPY . /app\nRUN chown app /app\n",
            "FROM a:1 AS b\nCOPY . /app\nRUN chown -R app /app\nFROM a:1\nCOPY --from=b /app /app\n",
            "FROM a:1\nCOPY . /app\nRUN echo chown -R app /app\n",
            "FROM a:1\nCOPY . /app\nRUN chown -R app\n",
        ] {
            no_findings(CODE, text);
        }
    }

    #[test]
    fn the_fix_is_offered_where_both_are_equal() {
        check_fix(
            "
FROM debian:12-slim
COPY tool.py /usr/local/bin/tool.py
RUN chown -R 1000:1000 /usr/local/bin/tool.py
USER 1000
",
            expect![[r#"
                Use `COPY --chown=1000:1000` in place of this RUN (safe)
                FROM debian:12-slim
                COPY --chown=1000:1000 tool.py /usr/local/bin/tool.py
                USER 1000
            "#]],
        );
    }

    #[test]
    fn what_the_base_may_have_is_to_be_checked() {
        check_fix(
            "
FROM a:1
WORKDIR /app
COPY . /app
RUN chown -R node:node /app
",
            expect![[r#"
                Use `COPY --chown=node:node`, and change the owner of the folder alone (unsafe: that nothing else lies in /app, of a:1 or of a package)
                FROM a:1
                WORKDIR /app
                COPY --chown=node:node . /app
                RUN chown node:node /app
            "#]],
        );
    }

    #[test]
    fn the_fix_is_not_offered_where_they_may_differ() {
        for text in [
            "FROM a:1\nCOPY a.py /a.py\nRUN useradd x && chown -R x:x /a.py\n",
            "FROM a:1\nCOPY a.py /a.py\nRUN useradd x\nRUN chown -R x:x /a.py\n",
            "FROM a:1\nCOPY --chown=1:1 a.py /a.py\nRUN chown -R 2:2 /a.py\n",
            "FROM a:1\nCOPY a.py /a.py\nRUN chmod -R +x /a.py\n",
            "FROM a:1\nCOPY a.py b/\nRUN chown -R 1:1 b\n",
        ] {
            let found = check_only(CODE, text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_other_letters_and_another_escape() {
        for text in [
            "FROM a:1\r\nCOPY größe /größe\r\nRUN chown -R \\\r\n  1:1 /größe\r\nCOPY\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nCOPY . /app\nRUN chown -R 1:1 `\n  /app\n",
            "FROM a:1\nCOPY . /app\nRUN <<EOF\nchown -R 1:1 /app\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
        no_findings(CODE, "FROM a:1\nCOPY . /app\nRUN chown -R '\nRUN chown\n");
    }

    #[test]
    fn what_a_copy_to_the_root_brings_is_not_known() {
        let text =
            "FROM a:1 AS b\nFROM a:1\nCOPY --from=b /target/ /\nRUN mkdir -p /go/src && chmod -R 1777 /go\n";
        no_findings("chown-in-own-layer", text);
    }

    #[test]
    fn what_an_installation_made_was_not_copied() {
        let text = "FROM node:22\nCOPY src/ /app\nRUN npm ci\nRUN chmod -R a+rx /app/node_modules\n";
        no_findings("chown-in-own-layer", text);
    }
}
