//! `textDocument/foldingRange`, in the client's grain: whole lines for those that fold nothing else.

use ide::{Fold, FoldKind};
use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::from_proto;
use crate::lines::Lines;
use crate::main_loop::Context;

pub(crate) fn list(context: &Context, params: &FoldingRangeParams) -> Option<Vec<FoldingRange>> {
    let id = from_proto::document_id(&params.text_document.uri);
    let lines = Lines::of(context.snapshot.document(&id)?, &context.profile);
    let lines_only = context.profile.folds_lines_only;
    let to_protocol = |fold: Fold| {
        let range = lines.range(fold.range);
        let character = |character| (!lines_only).then_some(character);
        (range.start.line < range.end.line).then(|| FoldingRange {
            start_line: range.start.line,
            start_character: character(range.start.character),
            end_line: range.end.line,
            end_character: character(range.end.character),
            kind: match fold.kind {
                FoldKind::Code => None,
                FoldKind::Comment => Some(FoldingRangeKind::Comment),
                FoldKind::Region => Some(FoldingRangeKind::Region),
            },
            collapsed_text: None,
        })
    };
    let limit = context.profile.fold_limit.unwrap_or(usize::MAX);
    Some(context.snapshot.folding_ranges(&id, limit).into_iter().filter_map(to_protocol).collect())
}
