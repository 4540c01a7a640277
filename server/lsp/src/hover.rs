//! `textDocument/hover`: what is known of the thing under the cursor, in the markup that the client reads.

use ide::Markup;
use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn at(context: &Context, params: &HoverParams) -> Option<Hover> {
    let place = &params.text_document_position_params;
    let id = from_proto::document_id(&place.text_document.uri);
    let document = context.snapshot.document(&id)?;
    let offset = from_proto::offset(document, place.position, context.profile.encoding);
    let hover = context.snapshot.hover(&id, offset, context.profile.hover_markup)?;
    let kind = match context.profile.hover_markup {
        Markup::Markdown => MarkupKind::Markdown,
        Markup::PlainText => MarkupKind::PlainText,
    };
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value: hover.text }),
        range: Some(to_proto::range(document, hover.range, &context.profile)),
    })
}
