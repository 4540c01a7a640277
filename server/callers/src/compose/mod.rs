//! Compose files: the builds of their services, as `docker compose config` resolves them.
//!
//! Followed: interpolation and `.env`, anchors, overrides with `!reset` and `!override`, `extends`, `include`. Services of every profile
//! are callers. Services without `build` are none.

mod build;
mod dotenv;
mod interpolate;
#[cfg(test)]
pub(crate) mod tests;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use build::{Build, Values};

use crate::yaml::{self, Node};
use crate::{Caller, CallerKind, Outside, Read, Setting, line_of, paths};

/// Names of Compose files, the first that a folder has counts.
pub const FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Names of files that are laid over it.
pub const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// Files that one project may read.
const MAX_FILES: usize = 64;

/// Steps of `extends` at most.
const MAX_EXTENDS: usize = 32;

/// Services that one project may have.
const MAX_SERVICES: usize = 2000;

/// The files of the project in a folder, by absolute paths: what `COMPOSE_FILE` names in its `.env`, else the usual names. `is_there` tells
/// which files a folder has.
#[must_use]
pub fn files_in(folder: &str, outside: &dyn Outside, is_there: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut environment = Environment::new(outside, None);
    environment.read_file(&paths::join(folder, ".env"));
    let variable = |name| environment.variables.get(name).filter(|value| !value.is_empty());
    if let Some(named) = variable("COMPOSE_FILE") {
        let separator = variable("COMPOSE_PATH_SEPARATOR").map_or(":", String::as_str);
        return named.split(separator).map(|file| paths::join(folder, file)).collect();
    }
    let first =
        |names: &[&str]| names.iter().map(|name| paths::join(folder, name)).find(|path| is_there(path));
    match first(&FILES) {
        Some(file) => [file].into_iter().chain(first(&OVERRIDES)).collect(),
        None => Vec::new(),
    }
}

/// Reads a project: a file and what is laid over it, by absolute paths. `shown` shortens a path for messages.
#[must_use]
pub fn read(files: &[String], outside: &dyn Outside, shown: &dyn Fn(&str) -> String) -> Read {
    let Some(first) = files.first() else { return Read::default() };
    let folder = paths::folder(first).to_owned();
    let mut environment = Environment::new(outside, None);
    environment.read_file(&paths::join(&folder, ".env"));
    let reader = Reader {
        outside,
        sources: RefCell::default(),
        n_loaded: Cell::new(0),
        problems: RefCell::default(),
        shown,
    };
    let named = reader.project_name(files, &folder, &environment);
    environment.variables.entry("COMPOSE_PROJECT_NAME".to_owned()).or_insert(named);
    let mut project = Project::default();
    reader.load(files, &folder, &environment, &mut vec![], &mut project);
    let callers = project.services.into_iter().filter_map(|(name, service)| {
        service.build.is_there.then(|| Caller {
            kind: CallerKind::Compose,
            shown_file: shown(&service.file),
            file: service.file,
            line: service.line,
            name,
            build: service.build.finish(&service.folder, &environment, &project.secrets),
        })
    });
    let mut callers: Vec<_> = callers.collect();
    callers.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Read { callers, problems: reader.problems.into_inner() }
}

/// The variables that a file sees: the process's, then those of `.env`.
pub(crate) struct Environment<'a> {
    outside: &'a dyn Outside,
    parent: Option<&'a Environment<'a>>,
    variables: BTreeMap<String, String>,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(outside: &'a dyn Outside, parent: Option<&'a Self>) -> Self {
        Self { outside, parent, variables: BTreeMap::new() }
    }

    pub(crate) fn read_file(&mut self, path: &str) {
        if let Ok(text) = self.outside.read(path) {
            self.variables = dotenv::read(&text, &|name| self.outer(name));
        }
    }

    fn outer(&self, name: &str) -> Option<String> {
        self.parent.map_or_else(|| self.outside.variable(name), |parent| parent.get(name))
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.outer(name).or_else(|| self.variables.get(name).cloned())
    }

    fn home(&self) -> Option<String> {
        self.outside.home()
    }
}

/// What the files of a project say together.
#[derive(Default)]
struct Project {
    services: BTreeMap<String, Service>,
    /// Secrets by name, as the end of a `--secret`: `src=…` or `env=…`.
    secrets: BTreeMap<String, Setting>,
}

struct Service {
    file: String,
    line: u32,
    /// The folder of the project that names it.
    folder: String,
    build: Build,
}

/// A file that has been read.
struct Source {
    text: String,
    documents: Vec<Node>,
}

struct Reader<'a> {
    outside: &'a dyn Outside,
    sources: RefCell<BTreeMap<String, Result<Rc<Source>, String>>>,
    n_loaded: Cell<usize>,
    problems: RefCell<Vec<String>>,
    shown: &'a dyn Fn(&str) -> String,
}

impl Reader<'_> {
    fn source(&self, path: &str) -> Result<Rc<Source>, String> {
        if let Some(source) = self.sources.borrow().get(path) {
            return source.clone();
        }
        let source = if self.sources.borrow().len() >= MAX_FILES {
            Err(format!("the project reads more than {MAX_FILES} files"))
        } else {
            self.outside
                .read(path)
                .and_then(|text| Ok(Rc::new(Source { documents: yaml::read(&text)?, text })))
        };
        let source = source.map_err(|reason| format!("{}: {reason}", (self.shown)(path)));
        if let Err(problem) = &source {
            self.problems.borrow_mut().push(problem.clone());
        }
        self.sources.borrow_mut().insert(path.to_owned(), source.clone());
        source
    }

    /// The project's name: what the environment or `name:` says, else its folder's name in Compose's letters.
    fn project_name(&self, files: &[String], folder: &str, environment: &Environment<'_>) -> String {
        let values = Values { environment, folder };
        let written = files.iter().filter_map(|file| self.source(file).ok());
        let named = written
            .flat_map(|source| source.documents.clone())
            .filter_map(|document| values.scalar(document.get("name")?)?.known().map(str::to_owned));
        named.last().unwrap_or_else(|| {
            let letters = paths::name(folder).to_lowercase();
            let is_letter = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
            letters.chars().filter(is_letter).collect::<String>().trim_start_matches(['-', '_']).to_owned()
        })
    }

    /// Reads files that are laid over each other. `including` are the files on the way here.
    fn load(
        &self,
        files: &[String],
        folder: &str,
        environment: &Environment<'_>,
        including: &mut Vec<String>,
        project: &mut Project,
    ) {
        let values = Values { environment, folder };
        for path in files {
            self.n_loaded.set(self.n_loaded.get() + 1);
            if self.n_loaded.get() > MAX_FILES {
                return;
            }
            if including.contains(path) {
                self.problems.borrow_mut().push(format!("{} includes itself", (self.shown)(path)));
                continue;
            }
            let Ok(source) = self.source(path) else { continue };
            including.push(path.clone());
            for document in &source.documents {
                for include in document.get("include").map(Node::items).unwrap_or_default() {
                    self.include(include, &values, including, project);
                }
                for (name, secret) in document.get("secrets").into_iter().flat_map(Node::entries) {
                    if let Some(name) = name.raw() {
                        project.secrets.insert(name.to_owned(), secret_source(secret, &values));
                    }
                }
                for (key, service) in document.get("services").into_iter().flat_map(Node::entries) {
                    let Some(name) = key.raw() else { continue };
                    if project.services.len() >= MAX_SERVICES {
                        break;
                    }
                    let build = self.service(document, service, (path, name), &values, &mut vec![]);
                    let line = line_of(&source.text, key.place.start);
                    match project.services.get_mut(name) {
                        Some(below) if service.tag.as_deref() == Some("reset") => {
                            below.build = Build::default();
                        }
                        Some(below) => below.build = std::mem::take(&mut below.build).under(build),
                        None => {
                            let service =
                                Service { file: path.clone(), line, folder: folder.to_owned(), build };
                            project.services.insert(name.to_owned(), service);
                        }
                    }
                }
            }
            including.pop();
        }
    }

    fn include(
        &self,
        include: &Node,
        values: &Values<'_>,
        including: &mut Vec<String>,
        project: &mut Project,
    ) {
        let texts = |node: &Node| {
            let items = if node.is_sequence() { node.items() } else { std::slice::from_ref(node) };
            let known = |item| values.scalar(item).and_then(|setting| setting.known().map(str::to_owned));
            items.iter().filter_map(known).collect::<Vec<_>>()
        };
        let files = if include.is_mapping() { include.get("path").map(texts) } else { Some(texts(include)) };
        let files: Vec<_> =
            files.unwrap_or_default().iter().map(|file| paths::join(values.folder, file)).collect();
        let Some(first) = files.first() else { return };
        let folder = include.get("project_directory").map(texts).unwrap_or_default();
        let folder = folder
            .first()
            .map_or_else(|| paths::folder(first).to_owned(), |named| paths::join(values.folder, named));
        let mut environment = Environment::new(self.outside, Some(values.environment));
        match include.get("env_file").map(texts) {
            Some(named) => {
                for file in named {
                    let known = std::mem::take(&mut environment.variables);
                    environment.read_file(&paths::join(values.folder, &file));
                    for (name, value) in known {
                        environment.variables.entry(name).or_insert(value);
                    }
                }
            }
            None => environment.read_file(&paths::join(&folder, ".env")),
        }
        self.load(&files, &folder, &environment, including, project);
    }

    /// The build of a service, over that of the service that it extends.
    fn service(
        &self,
        document: &Node,
        service: &Node,
        (path, name): (&str, &str),
        values: &Values<'_>,
        extending: &mut Vec<(String, String)>,
    ) -> Build {
        let own = values.build(service);
        let Some(extends) = service.get("extends").filter(|extends| !extends.is_null()) else { return own };
        extending.push((path.to_owned(), name.to_owned()));
        let base = self.extended(document, extends, path, values, extending);
        extending.pop();
        base.unwrap_or_else(|reason| {
            self.problems.borrow_mut().push(reason.clone());
            Build::incomplete(reason)
        })
        .under(own)
    }

    fn extended(
        &self,
        document: &Node,
        extends: &Node,
        path: &str,
        values: &Values<'_>,
        extending: &mut Vec<(String, String)>,
    ) -> Result<Build, String> {
        let text = |node: &Node| values.scalar(node).and_then(|setting| setting.known().map(str::to_owned));
        let wanted = if extends.is_mapping() { extends.get("service") } else { Some(extends) };
        let name = wanted.and_then(text).ok_or("an `extends` names no service")?;
        let file = extends.get("file").and_then(text).map(|file| paths::join(values.folder, &file));
        let other = file.filter(|file| file != path);
        let place = (other.clone().unwrap_or_else(|| path.to_owned()), name.clone());
        if extending.contains(&place) {
            return Err(format!("the service {name} of {} extends itself", (self.shown)(&place.0)));
        }
        if extending.len() > MAX_EXTENDS {
            return Err(format!("services extend each other over more than {MAX_EXTENDS} steps"));
        }
        let missing = || format!("{} has no service {name} to extend", (self.shown)(&place.0));
        let Some(other) = other else {
            let service =
                document.get("services").and_then(|services| services.get(&name)).ok_or_else(missing)?;
            return Ok(self.service(document, service, (path, &name), values, extending));
        };
        let source = self.source(&other)?;
        let in_file = Values { environment: values.environment, folder: paths::folder(&other) };
        let builds = source.documents.iter().filter_map(|document| {
            let service = document.get("services")?.get(&name)?;
            Some(self.service(document, service, (&other, &name), &in_file, extending))
        });
        builds.reduce(Build::under).ok_or_else(missing)
    }
}

/// Where the value of a project's secret is.
fn secret_source(secret: &Node, values: &Values<'_>) -> Setting {
    let field = |name| secret.get(name).and_then(|value| values.scalar(value));
    if let Some(Setting::Known(name)) = field("environment") {
        return Setting::Known(format!("env={name}"));
    }
    match field("file") {
        Some(Setting::Known(path)) => {
            let home = values.environment.home();
            Setting::Known(format!("src={}", paths::join_home(values.folder, &path, home.as_deref())))
        }
        Some(unknown) => unknown,
        None => Setting::Unknown("its value is kept elsewhere".to_owned()),
    }
}
