//! A package manager's index or cache that stays in a layer of the image.

mod caches;
#[cfg(test)]
mod tests;

use rewrites::{Applicability, Fix, Input};
use semantic::{Lookup, Run, StageInstruction};
use syntax::shell::{Command, Connector, Script};
use syntax::{TextEdit, TextRange};

use crate::analysis::append::{append_after, is_editable};
use crate::analysis::call::Call;
use crate::analysis::install::{System, SystemCommand};
use crate::analysis::shipped::shipped;
use crate::rule::{Category, Check, Findings, Rule, Severity};
use caches::Cache;

pub(crate) static RULE: Rule = Rule {
    code: "package-index-left-in-image",
    aliases: &[
        "DL3009", "DL3019", "DL3032", "DL3036", "DL3040", "DL3042", "DL3060", "DS-0015", "DS-0019",
        "DS-0020", "DS-0025",
    ],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A package manager's index or cache stays in the image",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A RUN of the final image installs packages and leaves the package manager's lists or downloads in its layer: apt's lists, and the caches
of apk, yum, dnf, zypper, pip, npm and Yarn. A cache or tmpfs mount on that path is fine, and so is cleaning up in the same RUN. Stages
that are not shipped are left alone.

## Why

Nothing in the image ever reads them. apt's lists alone are about 20 MB; a later RUN that removes them only hides them.

## Bad

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl
```

```dockerfile
FROM alpine:3.22
RUN apk add curl
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
```

```dockerfile
FROM alpine:3.22
RUN apk add --no-cache curl
```

```dockerfile
FROM python:3.13-slim
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

## When to ignore

In images whose users install packages themselves, such as a development container.
"#;

/// What a RUN leaves of one cache so far.
struct Left<'a> {
    cache: Cache,
    /// The command that fills it, to point at.
    first: Call<'a>,
    /// The last one, to clean up behind.
    last: Call<'a>,
    /// The words behind which a flag would keep the cache empty.
    flag_places: Vec<u32>,
}

fn check(input: &Input<'_>, findings: &mut Findings) {
    let mut reported = Vec::new();
    for stage in shipped(input.model) {
        for item in &stage.instructions {
            let Some(run) = item.as_run() else { continue };
            for left in left_behind(input, item, run) {
                reported.push((item, left));
            }
        }
    }
    if reported.is_empty() {
        return;
    }
    let needs_lists = last_install_without_update(input);
    for (item, left) in reported {
        let Some(script) = item.as_run().and_then(|run| run.script.as_deref()) else { continue };
        let fix = fix(input, item, script, &left, needs_lists);
        let finding = findings.add(range(item, &left.first), left.cache.message());
        finding.aliases = left.cache.aliases().to_vec();
        if left.cache == Cache::Npm {
            finding.severity = Severity::Info;
        }
        finding.fixes.extend(fix);
    }
}

/// From the program to its subcommand.
fn range(item: &StageInstruction, call: &Call<'_>) -> TextRange {
    let first = call.command.words.first().map_or(call.command.range, |word| word.range);
    let last = call.subcommand().map_or(first, |word| word.range);
    item.instruction.place(first).cover(item.instruction.place(last))
}

/// The caches that a RUN fills and leaves in its layer.
fn left_behind<'a>(input: &Input<'_>, item: &StageInstruction, run: &'a Run) -> Vec<Left<'a>> {
    let mut left: Vec<Left<'a>> = Vec::new();
    for command in run.commands() {
        let Some(call) = Call::of(command) else { continue };
        if !left.is_empty() {
            left.retain(|left| !left.cache.is_cleaned_by(&call));
        }
        let Some(cache) = Cache::filled_by(&call) else { continue };
        if is_switched_off(input, item, command, cache)
            || cache.is_mounted(&run.mounts)
            || is_berry(input, cache, &call)
        {
            continue;
        }
        let flag_place = call.subcommand().map(|word| word.range.end);
        match left.iter_mut().find(|left| left.cache == cache) {
            Some(left) => {
                left.last = call;
                left.flag_places.extend(flag_place);
            }
            None => left.push(Left {
                cache,
                first: call,
                last: call,
                flag_places: flag_place.into_iter().collect(),
            }),
        }
    }
    let has_apk_add = left.iter().any(|left| left.cache == Cache::Apk);
    left.retain(|left| left.cache != Cache::ApkIndex || !has_apk_add);
    for left in left.iter_mut().filter(|left| left.cache == Cache::Apt) {
        let last = run
            .commands()
            .filter_map(Call::of)
            .filter_map(SystemCommand::of)
            .filter(|command| command.system == System::Apt)
            .last();
        if let Some(last) = last {
            left.last = last.call;
        }
    }
    left
}

/// Whether a variable, in force or before the command, switches the cache off or moves it.
fn is_switched_off(input: &Input<'_>, item: &StageInstruction, command: &Command, cache: Cache) -> bool {
    cache.variables().iter().any(|name| {
        command.assignments.iter().any(|assignment| assignment.name == *name)
            || matches!(input.model.lookup(item.scope, name), Lookup::Value(value) if !matches!(value, "" | "0" | "false"))
            || input.model.scopes.definition(item.scope, name).is_some_and(|definition| definition.value == semantic::Value::Unknown)
    })
}

/// Whether this is a Yarn that runs from its cache, which then must stay.
fn is_berry(input: &Input<'_>, cache: Cache, call: &Call<'_>) -> bool {
    cache == Cache::Yarn
        && (call.has(&["--immutable", "--immutable-cache"])
            || input.facts.context.as_ref().is_some_and(|context| context.files.contains_key(".yarnrc.yml")))
}

/// The last RUN that installs with apt and has not updated its lists itself.
fn last_install_without_update(input: &Input<'_>) -> Option<u32> {
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let needs = |item: &&StageInstruction| {
        let Some(run) = item.as_run() else { return false };
        let mut commands = run.commands().filter_map(Call::of).filter_map(SystemCommand::of);
        let first = commands.find(|command| {
            command.system == System::Apt && (command.subcommand == "update" || command.installs())
        });
        first.is_some_and(|command| command.installs())
    };
    items.rev().find(needs).map(|item| item.instruction.start)
}

fn fix(
    input: &Input<'_>,
    item: &StageInstruction,
    script: &Script,
    left: &Left<'_>,
    needs_lists: Option<u32>,
) -> Option<Fix> {
    let safe = |title: String, edits: Vec<TextEdit>| Fix { title, applicability: Applicability::Safe, edits };
    if let Some(flag) = left.cache.flag() {
        if !is_editable(item, script) {
            return None;
        }
        let mut edits: Vec<TextEdit> = left
            .flag_places
            .iter()
            .map(|place| TextEdit {
                range: TextRange::empty(item.instruction.start + place),
                new_text: format!(" {flag}"),
            })
            .collect();
        if left.cache == Cache::Apk {
            edits.extend(without_update(item, script));
            edits.sort_by_key(|edit| edit.range);
        }
        return Some(safe(format!("Add `{flag}`"), edits));
    }
    if left.cache == Cache::ApkIndex {
        let edit = without_update(item, script).filter(|_| is_editable(item, script))?;
        return Some(safe(
            "Remove `apk update`: `--no-cache` fetches the index itself".to_owned(),
            vec![edit],
        ));
    }
    let cleanup = left.cache.cleanup();
    let edit = append_after(item, script, left.last.command, cleanup)?;
    let applicability = match left.cache {
        Cache::Apt if needs_lists.is_some_and(|start| start > item.instruction.start) => {
            Applicability::Unsafe {
                check: "that each later `apt-get install` has an `apt-get update` before it".to_owned(),
            }
        }
        Cache::Yarn if !is_classic_yarn(input, &left.last) => Applicability::Unsafe {
            check: "that this is Yarn 1: later ones may run from their cache".to_owned(),
        },
        _ => Applicability::Safe,
    };
    Some(Fix { title: format!("Clean up with `{cleanup}`"), applicability, edits: vec![edit] })
}

fn is_classic_yarn(input: &Input<'_>, call: &Call<'_>) -> bool {
    let lock = input.facts.context.as_ref().and_then(|context| context.manifests.get("yarn.lock"));
    call.has(&["--frozen-lockfile", "--pure-lockfile", "--production", "--prod", "--non-interactive"])
        || lock.is_some_and(|text| text.contains("# yarn lockfile v1"))
}

/// The edit that takes `apk update &&` out of a script that has an `apk add` behind it.
fn without_update(item: &StageInstruction, script: &Script) -> Option<TextEdit> {
    let at = script.statements.iter().position(|statement| {
        let mut commands = statement.commands.iter().filter_map(Call::of);
        commands.next().is_some_and(|call| {
            call.program == "apk" && call.subcommand_text() == "update" && call.command.top_level
        })
    })?;
    let next = script.statements.get(at + 1)?;
    let adds = next
        .commands
        .iter()
        .filter_map(Call::of)
        .any(|call| call.program == "apk" && call.subcommand_text() == "add");
    if next.connector != Some(Connector::And) || !adds || script.statements[at].commands.len() > 1 {
        return None;
    }
    let range = item.instruction.place(script.statements[at].range);
    let end = item.instruction.place(next.range).start;
    Some(TextEdit { range: TextRange::new(range.start, end), new_text: String::new() })
}
