//! What the last build said about a Dockerfile, laid on the text as it is now.
//!
//! The last build holds the document that was built. A step belongs to an instruction of today's text as long as that instruction
//! stands there unchanged; one that was edited since has no result any more, and none is shown.

use std::collections::HashMap;

use inner_loop::{BuildRecord, StepProblem};
use syntax::{Document, Instruction};

/// The last build of a document.
#[derive(Debug, Clone)]
pub struct LastBuild {
    /// The text that was built. Cheap: shared with the open document.
    pub document: Document,
    /// Its steps. Lines count from 1, in the text that was built.
    pub record: BuildRecord,
    /// Why it failed, if it did.
    pub problem: Option<StepProblem>,
}

impl LastBuild {
    /// Where the instruction at a line (from 1) of the text that was built stands in another text: the instruction with the same
    /// source, and where there are several, the one that has as many of them above it.
    pub(crate) fn locate(&self, line: u32, document: &Document) -> Option<Instruction> {
        self.locate_all(&[line], document).pop()?
    }

    /// The same for many lines at once, in one walk over each of the two texts.
    pub(crate) fn locate_all(&self, lines: &[u32], document: &Document) -> Vec<Option<Instruction>> {
        let built: Vec<Instruction> = self.document.instructions().collect();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let above: Vec<usize> = built
            .iter()
            .map(|instruction| {
                let count = seen.entry(&instruction.source).or_default();
                *count += 1;
                *count - 1
            })
            .collect();
        let today: Vec<Instruction> = document.instructions().collect();
        let mut places: HashMap<&str, Vec<&Instruction>> = HashMap::new();
        for instruction in &today {
            places.entry(&instruction.source).or_default().push(instruction);
        }
        let locate = |line: &u32| {
            let line = line.checked_sub(1)?;
            let index = built.partition_point(|instruction| instruction.line <= line).checked_sub(1)?;
            let instruction = built.get(index).filter(|instruction| line <= instruction.end_line())?;
            places.get(&*instruction.source)?.get(*above.get(index)?).map(|found| (*found).clone())
        };
        lines.iter().map(locate).collect()
    }
}
