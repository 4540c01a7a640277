//! `textDocument/definition` in Compose files, Bake files and devcontainers: from `target:` to the stage, from a build argument to its ARG, from `dockerfile:` to
//! the file. The files around are read on the worker that answers, as they are on disk; the open texts count before those.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ide::{Document, TextRange};
use tower_lsp::ls_types::{Location, Uri};
use workspace::callers::{self, Caller, Callers, Names};
use workspace::dockerfiles;

use crate::main_loop::Context;
use crate::{surroundings, to_proto};

pub(crate) fn locations(context: &Context, uri: &Uri, document: &Document, offset: u32) -> Vec<Location> {
    find(context, uri, document, offset).unwrap_or_default()
}

fn find(context: &Context, uri: &Uri, document: &Document, offset: u32) -> Option<Vec<Location>> {
    let path = surroundings::file_path(uri)?.canonicalize().ok()?;
    let text = document.text();
    let spot = callers::spot(&path, &text, usize::try_from(offset).ok()?)?;
    let found = callers_in(context, &path, BTreeMap::from([(path.clone(), text)]))?;
    let mut locations = Vec::new();
    for caller in found.iter().filter(|caller| caller.line == spot.line) {
        let named = caller.build.dockerfile.as_ref().and_then(|dockerfile| dockerfile.known());
        let Some((uri, dockerfile)) = named.and_then(|named| open_or_read(context, Path::new(named))) else {
            continue;
        };
        let places = match &spot.names {
            Names::Dockerfile | Names::Folder => vec![TextRange::empty(0)],
            Names::Argument(name) => ide::callers::argument_places(&dockerfile, name),
            Names::Stage => {
                let target = caller.build.target.as_ref().and_then(|target| target.known());
                target.and_then(|target| ide::callers::stage_place(&dockerfile, target)).into_iter().collect()
            }
        };
        for place in places {
            let location =
                Location { uri: uri.clone(), range: to_proto::range(&dockerfile, place, &context.profile) };
            if !locations.contains(&location) {
                locations.push(location);
            }
        }
    }
    Some(locations)
}

/// The callers that a file names, where an editor has other texts of some files.
pub(crate) fn callers_in(
    context: &Context,
    path: &Path,
    texts: BTreeMap<PathBuf, String>,
) -> Option<Vec<Caller>> {
    Some(Callers::find_with(&root_of(context, path)?, &texts).in_file(path))
}

/// The folder that bounds what is read for a file: the innermost open one around it, else its own.
pub(crate) fn root_of(context: &Context, path: &Path) -> Option<PathBuf> {
    let around = context.folders.iter().filter_map(|folder| folder.canonicalize().ok());
    let around =
        around.filter(|folder| path.starts_with(folder)).max_by_key(|folder| folder.as_os_str().len());
    around.or_else(|| path.parent().map(Path::to_owned))
}

/// A Dockerfile as the client has it open, else as it is on disk.
pub(crate) fn open_or_read(context: &Context, path: &Path) -> Option<(Uri, Document)> {
    let real = path.canonicalize().ok()?;
    let is_same = |uri: &Uri| {
        let open: Option<PathBuf> = surroundings::file_path(uri);
        open.is_some_and(|open| open == real || open.canonicalize().is_ok_and(|open| open == real))
    };
    for id in context.snapshot.ids() {
        let Ok(uri) = id.as_str().parse::<Uri>() else { continue };
        if let Some(document) = context.snapshot.document(id).filter(|_| is_same(&uri)) {
            return Some((uri, document.clone()));
        }
    }
    Some((Uri::from_file_path(&real)?, Document::new(&dockerfiles::read(&real)?)))
}
