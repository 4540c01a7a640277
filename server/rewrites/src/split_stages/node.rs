//! How a Node stage is split: what the build writes, what the container runs of it, and what that needs beside it.

use semantic::{Kind, Stage, StageInstruction, path};
use syntax::shell::Command;

use super::base::{self, RuntimeBase};
use super::effect::{self, Effect};
use super::entry::{self, Entry};
use super::launch::{self, Launch};
use super::{Artefact, Ecosystem, Plan, Reason, data};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::node::build::{self, Output};
use crate::node::{Manager, NodeCommand, Package, package};
use crate::offer::Input;

/// Packages that call programs, or link libraries, which a slim image may not have.
const CALLS_PROGRAMS: [&str; 18] = [
    "@prisma/client",
    "prisma",
    "simple-git",
    "nodegit",
    "gm",
    "imagemagick",
    "puppeteer",
    "puppeteer-core",
    "playwright",
    "canvas",
    "pg-native",
    "node-rdkafka",
    "libxmljs",
    "libxmljs2",
    "python-shell",
    "fluent-ffmpeg",
    "node-pty",
    "ssh2-sftp-client",
];

/// What the build steps of a stage do.
#[derive(Debug, Default)]
struct Steps {
    /// Positions of RUN instructions that belong to the build.
    last: usize,
    /// What the builds write.
    outputs: Vec<Output>,
    /// The manager that installs, and whether development dependencies are left out already.
    install: Option<(Manager, bool)>,
    is_pruned: bool,
}

/// How to split a Node stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    let context = Context::of(input.facts)
        .ok_or_else(|| refuse("the build context is not known, and with it package.json".to_owned()))?;
    let launch = launch::of(input.model, stage).map_err(refuse)?;
    let root = base::working_directory(stage);
    let landing = Landing::of(&context, &stage.instructions, root);
    let build = first_node_run(stage).ok_or_else(|| refuse("no step installs or builds".to_owned()))?;
    let application = absolute(&build.workdir, root).ok_or_else(|| {
        refuse("the working directory of the build is not known: set it with WORKDIR".to_owned())
    })?;
    let directory = landing
        .directory(&application, &["package.json"])
        .ok_or_else(|| refuse(format!("no COPY brings package.json to {application}")))?;
    let written_to = landing.with_written(&directory, &application);
    let package = Package::read(&context, &directory).map_err(refuse)?;
    let steps = steps(&context, &package, stage)?;
    comes_with_node(stage).map_err(refuse)?;
    let entry = entry::of(&package, &launch).map_err(refuse)?;
    let workdir = absolute(&last_workdir(stage), root).unwrap_or_else(|| application.clone());
    let entry_path = match entry.file.starts_with('/') {
        true => path::clean(&entry.file),
        false => path::clean(&format!("{workdir}/{}", entry.file)),
    };
    let entry_source = written_to
        .context_path(&entry_path)
        .ok_or_else(|| refuse(format!("{} is not written by a build step of this stage", entry.file)))?;
    let written = written(&context, &package, &steps, &entry_source, &entry.file).map_err(refuse)?;
    let mut plan =
        Plan { application: Some(application.clone()), ..Plan::new(Ecosystem::Node, "", steps.last) };
    let is_inferred = steps.outputs.iter().any(|output| output.path.is_none());
    let modules = (!written.self_contained || entry.preloads) && package.has_production_dependencies();
    plan.links = modules;
    if modules {
        with_modules(&context, &package, stage, &steps, &application, &mut plan).map_err(refuse)?;
    }
    let is_module = package.is_module() && !entry_source.ends_with(".cjs") && !entry_source.ends_with(".mjs");
    if modules || is_module || entry.manager.is_some() {
        let at = plan.artefacts.len().saturating_sub(usize::from(modules));
        plan.artefacts.insert(at, Artefact::new(format!("{application}/package.json"), true));
    }
    let outputs = written.places.clone();
    for (place, is_file) in written.places {
        let path = written_to
            .image_path(&place)
            .ok_or_else(|| refuse(format!("it is not known where {place} lies in the image")))?;
        plan.artefacts.push(Artefact::new(path, is_file));
    }
    // What is copied later stays where it is.
    let copied = Landing::of(&context, &stage.instructions[..=plan.last], root);
    add_data(&context, &copied, &directory, &outputs, &entry.file, &mut plan);
    add_probe(stage, &landing, &context, &workdir, &mut plan);
    if is_inferred && !modules {
        plan.checks.push(format!("that {} needs no node_modules", entry.file));
    }
    if let Some(output) = steps.outputs.iter().find(|output| output.path.is_none() && output.tool == "node") {
        plan.checks.push(format!(
            "that the {} script of the build writes nothing else that {} needs",
            output.tool, entry.file
        ));
    }
    let base = runtime_base(stage, &launch, &entry);
    if base.other.is_some() {
        let callers = package.dependencies("dependencies").map(|(name, _)| name);
        let callers: Vec<&str> = callers.filter(|name| CALLS_PROGRAMS.contains(name)).collect();
        if !callers.is_empty() {
            plan.checks.push(format!("that {} has what {} calls or links", base.text, callers.join(", ")));
        }
    }
    plan.checks.extend(base.check(input.facts));
    plan.base = base.text;
    Ok(plan)
}

/// The first RUN with a command of Node's tools.
fn first_node_run(stage: &Stage) -> Option<&StageInstruction> {
    stage.instructions.iter().find(|item| {
        item.as_run().is_some_and(|run| {
            run.commands().any(|command| {
                matches!(
                    effect::of(command),
                    Effect::NodeProgram(_)
                        | Effect::Node(
                            NodeCommand::Install { .. } | NodeCommand::Script { .. } | NodeCommand::Tool(_)
                        )
                )
            })
        })
    })
}

/// Whether node is in the base image, and not put there by a step.
fn comes_with_node(stage: &Stage) -> Result<(), String> {
    if stage.image.raw.contains("node") {
        return Ok(());
    }
    let is_first = |item: &&StageInstruction| {
        first_node_run(stage).is_some_and(|first| item.instruction.start <= first.instruction.start)
    };
    let installer = stage.instructions.iter().take_while(is_first).find(|item| {
        item.as_run().is_some_and(|run| {
            run.commands().any(|command| match effect::of(command) {
                Effect::Packages(names) => names.iter().any(|name| name.starts_with("node") || name == "npm"),
                Effect::Other => true,
                _ => false,
            })
        })
    });
    match installer {
        Some(item) => Err(format!(
            "the base is no image of Node, and what RUN on line {} installs is not followed: build on node itself",
            item.instruction.line + 1
        )),
        None => Ok(()),
    }
}

/// Reads all RUN instructions.
fn steps(context: &Context<'_>, package: &Package, stage: &Stage) -> Result<Steps, Reason> {
    let mut steps = Steps::default();
    for (position, item) in stage.instructions.iter().enumerate() {
        let Some(run) = item.as_run() else { continue };
        let line = item.instruction.line + 1;
        let refuse = |text: String| Reason { place: item.instruction.range(), text };
        if !run.is_understood() {
            return Err(refuse(format!("the script of RUN on line {line} is not fully understood")));
        }
        let mut is_build = false;
        for command in run.commands() {
            let effect = effect::of(command);
            is_build |= !matches!(
                effect,
                Effect::Users
                    | Effect::Directories(_)
                    | Effect::Ownership
                    | Effect::Permissions(_)
                    | Effect::Nothing
            );
            let words = match effect {
                Effect::ChangeDirectory => {
                    return Err(refuse(format!(
                        "RUN on line {line} changes directory with cd, which is not followed: use WORKDIR"
                    )));
                }
                Effect::Node(NodeCommand::OtherInstall) => {
                    let text = command.range.of(&item.instruction.source);
                    return Err(refuse(format!(
                        "`{text}` on line {line} installs or runs something that is not followed"
                    )));
                }
                Effect::Node(NodeCommand::Install { manager, production }) => {
                    steps.install = Some((manager, production));
                    steps.is_pruned = false;
                    // An install also runs these, and some projects build in them.
                    for hook in ["postinstall", "prepare"].map(str::to_owned) {
                        let script = NodeCommand::Script { manager, name: hook };
                        let found = build::outputs(context, package, &script).unwrap_or_default();
                        steps.outputs.extend(found.into_iter().filter(|output| output.path.is_some()));
                    }
                    continue;
                }
                Effect::Node(NodeCommand::Prune) => {
                    steps.is_pruned = true;
                    continue;
                }
                Effect::Node(node) => {
                    steps.outputs.extend(build::outputs(context, package, &node).map_err(refuse)?);
                    continue;
                }
                Effect::NodeProgram(words) => words,
                _ => continue,
            };
            let tool = NodeCommand::Tool(words);
            steps.outputs.extend(build::outputs(context, package, &tool).map_err(refuse)?);
        }
        if is_build {
            steps.last = position;
        }
    }
    Ok(steps)
}

/// The working directory at the end of the stage.
fn last_workdir(stage: &Stage) -> path::Place {
    match stage.instructions.last() {
        Some(item) => match &item.kind {
            Kind::Workdir(_, place) => place.clone(),
            _ => item.workdir.clone(),
        },
        None => path::Place::Unknown,
    }
}

/// What the build writes that the program is or needs.
#[derive(Debug)]
struct Written {
    /// Files and folders, from the context's root, and whether each is a file.
    places: Vec<(String, bool)>,
    self_contained: bool,
}

fn written(
    context: &Context<'_>,
    package: &Package,
    steps: &Steps,
    entry: &str,
    file: &str,
) -> Result<Written, String> {
    let candidates: Vec<String> = match entry {
        "." => vec![package.text("main").unwrap_or("index.js").to_owned()],
        entry => ["", ".js", ".cjs", ".mjs", "/index.js"].iter().map(|end| format!("{entry}{end}")).collect(),
    };
    let covers = |output: &&Output| {
        output.path.as_deref().is_some_and(|path| {
            candidates.iter().any(|candidate| {
                if output.is_file { candidate == path } else { path::is_within(candidate, path) }
            })
        })
    };
    let covering: Vec<&Output> = steps.outputs.iter().filter(covers).collect();
    let mut places: Vec<(String, bool)> = Vec::new();
    let self_contained = !covering.is_empty() && covering.iter().all(|output| output.self_contained);
    if covering.is_empty() {
        let folder =
            entry.strip_prefix(&format!("{}/", package.directory)).unwrap_or(entry).split('/').next();
        let is_made =
            folder.is_some_and(is_output_folder) && steps.outputs.iter().any(|output| output.path.is_none());
        if !is_made && candidates.iter().any(|candidate| context.has_file(candidate)) {
            let why = match steps.outputs.is_empty() {
                true => "nothing is compiled or bundled: ",
                false => "what the build writes is not what runs: ",
            };
            return Err(format!("{why}the container runs {file}, which is a source file"));
        }
        if !steps.outputs.iter().any(|output| output.path.is_none()) || !context.complete {
            return Err(format!("no build step is known to write {file}, which the container runs"));
        }
        let place =
            match entry.strip_prefix(&format!("{}/", package.directory)).unwrap_or(entry).split_once('/') {
                Some((folder, _)) => (package::in_directory(&package.directory, folder), false),
                None => (candidates[0].clone(), true),
            };
        if !is_made && !place.1 && context.has_directory(&place.0) {
            return Err(format!("{file} is written among the sources in {}", place.0));
        }
        places.push(place);
    }
    for output in &steps.outputs {
        let Some(path) = &output.path else { continue };
        places.push(place_of(context, package, path, output.is_file)?);
    }
    places.sort();
    places.dedup();
    let all = places.clone();
    places.retain(|(place, _)| !all.iter().any(|(other, _)| other != place && path::is_within(place, other)));
    Ok(Written { places, self_contained })
}

/// The folder that holds nothing but output, or the file alone.
fn place_of(
    context: &Context<'_>,
    package: &Package,
    path: &str,
    is_file: bool,
) -> Result<(String, bool), String> {
    if path == package.directory {
        return Err("the build writes among the sources".to_owned());
    }
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    Ok(match folder {
        Some(folder)
            if is_file
                && folder != package.directory
                && (is_output_folder(folder) || !context.has_directory(folder)) =>
        {
            (folder.to_owned(), false)
        }
        _ => (path.to_owned(), is_file),
    })
}

/// Whether a folder is one that tools write to, and that may lie about from a build outside.
fn is_output_folder(folder: &str) -> bool {
    matches!(
        folder.rsplit('/').next(),
        Some("dist" | "build" | "out" | "output" | "lib" | "bundle" | ".output")
    )
}

/// The production dependencies come along, less what only development needs.
fn with_modules(
    context: &Context<'_>,
    package: &Package,
    stage: &Stage,
    steps: &Steps,
    application: &str,
    plan: &mut Plan,
) -> Result<(), String> {
    let has = |name: &str| context.has_file(&package::in_directory(&package.directory, name));
    if !package.workspaces().is_empty() || has("pnpm-workspace.yaml") {
        return Err("what is built needs node_modules, and workspaces link packages of the sources into it: which of them the program needs is not known".to_owned());
    }
    if package
        .dependencies("dependencies")
        .any(|(_, version)| version.starts_with("file:") || version.starts_with("link:"))
    {
        return Err(
            "what is built needs node_modules, and a dependency there is a link to the sources".to_owned()
        );
    }
    let Some((manager, production)) = steps.install else {
        return Err("what is built needs node_modules, and no step of this stage installs them".to_owned());
    };
    let is_modern_yarn = manager == Manager::Yarn
        && (has(".yarnrc.yml")
            || package
                .text("packageManager")
                .is_some_and(|name| name.starts_with("yarn@") && !name.starts_with("yarn@1")));
    if is_modern_yarn {
        return Err(
            "what is built needs its dependencies, and where this version of yarn keeps them is not followed"
                .to_owned(),
        );
    }
    plan.artefacts.push(Artefact::new(format!("{application}/node_modules"), false));
    if production || steps.is_pruned || package.dependencies("devDependencies").next().is_none() {
        return Ok(());
    }
    let last = &stage.instructions[plan.last].instruction;
    let keyword = last.keyword_range.of(&last.source);
    let is_old = base::major_version(stage).is_some_and(|major| major < 16);
    let frozen = if has("yarn.lock") { " --frozen-lockfile" } else { "" };
    plan.appended.push(match manager {
        Manager::Npm if is_old => format!("{keyword} npm prune --production"),
        Manager::Npm => format!("{keyword} npm prune --omit=dev"),
        Manager::Yarn => {
            format!("{keyword} yarn install --production --ignore-scripts --prefer-offline{frozen}")
        }
        Manager::Pnpm => format!("{keyword} CI=true pnpm prune --prod --ignore-scripts"),
    });
    Ok(())
}

/// Files of the context that the program may open.
fn add_data(
    context: &Context<'_>,
    landing: &Landing,
    directory: &str,
    outputs: &[(String, bool)],
    file: &str,
    plan: &mut Plan,
) {
    let except: Vec<String> = outputs.iter().map(|(place, _)| place.clone()).collect();
    let places = data::places(context, directory, &except, Ecosystem::Node).filter(|_| context.complete);
    let Some(places) = places else {
        plan.checks.push(format!("that {file} reads no other file of the build context at run time"));
        return;
    };
    for place in places {
        let Some(path) = landing.image_path(&place) else { continue };
        plan.artefacts.push(Artefact::new(path, context.has_file(&place)));
    }
}

/// A file that HEALTHCHECK runs and that the build does not write.
fn add_probe(stage: &Stage, landing: &Landing, context: &Context<'_>, workdir: &str, plan: &mut Plan) {
    let probe = stage.instructions.iter().rfind(|item| matches!(item.kind, Kind::Healthcheck));
    let Some(script) = probe.and_then(|item| item.instruction.shell().cloned()) else { return };
    let mut programs =
        script.statements.iter().flat_map(|statement| &statement.commands).filter_map(Command::program);
    if programs.any(|program| matches!(program, "npm" | "npx" | "yarn" | "pnpm")) {
        plan.checks.push("that HEALTHCHECK finds what it runs".to_owned());
    }
    let words =
        script.statements.iter().flat_map(|statement| &statement.commands).flat_map(|command| &command.words);
    for word in words.filter_map(|word| word.value.as_deref()) {
        let path =
            if word.starts_with('/') { path::clean(word) } else { path::clean(&format!("{workdir}/{word}")) };
        let is_source = landing.context_path(&path).is_some_and(|source| context.has_file(&source));
        if !is_source || plan.artefacts.iter().any(|artefact| path::is_within(&path, &artefact.path)) {
            continue;
        }
        plan.artefacts.push(Artefact::new(path, true));
        plan.checks.push(format!("that {word}, which HEALTHCHECK runs, needs no other file"));
    }
}

/// The slim variant, but where something at run time needs what only the full image has.
fn runtime_base(stage: &Stage, launch: &Launch, entry: &Entry) -> RuntimeBase {
    let probes = stage.instructions.iter().filter(|item| matches!(item.kind, Kind::Healthcheck));
    let needs_more = probes.filter_map(|item| item.instruction.shell().cloned()).any(|script| {
        let mut commands = script.statements.iter().flat_map(|statement| &statement.commands);
        commands.any(|command| {
            !matches!(
                command.program(),
                Some("node" | "exit" | "true" | "false" | "test" | "[" | "sh" | "cat" | "grep" | "npm")
                    | None
            )
        })
    });
    let is_own = needs_more || !launch.wrappers.is_empty() || entry.manager == Some(Manager::Pnpm);
    if is_own { base::own(stage) } else { base::slim(stage, "node") }
}
