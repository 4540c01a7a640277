//! What the tools in a failed step say, on files of this machine: the disk that `inner_loop`'s source map asks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use inner_loop::problems::{Finding, Severity};
use inner_loop::source_map::{ContextFiles, SourcePlace, source_problems};
use inner_loop::{BuildRequest, StepProblem, is_remote};
use semantic::dockerignore::Dockerignore;
use walkdir::{DirEntry, WalkDir};

use crate::context::ignore_file;

/// No source file is longer.
const MOST_BYTES: u64 = 4 << 20;

/// A context with more files is not searched for names to its end.
const MOST_FILES: usize = 100_000;

/// What is said of a line that is another one by now.
const STALE: &str = " (this line was edited since)";

/// A problem on a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedProblem {
    /// The file, absolute.
    pub file: PathBuf,
    /// The file from the root of the main context; absolute where it lies elsewhere. Absent for the Dockerfile.
    pub shown: Option<String>,
    /// From 1.
    pub line: u32,
    /// From 1, as the tool counts.
    pub column: Option<u32>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The tool.
    pub source: &'static str,
    /// The first line of the step that failed, from 1.
    pub dockerfile_line: u32,
    /// The text of the line as it is now, where the file can be read.
    pub text: Option<String>,
    /// Whether it is the problem's own line; else no file of the user's is known, and it is the step's.
    pub is_exact: bool,
}

/// Finds the lines that a failed step's tools speak of. Reads files; `began` is when the build did.
#[must_use]
pub fn locate(request: &BuildRequest, problem: &StepProblem, began: SystemTime) -> Vec<LocatedProblem> {
    let mut all: Vec<LocatedProblem> = Vec::new();
    for located in locate_each(request, problem.line, &problem.findings.list, began).into_iter().flatten() {
        // Two tools may have named one place in two ways.
        if !all.contains(&located) {
            all.push(located);
        }
    }
    all
}

/// The same, one for one, for the step at a line of the Dockerfile, from 1.
#[must_use]
pub fn locate_each(
    request: &BuildRequest,
    line: u32,
    findings: &[Finding],
    began: SystemTime,
) -> Vec<Option<LocatedProblem>> {
    if findings.is_empty() {
        return Vec::new();
    }
    let step = line;
    let disk = Disk::of(request, began);
    let contexts: BTreeSet<String> = disk.roots.keys().flatten().cloned().collect();
    let found = source_problems(&request.model(), step, findings, &contexts, &disk);
    let main = disk.roots.get(&None);
    let located = found.into_iter().map(|found| {
        let found = found?;
        let mut message = found.message;
        let (file, shown, line, column, text, is_exact) = match found.place {
            SourcePlace::Dockerfile { line, is_exact } => {
                let text = request.dockerfile_text.lines().nth(line as usize - 1).map(str::to_owned);
                (request.dockerfile.clone(), None, line, None, text, is_exact)
            }
            SourcePlace::File { context, path, line, column, is_stale, is_sure } => {
                let file = disk.path(context.as_deref(), &path)?;
                if is_stale || (!is_sure && disk.is_edited(context.as_deref(), &path)) {
                    message += STALE;
                }
                let below = main.and_then(|main| file.strip_prefix(main).ok());
                let shown = below.unwrap_or(&file).to_string_lossy().into_owned();
                let text = disk.text(context.as_deref(), &path);
                let text = text.and_then(|text| text.lines().nth(line as usize - 1).map(str::to_owned));
                (file, Some(shown), line, column, text, true)
            }
        };
        Some(LocatedProblem {
            file,
            shown,
            line,
            column,
            severity: found.severity,
            message,
            source: found.source,
            dockerfile_line: step,
            text,
            is_exact,
        })
    });
    located.collect()
}

/// Names of files, each with the paths that have it.
type Names = HashMap<String, Vec<String>>;

/// The contexts that are folders.
struct Disk {
    roots: BTreeMap<Option<String>, PathBuf>,
    ignored: BTreeMap<Option<String>, Dockerignore>,
    began: SystemTime,
    texts: RefCell<HashMap<PathBuf, Option<Rc<str>>>>,
    names: RefCell<HashMap<Option<String>, Names>>,
}

impl Disk {
    fn of(request: &BuildRequest, began: SystemTime) -> Self {
        let named = request.named_contexts.iter().map(|(name, place)| (Some(name.clone()), place));
        let all = named.chain([(None, &request.context)]).filter(|(_, place)| !is_remote(place));
        let roots: BTreeMap<_, _> = all.map(|(name, place)| (name, PathBuf::from(place))).collect();
        let ignored = roots.iter().filter_map(|(name, root)| {
            let dockerfile = if name.is_none() { &request.dockerfile } else { root };
            let file = ignore_file(root, dockerfile).ok().flatten()?;
            Some((name.clone(), Dockerignore::parse(&file.text).0))
        });
        let (texts, names) = (RefCell::default(), RefCell::default());
        Self { ignored: ignored.collect(), roots, began, texts, names }
    }

    /// Whether .dockerignore keeps a file from the build.
    fn is_ignored(&self, context: Option<&str>, path: &str) -> bool {
        self.ignored.get(&context.map(str::to_owned)).is_some_and(|ignored| ignored.is_ignored(path))
    }

    fn path(&self, context: Option<&str>, path: &str) -> Option<PathBuf> {
        Some(self.roots.get(&context.map(str::to_owned))?.join(path))
    }

    /// Files by their names, less what no user edits.
    fn index(&self, context: Option<&str>) -> Names {
        let mut names = Names::new();
        let Some(root) = self.path(context, "") else { return names };
        let is_wanted = |entry: &DirEntry| {
            !(entry.file_type().is_dir()
                && matches!(entry.file_name().to_str(), Some(".git" | "node_modules")))
        };
        let entries = WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(is_wanted);
        for entry in entries.take(MOST_FILES).flatten().filter(|entry| entry.file_type().is_file()) {
            let below = entry.path().strip_prefix(&root).ok().and_then(Path::to_str);
            if let (Some(path), Some(name)) = (below, entry.file_name().to_str()) {
                names.entry(name.to_owned()).or_default().push(path.to_owned());
            }
        }
        names
    }
}

impl ContextFiles for Disk {
    fn is_file(&self, context: Option<&str>, path: &str) -> bool {
        !self.is_ignored(context, path) && self.path(context, path).is_some_and(|path| path.is_file())
    }

    fn names(&self, context: Option<&str>, folder: &str) -> Vec<String> {
        let entries = self.path(context, folder).and_then(|path| fs::read_dir(path).ok());
        let names =
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn find(&self, context: Option<&str>, name: &str) -> Vec<String> {
        let mut known = self.names.borrow_mut();
        let names = known.entry(context.map(str::to_owned)).or_insert_with(|| self.index(context));
        let paths = names.get(name).into_iter().flatten();
        paths.filter(|path| !self.is_ignored(context, path)).cloned().collect()
    }

    fn text(&self, context: Option<&str>, path: &str) -> Option<Rc<str>> {
        let path = self.path(context, path)?;
        let mut texts = self.texts.borrow_mut();
        let read = |path: &PathBuf| {
            let is_short =
                fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
            is_short.then(|| fs::read_to_string(path).ok()).flatten().map(Rc::from)
        };
        texts.entry(path).or_insert_with_key(read).clone()
    }

    fn is_edited(&self, context: Option<&str>, path: &str) -> bool {
        let modified = self.path(context, path).and_then(|path| fs::metadata(path).ok()?.modified().ok());
        modified.is_some_and(|modified| modified > self.began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, line: u32) -> StepProblem {
        let vertex = |name: &str| inner_loop::Vertex {
            digest: "d".to_owned(),
            name: name.to_owned(),
            started: Some(0.0),
            ..inner_loop::Vertex::default()
        };
        let request = request(Path::new("/nowhere"));
        let mut progress = inner_loop::Progress::of(&request.model(), None);
        progress.apply(inner_loop::BuildEvent::Vertex(vertex("[4/4] RUN make")));
        let stream = inner_loop::LogStream::Stderr;
        let data = text.as_bytes().to_vec();
        progress.apply(inner_loop::BuildEvent::Log { vertex: "d".to_owned(), stream, data });
        let failure =
            inner_loop::BuildFailure { vertex: Some("d".to_owned()), ..inner_loop::BuildFailure::default() };
        let outcome = inner_loop::BuildOutcome::Failed(failure);
        let updates = progress.apply(inner_loop::BuildEvent::Finished { outcome, seconds: 1.0 });
        let problem = updates.into_iter().find_map(|update| match update {
            inner_loop::Update::Problem(problem) => Some(problem),
            _ => None,
        });
        let problem = problem.unwrap();
        assert_eq!(problem.line, line);
        problem
    }

    fn request(context: &Path) -> BuildRequest {
        BuildRequest {
            context: context.display().to_string(),
            dockerfile: context.join("Dockerfile"),
            dockerfile_text: "FROM gcc\nWORKDIR /srv/deep\nCOPY größe/ native/\nRUN make\n".to_owned(),
            ..BuildRequest::default()
        }
    }

    #[test]
    fn a_compiler_is_heard_on_the_users_own_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("größe")).unwrap();
        let file = folder.path().join("größe/a.c");
        fs::write(&file, "int x;\nint main() {\n  return y;\n}\n").unwrap();
        let log = "native/a.c:3:10: error: 'y' undeclared\n    3 |   return y;\n";
        let before = SystemTime::UNIX_EPOCH;
        let found = |log: &str| locate(&request(folder.path()), &problem(log, 4), before);
        let [located] = &found(log)[..] else { panic!("{:?}", found(log)) };
        assert_eq!(
            (located.shown.as_deref(), located.line, located.column),
            (Some("größe/a.c"), 3, Some(10))
        );
        assert_eq!((&located.file, located.dockerfile_line), (&file, 4));
        assert_eq!((located.message.as_str(), located.source), ("'y' undeclared", "gcc"));
        // Without its text it cannot be told from another line, and the file is newer than the build.
        let [unsure] = &found("native/a.c:3:10: error: x\n")[..] else { panic!() };
        assert_eq!(unsure.message, "x (this line was edited since)");
        fs::write(&file, "// one more\nint x;\nint main() {\n  return y;\n}\n").unwrap();
        assert_eq!(found(log)[0].line, 4);
        fs::write(&file, "int x;\nint main() {\n  return z;\n}\n").unwrap();
        assert_eq!(found(log)[0].message, "'y' undeclared (this line was edited since)");
        fs::remove_file(&file).unwrap();
        let [elsewhere] = &found(log)[..] else { panic!() };
        assert_eq!((elsewhere.shown.as_deref(), elsewhere.line, elsewhere.is_exact), (None, 4, false));
        assert_eq!(elsewhere.message, "'y' undeclared (in the container: native/a.c:3:10)");
    }

    #[test]
    fn a_file_that_the_build_did_not_see_has_no_problem() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("größe")).unwrap();
        let file = folder.path().join("größe/a.c");
        fs::write(&file, "int x;\n").unwrap();
        let log = "native/a.c:1:10: error: 'y' undeclared\n    1 |   return y;\n";
        let shown = |began: SystemTime| {
            let found = locate(&request(folder.path()), &problem(log, 4), began);
            found.into_iter().map(|found| found.shown).collect::<Vec<_>>()
        };
        assert_eq!(shown(SystemTime::UNIX_EPOCH), [Some("größe/a.c".to_owned())]);
        // Nobody edited it since, so that a step wrote what the tool read.
        assert_eq!(shown(SystemTime::now() + std::time::Duration::from_secs(60)), [None]);
        fs::write(folder.path().join(".dockerignore"), "**/*.c\n").unwrap();
        assert_eq!(shown(SystemTime::UNIX_EPOCH), [None]);
    }
}
