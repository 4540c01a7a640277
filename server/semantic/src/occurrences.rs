//! What each name in a Dockerfile stands for: every occurrence of a stage, a variable and a heredoc, with its exact place.
//!
//! Definition, references, highlights and rename all read this one answer, so that they cannot disagree. Which occurrences belong to
//! one symbol follows BuildKit's scoping (see [`crate::scope`]): an ARG of a stage belongs to the global ARG of its name, an ENV is
//! another variable than the ARG that it shadows, and a name that a shell script sets by itself is none of ours.

mod collect;
mod group;
mod script;
mod script_names;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use syntax::TextRange;

use crate::model::Model;
use crate::scope::DefinitionId;

pub use script_names::ScriptNames;

/// Names a symbol among those of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(usize);

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// The stage at this index.
    Stage(usize),
    /// A variable that the file defines, with all its definitions in order of place.
    Variable {
        /// Its name.
        name: String,
        /// Where it is defined.
        definitions: Vec<DefinitionId>,
    },
    /// A variable that comes from outside the file: the builder's own, the base image's, or nobody knows whose.
    Outside {
        /// Its name.
        name: String,
    },
    /// A heredoc's name.
    Heredoc {
        /// The name without quotes.
        name: String,
        /// Where its body stands.
        body: TextRange,
    },
}

/// What an occurrence does with its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It introduces the name: `AS name`, the name of an ARG or ENV, `<<EOF`.
    Definition,
    /// It uses what the name stands for.
    Read,
    /// It changes it from within: a script that assigns to a variable which it also reads from outside.
    Write,
}

/// How an occurrence is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// The name itself stands there, and another name may take its place.
    Name,
    /// A stage by its number.
    Number,
    /// The name comes about in another way: through a variable, or with quotes in its midst.
    Indirect,
}

/// One occurrence of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The name, without a `$`, braces or quotes around it.
    pub range: TextRange,
    /// Where a cursor means it: the name, with the `$` or `${` before it.
    pub reach: TextRange,
    /// What it stands for.
    pub symbol: SymbolId,
    /// What it does.
    pub role: Role,
    /// How it is written.
    pub spelling: Spelling,
    /// Which definition it is, where it is a variable's.
    pub defines: Option<DefinitionId>,
    /// The definitions that a read may get its value from, the nearest first; for the ARG of a stage, the global one that it takes over.
    pub sources: Vec<DefinitionId>,
}

/// All occurrences of a file.
#[derive(Debug, Clone, Default)]
pub struct Occurrences {
    symbols: Vec<Symbol>,
    /// In order of place.
    all: Vec<Occurrence>,
    /// The positions of each symbol's occurrences.
    by_symbol: Vec<Vec<usize>>,
    /// The position of each definition's occurrence.
    by_definition: HashMap<DefinitionId, usize>,
}

impl Occurrences {
    /// Reads a file. Shell scripts are parsed for it, unless they were before.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        group::group(model, collect::collect(model))
    }

    /// All of them, in order of place. The indirect ones may have others inside.
    #[must_use]
    pub fn all(&self) -> &[Occurrence] {
        &self.all
    }

    /// The occurrence at an offset, its end included; the innermost where there are several.
    #[must_use]
    pub fn at(&self, offset: u32) -> Option<&Occurrence> {
        let before = self.all.partition_point(|occurrence| occurrence.reach.start <= offset);
        let touching = self.all[..before].iter().rev().take(MAX_NESTED);
        let touching = touching.filter(|occurrence| occurrence.reach.touches(offset));
        touching.min_by_key(|occurrence| occurrence.reach.len())
    }

    /// What a symbol is.
    #[must_use]
    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0]
    }

    /// The symbols with their ids.
    pub fn symbols(&self) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols.iter().enumerate().map(|(index, symbol)| (SymbolId(index), symbol))
    }

    /// The occurrences of a symbol, in order of place.
    pub fn of_symbol(&self, id: SymbolId) -> impl Iterator<Item = &Occurrence> {
        self.by_symbol[id.0].iter().map(|index| &self.all[*index])
    }

    /// Where a definition of a variable stands.
    #[must_use]
    pub fn definition(&self, id: DefinitionId) -> Option<&Occurrence> {
        self.by_definition.get(&id).map(|index| &self.all[*index])
    }
}

/// How many occurrences that start before an offset are looked at for one around it: an indirect one holds few others.
const MAX_NESTED: usize = 32;
