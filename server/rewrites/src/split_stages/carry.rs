//! What of the build's instructions the run-time stage needs again: settings, users, packages, files copied elsewhere.

use semantic::path::{self, Place};
use semantic::{Copy, Kind, Run, Stage, StageInstruction};
use syntax::shell::{Statement, StatementKind};

use super::Plan;
use super::base::working_directory;
use super::calls;
use super::copied::{self, Need};
use super::distribution::Distribution;
use super::effect::{self, Effect};
use super::packages::{self, Packages};
use super::walk::{self, Step};
use crate::context::absolute;
use crate::secret;
use crate::variable::uses;

/// What becomes of an instruction of the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays in the build stage alone.
    Stay,
    /// The run-time stage has it too, in these words.
    Again(String),
    /// The same, after the program's files were copied.
    AgainAfter(String),
    /// It moves to the run-time stage.
    Move,
}

/// What becomes of all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Carried {
    /// By position, for all up to the last of the build.
    pub(super) fates: Vec<Fate>,
    /// By position, the working directory of those that name paths from it; empty for those that do not.
    pub(super) directories: Vec<Option<String>>,
    /// What is not known, each as the rest of "check …".
    pub(super) checks: Vec<String>,
}

/// Decides for every instruction of the build.
pub(super) fn of(stage: &Stage, plan: &Plan) -> Carried {
    let mut carried = Carried::default();
    let build = &stage.instructions[..=plan.last];
    let first_source =
        build.iter().position(|item| item.as_copy().is_some_and(Copy::reads_context)).unwrap_or(build.len());
    let last_of = |wanted: fn(&Kind) -> bool| build.iter().rposition(|item| wanted(&item.kind));
    let last_workdir = last_of(|kind| matches!(kind, Kind::Workdir(..)));
    let final_user = final_user(stage);
    let root = working_directory(stage);
    let end = stage.instructions.get(plan.last).map(|item| item.workdir.clone()).unwrap_or_default();
    for (position, item) in build.iter().enumerate() {
        let mut needs_directory = false;
        let fate = match &item.kind {
            Kind::Env(pairs) if is_secret_for_the_build(pairs) => Fate::Stay,
            Kind::Env(_) | Kind::Shell(_) => Fate::Again(item.instruction.source.to_string()),
            Kind::Label(_)
            | Kind::Expose(_)
            | Kind::Volume(_)
            | Kind::Healthcheck
            | Kind::Stopsignal(_)
            | Kind::Entrypoint
            | Kind::Cmd
            | Kind::Maintainer => Fate::Move,
            Kind::Workdir(text, place) if Some(position) == last_workdir => {
                let only = build.iter().filter(|item| matches!(item.kind, Kind::Workdir(..))).count() == 1;
                Fate::Again(workdir(item, &text.raw, place, only))
            }
            Kind::Copy(copy) | Kind::Add(copy) if !plan.left_behind.contains(&position) => {
                needs_directory =
                    !copy.destination.value.as_ref().unwrap_or(&copy.destination.raw).starts_with('/');
                let text = || item.instruction.source.to_string();
                match copied::need(copy, item, stage, plan) {
                    _ if plan.repeated.contains(&position) => Fate::AgainAfter(text()),
                    Need::Again => Fate::Again(text()),
                    Need::No => Fate::Stay,
                    Need::Unknown(check) => {
                        carried.checks.push(check);
                        Fate::Stay
                    }
                }
            }
            Kind::Run(run) => {
                let after = position > first_source;
                let of_run = of_run(item, run, stage, plan, final_user.as_deref(), after);
                carried.checks.extend(of_run.checks);
                needs_directory = of_run.needs_directory;
                of_run.fate
            }
            _ => Fate::Stay,
        };
        let is_carried = matches!(fate, Fate::Again(_) | Fate::AgainAfter(_));
        let directory = absolute(&item.workdir, root).filter(|_| needs_directory && is_carried);
        if needs_directory && is_carried && directory.is_none() && item.workdir != end {
            let line = item.instruction.line + 1;
            carried.checks.push(format!("that line {line} finds its working directory in the new stage"));
        }
        carried.directories.push(directory);
        carried.fates.push(fate);
    }
    redeclare_arguments(&mut carried, stage, plan);
    carried
}

/// The user that the program runs as, where the file says it and it is not root.
pub(super) fn final_user(stage: &Stage) -> Option<String> {
    let user = stage.instructions.iter().rev().find_map(|item| match &item.kind {
        Kind::User(user) => Some(user.value.clone().unwrap_or_else(|| user.raw.clone())),
        _ => None,
    });
    user.filter(|user| !matches!(user.split(':').next(), Some("root" | "0")))
}

/// A token of a package registry, passed on from an ARG for the build's sake.
fn is_secret_for_the_build(pairs: &[(semantic::stage::Text, semantic::stage::Text)]) -> bool {
    pairs.iter().all(|(name, value)| secret::is_registry_token(&name.raw) && value.raw.contains('$'))
}

fn workdir(item: &StageInstruction, raw: &str, place: &Place, only: bool) -> String {
    let path = match place {
        _ if only || raw.starts_with('/') => return item.instruction.source.to_string(),
        Place::Known(path) | Place::Relative(path) => path,
        Place::Unknown => raw,
    };
    let keyword = item.instruction.keyword_range.of(&item.instruction.source);
    format!("{keyword} {path}")
}

/// What becomes of a RUN.
struct OfRun {
    fate: Fate,
    checks: Vec<String>,
    /// Whether what is carried names paths from the working directory.
    needs_directory: bool,
}

fn of_run(
    item: &StageInstruction,
    run: &Run,
    stage: &Stage,
    plan: &Plan,
    final_user: Option<&str>,
    after: bool,
) -> OfRun {
    let line = item.instruction.line + 1;
    let mut checks = Vec::new();
    let Some(script) = &run.script else {
        return OfRun { fate: Fate::Stay, checks, needs_directory: false };
    };
    let steps = walk::of(item);
    let mut needed: Vec<Part<'_>> = Vec::new();
    let mut is_build = false;
    let mut installed = Packages::default();
    let distribution = Distribution::of(stage);
    let called: Vec<String> = plan.called.iter().cloned().chain(calls::of_healthcheck(stage)).collect();
    for (position, statement) in script.statements.iter().enumerate() {
        let own = || steps.iter().filter(|step| step.statement == position);
        let mut is_needed = false;
        for step in own() {
            match effect::of(step.command) {
                Effect::Users => is_needed |= plan.has_shell,
                Effect::Ownership => is_needed |= plan.has_shell && final_user.is_some(),
                Effect::Directories(paths) => {
                    let outside = paths.iter().any(|path| !is_of_build(path, step, stage, plan));
                    is_needed |= outside && plan.has_shell;
                    if outside && !plan.has_shell {
                        checks.push(format!(
                            "that the program needs no directory that RUN on line {line} makes"
                        ));
                    }
                }
                Effect::Packages(names) => installed.add(names, &called, distribution.as_ref()),
                Effect::Write(path) => {
                    if !is_artefact(&path, step, stage, plan) {
                        checks.push(nothing_else(line));
                    }
                }
                Effect::Copy(paths) => {
                    if paths.last().is_some_and(|path| !is_artefact(path, step, stage, plan)) {
                        checks.push(nothing_else(line));
                    }
                }
                Effect::Other => checks.push(nothing_else(line)),
                Effect::Nothing | Effect::Removal | Effect::ChangeDirectory => {}
                Effect::Permissions(paths) => {
                    let is_copied = |path: &String| is_artefact(path, step, stage, plan);
                    is_needed |= plan.has_shell && final_user.is_some() && !paths.iter().all(is_copied);
                }
                effect => {
                    is_build = true;
                    if effect.ecosystem().is_some_and(|ecosystem| ecosystem != plan.ecosystem) {
                        checks.push(nothing_else(line));
                    }
                }
            }
        }
        if let Some(first) = own().next().filter(|_| is_needed) {
            let is_relative = statement.kind != StatementKind::Command || own().any(names_relative);
            needed.push(Part { statement, start: first.start.clone(), is_relative });
        }
    }
    checks.dedup();
    if plan.links && !installed.libraries.is_empty() {
        checks
            .push(format!("that the program needs no shared library of {}", installed.libraries.join(", ")));
    }
    if installed.has_runtime(plan.links) && plan.has_shell {
        let text = match is_build || !needed.is_empty() {
            false => packages::at_run_time(item, run, &installed, plan.links),
            true => {
                packages::installs_alone(item, script, &installed, plan.links).filter(|_| needed.is_empty())
            }
        };
        match text {
            Some(text) => return OfRun { fate: Fate::Again(text), checks, needs_directory: false },
            None => checks.push(format!("that the program needs none of {}", installed.wanted(plan.links))),
        }
    }
    if needed.is_empty() {
        return OfRun { fate: Fate::Stay, checks, needs_directory: false };
    }
    if is_non_root(item) {
        checks.push(format!("that RUN on line {line} is right for the user that the new stage has there"));
    }
    let needs_directory = needed.iter().any(|part| part.is_relative && part.start == item.workdir);
    let all = script.statements.len() == needed.len() && !is_build;
    let text = if all { Some(item.instruction.source.to_string()) } else { joined(item, &needed, stage) };
    let fate = match text {
        Some(text) if after => Fate::AgainAfter(text),
        Some(text) => Fate::Again(text),
        None => {
            checks.push(nothing_else(line));
            Fate::Stay
        }
    };
    OfRun { fate, checks, needs_directory }
}

/// A statement that the run-time stage needs.
struct Part<'a> {
    statement: &'a Statement,
    /// The directory in which it begins.
    start: Place,
    /// Whether it may name paths from there.
    is_relative: bool,
}

/// Whether a command of those that are carried names a path from the directory that it runs in.
fn names_relative(step: &Step<'_>) -> bool {
    let is_relative = |path: &String| !path.starts_with(['/', '~', '$']);
    match effect::of(step.command) {
        Effect::Directories(paths) | Effect::Permissions(paths) => paths.iter().any(is_relative),
        // The first operand is the owner.
        Effect::Ownership => {
            let words = step.words();
            words.iter().skip(1).filter(|word| !word.starts_with('-')).skip(1).any(is_relative)
        }
        Effect::Users | Effect::Nothing => false,
        _ => true,
    }
}

fn nothing_else(line: u32) -> String {
    format!("that the program needs nothing else of what RUN on line {line} leaves")
}

fn is_non_root(item: &StageInstruction) -> bool {
    item.user.as_ref().is_some_and(|user| !matches!(user.raw.as_str(), "root" | "0" | ""))
}

/// Whether a directory is the program's own, which COPY and WORKDIR make, or one above it.
fn is_of_build(path: &str, step: &Step<'_>, stage: &Stage, plan: &Plan) -> bool {
    if path.starts_with('~') || path.contains('$') {
        return path.starts_with('~');
    }
    let place = absolute(&step.directory.join(path), working_directory(stage));
    match (&place, &plan.application) {
        (Some(place), Some(application)) => {
            path::is_within(application, place)
                || path::is_within(place, application)
                    && plan.artefacts.iter().any(|artefact| path::is_within(&artefact.path, place))
        }
        _ => path.starts_with("/tmp") || !path.starts_with('/'),
    }
}

/// Whether a path lies in what is copied, or is a directory that holds it.
fn is_artefact(path: &str, step: &Step<'_>, stage: &Stage, plan: &Plan) -> bool {
    let Some(place) = absolute(&step.directory.join(path), working_directory(stage)) else { return false };
    path.starts_with("/tmp/")
        || plan.artefacts.iter().any(|artefact| {
            path::is_within(&place, &artefact.path)
                || artefact.is_file
                    && artefact.path.rsplit_once('/').is_some_and(|(folder, _)| folder == place)
        })
}

/// A RUN of some statements of another one, where each is on one line; in the directories that they begin in.
fn joined(item: &StageInstruction, parts: &[Part<'_>], stage: &Stage) -> Option<String> {
    let source = &item.instruction.source;
    if !item.instruction.heredocs.is_empty() {
        return None;
    }
    let mut texts: Vec<String> = Vec::new();
    let mut directory = &item.workdir;
    for part in parts {
        if part.is_relative && part.start != *directory {
            texts.push(format!("cd {}", absolute(&part.start, working_directory(stage))?));
            directory = &part.start;
        }
        let text = part.statement.range.of(source);
        if text.contains('\n') {
            return None;
        }
        texts.push(text.to_owned());
    }
    let keyword = item.instruction.keyword_range.of(source);
    Some(format!("{keyword} {}", texts.join(" && ")))
}

/// Arguments that the run-time stage uses must be declared there.
fn redeclare_arguments(carried: &mut Carried, stage: &Stage, plan: &Plan) {
    let mut used: Vec<String> = Vec::new();
    for (fate, item) in carried.fates.iter().zip(&stage.instructions) {
        match fate {
            Fate::Again(text) | Fate::AgainAfter(text) => used.push(text.clone()),
            Fate::Move => used.push(item.instruction.source.to_string()),
            Fate::Stay => {}
        }
    }
    used.extend(stage.instructions[plan.last + 1..].iter().map(|item| item.instruction.source.to_string()));
    if let Some(user) = final_user(stage) {
        used.push(user);
    }
    for (fate, item) in carried.fates.iter_mut().zip(&stage.instructions) {
        let Kind::Arg(arguments) = &item.kind else { continue };
        let is_used = arguments.iter().any(|(name, _)| used.iter().any(|text| uses(text, &name.raw)));
        if is_used {
            *fate = Fate::Again(item.instruction.source.to_string());
        }
    }
}
