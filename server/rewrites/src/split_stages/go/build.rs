//! Which programs the steps of a Go stage write, and which of them the container starts.

use semantic::{Kind, Lookup, Stage, path};

use super::command::{self, Build, GoCommand};
use super::sources::{self, Module};
use crate::context::{Context, Landing, absolute};
use crate::node::command::strip_environment;
use crate::offer::Input;
use crate::split_stages::calls::EntryScript;
use crate::split_stages::effect::{self, Effect};
use crate::split_stages::walk::{self, Step};
use crate::split_stages::{Artefact, base, program};

/// Where a search of PATH looks by default, in images that say nothing else.
const PATH: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// What is known around the build.
pub(super) struct Surroundings<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) stage: &'a Stage,
    pub(super) context: Option<&'a Context<'a>>,
    pub(super) landing: &'a Landing,
    /// The working directory of the base image.
    pub(super) root: Option<&'a str>,
}

/// A program that a step writes.
#[derive(Debug, Clone)]
pub(super) struct Built<'a> {
    pub(super) step: Step<'a>,
    pub(super) build: Build,
    /// Where it is written; a folder where the names of the programs in it are not known.
    pub(super) path: String,
    pub(super) is_folder: bool,
    /// Whether its sources are those of the build context, and not a tool's from elsewhere.
    pub(super) is_local: bool,
    /// The directory of the build context in which `go` ran.
    pub(super) directory: Option<String>,
    /// Where a later step copied it.
    pub(super) moved_to: Option<String>,
}

impl<'a> Surroundings<'a> {
    /// A variable of a step's environment.
    pub(super) fn variable(&self, step: &Step<'_>, name: &str) -> Option<String> {
        step.variable(name).or_else(|| match self.input.model.lookup(step.item.scope, name) {
            Lookup::Value(value) => Some(value.to_owned()),
            _ => None,
        })
    }

    /// The module that a program is of: that of the nearest `go.mod` above.
    pub(super) fn module(&self, built: &Built<'_>) -> Option<Module<'a>> {
        let context = self.context?;
        let directory = built.directory.as_deref()?;
        ancestors(directory).find_map(|directory| sources::read(context, directory))
    }

    /// The name of the program of the package in a directory of the image.
    fn name_of(&self, directory: &str, source: Option<&str>) -> Option<String> {
        let by_folder = || directory.rsplit('/').next().map(str::to_owned).filter(|name| !name.is_empty());
        let (Some(context), Some(source)) = (self.context, source) else { return by_folder() };
        sources::name(context, source).unwrap_or_else(by_folder)
    }

    fn is_directory(&self, path: &str) -> bool {
        let made = self.stage.instructions.iter().any(|item| match &item.kind {
            Kind::Workdir(_, place) => absolute(place, self.root).as_deref() == Some(path),
            _ => false,
        });
        let made_by_step = || {
            walk::steps(self.stage).iter().any(|step| match effect::of(step.command) {
                Effect::Directories(paths) => paths
                    .iter()
                    .any(|made| absolute(&step.directory.join(made), self.root).as_deref() == Some(path)),
                _ => false,
            })
        };
        let copied = || {
            let context = self.context?;
            self.landing.context_path(path).filter(|source| context.has_directory(source))
        };
        made || made_by_step() || copied().is_some() || PATH.contains(&path) || path == "/"
    }
}

/// A directory of the context and those above it.
fn ancestors(directory: &str) -> impl Iterator<Item = &str> {
    let above = std::iter::successors(Some(directory), |path| match path.rsplit_once('/') {
        Some((folder, _)) => Some(folder),
        None if *path == "." => None,
        None => Some("."),
    });
    above.take(64)
}

/// Every program that a step writes.
pub(super) fn all<'a>(around: &Surroundings<'a>) -> Vec<Built<'a>> {
    let mut found = Vec::new();
    for step in walk::steps(around.stage) {
        let words = step.words();
        let flags = around.variable(&step, "GOFLAGS").unwrap_or_default();
        let Some(command) = command::of_words(strip_environment(&words), &flags) else { continue };
        let (build, is_install) = match command {
            GoCommand::Build(build) => (build, false),
            GoCommand::Install(build) => (build, true),
            GoCommand::Other => continue,
        };
        let here = match &build.directory {
            Some(directory) => step.directory.join(directory),
            None => step.directory.clone(),
        };
        let Some(here) = absolute(&here, around.root) else { continue };
        let directory = around.landing.directory(&here, &["go.mod"]);
        let name = around.name_of(&here, directory.as_deref());
        let names = build.names(name.as_deref());
        let is_local = !build.packages.iter().any(|package| package.contains('@'));
        let mut add = |path: String, is_folder| {
            let (step, build, directory) = (step.clone(), build.clone(), directory.clone());
            let moved_to = None;
            found.push(Built { step, build, path, is_folder, is_local, directory, moved_to });
        };
        let folder = match (&build.output, is_install) {
            (_, true) => install_folder(around, &step),
            (Some(output), false) => {
                let path = path::clean(&if output.starts_with('/') {
                    output.clone()
                } else {
                    format!("{here}/{output}")
                });
                if !output.ends_with('/') && !around.is_directory(&path) {
                    add(path, false);
                    continue;
                }
                Some(path)
            }
            // Without -o, several packages are compiled and thrown away.
            (None, false) => (names.len() == 1 && names[0].is_some()).then(|| here.clone()),
        };
        let Some(folder) = folder else { continue };
        for name in names {
            match name {
                Some(name) => add(path::clean(&format!("{folder}/{name}")), false),
                None => add(folder.clone(), true),
            }
        }
    }
    for built in &mut found {
        built.moved_to = copied_to(around, &built.path);
    }
    found
}

/// Where `go install` puts programs.
fn install_folder(around: &Surroundings<'_>, step: &Step<'_>) -> Option<String> {
    if let Some(folder) = around.variable(step, "GOBIN") {
        return Some(path::clean(&folder));
    }
    match around.variable(step, "GOPATH") {
        Some(path) if path.starts_with('/') => Some(path::clean(&format!("{path}/bin"))),
        Some(_) => None,
        None => base::is_official(around.stage, "golang").then(|| "/go/bin".to_owned()),
    }
}

/// Where a later step copied or moved a file.
fn copied_to(around: &Surroundings<'_>, path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    walk::steps(around.stage).iter().find_map(|step| {
        let Effect::Copy(paths) = effect::of(step.command) else { return None };
        let (target, sources) = paths.split_last()?;
        let resolved = |path: &str| absolute(&step.directory.join(path), around.root);
        let is_source = sources.iter().any(|source| resolved(source).as_deref() == Some(path));
        let target_path = resolved(target)?;
        let into = target.ends_with('/') || around.is_directory(&target_path);
        is_source.then(|| if into { path::clean(&format!("{target_path}/{name}")) } else { target_path })
    })
}

/// The program that the container starts, and what is copied of it.
pub(super) fn main<'b, 'a>(
    around: &Surroundings<'_>,
    built: &'b [Built<'a>],
    words: &[String],
    script: Option<&EntryScript>,
    end: Option<&str>,
) -> Result<(&'b Built<'a>, Artefact), String> {
    let by_script = || {
        let text = script?.text.as_deref()?;
        let called = built.iter().find(|built| {
            let place = built.moved_to.as_ref().unwrap_or(&built.path);
            !built.is_folder && text.contains(path::file_name(place))
        })?;
        let place = called.moved_to.clone().unwrap_or_else(|| called.path.clone());
        Some((called, Artefact::new(place, true)))
    };
    let Some(program) = words.first() else {
        return by_script().ok_or_else(|| match script {
            Some(script) => format!(
                "the container runs {}, which is not known to start a program that `go build` writes",
                script.path
            ),
            None => "nothing says what the container runs".to_owned(),
        });
    };
    for path in candidates(around, program, end)? {
        let source = program::origin(around.stage, &path, around.root).unwrap_or_else(|| path.clone());
        let is_it = |built: &&Built<'_>| match built.is_folder {
            true => path::clean(&source).rsplit_once('/').is_some_and(|(folder, _)| folder == built.path),
            false => built.path == source,
        };
        let Some(built) = built.iter().rfind(is_it) else { continue };
        // Go's own folder of programs is on PATH in its images alone.
        let is_found = program.contains('/')
            || PATH.iter().any(|folder| path.starts_with(folder))
            || sets_path(around.stage);
        let target = if is_found { path.clone() } else { format!("/usr/local/bin/{program}") };
        return Ok((built, Artefact { path, target, is_file: true }));
    }
    match by_script() {
        Some(found) if script.is_some_and(|script| !script.passes_on()) => Ok(found),
        _ => Err(format!(
            "no `go build` or `go install` of this stage is known to write {program}, which the container runs"
        )),
    }
}

/// The places where a program may lie that CMD names.
fn candidates(around: &Surroundings<'_>, program: &str, end: Option<&str>) -> Result<Vec<String>, String> {
    if program.contains('$') {
        return Err(format!("the program that the container runs, {program}, depends on a variable"));
    }
    if program.contains('/') {
        return Ok(vec![program::path_of(program, end)?]);
    }
    let own = around.stage.instructions.iter().filter_map(|item| match &item.kind {
        Kind::Env(pairs) => Some(pairs),
        _ => None,
    });
    let own = own.flatten().filter(|(name, _)| name.raw == "PATH").flat_map(|(_, value)| {
        let text = value.value.as_ref().unwrap_or(&value.raw);
        text.split(':').filter(|folder| folder.starts_with('/')).map(str::to_owned).collect::<Vec<_>>()
    });
    let known = PATH.iter().map(|folder| (*folder).to_owned());
    let installed = install_folders(around);
    let folders = own.chain(known).chain(installed);
    Ok(folders.map(|folder| path::clean(&format!("{folder}/{program}"))).collect())
}

fn install_folders(around: &Surroundings<'_>) -> Vec<String> {
    walk::steps(around.stage).iter().filter_map(|step| install_folder(around, step)).collect()
}

fn sets_path(stage: &Stage) -> bool {
    stage.instructions.iter().any(|item| match &item.kind {
        Kind::Env(pairs) => pairs.iter().any(|(name, _)| name.raw == "PATH"),
        _ => false,
    })
}
