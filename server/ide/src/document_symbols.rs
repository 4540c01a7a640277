//! The outline of a Dockerfile: stages, their instructions, and the names that these define.

mod text;

use semantic::{Model, Stage};
use syntax::{Document, Instruction, Keyword, LocalRange, TextRange};

use crate::host::{DocumentId, Snapshot};
use crate::hover::secrets::Secrets;

/// What an entry of the outline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutlineKind {
    /// A stage.
    Stage,
    /// An instruction.
    Instruction,
    /// A build argument.
    Argument,
    /// An environment variable.
    Variable,
    /// A label.
    Label,
}

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineEntry {
    /// What it is called; never empty.
    pub name: String,
    /// More about it, on one line; secrets are hidden.
    pub detail: String,
    /// What it is.
    pub kind: OutlineKind,
    /// All of it.
    pub range: TextRange,
    /// What to select when it is chosen, inside `range`.
    pub selection: TextRange,
    /// What it holds, in order.
    pub children: Vec<OutlineEntry>,
}

impl Snapshot {
    /// The outline of an open Dockerfile.
    #[must_use]
    pub fn outline(&self, id: &DocumentId) -> Vec<OutlineEntry> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let outline = Outline { secrets: Secrets::of(state.model(), &state.facts) };
        outline.of_model(state.model())
    }
}

/// The outline of a text that is not open: what a search in a workspace reads from disk.
#[must_use]
pub fn outline_of(document: &Document) -> Vec<OutlineEntry> {
    let facts = semantic::Facts::default();
    let model = Model::new(document, &facts);
    Outline { secrets: Secrets::of(&model, &facts) }.of_model(&model)
}

struct Outline {
    secrets: Secrets,
}

impl Outline {
    fn of_model(&self, model: &Model) -> Vec<OutlineEntry> {
        let mut entries = Vec::new();
        for instruction in &model.preamble {
            if instruction.keyword == Keyword::Arg {
                entries.extend(self.names(instruction));
            } else {
                entries.push(self.instruction(instruction));
            }
        }
        entries.extend(model.stages.iter().map(|stage| self.stage(stage)));
        entries
    }

    fn stage(&self, stage: &Stage) -> OutlineEntry {
        let selection = match &stage.name {
            Some(name) => name.range,
            None if stage.image.raw.is_empty() => stage.from.keyword_range(),
            None => stage.image.range,
        };
        OutlineEntry {
            name: stage.display_name(),
            detail: self.secrets.redact(&format!("FROM {}", stage.image.raw)).trim_end().to_owned(),
            kind: OutlineKind::Stage,
            range: stage.range,
            selection,
            children: stage.instructions.iter().map(|item| self.instruction(&item.instruction)).collect(),
        }
    }

    fn instruction(&self, instruction: &Instruction) -> OutlineEntry {
        let children = self.names(instruction);
        let detail = if children.is_empty() {
            let words = text::shown_words(&instruction.arguments.text);
            text::shortened(&self.secrets.redact_words(words).join(" "))
        } else {
            // The values stand with the names.
            let names: Vec<_> = children.iter().map(|child| child.name.as_str()).collect();
            text::shortened(&names.join(" "))
        };
        let keyword = instruction.keyword_range;
        OutlineEntry {
            name: text::keyword(instruction),
            detail,
            kind: OutlineKind::Instruction,
            range: instruction.range(),
            selection: instruction.place(keyword),
            children,
        }
    }

    /// What an ARG, ENV or LABEL defines.
    fn names(&self, instruction: &Instruction) -> Vec<OutlineEntry> {
        let kind = match instruction.keyword {
            Keyword::Arg => OutlineKind::Argument,
            Keyword::Env => OutlineKind::Variable,
            Keyword::Label => OutlineKind::Label,
            _ => return Vec::new(),
        };
        let pairs = instruction.arguments.pairs.iter().filter(|pair| !pair.key.text.trim().is_empty());
        let entry = |pair: &syntax::Pair| {
            let value = pair.value.as_ref();
            let end = value.map_or(pair.key.range, |value| value.range);
            let written = value.map_or("", |value| &value.text);
            let is_hidden = self.secrets.is_hidden(&pair.key.text, written);
            let shown =
                if is_hidden { crate::hover::secrets::MASK.to_owned() } else { self.secrets.redact(written) };
            OutlineEntry {
                name: text::unquoted(&pair.key.text).to_owned(),
                detail: text::shortened(&shown),
                kind,
                range: instruction
                    .place(LocalRange::new(pair.key.range.start, end.end.max(pair.key.range.end))),
                selection: instruction.place(pair.key.range),
                children: Vec::new(),
            }
        };
        pairs.map(entry).collect()
    }
}

#[cfg(test)]
mod tests;
