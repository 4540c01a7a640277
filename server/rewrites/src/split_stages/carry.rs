//! What of the build's instructions the run-time stage needs again: settings, users, packages, files copied elsewhere.

use semantic::path::{self, Place};
use semantic::{Copy, Kind, Run, Stage, StageInstruction};
use syntax::shell::{Command, Script, Statement};

use super::Plan;
use super::base::working_directory;
use super::distribution::Distribution;
use super::effect::{self, Effect, is_build_package, is_credentials};
use super::libraries;
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
    for (position, item) in build.iter().enumerate() {
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
            Kind::Copy(copy) | Kind::Add(copy)
                if !plan.repeated.contains(&position)
                    && !plan.left_behind.contains(&position)
                    && is_needed(copy, item, stage, plan) =>
            {
                Fate::Again(item.instruction.source.to_string())
            }
            _ if plan.repeated.contains(&position) => Fate::AgainAfter(item.instruction.source.to_string()),
            Kind::Run(run) => {
                let after = position > first_source;
                let (fate, checks) = of_run(item, run, stage, plan, final_user.as_deref(), after);
                carried.checks.extend(checks);
                fate
            }
            _ => Fate::Stay,
        };
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

/// Whether a COPY or ADD puts something where the image, not the build, wants it.
fn is_needed(copy: &Copy, item: &StageInstruction, stage: &Stage, plan: &Plan) -> bool {
    let Some(place) = absolute(&copy.place, working_directory(stage)) else { return false };
    if is_credentials(&place) || copy.sources.iter().any(|source| is_credentials(&source.text.raw)) {
        return false;
    }
    if place.split('/').any(|part| part == "node_modules") || copy.takes_whole_context() {
        return false;
    }
    match &plan.application {
        _ if copy.from.is_some() => true,
        Some(application) => {
            let is_above = path::is_within(application, &place) && copy.into_directory;
            !is_above && !path::is_within(&place, application)
        }
        None => matches!(item.workdir, Place::Known(_)) && copy.destination.raw.starts_with('/'),
    }
}

fn of_run(
    item: &StageInstruction,
    run: &Run,
    stage: &Stage,
    plan: &Plan,
    final_user: Option<&str>,
    after: bool,
) -> (Fate, Vec<String>) {
    let line = item.instruction.line + 1;
    let Some(script) = &run.script else { return (Fate::Stay, Vec::new()) };
    let mut checks = Vec::new();
    let mut needed: Vec<&Statement> = Vec::new();
    let mut is_build = false;
    let mut packages = Packages::default();
    let distribution = Distribution::of(stage);
    for statement in &script.statements {
        let mut is_needed = false;
        for command in &statement.commands {
            match effect::of(command) {
                Effect::Users => is_needed |= plan.has_shell,
                Effect::Ownership => is_needed |= plan.has_shell && final_user.is_some(),
                Effect::Directories(paths) => {
                    let outside = paths.iter().any(|path| !is_of_build(path, item, stage, plan));
                    is_needed |= outside && plan.has_shell;
                    if outside && !plan.has_shell {
                        checks.push(format!(
                            "that the program needs no directory that RUN on line {line} makes"
                        ));
                    }
                }
                Effect::Packages(names) => packages.add(names, distribution.as_ref()),
                Effect::Write(path) => {
                    if !is_artefact(&path, item, stage, plan) {
                        checks.push(nothing_else(line));
                    }
                }
                Effect::Copy(paths) => {
                    if paths.last().is_some_and(|path| !is_artefact(path, item, stage, plan)) {
                        checks.push(nothing_else(line));
                    }
                }
                Effect::Other => checks.push(nothing_else(line)),
                Effect::Nothing | Effect::Removal | Effect::ChangeDirectory => {}
                Effect::Permissions(paths) => {
                    let is_copied = |path: &String| is_artefact(path, item, stage, plan);
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
        if is_needed {
            needed.push(statement);
        }
    }
    checks.dedup();
    if plan.links && !packages.libraries.is_empty() {
        checks.push(format!("that the program needs no shared library of {}", packages.libraries.join(", ")));
    }
    if packages.has_runtime(plan.links) && plan.has_shell {
        let text = match is_build || !needed.is_empty() {
            false => at_run_time(item, run, &packages, plan.links),
            true => installs_alone(item, script, &packages, plan.links).filter(|_| needed.is_empty()),
        };
        match text {
            Some(text) => return (Fate::Again(text), checks),
            None => checks.push(format!("that the program needs none of {}", packages.wanted(plan.links))),
        }
    }
    if needed.is_empty() {
        return (Fate::Stay, checks);
    }
    if is_non_root(item) {
        checks.push(format!("that RUN on line {line} is right for the user that the new stage has there"));
    }
    let all = script.statements.len() == needed.len() && !is_build;
    let text = if all { Some(item.instruction.source.to_string()) } else { joined(item, &needed) };
    match text {
        Some(text) if after => (Fate::AgainAfter(text), checks),
        Some(text) => (Fate::Again(text), checks),
        None => {
            checks.push(nothing_else(line));
            (Fate::Stay, checks)
        }
    }
}

fn nothing_else(line: u32) -> String {
    format!("that the program needs nothing else of what RUN on line {line} leaves")
}

fn is_non_root(item: &StageInstruction) -> bool {
    item.user.as_ref().is_some_and(|user| !matches!(user.raw.as_str(), "root" | "0" | ""))
}

/// Whether a directory is the program's own, which COPY and WORKDIR make, or one above it.
fn is_of_build(path: &str, item: &StageInstruction, stage: &Stage, plan: &Plan) -> bool {
    if path.starts_with('~') || path.contains('$') {
        return path.starts_with('~');
    }
    let place = absolute(&item.workdir.join(path), working_directory(stage));
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
fn is_artefact(path: &str, item: &StageInstruction, stage: &Stage, plan: &Plan) -> bool {
    let Some(place) = absolute(&item.workdir.join(path), working_directory(stage)) else { return false };
    path.starts_with("/tmp/")
        || plan.artefacts.iter().any(|artefact| {
            path::is_within(&place, &artefact.path)
                || artefact.is_file
                    && artefact.path.rsplit_once('/').is_some_and(|(folder, _)| folder == place)
        })
}

/// A RUN of some statements of another one, where each is on one line.
fn joined(item: &StageInstruction, statements: &[&Statement]) -> Option<String> {
    let source = &item.instruction.source;
    let texts: Vec<&str> = statements.iter().map(|statement| statement.range.of(source)).collect();
    if texts.iter().any(|text| text.contains('\n')) || !item.instruction.heredocs.is_empty() {
        return None;
    }
    let keyword = item.instruction.keyword_range.of(source);
    Some(format!("{keyword} {}", texts.join(" && ")))
}

/// The packages that a RUN installs, told apart.
#[derive(Debug, Default)]
struct Packages {
    build: Vec<String>,
    /// Those to compile against, whose libraries are in a package that is not known.
    libraries: Vec<String>,
    /// Those to compile against, with the package that has the library; empty where there is none.
    linked: Vec<(String, &'static str)>,
    runtime: Vec<String>,
}

impl Packages {
    fn add(&mut self, names: Vec<String>, distribution: Option<&Distribution>) {
        for name in names {
            if is_build_package(&name) {
                // Alpine has C++'s own library in no image.
                if distribution.is_some_and(Distribution::is_musl)
                    && matches!(name.as_str(), "g++" | "build-base")
                {
                    self.linked.push((name, "libstdc++"));
                    continue;
                }
                self.build.push(name);
            } else if !libraries::is_development(&name) {
                self.runtime.push(name);
            } else if let Some(library) = libraries::at_run_time(&name, distribution) {
                self.linked.push((name, library));
            } else {
                self.libraries.push(name);
            }
        }
    }

    /// Whether anything of it is for the running program.
    fn has_runtime(&self, links: bool) -> bool {
        !self.runtime.is_empty() || links && self.linked.iter().any(|(_, library)| !library.is_empty())
    }

    fn wanted(&self, links: bool) -> String {
        let libraries =
            self.linked.iter().map(|(_, library)| *library).filter(|library| links && !library.is_empty());
        self.runtime.iter().map(String::as_str).chain(libraries).collect::<Vec<_>>().join(", ")
    }

    /// What stands in the run-time stage in a package's place: itself, its library, or nothing.
    fn instead(&self, name: &str, links: bool) -> Option<&str> {
        if let Some((_, library)) = self.linked.iter().find(|(package, _)| package == name) {
            return Some(if links { library } else { "" });
        }
        self.build.iter().chain(&self.libraries).any(|left_out| left_out == name).then_some("")
    }
}

/// The RUN with what the running program needs of its packages; absent where a comment is in the way.
fn at_run_time(item: &StageInstruction, run: &Run, packages: &Packages, links: bool) -> Option<String> {
    let source = &item.instruction.source;
    let commands: Vec<&Command> = run.commands().collect();
    with_libraries(source, 0, source.len(), &commands, packages, links)
}

/// The statements of a RUN that install packages and clean up after that, of a RUN that also builds.
fn installs_alone(
    item: &StageInstruction,
    script: &Script,
    packages: &Packages,
    links: bool,
) -> Option<String> {
    let source = &item.instruction.source;
    let is_of_packages = |command: &Command| match effect::of(command) {
        Effect::Packages(_) => true,
        Effect::Removal => command.words.iter().any(|word| {
            matches!(word.text.as_str(), "update" | "clean") || word.text.starts_with("/var/lib/apt/lists")
        }),
        _ => false,
    };
    let mut texts = Vec::new();
    for statement in &script.statements {
        if !statement.commands.iter().all(is_of_packages) {
            continue;
        }
        let commands: Vec<&Command> = statement.commands.iter().collect();
        let (start, end) = (statement.range.start as usize, statement.range.end as usize);
        texts.push(with_libraries(source, start, end, &commands, packages, links)?);
    }
    let keyword = item.instruction.keyword_range.of(source);
    let is_plain = item.instruction.heredocs.is_empty() && !texts.is_empty();
    is_plain.then(|| format!("{keyword} {}", texts.join(" && ")))
}

/// A part of a RUN with the packages that the running program needs, of those that its commands install.
fn with_libraries(
    source: &str,
    from: usize,
    to: usize,
    commands: &[&Command],
    packages: &Packages,
    links: bool,
) -> Option<String> {
    let mut kept = String::new();
    let mut at = from;
    let mut named: Vec<&str> = Vec::new();
    for command in commands {
        if !matches!(effect::of(command), Effect::Packages(_)) {
            continue;
        }
        for pair in command.words.windows(2) {
            let name = effect::text(&pair[1]);
            let Some(instead) = packages.instead(&name, links) else { continue };
            let (start, end) = (pair[0].range.end as usize, pair[1].range.end as usize);
            if !instead.is_empty() && !named.contains(&instead) {
                named.push(instead);
                kept.push_str(source.get(at..pair[1].range.start as usize)?);
                kept.push_str(instead);
                at = end;
                continue;
            }
            let cut = source.get(start..end)?;
            if cut.lines().any(|line| line.trim_start().starts_with('#')) {
                return None;
            }
            kept.push_str(source.get(at..start)?);
            at = end;
        }
    }
    kept.push_str(source.get(at..to)?);
    Some(kept)
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
