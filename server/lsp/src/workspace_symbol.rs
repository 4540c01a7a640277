//! `workspace/symbol`: stages and variables of the open Dockerfiles, and of those in the client's folders, which are read on the worker
//! that answers and kept in `symbols_on_disk`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ide::{Document, DocumentKind, OutlineEntry, OutlineKind};
use tower_lsp::ls_types::{Location, SymbolInformation, Uri, WorkspaceSymbolParams, WorkspaceSymbolResponse};
use workspace::dockerfiles::{self, Limits};

use crate::lines::Lines;
use crate::main_loop::Context;
use crate::{document_symbol, surroundings};

/// More symbols than these help nobody.
const MAX_SYMBOLS: usize = 1_000;

/// The symbols of one Dockerfile on disk.
#[derive(Debug)]
pub(crate) struct FileSymbols {
    path: PathBuf,
    symbols: Vec<SymbolInformation>,
}

pub(crate) fn list(context: &Context, params: &WorkspaceSymbolParams) -> Option<WorkspaceSymbolResponse> {
    let query = params.query.to_lowercase();
    let is_asked_for = |symbol: &SymbolInformation| matches(&symbol.name, &query);
    let mut found = Vec::new();
    let mut open: HashSet<PathBuf> = HashSet::new();
    let mut ids: Vec<_> = context.snapshot.ids().collect();
    ids.sort();
    for id in ids {
        let Ok(uri) = id.as_str().parse::<Uri>() else { continue };
        open.extend(surroundings::file_path(&uri));
        let Some(document) = context.snapshot.document(id) else { continue };
        if context.snapshot.kind(id) == Some(DocumentKind::Dockerfile) {
            let symbols = symbols(context, &uri, document, &context.snapshot.outline(id));
            found.extend(symbols.into_iter().filter(is_asked_for));
        }
    }
    for folder in context.folders.iter() {
        let read = || read(context, folder);
        let files = context.symbols.of_folder(folder, context.profile.watches_files, read);
        for file in files.iter() {
            // Of folders inside of each other a file is told once, and an open one by its open text.
            if found.len() < MAX_SYMBOLS && open.insert(file.path.clone()) {
                found.extend(file.symbols.iter().filter(|symbol| is_asked_for(symbol)).cloned());
            }
        }
    }
    found.truncate(MAX_SYMBOLS);
    Some(WorkspaceSymbolResponse::Flat(found))
}

/// The symbols of the Dockerfiles in a folder.
fn read(context: &Context, folder: &Path) -> Vec<FileSymbols> {
    let paths = dockerfiles::find_first(folder, Limits::default()).into_iter();
    let read = |path: PathBuf| {
        let (text, uri) = (dockerfiles::read(&path)?, Uri::from_file_path(&path)?);
        let document = Document::new(&text);
        let symbols = symbols(context, &uri, &document, &ide::outline_of(&document));
        Some(FileSymbols { path, symbols })
    };
    paths.filter_map(read).collect()
}

fn symbols(
    context: &Context,
    uri: &Uri,
    document: &Document,
    outline: &[OutlineEntry],
) -> Vec<SymbolInformation> {
    let path = uri.path().decode().to_string_lossy();
    let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let lines = Lines::of(document, &context.profile);
    let mut found = Vec::new();
    add(&mut found, uri, &lines, &file, outline);
    found
}

#[expect(deprecated, reason = "the field of old clients must be named")]
fn add(
    found: &mut Vec<SymbolInformation>,
    uri: &Uri,
    lines: &Lines,
    container: &str,
    entries: &[OutlineEntry],
) {
    for entry in entries {
        if matches!(entry.kind, OutlineKind::Stage | OutlineKind::Argument | OutlineKind::Variable) {
            found.push(SymbolInformation {
                name: entry.name.clone(),
                kind: document_symbol::kind(entry.kind),
                tags: None,
                deprecated: None,
                location: Location { uri: uri.clone(), range: lines.range(entry.selection) },
                container_name: Some(container.to_owned()),
            });
        }
        let inner = match entry.kind {
            OutlineKind::Stage => format!("{container} {}", entry.name),
            _ => container.to_owned(),
        };
        add(found, uri, lines, &inner, &entry.children);
    }
}

/// Whether the letters of a query (in lower case) stand in a name in this order, as the protocol asks of a relaxed search.
fn matches(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
