//! What a RUN leaves of package managers' caches, and what takes it away.

use semantic::{Kind, Lookup, Run, StageInstruction};
use syntax::shell::{Command, Connector, Script, ShellWord};
use syntax::{LocalRange, TextEdit, TextRange};

use super::caches::Cache;
use crate::analysis::append::{append_after, is_editable};
use crate::analysis::call::Call;
use crate::analysis::install::{System, SystemCommand, is_expensive, is_harmless};
use crate::offer::{Applicability, Fix, Input};

/// What a RUN leaves of one cache so far.
#[derive(Debug)]
pub struct Left<'a> {
    /// The cache.
    pub cache: Cache,
    /// The command that fills it, to point at.
    pub first: Call<'a>,
    /// The last one, to clean up behind.
    last: Call<'a>,
    /// The words behind which a flag would keep the cache empty.
    flag_places: Vec<u32>,
}

/// The caches that a RUN fills and leaves in its layer.
#[must_use]
pub fn left_behind<'a>(input: &Input<'_>, item: &StageInstruction, run: &'a Run) -> Vec<Left<'a>> {
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

/// The last RUN that may need the package lists of apt and has not updated them itself: it installs, or runs what is not known to install nothing.
#[must_use]
pub fn last_install_without_update(input: &Input<'_>) -> Option<u32> {
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    let needs = |item: &&StageInstruction| {
        let Some(run) = item.as_run() else { return matches!(item.kind, Kind::Onbuild) };
        let needs = |command: &Command| match Call::of(command).and_then(SystemCommand::of) {
            Some(apt) if apt.system == System::Apt => match apt.subcommand {
                "update" => Some(false),
                "autoclean" | "autoremove" | "clean" | "distclean" | "purge" | "remove" => None,
                _ => Some(true),
            },
            _ => (!is_known(command)).then_some(true),
        };
        !run.is_understood() || run.commands().find_map(needs) == Some(true)
    };
    items.rev().find(needs).map(|item| item.instruction.start)
}

/// Whether a command certainly installs nothing with apt.
fn is_known(command: &Command) -> bool {
    let starts_others = |word: &ShellWord| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok");
    Call::of(command).is_some_and(|call| {
        (is_harmless(call.program) || is_expensive(call) || SystemCommand::of(call).is_some())
            && !call.arguments.iter().any(starts_others)
    }) || command.words.is_empty()
}

/// What takes away what one RUN leaves. `needs_lists` is where the last RUN starts that installs from lists of an earlier one.
#[must_use]
pub fn fix(
    input: &Input<'_>,
    item: &StageInstruction,
    left: &Left<'_>,
    needs_lists: Option<u32>,
) -> Option<Fix> {
    let script = item.as_run()?.script.as_deref()?;
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
    // What was run with other rights is not removed without them.
    let rights = left.last.command.program().filter(|program| matches!(*program, "sudo" | "doas"));
    let rights = rights.map(|program| format!("{program} ")).unwrap_or_default();
    let cleanup = format!("{rights}{}", left.cache.cleanup());
    let edit = append_after(item, script, place(script, left)?, &cleanup)?;
    let applicability = match left.cache {
        Cache::Apt if needs_lists.is_some_and(|start| start > item.instruction.start) => {
            Applicability::Unsafe {
                check: "that nothing later installs without an `apt-get update` before it".to_owned(),
            }
        }
        Cache::Yarn if !is_classic_yarn(input, &left.last) => Applicability::Unsafe {
            check: "that this is Yarn 1: later ones may run from their cache".to_owned(),
        },
        _ => Applicability::Safe,
    };
    Some(Fix { title: format!("Clean up with `{cleanup}`"), applicability, edits: vec![edit] })
}

/// The command behind which a cache is emptied: the last of its manager, or the script's last one where something between may fill or need it.
fn place<'a>(script: &'a Script, left: &Left<'a>) -> Option<&'a Command> {
    let last = left.last.command;
    let later = script.statements.iter().filter(|statement| statement.range.start > last.range.start);
    if left.cache != Cache::Apt || later.flat_map(|statement| &statement.commands).all(is_known) {
        return Some(last);
    }
    script.statements.last().and_then(|statement| statement.commands.last())
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
    let lost = LocalRange::new(script.statements[at].range.start, next.range.start);
    if lost.of(&item.instruction.source).lines().any(|line| line.trim_start().starts_with('#')) {
        return None;
    }
    let range = item.instruction.place(script.statements[at].range);
    let end = item.instruction.place(next.range).start;
    Some(TextEdit { range: TextRange::new(range.start, end), new_text: String::new() })
}
