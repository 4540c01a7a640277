//! What tests of features share: a document with a cursor in it, and places as text.

use semantic::Facts;
use syntax::{TextEdit, TextRange};

use crate::host::{DocumentId, Host, Snapshot};
use crate::kind::DocumentKind;

/// An open Dockerfile.
pub(crate) struct Opened {
    pub(crate) snapshot: Snapshot,
    pub(crate) id: DocumentId,
    pub(crate) text: String,
    /// Where `$0` was, or the start.
    pub(crate) cursor: u32,
}

/// Opens a text; `$0` in it is the cursor and no part of it.
pub(crate) fn open(text: &str) -> Opened {
    open_with(text, Facts::default())
}

/// The same with what is known outside.
pub(crate) fn open_with(text: &str, facts: Facts) -> Opened {
    let cursor = text.find("$0");
    let text = cursor.map_or(text.to_owned(), |at| format!("{}{}", &text[..at], &text[at + 2..]));
    let mut host = Host::new();
    let id = DocumentId::new("file:///Dockerfile");
    host.open(id.clone(), DocumentKind::Dockerfile, &text);
    host.set_facts(&id, facts);
    let cursor = u32::try_from(cursor.unwrap_or_default()).unwrap();
    Opened { snapshot: host.snapshot(), id, text, cursor }
}

impl Opened {
    /// The text of a range.
    pub(crate) fn slice(&self, range: TextRange) -> &str {
        &self.text[range.start as usize..range.end as usize]
    }

    /// Line and column of a range's start, from 1 and in bytes, with its text.
    pub(crate) fn place(&self, range: TextRange) -> String {
        let before = &self.text[..range.start as usize];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        format!("{line}:{column} {}", self.slice(range))
    }

    /// The text after edits that do not overlap.
    pub(crate) fn edited(&self, edits: &[TextEdit]) -> String {
        let mut edits = edits.to_vec();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.range));
        let mut text = self.text.clone();
        for edit in edits {
            text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.new_text);
        }
        text
    }
}
