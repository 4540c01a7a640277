//! What is different between two listings, where a step looks.

use std::collections::BTreeMap;

use super::select::in_order;
use super::{Content, Entry, Listing, Selector};

/// A file that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path from the context's root.
    pub path: String,
    /// How it changed.
    pub change: Change,
}

/// How a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Other content.
    Content,
    /// Another mode.
    Mode,
    /// A link that leads elsewhere.
    LinkTarget,
    /// A file where a link was, or the like.
    Kind,
    /// It was not there.
    New,
    /// It is no longer there.
    Gone,
}

/// What changed of what the selectors take, in order of path. Folders come only where nothing else did.
#[must_use]
pub fn changes(before: &Listing, after: &Listing, selectors: &[Selector]) -> Vec<FileChange> {
    let old = taken(before, selectors);
    let new = taken(after, selectors);
    let mut changes = Vec::new();
    let mut of_folders = Vec::new();
    let paths: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for path in paths {
        let (old, new) = (old.get(path).copied(), new.get(path).copied());
        let Some(change) = difference(old, new) else { continue };
        let is_folder = new.or(old).is_some_and(|entry| entry.content == Content::Folder);
        let list = if is_folder && change != Change::Mode { &mut of_folders } else { &mut changes };
        list.push(FileChange { path: path.to_owned(), change });
    }
    if changes.is_empty() { of_folders } else { changes }
}

fn taken<'a>(listing: &'a Listing, selectors: &[Selector]) -> BTreeMap<&'a str, &'a Entry> {
    let selected = in_order(selectors).into_iter().filter_map(|selector| selector.select(listing));
    selected.flat_map(|selected| selected.entries).map(|(_, entry)| (entry.path.as_str(), entry)).collect()
}

fn difference(old: Option<&Entry>, new: Option<&Entry>) -> Option<Change> {
    let (old, new) = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Change::New),
        (Some(_), None) => return Some(Change::Gone),
        (Some(old), Some(new)) => (old, new),
    };
    match (&old.content, &new.content) {
        (Content::File(old), Content::File(new)) if old != new => Some(Change::Content),
        (Content::Link(old), Content::Link(new)) => (old != new).then_some(Change::LinkTarget),
        (Content::File(_), Content::File(_)) | (Content::Folder, Content::Folder) => {
            (old.permissions != new.permissions).then_some(Change::Mode)
        }
        (old_content, new_content) if old_content == new_content => {
            (old.permissions != new.permissions).then_some(Change::Mode)
        }
        _ => Some(Change::Kind),
    }
}
