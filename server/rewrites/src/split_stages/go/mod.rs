//! How a Go stage is split: the program that `go build` writes, how it is linked, and what it needs beside it.

mod build;
mod command;
mod modules;
mod runtime;
mod sources;

use semantic::Stage;

use super::calls::{self, EntryScript};
use super::distribution::Distribution;
use super::effect::{self, Effect};
use super::launch::{self, Launch};
use super::{Artefact, Ecosystem, Plan, Reason, base, files, program};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::node::NodeCommand;
use crate::offer::Input;

use build::{Built, Surroundings};

/// Programs that compile the sources when the container starts, or watch them.
const ON_SOURCES: [&str; 8] = ["go", "air", "dlv", "reflex", "CompileDaemon", "gow", "fresh", "realize"];

/// How to split a Go stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    let launch = launch::of(input.model, stage).map_err(refuse)?;
    if let Some(program) = launch.words.first().filter(|word| ON_SOURCES.contains(&word.as_str())) {
        return Err(refuse(format!(
            "the container runs {program}, which compiles the sources when it starts: build the program with `go build -o`, and let CMD run it"
        )));
    }
    let last = program::last_run(stage)?;
    builds_with_node(stage)?;
    let root = base::working_directory(stage);
    let end = program::final_workdir(stage, root);
    let context = Context::of(input.facts);
    let landing =
        context.as_ref().map(|context| Landing::of(context, &stage.instructions, root)).unwrap_or_default();
    let around = Surroundings { input, stage, context: context.as_ref(), landing: &landing, root };
    let built = build::all(&around);
    let script = entry_script(&around, &launch, end.as_deref());
    let words = if script.is_some() { launch.words.get(1..).unwrap_or_default() } else { &launch.words };
    let (main, artefact) =
        build::main(&around, &built, words, script.as_ref(), end.as_deref()).map_err(refuse)?;
    let module = around.module(main);
    let has_sources =
        |context: &Context<'_>| !context.complete || context.below(".").any(|path| path.ends_with(".go"));
    if module.is_none() && !context.as_ref().is_none_or(has_sources) {
        return Err(refuse("no Go source is in the build context".to_owned()));
    }
    let mut plan = Plan {
        artefacts: vec![artefact.clone()],
        application: absolute(&stage.instructions[last].workdir, root),
        ..Plan::new(Ecosystem::Go, "", last)
    };
    other_programs(&built, main, &mut plan);
    if let Some(script) = &script {
        plan.artefacts.push(Artefact::new(script.path.clone(), true));
    }
    let name = semantic::path::file_name(&artefact.path).to_owned();
    runtime::choose(&around, &launch, script.as_ref(), main, module.as_ref(), &name, &mut plan)
        .map_err(refuse)?;
    let embedded = module.map(|module| module.embedded).unwrap_or_default();
    files::add(context.as_ref(), stage, root, &name, &embedded, &mut plan);
    if !program::sets_workdir(stage) {
        let is_absolute = words.first().is_some_and(|word| !word.contains('/') || word.starts_with('/'));
        program::move_to_root(end.as_deref(), is_absolute, &name, &mut plan);
    }
    Ok(plan)
}

/// A second tool chain in the stage writes files of which the program may need any.
fn builds_with_node(stage: &Stage) -> Result<(), Reason> {
    for item in &stage.instructions {
        let commands = item.as_run().into_iter().flat_map(|run| run.commands());
        let is_node = |effect: Effect| match effect {
            Effect::Node(node) => !matches!(node, NodeCommand::Harmless),
            Effect::NodeProgram(_) => true,
            _ => false,
        };
        if commands.map(effect::of).any(is_node) {
            let line = item.instruction.line + 1;
            let text = format!(
                "RUN on line {line} builds with Node's tools in the same stage: give that a stage of its own first"
            );
            return Err(Reason { place: item.instruction.range(), text });
        }
    }
    Ok(())
}

/// The script of the build context that the container starts before the program.
fn entry_script(around: &Surroundings<'_>, launch: &Launch, end: Option<&str>) -> Option<EntryScript> {
    let first = launch.words.first()?;
    let candidates = match first.contains('/') {
        true => vec![program::path_of(first, end).ok()?],
        false => {
            ["/usr/local/bin", "/usr/bin", "/bin"].iter().map(|folder| format!("{folder}/{first}")).collect()
        }
    };
    candidates.iter().find_map(|path| calls::entry_script(around.context?, around.landing, path))
}

/// Programs that the file builds from the same sources come along; tools that it installs do not.
fn other_programs(built: &[Built], main: &Built, plan: &mut Plan) {
    for other in built.iter().filter(|other| other.is_local && !other.is_folder && other.path != main.path) {
        let place = other.moved_to.as_ref().unwrap_or(&other.path);
        if plan.artefacts.iter().all(|artefact| artefact.path != *place) {
            plan.artefacts.push(Artefact::new(place.clone(), true));
        }
    }
}

/// The distribution of the stage's base, and its image.
fn distribution(stage: &Stage) -> Option<(Distribution, base::RuntimeBase)> {
    let distribution = Distribution::of(stage)?;
    let image = distribution.image_for(stage);
    Some((distribution, image))
}
