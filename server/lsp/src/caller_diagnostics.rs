//! Diagnostics and fixes in Compose files, Bake files and devcontainers: stages, build arguments and Dockerfiles that are named and not
//! there, where settings choose one of these rules. The files around are read on the worker that answers; open texts count before those on
//! disk. What is not known, lies outside of the folders that the client has open, or is set elsewhere is left alone.

use std::collections::BTreeMap;
use std::path::Path;

use ide::caller_findings::{Called, Named, Names, What};
use ide::{CodeAction, Diagnostic, Document, DocumentId, TextEdit, TextRange};
use tower_lsp::ls_types::Uri;
use workspace::callers::{self, Caller, Callers, Spot};
use workspace::dockerfiles;

use crate::caller_definition::{open_or_read, root_of};
use crate::main_loop::Context;
use crate::surroundings;

/// Dockerfiles that are offered in the place of one that is not there, at most.
const OTHERS: usize = 20;

pub(crate) fn diagnostics(context: &Context, id: &DocumentId) -> Vec<Diagnostic> {
    context.snapshot.caller_diagnostics(id, &named(context, id).unwrap_or_default())
}

pub(crate) fn fixes(
    context: &Context,
    id: &DocumentId,
    range: TextRange,
) -> Vec<(CodeAction, Vec<TextEdit>)> {
    context.snapshot.caller_fixes(id, &named(context, id).unwrap_or_default(), range)
}

/// All that a file names of Dockerfiles that can be told; nothing where no rule asks.
fn named(context: &Context, id: &DocumentId) -> Option<Vec<Named>> {
    if !context.snapshot.are_callers_checked(id) {
        return None;
    }
    let path = surroundings::file_path(&id.as_str().parse::<Uri>().ok()?)?.canonicalize().ok()?;
    let text = context.snapshot.document(id)?.text();
    let root = root_of(context, &path)?;
    let spots = callers::spots(&path, &text);
    let found = Callers::of_file(&root, &path, &BTreeMap::from([(path.clone(), text.clone())]));
    let mut reader = Reader { context, root: &root, known: BTreeMap::new() };
    let mut named = Vec::new();
    for spot in &spots {
        for caller in found.iter().filter(|caller| caller.line == spot.line) {
            named.extend(reader.named(caller, spot, &text));
        }
    }
    Some(named)
}

/// Reads each Dockerfile once.
struct Reader<'a> {
    context: &'a Context,
    root: &'a Path,
    known: BTreeMap<String, Option<Called>>,
}

impl Reader<'_> {
    fn named(&mut self, caller: &Caller, spot: &Spot, text: &str) -> Option<Named> {
        let written = Written::at(spot, text, Path::new(&caller.file))?;
        let build = &caller.build;
        let what = match &spot.names {
            callers::Names::Stage => What::Target,
            callers::Names::Argument(_) => What::Argument,
            callers::Names::Dockerfile | callers::Names::Folder => What::Dockerfile,
        };
        let (name, is_written) = match &spot.names {
            callers::Names::Stage => {
                let target = build.target.as_ref()?.known()?;
                // Another one that is written is laid over by another file.
                let is_written = written.text == target;
                (is_written || !written.is_plain).then(|| (target.to_owned(), is_written))?
            }
            callers::Names::Argument(name) => {
                // One without a value comes from the environment, if it is there.
                build.args.contains_key(name).then(|| (name.clone(), written.text == *name))?
            }
            callers::Names::Dockerfile => {
                let path = build.dockerfile.as_ref()?.known()?;
                let file_name = |path: &str| path.rsplit('/').next().map(str::to_owned);
                let is_written = written.is_plain && file_name(path) == file_name(written.text);
                (is_written || !written.is_plain).then(|| (written.text.to_owned(), is_written))?
            }
            callers::Names::Folder => (written.text.to_owned(), false),
        };
        let dockerfile = self.called(caller, if is_written { written.text } else { "" }, what)?;
        Some(Named { range: written.range, what, name, is_written, dockerfile })
    }

    /// The Dockerfile of a caller; nothing where it cannot be told what it has.
    fn called(&mut self, caller: &Caller, written: &str, what: What) -> Option<Called> {
        if let Some(inline) = &caller.build.inline {
            let names = Names::of(&Document::new(inline.known()?));
            let shown = "the Dockerfile in this file".to_owned();
            return Some(Called { shown, names: Some(names), others: Vec::new() });
        }
        let path = caller.build.dockerfile.as_ref()?.known()?;
        let (context, root) = (self.context, self.root);
        let known = self.known.entry(path.to_owned());
        let mut called = known.or_insert_with(|| read(context, root, path)).clone()?;
        if called.names.is_none() {
            if what != What::Dockerfile {
                return None;
            }
            called.others = others(Path::new(path), written);
        }
        Some(called)
    }
}

fn read(context: &Context, root: &Path, path: &str) -> Option<Called> {
    let path = Path::new(path);
    let folder = path.ancestors().skip(1).find_map(|folder| folder.canonicalize().ok())?;
    if !folder.starts_with(root) {
        return None;
    }
    let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
    let names = match open_or_read(context, path) {
        Some((_, dockerfile)) => Some(Names::of(&dockerfile)),
        // What is there and cannot be read is another matter.
        None if path.symlink_metadata().is_ok() => return None,
        None => None,
    };
    Some(Called { shown, names, others: Vec::new() })
}

/// The Dockerfiles beside one that is not there, as paths like the one that is written.
fn others(path: &Path, written: &str) -> Vec<String> {
    let folder = written.rfind('/').map_or("", |slash| &written[..=slash]);
    let entries = path.parent().into_iter().flat_map(|folder| folder.read_dir()).flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let mut others: Vec<String> = names
        .filter(|name| dockerfiles::is_dockerfile_name(name))
        .take(OTHERS)
        .map(|name| format!("{folder}{name}"))
        .collect();
    others.sort();
    others
}

/// What stands in a place.
struct Written<'a> {
    /// Without quotes, and without the value of `NAME=value`.
    text: &'a str,
    range: TextRange,
    /// It means what it says: there is no variable in it, and it is no expression.
    is_plain: bool,
}

impl<'a> Written<'a> {
    fn at(spot: &Spot, text: &'a str, file: &Path) -> Option<Self> {
        let whole = text.get(spot.place.clone())?;
        let trimmed = whole.trim();
        let is_quoted =
            |quote: char| trimmed.len() > 1 && trimmed.starts_with(quote) && trimmed.ends_with(quote);
        let quoted = is_quoted('"') || is_quoted('\'');
        let inner = if quoted { &trimmed[1..trimmed.len() - 1] } else { trimmed };
        let inner = match &spot.names {
            callers::Names::Argument(name) => inner.get(..name.len()).filter(|start| start == name)?,
            _ => inner,
        };
        // In HCL a word without quotes is an expression.
        let is_expression = !quoted && file.extension().is_some_and(|extension| extension == "hcl");
        let is_plain = !is_expression && !inner.contains(['$', '\\', '\n']) && !inner.is_empty();
        let start = inner.as_ptr() as usize - text.as_ptr() as usize;
        let offset = |offset: usize| u32::try_from(offset).ok();
        let range = TextRange::new(offset(start)?, offset(start + inner.len())?);
        Some(Self { text: inner, range, is_plain })
    }
}
