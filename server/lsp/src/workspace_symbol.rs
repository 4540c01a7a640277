//! `workspace/symbol`: stages and variables of the open Dockerfiles, and of those in the client's folders. These are read on the worker
//! that answers, when it answers; nothing of them is kept.

use std::collections::HashSet;
use std::path::PathBuf;

use ide::{Document, DocumentKind, OutlineEntry, OutlineKind};
use tower_lsp::ls_types::{Location, SymbolInformation, Uri, WorkspaceSymbolParams, WorkspaceSymbolResponse};
use workspace::dockerfiles::{self, Limits};

use crate::lines::Lines;
use crate::main_loop::Context;
use crate::{document_symbol, surroundings};

/// More symbols than these help nobody.
const MAX_SYMBOLS: usize = 1_000;

pub(crate) fn list(context: &Context, params: &WorkspaceSymbolParams) -> Option<WorkspaceSymbolResponse> {
    let mut search = Search { query: params.query.to_lowercase(), found: Vec::new() };
    let mut open: HashSet<PathBuf> = HashSet::new();
    let mut ids: Vec<_> = context.snapshot.ids().collect();
    ids.sort();
    for id in ids {
        let Ok(uri) = id.as_str().parse::<Uri>() else { continue };
        open.extend(surroundings::file_path(&uri));
        let Some(document) = context.snapshot.document(id) else { continue };
        if context.snapshot.kind(id) == Some(DocumentKind::Dockerfile) {
            let outline = context.snapshot.outline(id);
            search.add(context, &uri, document, &outline);
        }
    }
    for folder in context.folders.iter() {
        for path in dockerfiles::find_first(folder, Limits::default()) {
            if search.found.len() >= MAX_SYMBOLS || !open.insert(path.clone()) {
                continue;
            }
            let (Some(text), Some(uri)) = (dockerfiles::read(&path), Uri::from_file_path(&path)) else {
                continue;
            };
            let document = Document::new(&text);
            search.add(context, &uri, &document, &ide::outline_of(&document));
        }
    }
    search.found.truncate(MAX_SYMBOLS);
    Some(WorkspaceSymbolResponse::Flat(search.found))
}

struct Search {
    query: String,
    found: Vec<SymbolInformation>,
}

impl Search {
    fn add(&mut self, context: &Context, uri: &Uri, document: &Document, outline: &[OutlineEntry]) {
        let path = uri.path().as_str();
        let file = path.rsplit('/').next().unwrap_or(path).to_owned();
        let mut lines = None;
        self.add_entries(uri, &file, outline, &mut |entry| {
            lines.get_or_insert_with(|| Lines::of(document, &context.profile)).range(entry.selection)
        });
    }

    #[expect(deprecated, reason = "the field of old clients must be named")]
    fn add_entries(
        &mut self,
        uri: &Uri,
        container: &str,
        entries: &[OutlineEntry],
        place: &mut impl FnMut(&OutlineEntry) -> tower_lsp::ls_types::Range,
    ) {
        for entry in entries {
            let is_symbol =
                matches!(entry.kind, OutlineKind::Stage | OutlineKind::Argument | OutlineKind::Variable);
            if is_symbol && matches(&entry.name, &self.query) {
                self.found.push(SymbolInformation {
                    name: entry.name.clone(),
                    kind: document_symbol::kind(entry.kind),
                    tags: None,
                    deprecated: None,
                    location: Location { uri: uri.clone(), range: place(entry) },
                    container_name: Some(container.to_owned()),
                });
            }
            let inner = match entry.kind {
                OutlineKind::Stage => format!("{container} {}", entry.name),
                _ => container.to_owned(),
            };
            self.add_entries(uri, &inner, &entry.children, place);
        }
    }
}

/// Whether the letters of a query (in lower case) stand in a name in this order, as the protocol asks of a relaxed search.
fn matches(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
