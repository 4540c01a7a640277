//! Paths: in the build context, less what .dockerignore leaves out, and in the image as far as the file says what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use semantic::facts::{ContextFacts, FileKind};
use semantic::{Kind, Stage, StageInstruction, path};

use super::item::{CompletionKind, Items, Word};
use super::{Asked, LIMIT};
use crate::named_contexts;

/// What a path stands in, and so how it ends and what cannot be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// A word between blanks.
    Word,
    /// A string of a JSON list.
    List,
    /// A value in a mount.
    Mount,
}

impl Quoting {
    /// Whether a character belongs to the path.
    pub(super) fn is_part(self, char: char) -> bool {
        match self {
            Self::Word => !char.is_whitespace() && !matches!(char, '"' | '\''),
            Self::List => char != '"',
            Self::Mount => !char.is_whitespace() && char != ',',
        }
    }

    /// Whether a name can be written here as it is, and means itself.
    fn takes(self, name: &str) -> bool {
        let special =
            |char: char| matches!(char, '$' | '"' | '\'' | '\\' | '`' | '[' | '*' | '?') || char.is_control();
        !name.contains(special)
            && match self {
                Self::Word => !name.contains(char::is_whitespace),
                Self::List => true,
                Self::Mount => !name.contains(|char: char| char.is_whitespace() || char == ','),
            }
    }
}

/// What lies in the folder of the build context that is typed from `start` on.
pub(super) fn of_context(asked: &Asked<'_>, start: usize, quoting: Quoting, items: &mut Items) {
    let Some(context) = &asked.state.facts.context else { return };
    in_context(asked, context, start, quoting, items);
}

fn in_context(asked: &Asked<'_>, context: &ContextFacts, start: usize, quoting: Quoting, items: &mut Items) {
    let text = asked.at.text_from(start);
    if text.contains("://") || text.contains(['$', '*', '?', '[']) {
        return;
    }
    let (folder, name_start) = text.rfind('/').map_or(("", 0), |slash| (&text[..slash], slash + 1));
    if folder.split('/').any(|part| part == "..") {
        return;
    }
    let folder = path::clean_context_path(folder);
    let folder = if folder == "." { String::new() } else { folder };
    add_entries(asked, context, &folder, start + name_start, quoting, items);
}

/// The entries of a folder of the build context, for a name that begins at `start`.
fn add_entries(
    asked: &Asked<'_>,
    context: &ContextFacts,
    folder: &str,
    start: usize,
    quoting: Quoting,
    items: &mut Items,
) {
    let at = asked.at;
    let Some(typed) = at.typed_from(start) else { return };
    let name = at.text_from(start);
    let behind = at.word_behind(|char| quoting.is_part(char) && char != '/');
    let is_inside = at.after.get(behind as usize..).is_some_and(|rest| rest.starts_with('/'));
    items.at(Word::new(typed, behind));
    let entries = entries(context, folder, name, items);
    let hidden = |name: &str| name.starts_with('.');
    let (first, last): (Vec<_>, Vec<_>) = entries.iter().partition(|(entry, _)| !hidden(entry));
    for (entry, is_folder) in first.into_iter().chain(last) {
        if !quoting.takes(entry) {
            continue;
        }
        if *is_folder {
            let slash = if is_inside { "" } else { "/" };
            items.add(format!("{entry}{slash}"), CompletionKind::Folder);
        } else {
            items.add(entry.clone(), CompletionKind::File);
        }
    }
}

/// The names in a folder of the build context that a COPY finds, and which of them are folders.
///
/// What lies deeper is skipped, not walked: a folder costs one look-up, however much is in it.
fn entries(context: &ContextFacts, folder: &str, typed: &str, items: &mut Items) -> BTreeMap<String, bool> {
    let ignore = context.dockerignore();
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found = BTreeMap::new();
    let mut skipped = BTreeSet::new();
    let mut from = Bound::Included(prefix.clone());
    while let Some((path, file)) = context.files.range::<String, _>((from.clone(), Bound::Unbounded)).next() {
        let Some(rest) = path.strip_prefix(&prefix) else { break };
        let (name, deeper) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
        // Behind the last path of a folder: `0` follows `/`.
        from =
            if deeper { Bound::Included(format!("{prefix}{name}0")) } else { Bound::Excluded(path.clone()) };
        if name.is_empty() || found.contains_key(name) || skipped.contains(name) {
            continue;
        }
        if found.len() == LIMIT && !starts_alike(name, typed) {
            items.cut();
            continue;
        }
        let is_folder = deeper || file.kind == FileKind::Directory;
        let path = format!("{prefix}{name}");
        // Of an ignored folder something may be taken back in.
        let is_walked = is_folder && !ignore.can_skip_folder(&path);
        let is_left_out = !is_walked && ignore.is_ignored(&path);
        if is_left_out {
            skipped.insert(name.to_owned());
        } else {
            found.insert(name.to_owned(), is_folder);
        }
    }
    found
}

fn starts_alike(name: &str, typed: &str) -> bool {
    !typed.is_empty() && name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The build context as a whole, where nothing is typed yet.
pub(super) fn whole_context(items: &mut Items) {
    items.add(".", CompletionKind::Folder).detail("The whole build context");
}

/// What is known to lie in the stage or the named context that a `--from` names.
pub(super) fn of_source(asked: &Asked<'_>, from: &str, start: usize, quoting: Quoting, items: &mut Items) {
    let model = asked.model();
    let above = asked.stages_above();
    let lower = from.to_lowercase();
    let named = model
        .stages
        .iter()
        .take(above)
        .rev()
        .find(|stage| stage.lower_name().as_deref() == Some(lower.as_str()));
    let stage =
        named.or_else(|| model.stages.get(from.parse::<usize>().ok().filter(|index| *index < above)?));
    // A context of a stage's name stands in its place for those who give it; for others the stage is built.
    let name = stage.and_then(Stage::lower_name);
    if let Some(context) = named_contexts::folder(&asked.state.facts, name.as_deref().unwrap_or(from)) {
        in_context(asked, context, start, quoting, items);
    }
    if let Some(stage) = stage.filter(|stage| stage.replaced.is_none()) {
        let lineage = model.lineage(stage.index);
        add_places(&lineage, u32::MAX, items);
        add_copied(asked, &lineage, start, quoting, items);
    }
}

/// What a COPY of a whole folder of the build context put into the folder that is typed.
fn add_copied(asked: &Asked<'_>, lineage: &[&Stage], start: usize, quoting: Quoting, items: &mut Items) {
    let Some(context) = &asked.state.facts.context else { return };
    let text = asked.at.text_from(start);
    let Some(slash) = text.rfind('/').filter(|_| text.starts_with('/')) else { return };
    let typed = path::clean(&format!("/{}", &text[..slash]));
    for copy in lineage.iter().flat_map(|stage| &stage.instructions).filter_map(StageInstruction::as_copy) {
        let Some(place) = copy.place.known().filter(|place| path::is_within(&typed, place)) else { continue };
        // With --parents the folders above a source come too.
        if copy.parents {
            continue;
        }
        let deeper = typed.get(place.trim_end_matches('/').len()..).unwrap_or_default();
        for source in copy.context_paths() {
            let is_folder = source == "."
                || context.files.get(&source).is_some_and(|file| file.kind == FileKind::Directory);
            if is_folder {
                let folder = path::clean_context_path(&format!("{source}{deeper}"));
                let folder = if folder == "." { String::new() } else { folder };
                add_entries(asked, context, &folder, start + slash + 1, quoting, items);
            }
        }
    }
}

/// What is known to lie in the stage that the cursor is in.
pub(super) fn of_stage(asked: &Asked<'_>, items: &mut Items) {
    if let Some(stage) = asked.stage() {
        add_places(&asked.model().lineage(stage), asked.at.instruction.start, items);
    }
}

/// The working directories and destinations of stages, up to an offset, the newest first.
fn add_places(lineage: &[&Stage], until: u32, items: &mut Items) {
    let mut places = Vec::new();
    for item in lineage.iter().flat_map(|stage| &stage.instructions) {
        if item.instruction.start >= until {
            break;
        }
        let line = item.instruction.line + 1;
        match &item.kind {
            Kind::Workdir(_, place) => places.extend(
                place
                    .known()
                    .map(|path| (path.to_owned(), true, format!("The working directory of line {line}"))),
            ),
            Kind::Copy(copy) | Kind::Add(copy) => {
                let Some(place) = copy.place.known() else { continue };
                let copied = format!("Copied in line {line}");
                places.push((place.to_owned(), copy.into_directory, copied.clone()));
                if !copy.into_directory {
                    continue;
                }
                for source in copy.sources.iter().filter_map(|source| source.text.value.as_deref()) {
                    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                    // Of a folder only the contents are copied; a name with a dot inside is most likely a file.
                    if name.trim_start_matches('.').contains('.')
                        && !name.contains(['*', '?', '[', ':'])
                        && !source.ends_with('/')
                    {
                        places.push((path::clean(&format!("{place}/{name}")), false, copied.clone()));
                    }
                }
            }
            _ => {}
        }
    }
    let mut seen = BTreeSet::new();
    for (path, is_folder, detail) in places.into_iter().rev() {
        if path == "/" || !seen.insert(path.clone()) || !Quoting::Mount.takes(&path) {
            continue;
        }
        let kind = if is_folder { CompletionKind::Folder } else { CompletionKind::File };
        items.add(path, kind).detail(detail);
    }
}
