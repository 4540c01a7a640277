//! `textDocument/completion` in Compose and Bake files: stages for `target:`, the names of ARGs for `args:`, from the Dockerfile that the
//! service or target builds. As in `caller_definition`, open texts count before those on disk.

use std::collections::BTreeMap;
use std::path::Path;

use ide::{CompletionItem, CompletionKind, Completions, Document, TextRange};
use tower_lsp::ls_types::Uri;
use workspace::callers::{self, MARK, Names, Typed};

use crate::caller_definition::{callers_in, open_or_read};
use crate::main_loop::Context;
use crate::surroundings;

pub(crate) fn completions(
    context: &Context,
    uri: &Uri,
    document: &Document,
    offset: u32,
) -> Option<Completions> {
    let path = surroundings::file_path(uri)?.canonicalize().ok()?;
    let text = document.text();
    let typed = callers::typed(&path, &text, usize::try_from(offset).ok()?)?;
    let found = callers_in(context, &path, BTreeMap::from([(path.clone(), typed.text.clone())]))?;
    let caller = found.iter().find(|caller| caller.line == typed.spot.line)?;
    let dockerfile = caller.build.dockerfile.as_ref().and_then(|dockerfile| dockerfile.known())?;
    let (_, dockerfile) = open_or_read(context, Path::new(dockerfile))?;
    let names = match &typed.spot.names {
        Names::Stage => ide::callers::stage_names(&dockerfile),
        Names::Argument(_) => {
            let mut names = ide::callers::argument_names(&dockerfile);
            names.retain(|(name, _)| !caller.build.args.contains_key(name));
            names
        }
        Names::Dockerfile | Names::Folder => return None,
    };
    let items: Vec<_> =
        names.into_iter().map(|(name, detail)| item(&typed, &text, offset, name, detail)).collect();
    (!items.is_empty()).then_some(Completions { items, is_incomplete: false })
}

fn item(typed: &Typed, text: &str, offset: u32, name: String, detail: String) -> CompletionItem {
    let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    let is_stage = typed.spot.names == Names::Stage;
    let rest = &text[typed.word.end..];
    let behind = match typed.around {
        // The value of a key that is typed comes from the user.
        (_, ": 0") => ": ",
        (_, " = 0") => " = ",
        // The item of a list.
        ("", "") if !is_stage && is_item(typed) && !rest.starts_with('=') => "=",
        (_, behind) => behind,
    };
    CompletionItem {
        text: format!("{}{name}{behind}", typed.around.0),
        label: name,
        kind: if is_stage { CompletionKind::Stage } else { CompletionKind::Variable },
        detail,
        typed: TextRange::new(place(typed.word.start), offset),
        replaced: TextRange::new(place(typed.word.start), place(typed.word.end)),
        snippet: None,
        is_deprecated: false,
        topic: None,
    }
}

/// Whether the word is an item of a list of `NAME=value`: nothing but the dash stands before it.
fn is_item(typed: &Typed) -> bool {
    let before = typed.text.find(MARK).map_or("", |at| &typed.text[..at]);
    before.trim_end_matches(['"', '\'', ' ']).ends_with('-')
}
