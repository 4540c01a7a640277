//! Who builds the Dockerfiles of a folder: its Compose files, Bake files and devcontainers, found and read on disk.
//!
//! What they say is read by the crate `callers`; here is where they are, and that nothing outside of the folder is read, whatever they name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

pub use callers::cursor::{MARK, Names, Spot, Typed};
use callers::{Outside, Read, bake, compose, cursor, devcontainer};
pub use semantic::facts::callers::Caller;
use semantic::facts::callers::Setting;

/// Folders that hold other people's files, and much of them.
const NOT_OURS: [&str; 6] = ["node_modules", "target", "vendor", "venv", "__pycache__", "bower_components"];

/// Files and folders that are looked at; those near the top come first.
const MAX_ENTRIES: usize = 20_000;

/// How far below the folder is looked.
const MAX_DEPTH: usize = 8;

/// Folders with such files that are read.
const MAX_PROJECTS: usize = 200;

/// All callers in a folder.
#[derive(Debug, Clone, Default)]
pub struct Callers {
    all: Vec<Caller>,
    /// What could not be understood, a sentence each.
    pub problems: Vec<String>,
}

impl Callers {
    /// Finds the callers in a folder and below.
    #[must_use]
    pub fn find(folder: &Path) -> Self {
        Self::find_with(folder, &BTreeMap::new())
    }

    /// The same, where an editor has other texts of some files, by their paths.
    #[must_use]
    pub fn find_with(folder: &Path, texts: &BTreeMap<PathBuf, String>) -> Self {
        let Ok(root) = folder.canonicalize() else { return Self::default() };
        let disk = Disk { root: &root, texts };
        let mut found = Self::default();
        for project in projects(&root).iter().take(MAX_PROJECTS) {
            for Read { callers, problems } in disk.read(project) {
                found.all.extend(callers.into_iter().map(|caller| disk.bounded(caller)));
                found.problems.extend(problems);
            }
        }
        // A Compose file that a devcontainer names may be found on its own, too.
        let mut seen = BTreeSet::new();
        found.all.retain(|caller| seen.insert((caller.kind, caller.file.clone(), caller.name.clone())));
        let mut seen = BTreeSet::new();
        found.problems.retain(|problem| seen.insert(problem.clone()));
        found
    }

    /// The callers in a file, from its own folder alone: what other folders lay over it is not looked for. `root` bounds what is read.
    #[must_use]
    pub fn of_file(root: &Path, file: &Path, texts: &BTreeMap<PathBuf, String>) -> Vec<Caller> {
        let (Ok(root), Some(folder)) = (root.canonicalize(), file.parent()) else { return Vec::new() };
        let disk = Disk { root: &root, texts };
        let (project, _) = Project::in_folder(folder);
        let read = disk.read(&project).into_iter().flat_map(|read| read.callers);
        let mut found = Self { all: read.map(|caller| disk.bounded(caller)).collect(), ..Self::default() };
        found.all.retain(|caller| Path::new(&caller.file) == file);
        found.all
    }

    /// Those that build a Dockerfile.
    #[must_use]
    pub fn of_dockerfile(&self, dockerfile: &Path) -> Vec<Caller> {
        let Ok(dockerfile) = dockerfile.canonicalize() else { return Vec::new() };
        let builds = |caller: &&Caller| {
            let named = caller.build.dockerfile.as_ref().and_then(Setting::known);
            named.is_some_and(|named| is_same_file(Path::new(named), &dockerfile))
        };
        self.all.iter().filter(builds).cloned().collect()
    }

    /// Those that a file names.
    #[must_use]
    pub fn in_file(&self, file: &Path) -> Vec<Caller> {
        let Ok(file) = file.canonicalize() else { return Vec::new() };
        self.all.iter().filter(|caller| Path::new(&caller.file) == file).cloned().collect()
    }
}

fn is_same_file(named: &Path, dockerfile: &Path) -> bool {
    named == dockerfile
        || (named.file_name() == dockerfile.file_name()
            && named.canonicalize().is_ok_and(|named| named == dockerfile))
}

/// Whether callers may stand in a file of this name.
#[must_use]
pub fn is_caller_name(name: &str) -> bool {
    is_compose_name(name) || is_bake_name(name) || is_devcontainer_name(name)
}

/// Whether a file of this name describes a devcontainer.
#[must_use]
pub fn is_devcontainer_name(name: &str) -> bool {
    matches!(name, "devcontainer.json" | ".devcontainer.json")
}

/// Whether a file of this name is a Compose file.
#[must_use]
pub fn is_compose_name(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        ["compose", "docker-compose"].contains(&stem.split('.').next().unwrap_or_default())
    })
}

/// Whether a file of this name is a Bake file.
#[must_use]
pub fn is_bake_name(name: &str) -> bool {
    bake::FILES.contains(&name)
}

/// What stands at an offset (in bytes) of a file that names callers.
#[must_use]
pub fn spot(path: &Path, text: &str, offset: usize) -> Option<Spot> {
    let name = path.file_name()?.to_str()?;
    if is_compose_name(name) {
        cursor::in_compose(text, offset)
    } else if is_bake_name(name) {
        cursor::in_bake(name, text, offset)
    } else {
        is_devcontainer_name(name).then(|| cursor::in_devcontainer(text, offset)).flatten()
    }
}

/// All that a file names of Dockerfiles.
#[must_use]
pub fn spots(path: &Path, text: &str) -> Vec<Spot> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    if is_compose_name(name) {
        cursor::all_in_compose(text)
    } else if is_bake_name(name) {
        cursor::all_in_bake(name, text)
    } else if is_devcontainer_name(name) {
        cursor::all_in_devcontainer(text)
    } else {
        Vec::new()
    }
}

/// What is being typed at an offset (in bytes) of a Compose or Bake file, where it is a stage or a build argument.
#[must_use]
pub fn typed(path: &Path, text: &str, offset: usize) -> Option<Typed> {
    let name = path.file_name()?.to_str()?;
    if is_compose_name(name) {
        cursor::typed_in_compose(text, offset)
    } else if is_bake_name(name) {
        cursor::typed_in_bake(name, text, offset)
    } else {
        None
    }
}

/// A folder with files that name callers.
struct Project {
    folder: PathBuf,
    /// Their names.
    names: BTreeSet<String>,
}

impl Project {
    /// The files of a folder that name callers, and the names of all that lies there, each with whether it is a folder.
    fn in_folder(folder: &Path) -> (Self, Vec<(String, bool)>) {
        let mut project = Self { folder: folder.to_owned(), names: BTreeSet::new() };
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            if !kind.is_dir() && (is_caller_name(&name) || name == ".env") {
                project.names.insert(name.clone());
            }
            entries.push((name, kind.is_dir()));
        }
        (project, entries)
    }
}

/// The folders below one that have such files, those near the top first.
fn projects(root: &Path) -> Vec<Project> {
    let mut projects = Vec::new();
    let mut open = VecDeque::from([(root.to_owned(), 0)]);
    let mut n_entries = 0;
    while let Some((folder, depth)) = open.pop_front() {
        let (project, entries) = Project::in_folder(&folder);
        n_entries += entries.len();
        let mut below = BTreeSet::new();
        for (name, is_folder) in entries {
            let is_ours =
                name == ".devcontainer" || !(name.starts_with('.') || NOT_OURS.contains(&name.as_str()));
            if is_folder && is_ours && depth < MAX_DEPTH {
                below.insert(folder.join(name));
            }
        }
        if project.names.iter().any(|name| is_caller_name(name)) || project.names.contains(".env") {
            projects.push(project);
        }
        if n_entries > MAX_ENTRIES {
            break;
        }
        open.extend(below.into_iter().map(|folder| (folder, depth + 1)));
    }
    projects
}

/// Reads files of one folder and of no other.
struct Disk<'a> {
    /// Without links.
    root: &'a Path,
    texts: &'a BTreeMap<PathBuf, String>,
}

impl Disk<'_> {
    fn read(&self, project: &Project) -> Vec<Read> {
        let Some(folder) = project.folder.to_str() else { return Vec::new() };
        let shown = |path: &str| self.shown(path);
        let is_there = |path: &str| path.rsplit('/').next().is_some_and(|name| project.names.contains(name));
        let mut reads = Vec::new();
        let files = compose::files_in(folder, self, &is_there);
        if !files.is_empty() {
            reads.push(compose::read(&files, self, &shown));
        }
        let files: Vec<_> =
            bake::FILES.iter().map(|name| format!("{folder}/{name}")).filter(|path| is_there(path)).collect();
        if !files.is_empty() {
            // Bake reads the Compose file, and nothing that is laid over it.
            let plain =
                compose::FILES.iter().map(|name| format!("{folder}/{name}")).filter(|path| is_there(path));
            let services = compose::read(&plain.collect::<Vec<_>>(), self, &shown).callers;
            reads.push(bake::read(&files, &services, self, &shown));
        }
        for name in
            ["devcontainer.json", ".devcontainer.json"].iter().filter(|name| project.names.contains(**name))
        {
            let workspace = workspace_of(folder);
            let found = devcontainer::read(&format!("{folder}/{name}"), workspace, self, &shown);
            reads.push(found.read);
            if !found.compose_files.is_empty() {
                reads.push(compose::read(&found.compose_files, self, &shown));
            }
        }
        reads
    }

    fn shown(&self, path: &str) -> String {
        let relative = Path::new(path).strip_prefix(self.root).ok().and_then(Path::to_str);
        relative.unwrap_or(path).to_owned()
    }

    /// A caller whose context lies outside of the folder: it is not known, so that nothing there is read.
    fn bounded(&self, mut caller: Caller) -> Caller {
        if let Some(Setting::Known(context)) = &caller.build.context
            && context.starts_with('/')
        {
            let real = Path::new(context).canonicalize().unwrap_or_else(|_| PathBuf::from(context));
            caller.build.context = Some(if real.starts_with(self.root) {
                Setting::Known(real.to_string_lossy().into_owned())
            } else {
                Setting::Unknown(format!("{context} lies outside of the workspace folder"))
            });
        }
        caller
    }
}

/// The folder that a devcontainer is for: the one that holds `.devcontainer`.
fn workspace_of(folder: &str) -> &str {
    folder.find("/.devcontainer").map_or(folder, |end| &folder[..end])
}

impl Outside for Disk<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        let outside = || "it lies outside of the workspace folder".to_owned();
        if !Path::new(path).starts_with(self.root) {
            return Err(outside());
        }
        if let Some(text) = self.texts.get(Path::new(path)) {
            return Ok(text.clone());
        }
        let real = Path::new(path).canonicalize().map_err(|_| "there is no such file".to_owned())?;
        if !real.starts_with(self.root) {
            return Err(outside());
        }
        let metadata = real.metadata().map_err(|_| "it cannot be read".to_owned())?;
        if !metadata.is_file() {
            return Err("it is no file".to_owned());
        }
        if metadata.len() > callers::MAX_TEXT as u64 {
            return Err(format!("it is larger than {} KiB", callers::MAX_TEXT >> 10));
        }
        let bytes = fs::read(&real).map_err(|_| "it cannot be read".to_owned())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (path, text) in files {
            let path = folder.path().join("w").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(callers: &[Caller]) -> Vec<String> {
        callers.iter().map(|caller| format!("{}: {}", caller.shown_file, caller.name)).collect()
    }

    #[test]
    fn the_callers_of_a_dockerfile_are_found_in_the_whole_folder() {
        let folder = tree(&[
            ("api/Dockerfile", "FROM x"),
            ("compose.yaml", "services: {web: {build: api}, other: {build: .}}"),
            ("compose.override.yaml", "services: {web: {build: {target: dev}}}"),
            ("deploy/docker-bake.hcl", "target \"app\" { context = \"../api\" }"),
            (".devcontainer/devcontainer.json", "{\"build\": {\"dockerfile\": \"../api/Dockerfile\"}}"),
            ("node_modules/x/compose.yaml", "services: {no: {build: ../../api}}"),
            ("sub/.env", "COMPOSE_FILE=one.yaml"),
            ("sub/one.yaml", "services: {named: {build: ../api}}"),
        ]);
        let root = folder.path().join("w");
        let callers = Callers::find(&root);
        let of_api = callers.of_dockerfile(&root.join("sub/../api/Dockerfile"));
        assert_eq!(
            names(&of_api),
            [
                "compose.yaml: web",
                ".devcontainer/devcontainer.json: devcontainer",
                "deploy/docker-bake.hcl: app",
                "sub/one.yaml: named"
            ]
        );
        assert_eq!(of_api[0].build.target, Some(Setting::Known("dev".to_owned())));
        assert_eq!(
            names(&callers.in_file(&root.join("compose.yaml"))),
            ["compose.yaml: other", "compose.yaml: web"]
        );
        assert_eq!(callers.of_dockerfile(&root.join("nowhere")), []);
        let open =
            BTreeMap::from([(root.canonicalize().unwrap().join("compose.yaml"), "services: {".to_owned())]);
        assert_eq!(Callers::find_with(&root, &open).problems.len(), 1);
    }

    #[test]
    fn nothing_outside_of_the_folder_is_read() {
        let folder = tree(&[
            ("Dockerfile", "FROM x"),
            (
                "compose.yaml",
                "services:
  up: {build: {context: .., dockerfile: w/Dockerfile}}
  link: {build: {context: link, dockerfile: ../Dockerfile}}
  base: {extends: {file: ../base.yaml, service: b}, build: .}
  linked: {extends: {file: base.yaml, service: b}, build: .}
",
            ),
        ]);
        let root = folder.path().join("w");
        fs::write(folder.path().join("base.yaml"), "services: {b: {build: {target: secret}}}").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path(), root.join("link")).unwrap();
            std::os::unix::fs::symlink(folder.path().join("base.yaml"), root.join("base.yaml")).unwrap();
        }
        let callers = Callers::find(&root);
        let up = &callers.of_dockerfile(&root.join("Dockerfile"))[0];
        assert_eq!(up.name, "up");
        assert!(matches!(&up.build.context, Some(Setting::Unknown(reason)) if reason.contains("outside")));
        assert!(callers.all.iter().all(|caller| caller.build.target.is_none()));
        assert!(callers.problems.iter().all(|problem| problem.contains("outside")), "{:?}", callers.problems);
    }

    #[test]
    fn names_of_files() {
        for name in
            ["compose.yaml", "docker-compose.dev.yml", "docker-bake.override.hcl", "devcontainer.json"]
        {
            assert!(is_caller_name(name), "{name}");
        }
        for name in ["composer.yaml", "my-compose.yaml", "bake.hcl", "compose.json"] {
            assert!(!is_caller_name(name), "{name}");
        }
    }
}
