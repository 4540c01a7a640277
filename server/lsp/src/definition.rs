//! `textDocument/definition` and `textDocument/declaration`: as links where the client takes them, else as places.

use ide::{Definition, Document, DocumentKind, Target};
use tower_lsp::ls_types::{
    GotoDefinitionParams, GotoDefinitionResponse, Location, LocationLink, Position, Range, Uri,
};

use crate::main_loop::Context;
use crate::{caller_definition, from_proto, to_proto};

pub(crate) fn definition(context: &Context, params: &GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
    let (uri, document, offset) = place(context, params)?;
    let kind = context.snapshot.kind(&from_proto::document_id(uri));
    if kind.is_some_and(DocumentKind::names_callers) {
        let locations = caller_definition::locations(context, uri, document, offset);
        return (!locations.is_empty()).then_some(GotoDefinitionResponse::Array(locations));
    }
    let found = context.snapshot.definition(&from_proto::document_id(uri), offset);
    response(context, uri, document, found, context.profile.definition_links)
}

pub(crate) fn declaration(
    context: &Context,
    params: &GotoDefinitionParams,
) -> Option<GotoDefinitionResponse> {
    let (uri, document, offset) = place(context, params)?;
    let found = context.snapshot.declaration(&from_proto::document_id(uri), offset);
    response(context, uri, document, found, context.profile.declaration_links)
}

fn place<'a>(context: &'a Context, params: &'a GotoDefinitionParams) -> Option<(&'a Uri, &'a Document, u32)> {
    let at = &params.text_document_position_params;
    let uri = &at.text_document.uri;
    let document = context.snapshot.document(&from_proto::document_id(uri))?;
    Some((uri, document, from_proto::offset(document, at.position, context.profile.encoding)))
}

fn response(
    context: &Context,
    uri: &Uri,
    document: &Document,
    found: Vec<Definition>,
    as_links: bool,
) -> Option<GotoDefinitionResponse> {
    let links: Vec<LocationLink> =
        found.into_iter().filter_map(|definition| link(context, uri, document, definition)).collect();
    if links.is_empty() {
        return None;
    }
    if as_links {
        return Some(GotoDefinitionResponse::Link(links));
    }
    let location = |link: LocationLink| Location { uri: link.target_uri, range: link.target_selection_range };
    Some(GotoDefinitionResponse::Array(links.into_iter().map(location).collect()))
}

fn link(context: &Context, uri: &Uri, document: &Document, definition: Definition) -> Option<LocationLink> {
    let range = |range| to_proto::range(document, range, &context.profile);
    let (target_uri, target_range, target_selection_range) = match definition.target {
        Target::Here { whole, name } => (uri.clone(), range(whole), range(name)),
        Target::File(path) => (Uri::from_file_path(path)?, Range::default(), Range::default()),
        Target::Line { path, line } => {
            let start = Position { line, character: 0 };
            let range = Range { start, end: start };
            (Uri::from_file_path(path)?, range, range)
        }
    };
    Some(LocationLink {
        origin_selection_range: Some(range(definition.origin)),
        target_uri,
        target_range,
        target_selection_range,
    })
}
