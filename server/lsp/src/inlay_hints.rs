//! `textDocument/inlayHint` and `inlayHint/resolve`: hints of the last build and of variables.

use serde_json::json;
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip, Uri};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn list(context: &Context, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let range = from_proto::range(document, params.range, context.profile.encoding);
    let hints = context.snapshot.inlay_hints(&id, range).into_iter();
    // A client that asks for the tooltip when the mouse is there gets it then.
    let is_lazy = context.profile.resolves_hint_tooltips;
    let to_protocol = |hint: ide::InlayHint| InlayHint {
        position: to_proto::position(document, hint.offset, &context.profile),
        label: InlayHintLabel::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: (!is_lazy).then_some(InlayHintTooltip::String(hint.tooltip)),
        padding_left: Some(true),
        padding_right: None,
        data: is_lazy.then(|| json!(uri)),
    };
    Some(hints.map(to_protocol).collect())
}

/// The hint with its tooltip; as it is where the text has changed so that it stands there no more.
pub(crate) fn resolve(context: &Context, hint: InlayHint) -> InlayHint {
    let tooltip = tooltip(context, &hint);
    InlayHint { tooltip, ..hint }
}

fn tooltip(context: &Context, hint: &InlayHint) -> Option<InlayHintTooltip> {
    let uri: Uri = hint.data.as_ref()?.as_str()?.parse().ok()?;
    let id = from_proto::document_id(&uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, hint.position, context.profile.encoding);
    let hints = context.snapshot.inlay_hints(&id, ide::TextRange::empty(offset)).into_iter();
    let InlayHintLabel::String(label) = &hint.label else { return None };
    let mut same = hints.filter(|found| found.label == *label);
    same.next().map(|found| InlayHintTooltip::String(found.tooltip))
}
