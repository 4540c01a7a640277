//! What the rules find in files that say how Dockerfiles are built. Who reads those files hands in what they name.

use rules::Finding;
use syntax::{TextEdit, TextRange};

pub use rules::{Called, Named, Names, What};

use crate::code_actions::{CodeAction, fixes_of};
use crate::diagnostics::Diagnostic;
use crate::host::{DocumentId, Snapshot};

impl Snapshot {
    /// Whether a rule looks at such a file: without one, what it names need not be read.
    #[must_use]
    pub fn are_callers_checked(&self, id: &DocumentId) -> bool {
        rules::are_callers_checked(&self.settings(id).rules)
    }

    /// What is wrong with what a file names.
    #[must_use]
    pub fn caller_diagnostics(&self, id: &DocumentId, named: &[Named]) -> Vec<Diagnostic> {
        self.findings_of_callers(id, named).into_iter().map(Diagnostic::from).collect()
    }

    /// The fixes for a range of such a file, with their edits.
    #[must_use]
    pub fn caller_fixes(
        &self,
        id: &DocumentId,
        named: &[Named],
        range: TextRange,
    ) -> Vec<(CodeAction, Vec<TextEdit>)> {
        fixes_of(&self.findings_of_callers(id, named), range)
    }

    fn findings_of_callers(&self, id: &DocumentId, named: &[Named]) -> Vec<Finding> {
        rules::check_callers(named, &self.settings(id).rules)
    }
}
