//! What the steps of a build read from folders on disk: COPY, ADD and bind mounts, less what comes from stages and images.
//!
//! Known here is what the Dockerfile says. The triggers of a base image (ONBUILD) read too, and only the builder knows them; a path
//! whose variables have no known value may be any.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::base::{Base, StageReference};
use crate::dockerignore::Dockerignore;
use crate::facts::callers::same_context;
use crate::model::{Frontend, Model};
use crate::mount::MountKind;
use crate::path::clean_context_path;
use crate::stage::{Stage, StageInstruction};

/// The whole of a context.
const WHOLE: &str = ".";

/// What a build reads, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// In the order of [`Model::steps`]. Empty where another language than Docker's is read, which may read anything.
    steps: Vec<StepReads>,
    sources: BTreeSet<Source>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct StepReads {
    /// Last line, from 1.
    end_line: u32,
    sources: Vec<Source>,
    /// The steps whose outcome it uses, all of them earlier ones.
    after: Vec<usize>,
}

/// A path or pattern in a context; `.` is all of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The named context, or the main one.
    pub context: Option<String>,
    /// The path or pattern, cleaned.
    pub path: String,
}

/// Something that a build reads has become another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The Dockerfile, from this line on, counted from 1.
    Dockerfile(u32),
    /// The ignore file of a context.
    IgnoreFile(Option<String>),
    /// A file, or a folder itself, at a path from the context's root.
    File(Option<String>, String),
    /// A folder came or went, with all that is in it.
    Folder(Option<String>, String),
}

/// What a build reads as it lies on disk, and where it writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inputs {
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// The contexts that are folders.
    pub contexts: Vec<ContextInputs>,
    /// Where the build puts its result: what it writes is nothing that it reads.
    pub output: Option<PathBuf>,
}

/// What a build reads of one context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextInputs {
    /// The named context, or the main one.
    pub name: Option<String>,
    /// Its folder.
    pub root: PathBuf,
    /// Paths and patterns in it; `.` is all of it.
    pub sources: Vec<String>,
}

impl Model {
    /// What a build of the stage `target` reads, where these are the names of contexts that the caller gives.
    #[must_use]
    pub fn reads(&self, target: usize, contexts: &BTreeSet<String>) -> Reads {
        if let Frontend::Foreign(_) = self.frontend {
            return Reads::of_all(contexts);
        }
        let mut reads = Reads::default();
        let mut last_of_stage: BTreeMap<usize, usize> = BTreeMap::new();
        for index in self.reachable(target) {
            let stage = &self.stages[index];
            let named = named_context(&stage.image.raw, contexts);
            let named = named.or_else(|| named_context(stage.image.value.as_deref()?, contexts));
            reads.steps.push(StepReads {
                end_line: stage.from.end_line() + 1,
                sources: named
                    .map(|context| Source { context, path: WHOLE.to_owned() })
                    .into_iter()
                    .collect(),
                after: stage
                    .base
                    .stage()
                    .and_then(|base| last_of_stage.get(&base).copied())
                    .into_iter()
                    .collect(),
            });
            for item in steps_of(stage) {
                let before = reads.steps.len() - 1;
                let stages = item.references().filter_map(|reference| reference.target.stage());
                let copied = stages.filter_map(|stage| last_of_stage.get(&stage).copied());
                reads.steps.push(StepReads {
                    end_line: item.instruction.end_line() + 1,
                    sources: sources(item, &self.stages, contexts),
                    after: std::iter::once(before).chain(copied).collect(),
                });
            }
            last_of_stage.insert(index, reads.steps.len() - 1);
        }
        reads.sources = reads.steps.iter().flat_map(|step| step.sources.iter().cloned()).collect();
        reads
    }
}

/// The instructions of a stage that are steps beside its FROM.
fn steps_of(stage: &Stage) -> impl Iterator<Item = &StageInstruction> {
    stage.instructions.iter().filter(|item| item.is_step())
}

fn sources(item: &StageInstruction, stages: &[Stage], contexts: &BTreeSet<String>) -> Vec<Source> {
    let contexts = &Contexts { stages, names: contexts };
    let mut found = Vec::new();
    if let Some(copy) = item.as_copy() {
        let paths = copy.sources.iter().filter(|source| source.kind == crate::SourceKind::Path);
        let paths = paths.map(|source| source.text.value.as_deref());
        add(&mut found, copy.from.as_ref(), paths, contexts);
    }
    for mount in item.as_run().map_or(&[][..], |run| &run.mounts) {
        let source = mount.source.as_deref().unwrap_or(WHOLE);
        let path = (!source.contains('$')).then_some(source);
        match mount.kind {
            MountKind::Bind => add(&mut found, mount.from.as_ref(), [path].into_iter(), contexts),
            // What a cache begins with, where nothing is in it yet.
            MountKind::Cache if mount.from.is_some() => {
                add(&mut found, mount.from.as_ref(), [path].into_iter(), contexts);
            }
            MountKind::Unknown => add(&mut found, mount.from.as_ref(), [None].into_iter(), contexts),
            _ => {}
        }
    }
    found
}

/// Adds paths of the context that `from` means, if it means one. A path that is not known may be any.
fn add<'a>(
    found: &mut Vec<Source>,
    from: Option<&StageReference>,
    paths: impl Iterator<Item = Option<&'a str>>,
    contexts: &Contexts<'_>,
) {
    let context = match from {
        None => None,
        Some(from) => match (contexts.of(from), &from.target) {
            (Some(context), _) => context,
            (None, Base::Unknown) => None,
            (None, _) => return,
        },
    };
    found.extend(paths.map(|path| Source {
        context: context.clone(),
        path: path.map_or_else(|| WHOLE.to_owned(), clean_context_path),
    }));
}

/// The contexts that callers give, beside the stages that they may take the place of.
struct Contexts<'a> {
    stages: &'a [Stage],
    names: &'a BTreeSet<String>,
}

impl Contexts<'_> {
    /// The context that a reference means: a stage by its number has its name, too.
    #[expect(clippy::option_option, reason = "the inner one is the context's name, which the main one lacks")]
    fn of(&self, from: &StageReference) -> Option<Option<String>> {
        let stage = from.target.stage().and_then(|index| self.stages.get(index));
        match stage {
            Some(stage) => named_context(&stage.lower_name()?, self.names),
            None => named_context(&from.text.raw, self.names),
        }
    }
}

/// The context that a name means: contexts come before stages and images.
#[expect(clippy::option_option, reason = "the inner one is the context's name, which the main one lacks")]
fn named_context(name: &str, contexts: &BTreeSet<String>) -> Option<Option<String>> {
    contexts.iter().find(|context| same_context(context, name)).map(|context| Some(context.clone()))
}

impl Reads {
    /// All of the main context and of these.
    #[must_use]
    pub fn of_all(contexts: &BTreeSet<String>) -> Self {
        let names = std::iter::once(None).chain(contexts.iter().cloned().map(Some));
        let sources = names.map(|context| Source { context, path: WHOLE.to_owned() }).collect();
        Self { steps: Vec::new(), sources }
    }

    /// The contexts that are read, each with its paths and patterns. The main one is there where nothing of it is read, too.
    #[must_use]
    pub fn contexts(&self) -> BTreeMap<Option<String>, Vec<String>> {
        let mut contexts = BTreeMap::from([(None, Vec::new())]);
        for source in &self.sources {
            contexts.entry(source.context.clone()).or_default().push(source.path.clone());
        }
        contexts
    }

    /// For each step whether its outcome may be another after these changes: it reads something that has changed, or uses the
    /// outcome of a step that does.
    #[must_use]
    pub fn affected(&self, changes: &[Change]) -> Vec<bool> {
        let mut affected: Vec<bool> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let reads = changes.iter().any(|change| step.reads(change));
            let follows = step.after.iter().any(|before| affected.get(*before) == Some(&true));
            affected.push(reads || follows);
        }
        affected
    }
}

impl StepReads {
    fn reads(&self, change: &Change) -> bool {
        match change {
            Change::Dockerfile(line) => *line <= self.end_line,
            Change::IgnoreFile(context) => self.sources.iter().any(|source| source.context == *context),
            Change::File(context, path) => {
                self.sources.iter().any(|source| source.context == *context && source.takes(path))
            }
            Change::Folder(context, path) => {
                self.sources.iter().any(|source| source.context == *context && source.takes_from(path))
            }
        }
    }
}

impl Source {
    /// Whether it is this path, or holds it.
    #[must_use]
    pub fn takes(&self, path: &str) -> bool {
        self.path == WHOLE || self.pattern().is_ignored(path)
    }

    /// Whether it takes something out of this folder.
    #[must_use]
    pub fn takes_from(&self, folder: &str) -> bool {
        self.path == WHOLE || self.pattern().is_ignored(folder) || leads_below(&self.path, folder)
    }

    /// The path as the pattern that the file sync makes of it.
    fn pattern(&self) -> Dockerignore {
        Dockerignore::from_patterns([include_pattern(&self.path).as_str()]).0
    }
}

/// Whether a path or pattern may name something below this folder: `src/*.js` something below `src`, but nothing below `lib`.
#[must_use]
pub fn leads_below(source: &str, folder: &str) -> bool {
    let is_pattern = |name: &str| name.contains(['*', '?', '[', '\\']);
    let mut names = source.split('/');
    for folder in folder.split('/') {
        match names.next() {
            Some("**") => return true,
            Some(name) if name == folder || is_pattern(name) => {}
            _ => return false,
        }
    }
    names.next().is_some()
}

/// A source as a pattern that includes: in front of one, `!` would take out.
#[must_use]
pub fn include_pattern(source: &str) -> String {
    if source.starts_with('!') { format!("\\{source}") } else { source.to_owned() }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use syntax::Document;

    use super::*;
    use crate::Facts;

    fn model(text: &str) -> Model {
        Model::new(&Document::new(text), &Facts::default())
    }

    /// The lines that each step reads and follows, and the sources by context.
    #[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
    fn check(text: &str, contexts: &[&str], expected: Expect) {
        let model = model(text);
        let contexts = contexts.iter().map(|name| (*name).to_owned()).collect();
        let reads = model.reads(model.stages.len() - 1, &contexts);
        let mut shown = String::new();
        for step in &reads.steps {
            let sources = step.sources.iter().map(|source| match &source.context {
                Some(context) => format!(" {context}:{}", source.path),
                None => format!(" {}", source.path),
            });
            let after: Vec<_> = step.after.iter().map(|before| reads.steps[*before].end_line).collect();
            shown += &format!("{} after {after:?}:{}\n", step.end_line, sources.collect::<String>());
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn copies_and_mounts_read_paths_of_the_context() {
        check(
            "FROM a AS build\nCOPY package*.json ./src/ /app/\nRUN --mount=type=bind,source=Cargo.lock,target=/l \\\n  make\nRUN --mount=target=/all make\nADD https://x/y /\nFROM b\nCOPY --from=build /app /\nCOPY <<EOF /f\nx\nEOF\n",
            &[],
            expect![[r#"
                1 after []:
                2 after [1]: package*.json src
                4 after [2]: Cargo.lock
                5 after [4]: .
                6 after [5]:
                7 after []:
                8 after [7, 6]:
                11 after [8]:
            "#]],
        );
    }

    #[test]
    fn a_path_whose_value_is_not_known_may_be_any() {
        check(
            "FROM a\nARG X\nARG Y=lib\nARG TARGETARCH\nCOPY $TARGETARCH/x /\nCOPY ${Y} /\r\nCOPY größe.txt /\n",
            &[],
            expect![[r#"
                1 after []:
                5 after [1]: .
                6 after [5]: lib
                7 after [6]: größe.txt
            "#]],
        );
    }

    #[test]
    fn named_contexts_come_before_stages_and_images() {
        check(
            "FROM base\nCOPY --from=LIB a /\nRUN --mount=from=lib,source=b,target=/b true\nCOPY --from=nginx c /\n",
            &["base", "lib"],
            expect![[r#"
                1 after []: base:.
                2 after [1]: lib:a
                3 after [2]: lib:b
                4 after [3]:
            "#]],
        );
    }

    #[test]
    fn stages_that_are_not_built_and_half_typed_lines_read_nothing() {
        check(
            "FROM a AS other\nCOPY other /\nFROM b\nCOPY \nCOPY --fro\nCOPY main /\n",
            &[],
            expect![[r#"
                3 after []:
                6 after [3]: main
            "#]],
        );
    }

    #[test]
    fn another_language_may_read_anything() {
        let model = model("# syntax=ghcr.io/x/pack:2\nFROM a\nCOPY b /\n");
        let contexts = BTreeSet::from(["lib".to_owned()]);
        let read = model.reads(0, &contexts).contexts();
        assert_eq!(read[&None], ["."]);
        assert_eq!(read[&Some("lib".to_owned())], ["."]);
    }

    #[test]
    fn a_pattern_leads_into_few_folders() {
        for (source, folder, leads) in [
            ("src/*.js", "src", true),
            ("src/*.js", "lib", false),
            ("src/*.js", "src/deep", false),
            ("*.json", "node_modules", false),
            ("*/package.json", "api", true),
            ("**/x", "a/b/c", true),
            ("a/b/c", "a", true),
            ("a/b/c", "a/b/c", false),
        ] {
            assert_eq!(leads_below(source, folder), leads, "{source} below {folder}");
        }
    }

    #[test]
    fn a_change_affects_what_reads_it_and_what_follows() {
        let model = model(
            "FROM a AS deps\nCOPY package.json .\nRUN npm ci\nFROM deps\nCOPY src/*.js src/\nRUN make\n",
        );
        let reads = model.reads(1, &BTreeSet::new());
        let lines = |change: Change| {
            let affected = reads.affected(&[change]).into_iter().zip(&reads.steps);
            affected.filter_map(|(is, step)| is.then_some(step.end_line)).collect::<Vec<_>>()
        };
        let file = |path: &str| Change::File(None, path.to_owned());
        assert_eq!(lines(file("package.json")), [2, 3, 4, 5, 6]);
        assert_eq!(lines(file("src/a.js")), [5, 6]);
        assert_eq!(lines(file("README.md")), [0; 0]);
        assert_eq!(lines(Change::Folder(None, "src".to_owned())), [5, 6]);
        assert_eq!(lines(Change::Folder(None, "lib".to_owned())), [0; 0]);
        assert_eq!(lines(Change::IgnoreFile(None)), [2, 3, 4, 5, 6]);
        assert_eq!(lines(Change::Dockerfile(5)), [5, 6]);
        assert_eq!(lines(Change::File(Some("lib".to_owned()), "package.json".to_owned())), [0; 0]);
    }
}
