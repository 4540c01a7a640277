//! What stages copy from other stages of the same file.

use rewrites::Input;
use semantic::path::clean;
use semantic::{Copy, CopySource, Stage};

/// A COPY that takes files from a stage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StageCopy<'a> {
    /// The stage that copies.
    pub(crate) stage: &'a Stage,
    /// The COPY.
    pub(crate) copy: &'a Copy,
    /// The stage that it copies from.
    pub(crate) from: &'a Stage,
}

impl<'a> StageCopy<'a> {
    /// The sources whose paths are known, each as an absolute path.
    pub(crate) fn sources(self) -> impl Iterator<Item = (&'a CopySource, String)> {
        let known = |source: &'a CopySource| {
            let value = source.text.value.as_deref()?;
            Some((source, clean(&format!("/{value}"))))
        };
        self.copy.sources.iter().filter_map(known)
    }
}

/// Every COPY of a file that takes files from one of its stages, in order. What callers put in the place of a stage is not known, so that
/// nothing is said of copies from there.
pub(crate) fn of_file<'a>(input: &Input<'a>) -> impl Iterator<Item = StageCopy<'a>> {
    let stages = &input.model.stages;
    stages.iter().filter(|stage| stage.replaced.is_none()).flat_map(move |stage| {
        stage.instructions.iter().filter_map(move |item| {
            let copy = item.as_copy()?;
            let from = stages.get(copy.from.as_ref()?.target.stage()?)?;
            (from.replaced.is_none()).then_some(StageCopy { stage, copy, from })
        })
    })
}
