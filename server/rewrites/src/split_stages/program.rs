//! The program that the container starts, where a step of the stage wrote it: its path, what put it there, the directory it starts in.

use semantic::{Kind, Stage, path};

use super::effect::{self, Effect};
use super::{Plan, Reason, walk};
use crate::context::absolute;

/// Position of the last RUN: for a base without a shell all of them belong to the build.
pub(super) fn last_run(stage: &Stage) -> Result<usize, Reason> {
    let mut last = 0;
    for (position, item) in stage.instructions.iter().enumerate() {
        let Some(run) = item.as_run() else { continue };
        if !run.is_understood() {
            let line = item.instruction.line + 1;
            let text = format!("the script of RUN on line {line} is not fully understood");
            return Err(Reason { place: item.instruction.range(), text });
        }
        last = position;
    }
    Ok(last)
}

/// The working directory that the container starts in.
pub(super) fn final_workdir(stage: &Stage, root: Option<&str>) -> Option<String> {
    let set = stage.instructions.iter().rev().find_map(|item| match &item.kind {
        Kind::Workdir(_, place) => Some(place.clone()),
        _ => None,
    });
    absolute(
        &set.unwrap_or_else(|| {
            stage.instructions.last().map(|item| item.workdir.clone()).unwrap_or_default()
        }),
        root,
    )
}

/// The absolute path of a program that CMD names by a path.
pub(super) fn path_of(program: &str, workdir: Option<&str>) -> Result<String, String> {
    match (program.starts_with('/'), workdir) {
        (true, _) => Ok(path::clean(program)),
        (false, Some(workdir)) => Ok(path::clean(&format!("{workdir}/{program}"))),
        (false, None) => Err("CMD names the program from a working directory that is not known: set WORKDIR, or name it from /".to_owned()),
    }
}

/// Where a RUN copied or moved a file from.
pub(super) fn origin(stage: &Stage, program: &str, root: Option<&str>) -> Option<String> {
    let name = program.rsplit('/').next()?;
    for step in walk::steps(stage) {
        let Effect::Copy(paths) = effect::of(step.command) else { continue };
        let Some((target, sources)) = paths.split_last() else { continue };
        let resolved =
            |path: &str| absolute(&step.directory.join(path), root).unwrap_or_else(|| path.to_owned());
        for source in sources {
            let file = path::file_name(source);
            let into = path::clean(&format!("{}/{file}", resolved(target)));
            if resolved(target) == program || (into == program && file == name) {
                return Some(resolved(source));
            }
        }
    }
    None
}

/// The value of an option, `--x v` or `--x=v`.
pub(super) fn option(words: &[String], name: &str) -> Option<String> {
    let at = words.iter().position(|word| word == name || word.starts_with(&format!("{name}=")))?;
    match words[at].split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => words.get(at + 1).cloned(),
    }
}

/// The working directory was the old base's, and the new one has none but `/`: what CMD names from there must lie there.
pub(super) fn move_to_root(workdir: Option<&str>, is_absolute: bool, name: &str, plan: &mut Plan) {
    let Some(workdir) = workdir.filter(|workdir| *workdir != "/") else { return };
    let program = usize::from(is_absolute);
    for artefact in plan.artefacts.iter_mut().skip(program) {
        if path::is_within(&artefact.path, workdir) && artefact.path == artefact.target {
            artefact.target = path::clean(&format!("/{}", &artefact.path[workdir.len()..]));
            if !artefact.path.ends_with(&format!("/{name}")) {
                plan.checks.push(format!("that {name} finds {} in the working directory /", artefact.target));
            }
        }
    }
}

/// Whether a stage sets its own working directory.
pub(super) fn sets_workdir(stage: &Stage) -> bool {
    stage.instructions.iter().any(|item| matches!(item.kind, Kind::Workdir(..)))
}
