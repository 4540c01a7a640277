//! `textDocument/inlayHint`: what the last build said about each step.

use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let id = from_proto::document_id(&params.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let range = from_proto::range(document, params.range, context.profile.encoding);
    let hints = context.snapshot.inlay_hints(&id, range).into_iter();
    let to_protocol = |hint: ide::InlayHint| InlayHint {
        position: to_proto::position(document, hint.offset, &context.profile),
        label: InlayHintLabel::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: Some(InlayHintTooltip::String(hint.tooltip)),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    Some(hints.map(to_protocol).collect())
}
