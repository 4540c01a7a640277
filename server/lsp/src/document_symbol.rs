//! `textDocument/documentSymbol`: a tree where the client shows one, else a list.

use ide::{OutlineEntry, OutlineKind};
use tower_lsp::ls_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind,
    Uri,
};

use crate::from_proto;
use crate::lines::Lines;
use crate::main_loop::Context;

pub(crate) fn list(context: &Context, params: &DocumentSymbolParams) -> Option<DocumentSymbolResponse> {
    let uri = &params.text_document.uri;
    let id = from_proto::document_id(uri);
    let lines = Lines::of(context.snapshot.document(&id)?, &context.profile);
    let outline = context.snapshot.outline(&id);
    if context.profile.shows_symbol_trees {
        return Some(DocumentSymbolResponse::Nested(tree(&lines, outline)));
    }
    let mut flat = Vec::new();
    flatten(&lines, uri, None, &outline, &mut flat);
    Some(DocumentSymbolResponse::Flat(flat))
}

pub(crate) fn kind(kind: OutlineKind) -> SymbolKind {
    match kind {
        OutlineKind::Stage => SymbolKind::MODULE,
        OutlineKind::Instruction => SymbolKind::FUNCTION,
        OutlineKind::Argument => SymbolKind::CONSTANT,
        OutlineKind::Variable => SymbolKind::VARIABLE,
        OutlineKind::Label => SymbolKind::PROPERTY,
    }
}

#[expect(deprecated, reason = "the field of old clients must be named")]
fn tree(lines: &Lines, entries: Vec<OutlineEntry>) -> Vec<DocumentSymbol> {
    let symbol = |entry: OutlineEntry| DocumentSymbol {
        name: entry.name,
        detail: Some(entry.detail).filter(|detail| !detail.is_empty()),
        kind: kind(entry.kind),
        tags: None,
        deprecated: None,
        range: lines.range(entry.range),
        selection_range: lines.range(entry.selection),
        children: (!entry.children.is_empty()).then(|| tree(lines, entry.children)),
    };
    entries.into_iter().map(symbol).collect()
}

#[expect(deprecated, reason = "the field of old clients must be named")]
fn flatten(
    lines: &Lines,
    uri: &Uri,
    container: Option<&str>,
    entries: &[OutlineEntry],
    flat: &mut Vec<SymbolInformation>,
) {
    for entry in entries {
        flat.push(SymbolInformation {
            name: entry.name.clone(),
            kind: kind(entry.kind),
            tags: None,
            deprecated: None,
            location: Location { uri: uri.clone(), range: lines.range(entry.range) },
            container_name: container.map(str::to_owned),
        });
        flatten(lines, uri, Some(&entry.name), &entry.children, flat);
    }
}
