//! Where a name comes from: the stage, the ARG or ENV, the heredoc's `<<`; and the files that a COPY takes.
//!
//! What lies in a base image or with the builder has no place that an editor could open, and none is made up.

use semantic::dockerignore::Dockerignore;
use semantic::path::clean_context_path;
use semantic::{
    Caller, ContextFacts, Copy, Model, Occurrence, Occurrences, Role, SourceKind, StageReference, Symbol,
};
use syntax::TextRange;

use crate::host::{DocumentId, DocumentState, Snapshot};
use crate::named_contexts;

/// Files that a pattern leads to, at most.
const MAX_FILES: usize = 50;

/// What a name at a place leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name at the place.
    pub origin: TextRange,
    /// Where it leads.
    pub target: Target,
}

/// Where a definition is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// In the same document: the whole instruction, and the name in it.
    Here {
        /// The instruction.
        whole: TextRange,
        /// The name.
        name: TextRange,
    },
    /// A file or folder of the build context, by its path.
    File(String),
    /// A line of another file, from 0.
    Line {
        /// The file's path.
        path: String,
        /// The line.
        line: u32,
    },
}

impl Snapshot {
    /// Where the name at an offset gets its meaning from: all definitions that may reach a use, the nearest first. An ARG that takes over
    /// a global one leads to that.
    #[must_use]
    pub fn definition(&self, id: &DocumentId, offset: u32) -> Vec<Definition> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        // A context that a caller names stands in the place of a stage, and comes before it.
        let mut found = contexts(state, offset);
        match state.occurrences().at(offset) {
            Some(occurrence) => found.extend(targets(state, occurrence, Depth::Values)),
            None => found.extend(files(state, offset)),
        }
        found
    }

    /// Where the name at an offset is declared: for a variable, the ARG or ENV that makes it visible there.
    #[must_use]
    pub fn declaration(&self, id: &DocumentId, offset: u32) -> Vec<Definition> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let Some(occurrence) = state.occurrences().at(offset) else { return Vec::new() };
        targets(state, occurrence, Depth::Declarations)
    }
}

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// To what makes the name visible.
    Declarations,
    /// On to the global ARG whose value is taken over.
    Values,
}

fn targets(state: &DocumentState, occurrence: &Occurrence, depth: Depth) -> Vec<Definition> {
    let (model, occurrences) = (state.model(), state.occurrences());
    let names: Vec<TextRange> = match occurrences.symbol(occurrence.symbol) {
        Symbol::Stage(index) => stage_name(model, *index).into_iter().collect(),
        Symbol::Heredoc { .. } => {
            let marker =
                occurrences.of_symbol(occurrence.symbol).find(|other| other.role == Role::Definition);
            marker.map(|marker| marker.range).into_iter().collect()
        }
        Symbol::Variable { .. } | Symbol::Outside { .. } => variable(occurrences, occurrence, depth),
    };
    let whole = |name: TextRange| {
        state.document.instruction_at(name.start).map_or(name, |instruction| instruction.range())
    };
    let here =
        |name| Definition { origin: occurrence.reach, target: Target::Here { whole: whole(name), name } };
    names.into_iter().map(here).collect()
}

/// The name of a stage, or what it builds on where it has none.
fn stage_name(model: &Model, index: usize) -> Option<TextRange> {
    let stage = model.stages.get(index)?;
    Some(stage.name.as_ref().map_or(stage.image.range, |name| name.range))
}

fn variable(occurrences: &Occurrences, occurrence: &Occurrence, depth: Depth) -> Vec<TextRange> {
    let is_definition = occurrence.defines.is_some();
    let mut found: Vec<&Occurrence> = Vec::new();
    if !is_definition || depth == Depth::Values {
        for source in &occurrence.sources {
            let Some(definition) = occurrences.definition(*source) else { continue };
            found.push(definition);
            if depth == Depth::Values {
                found.extend(definition.sources.iter().filter_map(|global| occurrences.definition(*global)));
            }
        }
    }
    if is_definition && found.is_empty() {
        found.push(occurrence);
    }
    let mut names = Vec::new();
    for definition in found {
        if !names.contains(&definition.range) {
            names.push(definition.range);
        }
    }
    names
}

/// The callers that put a context in the place of what a FROM, a `--from` or a mount's `from` names: the lines of their names.
fn contexts(state: &DocumentState, offset: u32) -> Vec<Definition> {
    let (model, facts) = (state.model(), &state.facts);
    if facts.callers.iter().all(|caller| caller.build.contexts.is_empty()) {
        return Vec::new();
    }
    let Some((origin, name)) = source_named_at(model, offset) else { return Vec::new() };
    let line = |caller: &Caller| Definition {
        origin,
        target: Target::Line { path: caller.file.clone(), line: caller.line },
    };
    named_contexts::given(facts, &name).into_iter().map(|(caller, _)| line(caller)).collect()
}

/// The name of a stage or an image, where files come from, at an offset.
fn source_named_at(model: &Model, offset: u32) -> Option<(TextRange, String)> {
    for stage in &model.stages {
        if stage.image.range.touches(offset) {
            let reference = StageReference { text: stage.image.clone(), target: stage.base.clone() };
            return Some((stage.image.range, named_contexts::name_of(model, &reference)?));
        }
    }
    let (_, item) = model.instruction_at(offset)?;
    let reference = item.references().find(|reference| reference.range().touches(offset))?;
    Some((reference.range(), named_contexts::name_of(model, reference)?))
}

/// The files of the build context that a COPY or ADD takes by the source at an offset, as far as the context is known.
fn files(state: &DocumentState, offset: u32) -> Vec<Definition> {
    let Some((_, item)) = state.model().instruction_at(offset) else { return Vec::new() };
    let Some(copy) = item.as_copy() else { return Vec::new() };
    let context = match &copy.from {
        None => state.facts.context.as_ref(),
        Some(from) => {
            named_contexts::folder_of(&state.facts, state.model(), from).map(|(_, context)| context)
        }
    };
    let Some(context) = context else { return Vec::new() };
    let Some((origin, pattern)) = source_at(copy, offset) else { return Vec::new() };
    let file = |path: &str| Definition {
        origin,
        target: Target::File(if path == "." {
            context.root.clone()
        } else {
            format!("{}/{path}", context.root)
        }),
    };
    matching(context, &pattern).into_iter().map(|path| file(&path)).collect()
}

fn source_at(copy: &Copy, offset: u32) -> Option<(TextRange, String)> {
    let source = copy.sources.iter().find(|source| source.text.range.touches(offset))?;
    let path = source.text.value.as_deref().filter(|_| source.kind == SourceKind::Path)?;
    Some((source.text.range, clean_context_path(path)))
}

/// The paths of a context that a source names.
fn matching(context: &ContextFacts, pattern: &str) -> Vec<String> {
    if pattern == "." || context.has(pattern) {
        return vec![pattern.to_owned()];
    }
    if !pattern.contains(['*', '?', '[']) {
        return Vec::new();
    }
    let (matcher, _) = Dockerignore::from_patterns([pattern]);
    let n_parts = pattern.split('/').count();
    let is_deep = pattern.contains("**");
    let paths = context.files.keys().filter(|path| is_deep || path.split('/').count() == n_parts);
    paths
        .filter(|path| matcher.patterns().iter().any(|pattern| pattern.is_match(path)))
        .take(MAX_FILES)
        .cloned()
        .collect()
}

#[cfg(test)]
#[path = "definition/tests.rs"]
mod tests;
