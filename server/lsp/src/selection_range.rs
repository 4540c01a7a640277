//! `textDocument/selectionRange`.

use tower_lsp::ls_types::{self as lsp, SelectionRange, SelectionRangeParams};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &SelectionRangeParams) -> Option<Vec<SelectionRange>> {
    let id = from_proto::document_id(&params.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let at = |position: &lsp::Position| {
        let offset = from_proto::offset(document, *position, context.profile.encoding);
        let around = context.snapshot.selection_ranges(&id, offset)?;
        // The outermost first, so that each can hold the one around it.
        around.into_iter().rev().fold(None, |parent, range| {
            let range = to_proto::range(document, range, &context.profile);
            Some(SelectionRange { range, parent: parent.map(Box::new) })
        })
    };
    params.positions.iter().map(at).collect()
}
