//! Paths in a `.dockerignore`: what the line at the cursor may leave out or, behind `!`, take back in.
//!
//! Folders come before files and the largest first, for these are what an ignore file is for. What another line leaves out already
//! is not offered again; behind `!` nothing else is.

use std::collections::BTreeMap;

use semantic::dockerignore::Dockerignore;
use semantic::facts::{ContextFacts, FileKind};
use semantic::path;
use syntax::TextRange;

use super::LIMIT;
use super::item::{CompletionKind, Items, Word};
use crate::host::DocumentState;
use crate::hover::count;
use crate::inlay_hints::bytes;

pub(super) fn complete(state: &DocumentState, offset: u32, items: &mut Items) {
    let Some(context) = &state.facts.context else { return };
    let text = state.document.text();
    let Some(line) = Line::at(&text, offset as usize) else { return };
    let (folder, name) = line.typed.rsplit_once('/').unwrap_or(("", line.typed));
    // Behind a pattern any of several folders may be meant.
    if folder.contains(['*', '?', '[', ']', '\\']) || folder.split('/').any(|part| part == "..") {
        return;
    }
    let folder = path::clean_context_path(folder);
    let folder = if folder == "." { String::new() } else { folder };
    let start = offset - u32::try_from(name.len()).unwrap_or_default();
    let behind = line.behind.find('/').unwrap_or(line.behind.len());
    items.at(Word::new(TextRange::new(start, offset), u32::try_from(behind).unwrap_or_default()));
    let others = line.others();
    let mut entries: Vec<(&str, Entry)> = entries(context, &folder).into_iter().collect();
    entries.retain(|(name, entry)| {
        is_plain(name, folder.is_empty()) && is_wanted(&line, &others, context, &join(&folder, name), *entry)
    });
    entries.sort_by(|(left_name, left), (right_name, right)| {
        let size = |entry: &Entry| (entry.is_folder, entry.bytes, entry.files);
        size(right).cmp(&size(left)).then_with(|| left_name.cmp(right_name))
    });
    if entries.len() > LIMIT {
        entries.retain(|(entry, _)| entry.starts_with(name));
        items.cut();
    }
    for (name, entry) in entries {
        let kind = if entry.is_folder { CompletionKind::Folder } else { CompletionKind::File };
        items.add(name, kind).detail(entry.detail(context.complete));
    }
}

/// The line at the cursor.
struct Line<'a> {
    text: &'a str,
    /// Where it stands in the text.
    start: usize,
    end: usize,
    is_exception: bool,
    /// The pattern up to the cursor, without `!`.
    typed: &'a str,
    /// The pattern behind the cursor.
    behind: &'a str,
}

impl<'a> Line<'a> {
    /// Nothing in a comment.
    fn at(text: &'a str, offset: usize) -> Option<Self> {
        let (before, after) = text.split_at_checked(offset)?;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = after.find('\n').map_or(text.len(), |end| offset + end);
        let typed = before[start..].trim_start_matches('\u{feff}');
        if typed.starts_with('#') || (typed.is_empty() && after.starts_with('#')) {
            return None;
        }
        let typed = typed.trim_start();
        let marked = typed.strip_prefix('!');
        Some(Self {
            text,
            start,
            end,
            is_exception: marked.is_some(),
            typed: marked.map_or(typed, str::trim_start),
            behind: text[offset..end].trim_end(),
        })
    }

    /// What the other lines say. An exception counts by what stands above it.
    fn others(&self) -> Dockerignore {
        let above = &self.text[..self.start];
        if self.is_exception {
            return Dockerignore::parse(above).0;
        }
        Dockerignore::parse(&format!("{above}{}", &self.text[self.end..])).0
    }
}

/// A name in a folder of the build context, with all that is below it.
#[derive(Clone, Copy, Default)]
struct Entry {
    is_folder: bool,
    files: usize,
    bytes: u64,
}

impl Entry {
    fn detail(self, is_complete: bool) -> String {
        match (self.is_folder, is_complete) {
            (true, true) => format!("{}, {}", count(self.files, "file"), bytes(self.bytes)),
            (true, false) => format!("{} or more, {}", count(self.files, "file"), bytes(self.bytes)),
            (false, _) => bytes(self.bytes),
        }
    }
}

fn entries<'a>(context: &'a ContextFacts, folder: &'a str) -> BTreeMap<&'a str, Entry> {
    let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
    let skipped = if folder.is_empty() { 0 } else { folder.len() + 1 };
    for (path, file) in context.below(folder) {
        let below = &path[skipped..];
        let (name, is_deeper) = below.split_once('/').map_or((below, false), |(name, _)| (name, true));
        let entry = entries.entry(name).or_default();
        entry.is_folder |= is_deeper || file.kind == FileKind::Directory;
        if file.kind != FileKind::Directory {
            entry.files += 1;
            entry.bytes += file.size;
        }
    }
    entries
}

/// Whether a line for this path would change anything.
fn is_wanted(
    line: &Line<'_>,
    others: &Dockerignore,
    context: &ContextFacts,
    path: &str,
    entry: Entry,
) -> bool {
    let is_listed =
        |exception| others.patterns().iter().any(|one| one.exception == exception && one.text == path);
    if is_listed(line.is_exception) {
        return false;
    }
    if line.is_exception {
        let holds_ignored = || context.below(path).any(|(below, _)| others.is_ignored(below));
        return others.is_ignored(path) || (entry.is_folder && holds_ignored());
    }
    let is_walked = entry.is_folder && !others.can_skip_folder(path);
    is_walked || !others.is_ignored(path)
}

/// Whether a name is a pattern that matches it alone, as it stands.
fn is_plain(name: &str, is_first: bool) -> bool {
    let special = |letter: char| matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^') || letter.is_control();
    !name.contains(special)
        && name.trim() == name
        && !(is_first && (name.starts_with('#') || name.starts_with('!')))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
