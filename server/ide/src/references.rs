//! Everything that stands for the same stage, variable or heredoc as the name at a place.

use semantic::{Occurrence, Role, Symbol};
use syntax::TextRange;

use crate::host::{DocumentId, DocumentState, Snapshot};

/// What a highlighted place does with its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It gives the name its meaning.
    Write,
    /// It uses it.
    Read,
    /// It is text that belongs together: both ends of a heredoc.
    Text,
}

/// A place to highlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    /// The name.
    pub range: TextRange,
    /// What it does.
    pub access: Access,
}

impl Snapshot {
    /// The places of all references to what the name at an offset stands for, in order. A stage that is given by its number counts.
    #[must_use]
    pub fn references(&self, id: &DocumentId, offset: u32, with_declaration: bool) -> Vec<TextRange> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let wanted =
            same(state, offset).filter(|occurrence| with_declaration || occurrence.role != Role::Definition);
        wanted.map(|occurrence| occurrence.range).collect()
    }

    /// The same places with what each does.
    #[must_use]
    pub fn document_highlights(&self, id: &DocumentId, offset: u32) -> Vec<Highlight> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let access = |occurrence: &Occurrence| match (
            state.occurrences().symbol(occurrence.symbol),
            occurrence.role,
        ) {
            (Symbol::Heredoc { .. }, _) => Access::Text,
            (_, Role::Definition | Role::Write) => Access::Write,
            (_, Role::Read) => Access::Read,
        };
        let highlight =
            |occurrence: &Occurrence| Highlight { range: occurrence.range, access: access(occurrence) };
        same(state, offset).map(highlight).collect()
    }
}

fn same(state: &DocumentState, offset: u32) -> impl Iterator<Item = &Occurrence> {
    let occurrences = state.occurrences();
    let found = occurrences.at(offset).map(|occurrence| occurrence.symbol);
    found.into_iter().flat_map(|symbol| occurrences.of_symbol(symbol))
}

#[cfg(test)]
#[path = "references/tests.rs"]
mod tests;
