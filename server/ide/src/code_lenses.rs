//! What can be started from a line: a build of each stage.

use semantic::Stage;
use syntax::TextRange;

use crate::callers::{address, of_stage};
use crate::host::{DocumentId, Snapshot};
use crate::targets::target_name;

/// A lens above an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The FROM.
    pub range: TextRange,
    /// The stage to build: its name, else its number.
    pub target: String,
    /// The caller that builds it, by its address, where the lens is to build as it does.
    pub caller: Option<String>,
}

/// Callers of a stage that have a lens each; more of them would push the text away.
const MAX_CALLERS: usize = 4;

impl Snapshot {
    /// One `Build` lens on each FROM, and one for each of its callers.
    #[must_use]
    pub fn code_lenses(&self, id: &DocumentId) -> Vec<CodeLens> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let model = state.model();
        let lenses = |stage: &Stage| {
            let (range, target) = (stage.from.range(), target_name(stage));
            let callers = of_stage(&state.facts.callers, model, stage)
                .take(MAX_CALLERS)
                .map(|caller| Some(address(caller)));
            let callers: Vec<_> = std::iter::once(None).chain(callers).collect();
            callers.into_iter().map(move |caller| CodeLens { range, target: target.clone(), caller })
        };
        model.stages.iter().flat_map(lenses).collect()
    }
}
