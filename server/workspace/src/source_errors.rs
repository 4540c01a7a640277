//! What the tools in a failed step say, on files of this machine: the disk that `inner_loop`'s source map asks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use inner_loop::problems::Severity;
use inner_loop::source_map::{ContextFiles, SourcePlace, source_problems};
use inner_loop::{BuildRequest, StepProblem, is_remote};
use walkdir::{DirEntry, WalkDir};

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
    if problem.findings.list.is_empty() {
        return Vec::new();
    }
    let disk = Disk::of(request);
    let contexts: BTreeSet<String> = disk.roots.keys().flatten().cloned().collect();
    let found = source_problems(&request.model(), problem, &contexts, &disk);
    let main = disk.roots.get(&None);
    let located = found.into_iter().filter_map(|found| {
        let mut message = found.message;
        let (file, shown, line, column, text, is_exact) = match found.place {
            SourcePlace::Dockerfile { line, is_exact } => {
                let text = request.dockerfile_text.lines().nth(line as usize - 1).map(str::to_owned);
                (request.dockerfile.clone(), None, line, None, text, is_exact)
            }
            SourcePlace::File { context, path, line, column, is_stale, is_sure } => {
                let file = disk.path(context.as_deref(), &path)?;
                if is_stale || (!is_sure && is_newer(&file, began)) {
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
            dockerfile_line: problem.line,
            text,
            is_exact,
        })
    });
    located.collect()
}

fn is_newer(file: &Path, began: SystemTime) -> bool {
    fs::metadata(file).and_then(|metadata| metadata.modified()).is_ok_and(|modified| modified > began)
}

/// Names of files, each with the paths that have it.
type Names = HashMap<String, Vec<String>>;

/// The contexts that are folders.
struct Disk {
    roots: BTreeMap<Option<String>, PathBuf>,
    texts: RefCell<HashMap<PathBuf, Option<String>>>,
    names: RefCell<HashMap<Option<String>, Names>>,
}

impl Disk {
    fn of(request: &BuildRequest) -> Self {
        let named = request.named_contexts.iter().map(|(name, place)| (Some(name.clone()), place));
        let all = named.chain([(None, &request.context)]).filter(|(_, place)| !is_remote(place));
        let roots = all.map(|(name, place)| (name, PathBuf::from(place))).collect();
        Self { roots, texts: RefCell::default(), names: RefCell::default() }
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
        self.path(context, path).is_some_and(|path| path.is_file())
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
        names.get(name).cloned().unwrap_or_default()
    }

    fn text(&self, context: Option<&str>, path: &str) -> Option<String> {
        let path = self.path(context, path)?;
        let mut texts = self.texts.borrow_mut();
        let read = |path: &PathBuf| {
            let is_short =
                fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST_BYTES);
            is_short.then(|| fs::read_to_string(path).ok()).flatten()
        };
        texts.entry(path).or_insert_with_key(read).clone()
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
}
