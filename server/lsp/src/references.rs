//! `textDocument/references` and `textDocument/documentHighlight`.

use ide::Access;
use tower_lsp::ls_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, Location, ReferenceParams,
};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn references(context: &Context, params: &ReferenceParams) -> Option<Vec<Location>> {
    let at = &params.text_document_position;
    let uri = &at.text_document.uri;
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, at.position, context.profile.encoding);
    let found = context.snapshot.references(&id, offset, params.context.include_declaration);
    let location =
        |range| Location { uri: uri.clone(), range: to_proto::range(document, range, &context.profile) };
    Some(found.into_iter().map(location).collect())
}

pub(crate) fn highlights(
    context: &Context,
    params: &DocumentHighlightParams,
) -> Option<Vec<DocumentHighlight>> {
    let at = &params.text_document_position_params;
    let id = from_proto::document_id(&at.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, at.position, context.profile.encoding);
    let highlight = |found: ide::Highlight| DocumentHighlight {
        range: to_proto::range(document, found.range, &context.profile),
        kind: Some(match found.access {
            Access::Write => DocumentHighlightKind::WRITE,
            Access::Read => DocumentHighlightKind::READ,
            Access::Text => DocumentHighlightKind::TEXT,
        }),
    };
    Some(context.snapshot.document_highlights(&id, offset).into_iter().map(highlight).collect())
}
