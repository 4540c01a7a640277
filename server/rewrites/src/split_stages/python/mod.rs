//! How a Python stage is split: installed packages move to an image without compilers, with the libraries that they link.

pub(crate) mod command;
mod image;
mod installed;
mod requirements;
mod sources;

use semantic::{Copy, Stage, path};

use super::base;
use super::calls;
use super::distribution::Distribution;
use super::effect;
use super::launch;
use super::{Artefact, Ecosystem, Plan, Reason, libraries, program};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::offer::Input;

use installed::Installed;
use requirements::Requirements;

/// Programs that full images have and slim ones lack, with their package where it is named otherwise.
const PROGRAMS: [(&str, &str); 8] = [
    ("curl", "curl"),
    ("wget", "wget"),
    ("git", "git"),
    ("ps", "procps"),
    ("pgrep", "procps"),
    ("pkill", "procps"),
    ("make", "make"),
    ("file", "file"),
];

/// Files that only say what to install.
const MANIFESTS: [&str; 9] = [
    "pyproject.toml",
    "poetry.lock",
    "uv.lock",
    "Pipfile",
    "Pipfile.lock",
    "setup.py",
    "setup.cfg",
    "README.md",
    ".python-version",
];

/// How to split a Python stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    if !base::is_official(stage, "python") {
        return Err(refuse("the base is no official image of Python, and where its packages lie is not known: build on python itself, such as python:3.12".to_owned()));
    }
    let launch = launch::of_any(input.model, stage);
    let runtime = image::slim(stage);
    let compilers = image::compilers(stage);
    if runtime.other.is_none() && compilers.is_empty() {
        return Err(refuse(format!(
            "nothing is compiled: {} holds nothing that the running program does not need",
            stage.image.raw
        )));
    }
    program::last_run(stage)?;
    let root = base::working_directory(stage);
    let context = Context::of(input.facts);
    let landing =
        context.as_ref().map(|context| Landing::of(context, &stage.instructions, root)).unwrap_or_default();
    let mut installed = installed::follow(input, stage, context.as_ref(), &landing, root).map_err(refuse)?;
    installed.in_system |= installed.tools_in_system && starts_through_tool(launch.as_deref());
    if let Some(words) = &launch {
        runs_elsewhere(words, &installed).map_err(refuse)?;
    }
    let application = absolute(&stage.instructions[installed.last].workdir, root);
    let mut plan = Plan {
        left_behind: tools_copied(stage, launch.as_deref()),
        links: true,
        application: application.clone(),
        ..Plan::new(Ecosystem::Python, runtime.text.clone(), installed.last)
    };
    if installed.in_system {
        let version = image::minor_version(input, stage).ok_or_else(|| {
            refuse("the tag names no minor version of Python (as python:3.12 does), and with it where packages lie is not known".to_owned())
        })?;
        if stage.image.raw.contains('$') {
            plan.checks.push(format!("that the build is always for Python {version}"));
        }
        let mut folders =
            vec![format!("/usr/local/lib/python{version}/site-packages"), "/usr/local/bin".to_owned()];
        if installed.requirements.has_others {
            // Where packages put what they call data; Alpine has no /usr/local/etc until one does.
            folders.push("/usr/local/share".to_owned());
            if !Distribution::of(stage).is_some_and(|distribution| distribution.is_musl()) {
                folders.push("/usr/local/etc".to_owned());
            }
        }
        plan.artefacts.extend(folders.into_iter().map(|folder| Artefact::new(folder, false)));
    }
    plan.artefacts.extend(installed.folders.iter().map(|folder| Artefact::new(folder.clone(), false)));
    sources(stage, &installed, application.as_deref(), &mut plan).map_err(refuse)?;
    if runtime.other.is_some() {
        system_packages(
            stage,
            &landing,
            context.as_ref(),
            launch.as_deref(),
            &installed.requirements,
            &mut plan,
        );
    }
    if runtime.other.is_some() {
        plan.checks.extend(context.as_ref().and_then(|context| sources::check(context, &plan.base)));
    }
    plan.checks.extend(runtime.check(input.facts));
    Ok(plan)
}

/// Positions of COPY instructions that bring uv itself, where the container does not start through it.
fn tools_copied(stage: &Stage, words: Option<&[String]>) -> Vec<usize> {
    if starts_through_tool(words) {
        return Vec::new();
    }
    let is_uv = |copy: &Copy| {
        copy.from.is_some()
            && copy
                .sources
                .iter()
                .all(|source| matches!(source.text.raw.as_str(), "/uv" | "/uvx" | "/usr/local/bin/uv"))
    };
    let items = stage.instructions.iter().enumerate();
    items.filter(|(_, item)| item.as_copy().is_some_and(is_uv)).map(|(at, _)| at).collect()
}

/// Whether a package is a tool that installs others.
fn is_tool(requirement: &str) -> bool {
    let name = requirement.split(['=', '<', '>', '~', '!', '[']).next().unwrap_or(requirement).trim();
    matches!(
        name,
        "pip" | "setuptools" | "wheel" | "poetry" | "uv" | "pipenv" | "virtualenv" | "build" | "pip-tools"
    )
}

fn starts_through_tool(words: Option<&[String]>) -> bool {
    words.and_then(<[String]>::first).is_some_and(|word| is_tool(path::file_name(word)))
}

/// Whether the tool that the container starts through is there.
fn runs_elsewhere(words: &[String], installed: &Installed) -> Result<(), String> {
    let through = words.first().map(|word| path::file_name(word));
    match through {
        Some(tool @ ("poetry" | "pipenv")) if !installed.in_system => Err(format!(
            "the container starts through {tool}, which is not copied: let CMD name the program in the environment's bin folder"
        )),
        _ => Ok(()),
    }
}

fn is_manifest_copy(copy: &Copy) -> bool {
    copy.from.is_none()
        && copy.sources.iter().all(|source| {
            let name = path::file_name(&source.text.raw);
            MANIFESTS.contains(&name)
                || name.starts_with("requirements")
                || name.ends_with(".lock*")
                || name.ends_with("requirements.txt")
        })
}

/// Whether a later COPY of the whole context brings to the same place what this one does.
fn is_copied_again(stage: &Stage, position: usize, copy: &Copy) -> bool {
    let keeps_names = copy.into_directory && copy.context_paths().all(|path| !path.contains('/'));
    stage.instructions[position + 1..].iter().filter_map(|item| item.as_copy()).any(|later| {
        let is_whole = later.takes_whole_context() && later.exclude.is_empty();
        is_whole && later.from.is_none() && later.place == copy.place && keeps_names
    })
}

/// The program's own files: copied from the context again or, where steps wrote among them, from the build.
fn sources(
    stage: &Stage,
    installed: &Installed,
    application: Option<&str>,
    plan: &mut Plan,
) -> Result<(), String> {
    let build = &stage.instructions[..=installed.last];
    let copies: Vec<usize> = (0..build.len())
        .filter(|at| {
            let item = &build[*at];
            item.as_copy().is_some_and(|copy| {
                copy.reads_context() && !(is_manifest_copy(copy) && is_copied_again(stage, *at, copy))
            })
        })
        .collect();
    if copies.is_empty() {
        return Ok(());
    }
    if !installed.writes_sources {
        plan.repeated = copies;
        return Ok(());
    }
    let has_owner = copies.iter().any(|at| build[*at].as_copy().is_some_and(|copy| copy.chown.is_some()));
    match application {
        Some(application) if application != "/" => {
            if has_owner {
                plan.checks.push(format!("that the program need not own the files in {application}"));
            }
            plan.artefacts.retain(|artefact| !path::is_within(&artefact.path, application));
            plan.artefacts.push(Artefact::new(application, false));
            Ok(())
        }
        _ => Err("the sources lie in /, among the files of the system: set WORKDIR".to_owned()),
    }
}

/// What the slim image lacks of what the packages and the container's own commands need.
fn system_packages(
    stage: &Stage,
    landing: &Landing,
    context: Option<&Context<'_>>,
    words: Option<&[String]>,
    requirements: &Requirements,
    plan: &mut Plan,
) {
    let there = calls::left_installed(stage);
    let mut called = calls::of_healthcheck(stage);
    let script = words.and_then(|words| words.first()).and_then(|first| {
        let end = program::final_workdir(stage, base::working_directory(stage));
        calls::entry_script(context?, landing, &program::path_of(first, end.as_deref()).ok()?)
    });
    match script.map(|script| (script.path, script.calls)) {
        Some((_, Some(calls))) => called.extend(calls),
        Some((path, None)) => {
            plan.checks.push(format!("that {} has the programs that {path} calls", plan.base));
        }
        None => {}
    }
    called.extend(words.into_iter().flatten().take(1).cloned());
    let called: Vec<&str> = called.iter().filter_map(|program| calls::system_name(program)).collect();
    let programs = PROGRAMS.iter().filter(|(name, _)| called.contains(name)).map(|(_, package)| *package);
    let needed: Vec<&str> = requirements.system.iter().copied().chain(programs).collect();
    plan.called.extend(called.iter().chain(&needed).map(|name| (*name).to_owned()));
    let distribution = Distribution::of(stage);
    for package in needed {
        let is_there = there.iter().any(|name| {
            let libraries = libraries::at_run_time(name, distribution.as_ref()).unwrap_or_default();
            effect::bare(name) == package || libraries.split(' ').any(|library| library == package)
        });
        if !is_there && !plan.installed.contains(&package.to_owned()) {
            plan.installed.push(package.to_owned());
        }
    }
    if !requirements.unknown.is_empty() {
        let shown: Vec<&str> = requirements.unknown.iter().map(String::as_str).take(3).collect();
        let more = if requirements.unknown.len() > 3 { " and others" } else { "" };
        plan.checks.push(format!(
            "that {} has the libraries that {}{more} may link",
            plan.base,
            shown.join(", ")
        ));
    }
}
