//! What the rules find in an ignore file, with what the open Dockerfiles of the same context copy.

use rules::fix::{Round, Trust, ignore_file};
use rules::{CopiedPath, Finding, IgnoreInput, check_ignore_file};
use semantic::facts::ContextFacts;

use crate::host::{DocumentId, DocumentState, Snapshot};
use crate::kind::DocumentKind;

impl Snapshot {
    /// What the rules find in an ignore file; nothing where the document is none.
    pub(crate) fn ignore_file_findings(&self, id: &DocumentId) -> Option<Vec<Finding>> {
        let settings = &self.settings_of(self.ignore_file(id)?).rules;
        self.with_ignore_input(id, |input| check_ignore_file(input, settings))
    }

    /// The safe fixes of findings in an ignore file, as far as they go together.
    pub(crate) fn ignore_file_round(&self, id: &DocumentId, findings: Vec<Finding>) -> Option<Round> {
        self.with_ignore_input(id, |input| ignore_file::round(input, findings, Trust::Safe))
    }

    fn with_ignore_input<T>(&self, id: &DocumentId, run: impl FnOnce(IgnoreInput<'_>) -> T) -> Option<T> {
        let state = self.ignore_file(id)?;
        let text = state.document.text();
        let context = state.facts.context.as_ref();
        let copies = context.map(|context| self.copies(context)).unwrap_or_default();
        Some(run(IgnoreInput { text: &text, context, copies: &copies }))
    }

    /// What open Dockerfiles copy from a context for which the same ignore file is in force, by name and line.
    fn copies(&self, context: &ContextFacts) -> Vec<CopiedPath> {
        let is_same = |other: &ContextFacts| {
            let path = |context: &ContextFacts| context.ignore_file.as_ref().map(|file| file.path.clone());
            other.root == context.root && path(other) == path(context)
        };
        let dockerfiles = self.documents.iter().filter(|(_, state)| {
            state.kind == DocumentKind::Dockerfile && state.facts.context.as_ref().is_some_and(is_same)
        });
        let mut copies: Vec<CopiedPath> =
            dockerfiles.flat_map(|(id, state)| CopiedPath::all_of(&name(id, state), state.model())).collect();
        copies.sort_by(|left, right| (&left.dockerfile, left.line).cmp(&(&right.dockerfile, right.line)));
        copies
    }
}

/// The name of a Dockerfile: its path in the context, else the last part of its URI.
fn name(id: &DocumentId, state: &DocumentState) -> String {
    let path = state.facts.context.as_ref().and_then(|context| context.dockerfile.clone());
    path.unwrap_or_else(|| id.as_str().rsplit('/').next().unwrap_or_default().to_owned())
}
