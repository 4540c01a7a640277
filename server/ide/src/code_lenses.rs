//! What can be started from a line: a build of each stage.

use semantic::Stage;
use syntax::TextRange;

use crate::host::{DocumentId, Snapshot};
use crate::targets::target_name;

/// A lens above an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The FROM.
    pub range: TextRange,
    /// The stage to build: its name, else its number.
    pub target: String,
}

impl Snapshot {
    /// One `Build` lens on each FROM.
    #[must_use]
    pub fn code_lenses(&self, id: &DocumentId) -> Vec<CodeLens> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let lens = |stage: &Stage| CodeLens { range: stage.from.range(), target: target_name(stage) };
        state.model().stages.iter().map(lens).collect()
    }
}
