//! `textDocument/formatting`, `rangeFormatting` and `onTypeFormatting`: layout as plain edits.

use ide::{Document, TextRange};
use tower_lsp::ls_types::{
    DocumentFormattingParams, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams,
    FormattingOptions, TextEdit, Uri,
};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

/// Typing this asks for [`on_type`].
pub(crate) const TRIGGER: &str = "\n";

pub(crate) fn document(context: &Context, params: &DocumentFormattingParams) -> Option<Vec<TextEdit>> {
    edits(context, &params.text_document.uri, &params.options, |_| None)
}

pub(crate) fn range(context: &Context, params: &DocumentRangeFormattingParams) -> Option<Vec<TextEdit>> {
    edits(context, &params.text_document.uri, &params.options, |document| {
        Some(from_proto::range(document, params.range, context.profile.encoding))
    })
}

pub(crate) fn on_type(context: &Context, params: &DocumentOnTypeFormattingParams) -> Option<Vec<TextEdit>> {
    let place = &params.text_document_position;
    let id = from_proto::document_id(&place.text_document.uri);
    let document = context.snapshot.document(&id)?;
    if params.ch != TRIGGER {
        return None;
    }
    let offset = from_proto::offset(document, place.position, context.profile.encoding);
    let edit = context.snapshot.format_after_enter(&id, offset, &indent(&params.options))?;
    Some(vec![to_proto::text_edit(document, edit, &context.profile)])
}

fn edits(
    context: &Context,
    uri: &Uri,
    options: &FormattingOptions,
    range: impl FnOnce(&Document) -> Option<TextRange>,
) -> Option<Vec<TextEdit>> {
    let id = from_proto::document_id(uri);
    let document = context.snapshot.document(&id)?;
    let edits = context.snapshot.format(&id, Some(indent(options)), range(document));
    Some(edits.into_iter().map(|edit| to_proto::text_edit(document, edit, &context.profile)).collect())
}

/// One step to the right, as the user has it in the editor.
fn indent(options: &FormattingOptions) -> String {
    if options.insert_spaces { " ".repeat(options.tab_size.clamp(1, 16) as usize) } else { "\t".to_owned() }
}
