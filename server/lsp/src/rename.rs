//! `textDocument/prepareRename` and `textDocument/rename`. What cannot be renamed is an error that says why.

use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    PrepareRenameResponse, RenameParams, TextDocumentPositionParams, WorkspaceEdit, error_codes,
};

use crate::main_loop::Context;
use crate::{from_proto, to_proto};

pub(crate) fn prepare(
    context: &Context,
    at: &TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let id = from_proto::document_id(&at.text_document.uri);
    let Some(document) = context.snapshot.document(&id) else { return Ok(None) };
    let offset = from_proto::offset(document, at.position, context.profile.encoding);
    let found = context.snapshot.prepare_rename(&id, offset).map_err(refused)?;
    Ok(found.map(|found| PrepareRenameResponse::RangeWithPlaceholder {
        range: to_proto::range(document, found.range, &context.profile),
        placeholder: found.name,
    }))
}

pub(crate) fn rename(context: &Context, params: &RenameParams) -> Result<Option<WorkspaceEdit>> {
    let at = &params.text_document_position;
    let uri = &at.text_document.uri;
    let id = from_proto::document_id(uri);
    let Some(document) = context.snapshot.document(&id) else { return Ok(None) };
    let offset = from_proto::offset(document, at.position, context.profile.encoding);
    let edits = context.snapshot.rename(&id, offset, &params.new_name).map_err(refused)?;
    let version = context.versions.get(&id).copied();
    Ok(Some(to_proto::workspace_edit(document, uri.clone(), version, edits, &context.profile)))
}

fn refused(reason: String) -> Error {
    let mut error = Error::new(ErrorCode::ServerError(error_codes::REQUEST_FAILED));
    error.message = reason.into();
    error
}
