//! What the last build said about a Dockerfile, laid on the text as it is now.
//!
//! The last build holds the document that was built. A step belongs to an instruction of today's text as long as that instruction
//! stands there unchanged; one that was edited since has no result any more, and none is shown.

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
        let line = line.checked_sub(1)?;
        let built: Vec<Instruction> = self.document.instructions().collect();
        let index = built.iter().position(|built| built.line <= line && line <= built.end_line())?;
        let source = &built[index].source;
        let above = built[..index].iter().filter(|other| other.source == *source).count();
        document.instructions().filter(|other| other.source == *source).nth(above)
    }
}
