//! How a Python stage is split: installed packages move to an image without compilers, with the libraries that they link.

pub(crate) mod command;
mod requirements;

use semantic::image_reference::ImageReference;
use semantic::{Base, Copy, Lookup, Stage, path};

use super::base::{self, RuntimeBase};
use super::calls;
use super::distribution::Distribution;
use super::effect::{self, Effect};
use super::launch;
use super::walk::{self, Step};
use super::{Artefact, Ecosystem, Plan, Reason, libraries, program};
use crate::context::{Context, Landing, absolute};
use crate::ground;
use crate::offer::Input;

use command::{PythonCommand, Tool};
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

/// Where the build's packages are.
#[derive(Debug, Default)]
struct Installed {
    /// With the interpreter itself.
    in_system: bool,
    /// In folders of their own.
    folders: Vec<String>,
    /// Tools that install, beside the interpreter: needed only where the container starts through one.
    tools_in_system: bool,
    /// Whether sources are linked instead of copied, or steps may have written among them.
    writes_sources: bool,
    requirements: Requirements,
    /// Position of the last instruction that needs what only the build has.
    last: usize,
}

/// How to split a Python stage.
pub(super) fn plan(input: &Input<'_>, stage: &Stage) -> Result<Plan, Reason> {
    let place = ground::place(input.model);
    let refuse = |text: String| Reason { place, text };
    if !base::is_official(stage, "python") {
        return Err(refuse("the base is no official image of Python, and where its packages lie is not known: build on python itself, such as python:3.12".to_owned()));
    }
    let launch = launch::of_any(input.model, stage);
    let runtime = slim(stage);
    let compilers = compilers(stage);
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
    let mut installed = installed(input, stage, context.as_ref(), &landing, root).map_err(refuse)?;
    installed.in_system |= installed.tools_in_system && starts_through_tool(launch.as_deref());
    if let Some(words) = &launch {
        runs_elsewhere(words, &installed).map_err(refuse)?;
    }
    let application = absolute(&stage.instructions[installed.last].workdir, root);
    let mut plan = Plan {
        ecosystem: Ecosystem::Python,
        left_behind: tools_copied(stage, launch.as_deref()),
        base: runtime.text.clone(),
        last: installed.last,
        appended: Vec::new(),
        installed: Vec::new(),
        repeated: Vec::new(),
        artefacts: Vec::new(),
        checks: Vec::new(),
        has_shell: true,
        links: true,
        application: application.clone(),
    };
    if installed.in_system {
        let version = minor_version(input, stage).ok_or_else(|| {
            refuse("the tag names no minor version of Python (as python:3.12 does), and with it where packages lie is not known".to_owned())
        })?;
        if stage.image.raw.contains('$') {
            plan.checks.push(format!("that the build is always for Python {version}"));
        }
        for folder in [format!("/usr/local/lib/python{version}/site-packages"), "/usr/local/bin".to_owned()] {
            plan.artefacts.push(Artefact::new(folder, false));
        }
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

/// The slim variant of the official image, whose tags have `slim` before the release: `python:3.12-slim-bookworm`.
fn slim(stage: &Stage) -> RuntimeBase {
    let own = base::own(stage);
    let Base::Image(name) = &stage.base else { return own };
    let Ok(image) = ImageReference::parse(name) else { return own };
    let raw = &stage.image.raw;
    let tag = image.tag.as_deref().unwrap_or("latest");
    if image.digest.is_some() || raw.ends_with(['"', '\'']) {
        return own;
    }
    let parts: Vec<&str> = tag.split('-').collect();
    match parts.as_slice() {
        ["latest"] if !raw.contains('$') => {
            let bare = |text: &str| text.strip_suffix(":latest").unwrap_or(text).to_owned();
            RuntimeBase { text: format!("{}:slim", bare(raw)), other: Some(format!("{}:slim", bare(name))) }
        }
        [version] if version.starts_with(|letter: char| letter.is_ascii_digit()) => {
            RuntimeBase { text: format!("{raw}-slim"), other: Some(format!("{name}-slim")) }
        }
        [version, release]
            if version.starts_with(|letter: char| letter.is_ascii_digit())
                && super::distribution::is_release(release) =>
        {
            let moved = |text: &str| text.strip_suffix(release).map(|start| format!("{start}slim-{release}"));
            match (moved(raw), moved(name)) {
                (Some(text), Some(other)) => RuntimeBase { text, other: Some(other) },
                _ => own,
            }
        }
        _ => own,
    }
}

/// The minor version, such as `3.12`, by the tag or by what the image says of itself.
fn minor_version(input: &Input<'_>, stage: &Stage) -> Option<String> {
    let Base::Image(name) = &stage.base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let minor = |version: &str| {
        let mut parts = version.split('-').next()?.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(major) && is_number(minor)).then(|| format!("{major}.{minor}"))
    };
    let by_tag = image.tag.as_deref().and_then(minor);
    by_tag.or_else(|| minor(input.facts.base_image(name)?.environment.get("PYTHON_VERSION")?))
}

/// Compilers and headers that the stage installs and leaves in the image.
fn compilers(stage: &Stage) -> Vec<String> {
    let mut found = Vec::new();
    for item in &stage.instructions {
        let commands: Vec<_> = item.as_run().into_iter().flat_map(|run| run.commands()).collect();
        let removes = commands.iter().any(|command| {
            let words: Vec<String> = command.words.iter().map(effect::text).collect();
            let manager = words.first().map(String::as_str);
            matches!(manager, Some("apt-get" | "apt" | "apk"))
                && words.iter().any(|word| matches!(word.as_str(), "purge" | "remove" | "del" | "autoremove"))
        });
        if removes {
            continue;
        }
        for command in commands {
            if let Effect::Packages(names) = effect::of(command) {
                found.extend(
                    names
                        .into_iter()
                        .filter(|name| effect::is_compiler(name) || libraries::is_development(name)),
                );
            }
        }
    }
    found
}

/// Follows the steps that install.
fn installed(
    input: &Input<'_>,
    stage: &Stage,
    context: Option<&Context<'_>>,
    landing: &Landing,
    root: Option<&str>,
) -> Result<Installed, String> {
    let mut found = Installed::default();
    let mut environment = None;
    let lookup = |step: &Step<'_>, name: &str| {
        step.variable(name).or_else(|| match input.model.lookup(step.item.scope, name) {
            Lookup::Value(value) => Some(value.to_owned()),
            _ => None,
        })
    };
    let mut copies_sources = false;
    for step in walk::steps(stage) {
        let position = position(stage, &step);
        copies_sources |= stage.instructions[..position]
            .iter()
            .filter_map(|item| item.as_copy())
            .any(|copy| !is_manifest_copy(copy));
        let effect = effect::of(step.command);
        let place = |folder: &str| {
            let folder = match folder.strip_prefix('$') {
                Some(name) => {
                    lookup(&step, name.trim_matches(['{', '}'])).unwrap_or_else(|| folder.to_owned())
                }
                None => folder.to_owned(),
            };
            let resolved = absolute(&step.directory.join(&folder), root);
            resolved
                .filter(|path| !path.contains('$'))
                .ok_or_else(|| format!("where the virtual environment {folder} lies is not known"))
        };
        let is_build_packages = matches!(&effect, Effect::Packages(names) if names.iter().any(|name| effect::is_compiler(name) || libraries::is_development(name)));
        let command = match effect {
            Effect::Python(command) => command,
            _ => {
                if is_build_packages {
                    found.last = position;
                }
                let is_writer = matches!(effect, Effect::Other | Effect::Node(_) | Effect::NodeProgram(_));
                found.writes_sources |= is_writer && copies_sources && runs_before_install(stage, position);
                continue;
            }
        };
        let by_path = step.words().first().and_then(|word| {
            word.strip_suffix("/bin/pip").or(word.strip_suffix("/bin/python")).map(str::to_owned)
        });
        match command {
            PythonCommand::Environment(folder) => {
                let folder = place(&folder)?;
                if !found.folders.contains(&folder) {
                    found.folders.push(folder.clone());
                }
                environment = Some(folder);
            }
            PythonCommand::Install { editable, requirements, names } => {
                let is_active = environment.as_ref().is_some_and(|folder| {
                    by_path.as_ref() == Some(folder)
                        || lookup(&step, "VIRTUAL_ENV").as_ref() == Some(folder)
                        || path_names(stage, folder)
                });
                let are_tools = requirements.is_empty()
                    && !editable
                    && !names.is_empty()
                    && names.iter().all(|name| is_tool(name));
                if are_tools && !is_active {
                    found.tools_in_system = true;
                    found.last = position;
                    continue;
                }
                found.in_system |= !is_active;
                found.writes_sources |= editable;
                if editable {
                    found.requirements.unknown.push("the project's packages".to_owned());
                }
                for file in requirements {
                    let source = absolute(&step.directory.join(&file), root)
                        .and_then(|path| landing.context_path(&path));
                    match (context, source) {
                        (Some(context), Some(source)) => found.requirements.add_file(context, &source, 0),
                        _ => found.requirements.unknown.push(file),
                    }
                }
                for name in names.iter().filter(|name| !name.starts_with(['.', '/', '$'])) {
                    found.requirements.add(name);
                }
                if names.iter().any(|name| name.starts_with('.')) {
                    found.requirements.unknown.push("the project's packages".to_owned());
                }
            }
            PythonCommand::InstallUser => {
                let home = match step.item.user.as_ref().map(|user| user.raw.as_str()) {
                    None | Some("root" | "0") => "/root/.local".to_owned(),
                    Some(user) => format!("/home/{user}/.local"),
                };
                if !found.folders.contains(&home) {
                    found.folders.push(home);
                }
                found.requirements.unknown.push("what pip installs for its user".to_owned());
            }
            PythonCommand::InstallElsewhere => {
                return Err(
                    "pip installs into a folder of its own, and how the program finds it is not followed"
                        .to_owned(),
                );
            }
            PythonCommand::Project { tool, system } => {
                project(&step, tool, system, &lookup, root, stage, &mut found)?;
                let lock = if tool == Tool::Uv { "uv.lock" } else { "poetry.lock" };
                let text = absolute(&step.directory.join(lock), root)
                    .and_then(|path| landing.context_path(&path))
                    .and_then(|path| context?.manifest(&path));
                match text {
                    Some(text) => found.requirements.add_lock(text),
                    None => found.requirements.unknown.push("the project's packages".to_owned()),
                }
            }
            PythonCommand::Script => {
                found.writes_sources |= runs_before_install(stage, position);
                continue;
            }
            PythonCommand::Nothing => continue,
        }
        found.last = position;
    }
    if !found.in_system && !found.tools_in_system && found.folders.is_empty() {
        return Err("no step installs packages: there is nothing to leave behind".to_owned());
    }
    Ok(found)
}

/// Where poetry, uv and pipenv put a project's packages.
fn project(
    step: &Step<'_>,
    tool: Tool,
    system: bool,
    lookup: &impl Fn(&Step<'_>, &str) -> Option<String>,
    root: Option<&str>,
    stage: &Stage,
    found: &mut Installed,
) -> Result<(), String> {
    let in_project = || {
        absolute(&step.directory.join(".venv"), root)
            .ok_or_else(|| "the working directory is not known: set it with WORKDIR".to_owned())
    };
    let is_on = |name: &str| {
        lookup(step, name).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "False"))
    };
    let is_off = |name: &str| {
        lookup(step, name).is_some_and(|value| matches!(value.as_str(), "0" | "false" | "False"))
    };
    let configured = |setting: &str, value: &str| {
        walk::steps(stage).iter().any(|step| {
            let words = step.words();
            words.windows(2).any(|pair| pair[0] == setting && pair[1] == value)
        })
    };
    let folder = match tool {
        Tool::Uv => match lookup(step, "UV_PROJECT_ENVIRONMENT") {
            Some(folder) if folder == "/usr/local" => None,
            Some(folder) if folder.starts_with('/') => Some(folder),
            _ => Some(in_project()?),
        },
        Tool::Poetry if is_off("POETRY_VIRTUALENVS_CREATE") || configured("virtualenvs.create", "false") => None,
        Tool::Poetry if is_on("POETRY_VIRTUALENVS_IN_PROJECT") || configured("virtualenvs.in-project", "true") => {
            Some(in_project()?)
        }
        Tool::Pipenv if system => None,
        Tool::Pipenv if is_on("PIPENV_VENV_IN_PROJECT") => Some(in_project()?),
        Tool::Poetry => return Err("poetry keeps its environment in a folder that has no fixed name: set POETRY_VIRTUALENVS_IN_PROJECT=1".to_owned()),
        Tool::Pipenv => return Err("pipenv keeps its environment in a folder that has no fixed name: set PIPENV_VENV_IN_PROJECT=1, or install with --system".to_owned()),
    };
    // The tools link the project itself instead of copying it.
    match folder {
        None => found.in_system = true,
        Some(folder) if !found.folders.contains(&folder) => found.folders.push(folder),
        Some(_) => {}
    }
    Ok(())
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
    words.and_then(<[String]>::first).is_some_and(|word| is_tool(word.rsplit('/').next().unwrap_or(word)))
}

/// Whether the tool that the container starts through is there.
fn runs_elsewhere(words: &[String], installed: &Installed) -> Result<(), String> {
    let through = words.first().map(|word| word.rsplit('/').next().unwrap_or(word));
    match through {
        Some(tool @ ("poetry" | "pipenv")) if !installed.in_system => Err(format!(
            "the container starts through {tool}, which is not copied: let CMD name the program in the environment's bin folder"
        )),
        _ => Ok(()),
    }
}

/// The position of a step's instruction.
fn position(stage: &Stage, step: &Step<'_>) -> usize {
    stage
        .instructions
        .iter()
        .position(|item| item.instruction.start == step.item.instruction.start)
        .unwrap_or_default()
}

/// Whether something is installed after this instruction: what it writes then belongs to the build.
fn runs_before_install(stage: &Stage, position: usize) -> bool {
    stage.instructions[position + 1..].iter().filter_map(|item| item.as_run()).any(|run| {
        run.commands().any(|command| {
            matches!(
                effect::of(command),
                Effect::Python(PythonCommand::Install { .. } | PythonCommand::Project { .. })
            )
        })
    })
}

/// Whether ENV puts a folder's programs on PATH.
fn path_names(stage: &Stage, folder: &str) -> bool {
    stage.instructions.iter().any(|item| match &item.kind {
        semantic::Kind::Env(pairs) => pairs.iter().any(|(name, value)| {
            name.raw == "PATH"
                && value.value.as_ref().unwrap_or(&value.raw).contains(&format!("{folder}/bin"))
        }),
        _ => false,
    })
}

fn is_manifest_copy(copy: &Copy) -> bool {
    copy.from.is_none()
        && copy.sources.iter().all(|source| {
            let name = source.text.raw.rsplit('/').next().unwrap_or(&source.text.raw);
            MANIFESTS.contains(&name)
                || name.starts_with("requirements")
                || name.ends_with(".lock*")
                || name.ends_with("requirements.txt")
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
        .filter(|at| build[*at].as_copy().is_some_and(|copy| copy.reads_context() && !is_manifest_copy(copy)))
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
    let there = calls::installed(stage);
    let mut called = calls::of_healthcheck(stage);
    let script = words.and_then(|words| words.first()).and_then(|first| {
        let end = program::final_workdir(stage, base::working_directory(stage));
        calls::entry_script(context?, landing, &program::path_of(first, end.as_deref()).ok()?)
    });
    match script.map(|script| (script.path, script.calls)) {
        Some((_, Some(calls))) => called.extend(calls),
        Some((path, None)) => {
            plan.checks.push(format!("that {} has the programs that {path} calls", plan.base))
        }
        None => {}
    }
    called.extend(words.into_iter().flatten().take(1).cloned());
    let programs = PROGRAMS
        .iter()
        .filter(|(name, _)| called.iter().any(|call| call == name))
        .map(|(_, package)| *package);
    for package in requirements.system.iter().copied().chain(programs) {
        let is_there = there.iter().any(|name| {
            name == package || libraries::at_run_time(name, Distribution::of(stage).as_ref()) == Some(package)
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
