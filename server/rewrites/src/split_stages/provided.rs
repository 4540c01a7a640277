//! What the container expects of its image beside the program, whatever the ecosystem: its user, programs that it names by their path,
//! and what a base that is no official image brings.

use semantic::image_reference::ImageReference;
use semantic::{Base, Stage, path};

use super::carry::final_user;
use super::copied::{self, Need};
use super::effect::{self, Effect};
use super::{Artefact, Ecosystem, Plan, base, calls, program, walk};
use crate::context::{Context, Landing, absolute};
use crate::offer::Input;

/// Users that every image with a list of users has.
const EVERYWHERE: [&str; 5] = ["bin", "daemon", "games", "mail", "nobody"];

/// Adds to a plan what the container expects, or a check where it is not known.
///
/// # Errors
/// A user that the new base does not have, as a sentence.
pub(super) fn add(input: &Input<'_>, stage: &Stage, plan: &mut Plan) -> Result<(), String> {
    user(stage, plan)?;
    programs(input, stage, plan);
    plan.checks.extend(of_base(stage, plan));
    Ok(())
}

/// Whether the run-time stage builds on the stage's own image, or on a smaller one of the same language.
fn is_same_image(stage: &Stage, plan: &Plan) -> bool {
    plan.base == stage.image.raw || matches!(plan.ecosystem, Ecosystem::Node | Ecosystem::Python)
}

fn user(stage: &Stage, plan: &Plan) -> Result<(), String> {
    // Of `scratch`, the lists of users come along.
    if is_same_image(stage, plan) || !plan.has_shell {
        return Ok(());
    }
    let Some(user) = final_user(stage) else { return Ok(()) };
    let name = user.split(':').next().unwrap_or(&user);
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let by_debian = name == "www-data" && !plan.base.contains("alpine");
    let makes = |step: &walk::Step<'_>| {
        effect::of(step.command) == Effect::Users && step.words().iter().any(|word| word == name)
    };
    if is_number || by_debian || EVERYWHERE.contains(&name) || walk::steps(stage).iter().any(makes) {
        return Ok(());
    }
    Err(format!(
        "the container runs as {name}, a user of its base image whom {} does not have: make it in this file",
        plan.base
    ))
}

/// Programs that the container calls by a path which is none of the system's.
fn programs(input: &Input<'_>, stage: &Stage, plan: &mut Plan) {
    let root = base::working_directory(stage);
    let end = program::final_workdir(stage, root);
    let context = Context::of(input.facts);
    let landing =
        context.as_ref().map(|context| Landing::of(context, &stage.instructions, root)).unwrap_or_default();
    let mut called = calls::of_healthcheck(stage);
    called.extend(plan.called.iter().cloned());
    called.sort();
    called.dedup();
    for program in called.iter().filter(|program| calls::system_name(program).is_none()) {
        let Ok(path) = program::path_of(program, end.as_deref()) else { continue };
        let is_of_language = is_same_image(stage, plan) && path.starts_with("/usr/local/bin/");
        if is_of_language || is_there(stage, plan, &path, root) {
            continue;
        }
        let script = context.as_ref().and_then(|context| calls::entry_script(context, &landing, &path));
        let Some(script) = script else {
            plan.checks.push(format!("that {path}, which the container calls, is in the new stage"));
            continue;
        };
        plan.artefacts.push(Artefact::new(path.clone(), true));
        let missing = script.calls.map(|calls| calls::missing(stage, &calls, None));
        if missing.is_none_or(|missing| !missing.is_empty()) {
            plan.checks.push(format!("that {} has the programs that {path} calls", plan.base));
        }
    }
}

/// Whether something puts a path of the image into the run-time stage.
fn is_there(stage: &Stage, plan: &Plan, path: &str, root: Option<&str>) -> bool {
    let is_taken = plan.artefacts.iter().any(|artefact| match artefact.is_file {
        true => artefact.target == path,
        false => path::is_within(path, &artefact.target),
    });
    let is_copied = || {
        stage.instructions.iter().enumerate().any(|(position, item)| {
            let Some(copy) = item.as_copy() else { return false };
            let is_carried = || {
                position > plan.last
                    || plan.repeated.contains(&position)
                    || copied::need(copy, item, stage, plan) == Need::Again
            };
            absolute(&copy.place, root).is_some_and(|place| path::is_within(path, &place)) && is_carried()
        })
    };
    is_taken || is_copied()
}

/// What a base of unknown make brings is not followed. Of `scratch` it is known that a static program asked it for nothing.
fn of_base(stage: &Stage, plan: &Plan) -> Option<String> {
    let Base::Image(name) = &stage.base else { return None };
    let is_official = ImageReference::parse(name).is_ok_and(|image| {
        image.repository.starts_with("library/") || image.repository.contains("/library/")
    });
    (plan.has_shell && !is_official && !is_same_image(stage, plan))
        .then(|| format!("that the program needs nothing else of {}", stage.image.raw))
}
