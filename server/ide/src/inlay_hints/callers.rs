//! Behind an ARG: what its callers give.

use semantic::{Caller, Model};
use syntax::Keyword;

use super::InlayHint;
use crate::callers::argument_label;

/// What callers give for each argument, behind the ARG that takes it: the one above the first FROM, else those of the stages.
pub(super) fn hints(model: &Model, callers: &[Caller]) -> Vec<InlayHint> {
    let global = model.preamble.iter().zip(std::iter::repeat(None::<usize>));
    let staged = model
        .stages
        .iter()
        .flat_map(|stage| stage.instructions.iter().map(|item| (&item.instruction, Some(stage.index))));
    let arguments = global.chain(staged).filter(|(instruction, _)| instruction.keyword == Keyword::Arg);
    let hints = arguments.flat_map(|(instruction, stage)| {
        let pairs = instruction.arguments.pairs.iter();
        let taken =
            pairs.filter(move |pair| stage.is_none() || model.scopes.global(&pair.key.text).is_none());
        taken.filter_map(|pair| {
            let label = argument_label(callers, &pair.key.text)?;
            let line = model.document.buildkit_line_range(instruction.line);
            let tooltip = format!("{} as whoever builds this file gives it", pair.key.text);
            Some(InlayHint { offset: line.end.min(instruction.range().end), label, tooltip })
        })
    });
    hints.collect()
}
