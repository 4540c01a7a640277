//! Where the steps of a Python stage put packages, and which step is the last that needs what only the build has.

use semantic::{Lookup, Stage};

use super::command::{PythonCommand, Tool};
use super::requirements::Requirements;
use super::{is_manifest_copy, is_tool};
use crate::context::{Context, Landing, absolute};
use crate::offer::Input;
use crate::split_stages::effect::{self, Effect};
use crate::split_stages::libraries;
use crate::split_stages::walk::{self, Step};

/// Where the build's packages are.
#[derive(Debug, Default)]
pub(super) struct Installed {
    /// With the interpreter itself.
    pub(super) in_system: bool,
    /// In folders of their own.
    pub(super) folders: Vec<String>,
    /// Tools that install, beside the interpreter: needed only where the container starts through one.
    pub(super) tools_in_system: bool,
    /// Whether sources are linked instead of copied, or steps may have written among them.
    pub(super) writes_sources: bool,
    pub(super) requirements: Requirements,
    /// Position of the last instruction that needs what only the build has.
    pub(super) last: usize,
}

/// Follows the steps that install.
pub(super) fn follow(
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
    let first_source = stage
        .instructions
        .iter()
        .position(|item| item.as_copy().is_some_and(|copy| !is_manifest_copy(copy)))
        .unwrap_or(usize::MAX);
    // Where steps may have written among the sources.
    let mut writers = Vec::new();
    for (position, step) in steps_by_position(stage) {
        let copies_sources = first_source < position;
        let effect = effect::of(step.command);
        if matches!(step.command.program(), Some("git" | "wget" | "curl" | "unzip"))
            && effect == Effect::Other
        {
            let line = step.item.instruction.line + 1;
            return Err(format!(
                "RUN on line {line} fetches files by itself, and whether the program needs them is not known"
            ));
        }
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
                let needs_build = effect == Effect::C || needs_full_image(&step);
                if is_build_packages || needs_build {
                    found.last = position;
                }
                let is_writer =
                    needs_build || matches!(effect, Effect::Other | Effect::Node(_) | Effect::NodeProgram(_));
                if is_writer && copies_sources {
                    writers.push(position);
                }
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
            PythonCommand::Compile => {
                found.writes_sources = true;
                found.requirements.unknown.push("the project's extensions".to_owned());
                if step.words().iter().any(|word| word == "install" || word == "develop") {
                    found.in_system = true;
                }
            }
            PythonCommand::Script => {
                writers.push(position);
                continue;
            }
            PythonCommand::Nothing => continue,
        }
        found.last = position;
    }
    // What is written later is written again in the run-time stage.
    found.writes_sources |= writers.iter().any(|position| *position <= found.last);
    if !found.in_system && found.folders.is_empty() {
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

/// The steps of a stage, each with the position of its instruction.
fn steps_by_position(stage: &Stage) -> impl Iterator<Item = (usize, Step<'_>)> {
    let items = stage.instructions.iter().enumerate();
    items.flat_map(|(position, item)| walk::of(item).into_iter().map(move |step| (position, step)))
}

/// Programs that full images of Python have and slim ones lack, beside compilers: those of `buildpack-deps`, on which they are built.
const OF_FULL_IMAGE: [&str; 20] = [
    "bzip2",
    "convert",
    "file",
    "git",
    "gpg",
    "hg",
    "identify",
    "mogrify",
    "mysql_config",
    "patch",
    "pg_config",
    "pgrep",
    "pkg-config",
    "ps",
    "scp",
    "ssh",
    "ssh-keyscan",
    "svn",
    "unzip",
    "xz",
];

/// Whether a step calls a program that the slim image may lack.
fn needs_full_image(step: &Step<'_>) -> bool {
    step.command.program().is_some_and(|program| OF_FULL_IMAGE.contains(&semantic::path::file_name(program)))
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
