//! From a path in the container back to the user's own file and line: through COPY, ADD, mounts, WORKDIR and the stages that they name.
//!
//! Pure but for [`ContextFiles`], which whoever has a disk lends. A place that means no file of the user's stays on the Dockerfile's step, with
//! the container's path in the message: nothing is guessed. Where two files may be meant, the text that the tool
//! shows decides; where the file was edited since, the same text says where its line has gone.

mod fit;
mod layers;
pub(crate) mod run_folders;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use semantic::dockerignore::Dockerignore;
use semantic::path::{Place, file_name};
use semantic::reads::include_pattern;
use semantic::{Model, Stage, StageInstruction};

use crate::problems::{Finding, Frame, Severity};
use fit::{Fit, fit};

/// The files of a build's contexts, less those that .dockerignore keeps from the build. The main context has no name.
pub trait ContextFiles {
    /// Whether a regular file is there.
    fn is_file(&self, context: Option<&str>, path: &str) -> bool;
    /// The names of what lies in a folder; the root is `.`.
    fn names(&self, context: Option<&str>, folder: &str) -> Vec<String>;
    /// The paths of all files of a name, as far as it is not too much to look for them.
    fn find(&self, context: Option<&str>, name: &str) -> Vec<String>;
    /// The text of a file as it is now, unless it is no text or a very long one.
    fn text(&self, context: Option<&str>, path: &str) -> Option<Rc<str>>;
    /// Whether a file may have another text now than the build saw.
    fn is_edited(&self, context: Option<&str>, path: &str) -> bool;
}

/// A file of the user's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In a context.
    File {
        /// The named context, or the main one.
        context: Option<String>,
        /// From its root.
        path: String,
    },
    /// The text of a heredoc of the Dockerfile.
    Heredoc {
        /// The line that it begins at, from 1.
        first: u32,
        /// How many lines it has.
        lines: u32,
    },
}

/// A problem on the user's own line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProblem {
    /// Where it is.
    pub place: SourcePlace,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The tool.
    pub source: &'static str,
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// In a file of a context.
    File {
        /// The named context, or the main one.
        context: Option<String>,
        /// From its root.
        path: String,
        /// From 1, in the file as it is now.
        line: u32,
        /// From 1, as the tool counts.
        column: Option<u32>,
        /// Whether the line is known to have been edited since.
        is_stale: bool,
        /// Whether the text of the line is known to be what the tool saw.
        is_sure: bool,
    },
    /// In the Dockerfile.
    Dockerfile {
        /// From 1.
        line: u32,
        /// Whether the line is where the problem is; else no file of the user's is known, and it is the first one of the step.
        is_exact: bool,
    },
}

/// Puts what a step said on the user's own lines, one for one; nothing for what the step itself says well enough. `line` is one of the
/// step's, from 1; `contexts` are the names of those that the caller gives as folders.
#[must_use]
pub fn source_problems(
    model: &Model,
    line: u32,
    findings: &[Finding],
    contexts: &BTreeSet<String>,
    files: &dyn ContextFiles,
) -> Vec<Option<SourceProblem>> {
    if findings.is_empty() {
        return Vec::new();
    }
    let map = SourceMap::of(model, line, contexts, files);
    let located = |finding: &Finding| match &map {
        Some(map) => map.locate(finding, line),
        None => in_container(finding, line),
    };
    findings.iter().map(located).collect()
}

/// The tool that counts bytes and shows no line.
const GO: &str = "go";

/// What a step sees, and where it comes from.
struct SourceMap<'a> {
    model: &'a Model,
    contexts: &'a BTreeSet<String>,
    files: &'a dyn ContextFiles,
    stage: &'a Stage,
    /// The position of the step's instruction in its stage.
    at: usize,
    /// The folders that the step may run its programs in, the likeliest first.
    folders: Vec<Place>,
    /// What stages were looked into for which path, so that none is twice.
    seen: RefCell<BTreeSet<(usize, String)>>,
    /// What is read of each context by the stages that this one is made of, as patterns that take it in; nothing where all of it is.
    read: OnceCell<Vec<(Option<String>, Option<Dockerignore>)>>,
}

/// A line of a file that a place may mean.
struct Candidate {
    origin: Origin,
    line: u32,
    fit: Fit,
}

impl<'a> SourceMap<'a> {
    /// For the step at a line of the Dockerfile, from 1.
    fn of(
        model: &'a Model,
        line: u32,
        contexts: &'a BTreeSet<String>,
        files: &'a dyn ContextFiles,
    ) -> Option<Self> {
        let line = line.checked_sub(1)?;
        let is_at =
            |item: &StageInstruction| item.instruction.line <= line && line <= item.instruction.end_line();
        let (stage, at) = model
            .stages
            .iter()
            .find_map(|stage| Some((stage, stage.instructions.iter().position(is_at)?)))?;
        let folders = run_folders::of(&stage.instructions[at]);
        let (seen, read) = (RefCell::default(), OnceCell::new());
        Some(Self { model, contexts, files, stage, at, folders, seen, read })
    }

    /// The innermost place of a problem that is the user's. Nothing for a shell's complaint about the step's own command: the step says it.
    fn locate(&self, finding: &Finding, step: u32) -> Option<SourceProblem> {
        let found = finding.frames.iter().find_map(|frame| Some((frame, self.candidate(frame)?)));
        let Some((frame, candidate)) = found else { return in_container(finding, step) };
        let place = match &candidate.origin {
            Origin::Heredoc { first, .. } => {
                SourcePlace::Dockerfile { line: first + candidate.line - 1, is_exact: true }
            }
            Origin::File { context, path } => SourcePlace::File {
                column: self.column(finding.source, frame, &candidate, context.as_deref(), path),
                context: context.clone(),
                path: path.clone(),
                line: candidate.line,
                is_stale: candidate.fit == Fit::Changed,
                is_sure: matches!(candidate.fit, Fit::Same | Fit::Moved(_)),
            },
        };
        let Finding { severity, message, source, .. } = finding;
        Some(SourceProblem { place, severity: *severity, message: message.clone(), source })
    }

    /// The column that the tool marks in the line that it shows, or the one that it names: tools count bytes, or tabs as eight.
    fn column(
        &self,
        tool: &str,
        frame: &Frame,
        candidate: &Candidate,
        context: Option<&str>,
        path: &str,
    ) -> Option<u32> {
        if candidate.fit == Fit::Changed {
            return None;
        }
        let text = self.files.text(context, path);
        let own = || text.as_ref()?.lines().nth(candidate.line.checked_sub(1)? as usize);
        let marked = || {
            let (own, mark, shown) = (own()?, frame.mark?, frame.text.as_ref()?);
            let is_same_length = own.trim().chars().count() == shown.chars().count();
            let indent = own.chars().take_while(|letter| letter.is_whitespace()).count();
            is_same_length.then_some(u32::try_from(indent).ok()? + mark + 1)
        };
        let in_letters = |column: u32| {
            let before = own().and_then(|own| own.get(..(column as usize).checked_sub(1)?));
            let letters = before.and_then(|before| u32::try_from(before.chars().count()).ok());
            letters.map_or(column, |letters| letters + 1)
        };
        marked().or_else(|| frame.column.map(|column| if tool == GO { in_letters(column) } else { column }))
    }

    /// The line that a place means. Of several files it is the one that has the text which the tool shows, else the one that was put there last.
    fn candidate(&self, frame: &Frame) -> Option<Candidate> {
        if is_shell(&frame.path) {
            return self.best(frame, self.own_script().into_iter().collect());
        }
        if is_of_others(&frame.path) {
            return None;
        }
        let mut origins = Vec::new();
        for path in self.places(frame) {
            self.seen.borrow_mut().clear();
            self.origins(&path, &mut origins);
        }
        let known = self.best(frame, origins);
        known.or_else(|| self.best(frame, self.namesakes(frame)))
    }

    /// The absolute paths that a path may stand for.
    fn places(&self, frame: &Frame) -> Vec<Place> {
        if frame.path.starts_with('/') {
            return vec![Place::Unknown.join(&frame.path)];
        }
        let said = frame.folder.as_deref().map(|folder| match self.folders.last() {
            Some(workdir) => workdir.join(folder),
            None => Place::Unknown.join(folder),
        });
        let mut places: Vec<Place> = Vec::new();
        for folder in said.iter().chain(&self.folders) {
            let place = folder.join(&frame.path);
            if place != Place::Unknown && !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    fn best(&self, frame: &Frame, origins: Vec<Origin>) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for origin in origins {
            let fit = match &origin {
                Origin::File { context, path } => {
                    let context = context.as_deref();
                    let text = self.files.text(context, path);
                    let fit = text.map_or(Fit::Unknown, |text| fit(&text, frame.line, frame.text.as_deref()));
                    // Nobody edited it, and yet it is not what the tool saw: that was written in the container.
                    if fit == Fit::Changed && !self.files.is_edited(context, path) {
                        continue;
                    }
                    fit
                }
                // A shell counts a line more where the text ends too early.
                Origin::Heredoc { lines, .. } if frame.line > *lines => continue,
                Origin::Heredoc { .. } => Fit::Unknown,
            };
            if best.as_ref().is_none_or(|best| fit.rank() < best.fit.rank()) {
                let line = if let Fit::Moved(line) = fit { line } else { frame.line };
                best = Some(Candidate { origin, line, fit });
            }
        }
        best
    }

    /// The files of the build whose paths end like a path of which the folder is not known, if only one does or the tool shows its line.
    /// An absolute path is looked for in this way only where it shows the line: any other file of that name is another file.
    fn namesakes(&self, frame: &Frame) -> Vec<Origin> {
        let name = file_name(&frame.path);
        let is_absolute = frame.path.starts_with('/');
        if name.is_empty() || (is_absolute && frame.text.is_none()) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (context, patterns) in self.read.get_or_init(|| self.read_contexts()) {
            let paths = self.files.find(context.as_deref(), name).into_iter();
            let is_read = |path: &str| patterns.as_ref().is_none_or(|patterns| patterns.is_ignored(path));
            let paths = paths.filter(|path| is_read(path) && !is_of_others(path));
            found.extend(paths.map(|path| (context.clone(), path)));
        }
        let mut end = frame.path.trim_start_matches("./").trim_start_matches('/');
        loop {
            let ends_so = |path: &str| {
                path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            let alike: Vec<_> = found.iter().filter(|(_, path)| ends_so(path)).cloned().collect();
            let origin = |(context, path)| Origin::File { context, path };
            match alike.len() {
                0 => {}
                1 if !is_absolute => return alike.into_iter().map(origin).collect(),
                _ => {
                    let has_line = |(context, path): &(Option<String>, String)| {
                        let text = self.files.text(context.as_deref(), path);
                        frame.text.is_some()
                            && text.is_some_and(|text| {
                                fit(&text, frame.line, frame.text.as_deref()) == Fit::Same
                            })
                    };
                    let mut sure = alike.into_iter().filter(has_line);
                    return match (sure.next(), sure.next()) {
                        (Some(only), None) => vec![origin(only)],
                        _ => Vec::new(),
                    };
                }
            }
            let Some((_, shorter)) = end.split_once('/') else { return Vec::new() };
            end = shorter;
        }
    }

    fn read_contexts(&self) -> Vec<(Option<String>, Option<Dockerignore>)> {
        let patterns = |paths: &[String]| {
            let patterns: Vec<String> = paths.iter().map(|path| include_pattern(path)).collect();
            Dockerignore::from_patterns(patterns.iter().map(String::as_str)).0
        };
        let read = self.model.reads(self.stage.index, self.contexts).contexts().into_iter();
        let is_all = |paths: &[String]| paths.iter().any(|path| path == ".");
        read.map(|(context, paths)| (context, (!is_all(&paths)).then(|| patterns(&paths)))).collect()
    }

    /// The script that the step's shell is given, where that is a heredoc and nothing else.
    fn own_script(&self) -> Option<Origin> {
        let instruction = &self.stage.instructions[self.at].instruction;
        let [heredoc] = &instruction.heredocs[..] else { return None };
        let is_alone = heredoc.marker.of(&instruction.source) == instruction.arguments.text.trim();
        (is_alone && self.stage.instructions[self.at].as_run().is_some())
            .then(|| layers::text_of(instruction, heredoc))
    }
}

/// A problem that is in no file of the user's: on the step, and its place in the container in words.
fn in_container(finding: &Finding, step: u32) -> Option<SourceProblem> {
    let frame = finding.frames.first().filter(|frame| !is_shell(&frame.path))?;
    let column = frame.column.map(|column| format!(":{column}")).unwrap_or_default();
    Some(SourceProblem {
        place: SourcePlace::Dockerfile { line: step, is_exact: false },
        severity: finding.severity,
        message: format!("{} (in the container: {}:{}{column})", finding.message, frame.path, frame.line),
        source: finding.source,
    })
}

/// The name that a shell gives a script which has none.
fn is_shell(path: &str) -> bool {
    matches!(file_name(path), "sh" | "bash" | "dash" | "ash")
}

/// What package managers and toolchains put there, which no user edits, and what is no file at all.
fn is_of_others(path: &str) -> bool {
    const FOLDERS: [&str; 5] =
        ["node_modules", "site-packages", "dist-packages", ".cargo/registry", "pkg/mod"];
    let is_in = |folder: &&str| {
        path.match_indices(*folder).any(|(at, _)| {
            let is_name = at == 0 || path[..at].ends_with('/');
            is_name && path[at + folder.len()..].starts_with('/')
        })
    };
    path.starts_with('<')
        || path.starts_with("node:")
        || path.starts_with("/rustc/")
        || FOLDERS.iter().any(is_in)
}

#[cfg(test)]
mod tests;
