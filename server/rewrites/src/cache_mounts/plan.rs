//! Which steps get which mounts, and why others get none.

use std::collections::BTreeMap;

use semantic::commands::{Action, meaning};
use semantic::path::{Place, is_within};
use semantic::{MountKind, Run, Stage, StageInstruction};
use syntax::shell::{Command, Script};
use syntax::{Form, TextEdit};

use super::caches::{self, Cache};
use super::cleaning::{self, Cleaning};
use super::folder::{self, Home};
use crate::offer::{Input, Refusal};
use crate::statements;
use crate::style::Style;

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    pub(super) runs: Vec<RunPlan<'a>>,
    pub(super) refusals: Vec<Refusal>,
    /// Whether a step has its caches mounted already.
    pub(super) is_mounted: bool,
    /// Images of which nothing is known, and on which a home folder rests.
    pub(super) unknown_images: Vec<String>,
}

/// What is to be done to a step.
#[derive(Debug)]
pub(super) struct RunPlan<'a> {
    pub(super) item: &'a StageInstruction,
    pub(super) mounts: Vec<CacheMount>,
    /// What takes out that which defeats the mounts.
    pub(super) removals: Vec<TextEdit>,
    /// The file's line end.
    pub(super) newline: &'static str,
}

/// A mount to add.
#[derive(Debug)]
pub(super) struct CacheMount {
    pub(super) target: String,
    pub(super) is_locked: bool,
    /// The user's number, where it is not root.
    pub(super) number: Option<&'static str>,
}

/// Programs that may run a compiler, and with it a package manager.
const CALLERS: &[&str] = &["make", "gmake", "just", "task", "mage", "ninja", "cmake", "sh", "bash"];

pub(super) fn of<'a>(input: &Input<'a>) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut used: BTreeMap<usize, Vec<&'static Cache>> = BTreeMap::new();
    for stage in &input.model.stages {
        let mut earlier: Vec<&'static Cache> =
            stage.base.stage().and_then(|base| used.get(&base).cloned()).unwrap_or_default();
        for item in &stage.instructions {
            let Some(run) = item.as_run() else { continue };
            let wanted = wanted(run, &earlier);
            if wanted.is_empty() {
                continue;
            }
            earlier.extend(&wanted);
            match step(input, stage, item, run, &wanted) {
                Ok(None) => plan.is_mounted = true,
                Ok(Some((step, home))) => {
                    plan.unknown_images.extend(home.unknown_image);
                    plan.runs.push(step);
                }
                Err(reason) => {
                    let line = input.model.document.buildkit_line(item.instruction.start) + 1;
                    let reason = format!("line {line} {reason}");
                    plan.refusals.push(Refusal { place: item.instruction.range(), reason });
                }
            }
        }
        used.insert(stage.index, earlier);
    }
    plan.unknown_images.sort();
    plan.unknown_images.dedup();
    plan
}

/// The caches that a step uses: by the managers that it names, and those of earlier steps where it runs something that may use them.
fn wanted(run: &Run, earlier: &[&'static Cache]) -> Vec<&'static Cache> {
    let mut wanted: Vec<&'static Cache> = Vec::new();
    for command in run.commands() {
        let meaning = meaning(command);
        let is_script = command.words.first().is_some_and(|word| word.text.starts_with("./"));
        match &meaning.action {
            Action::Package(package) => wanted.extend(
                caches::of_command(package)
                    .iter()
                    .filter(|cache| !package.options.has(cache.moving_flags) && !is_set_for(command, cache)),
            ),
            _ if is_script || CALLERS.contains(&meaning.program) => {
                wanted.extend(earlier.iter().filter(|cache| cache.is_needed_later));
            }
            _ => {}
        }
    }
    let mut seen = Vec::new();
    wanted.retain(|cache| {
        !seen.contains(cache) && {
            seen.push(*cache);
            true
        }
    });
    wanted
}

/// Whether the command's own assignments move the cache or switch it off.
fn is_set_for(command: &Command, cache: &Cache) -> bool {
    let mut names = cache.off_variables.iter().chain(cache.moved_by.iter().map(|(name, _)| name));
    names.any(|name| command.assignments.iter().any(|assignment| assignment.name == *name))
}

/// What is done to one step; nothing where its caches are mounted already. An error is the rest of a sentence about the step.
fn step<'a>(
    input: &Input<'a>,
    stage: &Stage,
    item: &'a StageInstruction,
    run: &Run,
    wanted: &[&'static Cache],
) -> Result<Option<(RunPlan<'a>, Home)>, String> {
    let script = run
        .script
        .as_deref()
        .filter(|script| script.clean)
        .ok_or("has a script that is not fully understood")?;
    let home = folder::home(input, stage, item)?;
    let mut mounted: Vec<(String, &'static Cache)> = Vec::new();
    let mut reason = None;
    for cache in wanted {
        match target(input, stage, item, &home, cache) {
            Ok(target) if is_mounted(run, &target) => {}
            Ok(target) => mounted.push((target, cache)),
            Err(why) => reason = Some(why),
        }
    }
    if mounted.is_empty() {
        return reason.map_or(Ok(None), Err);
    }
    let cleaning = cleaning::of(script, &item.instruction, &mounted, &home.folder)?;
    let removals = removals(item, script, &cleaning)
        .ok_or("empties a cache in a way that cannot be taken out without touching other commands")?;
    let mounts = mounted
        .into_iter()
        .map(|(target, cache)| CacheMount { target, is_locked: cache.is_locked, number: home.number })
        .collect();
    Ok(Some((RunPlan { item, mounts, removals, newline: Style::of(input).newline }, home)))
}

/// Where a cache is mounted, or why it is not.
fn target(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    home: &Home,
    cache: &Cache,
) -> Result<String, String> {
    for name in cache.off_variables {
        if folder::variable(input, stage, item, name) != Ok(None) {
            return Err(format!("runs where {name} switches the cache off: remove that first"));
        }
    }
    let target = folder::of_cache(input, stage, item, home, cache)
        .ok_or("has its cache at a place that a variable moves to where it is not known")?;
    let model = input.model;
    let has_this = |other: usize| model.lineage(other).iter().any(|below| below.index == stage.index);
    if cache.is_needed_later && shipped(input).into_iter().any(has_this) {
        return Err(format!(
            "is in a stage that is shipped, and the program may need {target} at run time: split the stages first"
        ));
    }
    let copies =
        model.stages.iter().flat_map(|other| &other.instructions).filter_map(StageInstruction::as_copy);
    let from = |copy: &semantic::Copy| copy.from.as_ref().and_then(|from| from.target.stage());
    for copy in copies.filter(|copy| from(copy).is_some_and(has_this)) {
        let sources = copy.sources.iter().filter_map(|source| source.text.value.as_deref());
        if let Some(source) = sources
            .filter(|source| *source != "/")
            .find(|source| is_within(source, &target) || is_within(&target, source))
        {
            return Err(format!("fills {target}, and {source} is copied from this stage"));
        }
    }
    Ok(target)
}

/// The stages that are built for their own sake: the last one, and those that callers name; all, where a caller's is not known.
fn shipped(input: &Input<'_>) -> Vec<usize> {
    let model = input.model;
    let mut shipped: Vec<usize> = model.final_stage().map(|last| last.index).into_iter().collect();
    for target in input.facts.callers.iter().filter_map(semantic::Caller::target) {
        match target.map(|name| model.target(name)) {
            Some(Some(stage)) => shipped.push(stage.index),
            // A stage that is not there: that build fails.
            Some(None) => {}
            None => return (0..model.stages.len()).collect(),
        }
    }
    shipped
}

/// Whether a mount of the step covers a folder already, or may.
fn is_mounted(run: &Run, folder: &str) -> bool {
    run.mounts.iter().any(|mount| match &mount.target {
        Place::Known(target) | Place::Relative(target) => {
            is_within(folder, target) || is_within(target, folder)
        }
        Place::Unknown => mount.kind != MountKind::Secret,
    })
}

/// The edits that take out what defeats the mounts. Absent where that cannot be done without touching others.
fn removals(item: &StageInstruction, script: &Script, cleaning: &Cleaning) -> Option<Vec<TextEdit>> {
    let instruction = &item.instruction;
    let is_json = instruction.arguments.form == Some(Form::Exec);
    if is_json && !(cleaning.words.is_empty() && cleaning.statements.is_empty()) {
        return None;
    }
    let mut edits: Vec<TextEdit> = cleaning
        .words
        .iter()
        .map(|range| TextEdit { range: instruction.place(*range), new_text: String::new() })
        .collect();
    if !cleaning.statements.is_empty() {
        edits.extend(statements::take_statements(instruction, script, &cleaning.statements)?);
    }
    Some(edits)
}
