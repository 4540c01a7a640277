//! What may be written at a cursor.
//!
//! Where the cursor stands is read in `cursor`; what the language knows is in `catalogue`; what this file and its surroundings
//! mean comes from the model and the facts. Each file here offers one kind of thing. Items come in the order in which they are
//! likely wanted. What cannot be known is not offered: no registry is asked, and nothing that .dockerignore leaves out of the
//! build context is named.

mod arguments;
mod comments;
mod flags;
mod heredocs;
mod ignore_file;
mod item;
mod keywords;
mod mounts;
mod paths;
mod sources;
#[cfg(test)]
mod tests;
mod topic;
mod users;
mod variables;

use semantic::{Frontend, Model};
use syntax::{InstructionNode, Keyword};

use crate::cursor::{Cursor, InInstruction, Part};
use crate::host::{DocumentId, DocumentState, Snapshot};
use crate::settings::Settings;

pub use item::{CompletionItem, CompletionKind, Completions};
pub use topic::Topic;

use item::Items;

/// More items than this are cut off, and the editor asks again as the user types on.
const LIMIT: usize = 1000;

impl Snapshot {
    /// What may be written at an offset; nothing where nothing is offered.
    #[must_use]
    pub fn completions(&self, id: &DocumentId, offset: u32) -> Option<Completions> {
        let mut items = Items::default();
        if let Some(state) = self.ignore_file(id) {
            ignore_file::complete(state, offset.min(state.document.len()), &mut items);
            return items.finish();
        }
        let state = self.dockerfile(id)?;
        let offset = offset.min(state.document.len());
        let cursor = Cursor::new(&state.document, offset)?;
        // Of another language nothing is known but how its file says so.
        let is_foreign = matches!(Frontend::of(&state.document), Frontend::Foreign(_));
        if is_foreign && !matches!(cursor, Cursor::Comment { .. }) {
            return None;
        }
        match cursor {
            Cursor::Blank => keywords::on_blank_line(state, offset, &mut items),
            Cursor::Comment { start, before, after } => {
                comments::complete(state, start, &before, &after, &mut items);
            }
            Cursor::Heredoc(heredoc) => variables::in_heredoc(state, &heredoc, &mut items),
            Cursor::Instruction(at) => {
                let asked = Asked { state, settings: self.settings_of(state), at: &at };
                asked.complete(&mut items);
            }
        }
        items.finish()
    }
}

/// A question about a place in an instruction.
struct Asked<'a> {
    state: &'a DocumentState,
    settings: &'a Settings,
    at: &'a InInstruction,
}

impl<'a> Asked<'a> {
    fn complete(&self, items: &mut Items) {
        match &self.at.read.part {
            Part::Keyword => keywords::in_instruction(self, items),
            _ if self.keyword() == Keyword::Unknown => {}
            Part::FlagName { start } => flags::names(self, *start, items),
            Part::FlagValue { name, start, .. } => flags::values(self, name, *start, items),
            Part::Argument(argument) => arguments::complete(self, argument, items),
        }
    }

    /// The keyword; behind ONBUILD the one that it triggers.
    fn keyword(&self) -> Keyword {
        self.at.read.keyword
    }

    /// The instruction as it is parsed; behind ONBUILD the one that it triggers.
    fn node(&self) -> &'a InstructionNode {
        let node = &*self.at.instruction.node;
        node.trigger.as_deref().filter(|_| self.at.read.is_trigger).unwrap_or(node)
    }

    fn model(&self) -> &'a Model {
        self.state.model()
    }

    /// How many stages stand above: those that may be named here.
    fn stages_above(&self) -> usize {
        let start = self.at.instruction.start;
        let begun = self.model().stages.partition_point(|stage| stage.range.start <= start);
        begun.saturating_sub(1)
    }

    /// The stage that the cursor is in; none before the first FROM.
    fn stage(&self) -> Option<usize> {
        let start = self.at.instruction.start;
        self.model().stages.partition_point(|stage| stage.range.start <= start).checked_sub(1)
    }
}
