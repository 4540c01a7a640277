//! COPY and ADD: what a source matches and what .dockerignore takes out of it, where the destination is, and whose the files are.

use semantic::path::{Place, clean, clean_context_path};
use semantic::{Base, Copy, CopySource, SourceKind, StageReference, Text};
use syntax::{Keyword, Word};

use super::card::{Card, Line, code, count, line_number, say, title};
use super::context_files::{Matched, matched};
use super::spot::{Found, Spot};
use super::{mode, stage, step};
use crate::inlay_hints::bytes;
use crate::named_contexts;

/// A source or the destination.
pub(super) fn at(spot: &Spot<'_>, copy: &Copy) -> Found {
    let here = |range| super::is_on(range, spot.offset);
    if let Some(source) = copy.sources.iter().find(|source| here(source.text.range)) {
        return Some((source.text.range, of_source(spot, copy, source)?));
    }
    if here(copy.destination.range) && !copy.sources.is_empty() {
        return Some((copy.destination.range, of_destination(spot, copy)));
    }
    None
}

/// The value of `--from`.
pub(super) fn from_flag(spot: &Spot<'_>, value: &Word) -> Found {
    let reference = spot.item?.as_copy()?.from.as_ref()?;
    Some((spot.place(value.range), stage::of_reference(spot.view, reference, spot.stage)?))
}

fn of_source(spot: &Spot<'_>, copy: &Copy, source: &CopySource) -> Option<Card> {
    let written = source.text.raw.as_str();
    match source.kind {
        SourceKind::Heredoc => return None,
        SourceKind::Url => {
            let mut card = Card::new(say("Fetches ").then(title(spot.view.secrets.redact(written))));
            card.line(checksum(spot, "a file that has changed there"));
            return Some(card);
        }
        SourceKind::Git => {
            let (repository, fragment) = written.split_once('#').unwrap_or((written, ""));
            let (revision, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
            let mut card = Card::new(say("Clones ").then(title(spot.view.secrets.redact(repository))));
            let at =
                if revision.is_empty() { say("Of its default branch") } else { say("At ").code(revision) };
            card.line(if folder.is_empty() { at } else { at.text(", the folder ").code(folder) });
            return Some(card);
        }
        SourceKind::Path => {}
    }
    let Some(value) = source.text.value.as_deref() else {
        return Some(Card::new(title(written).text(" depends on a variable without a known value")));
    };
    match &copy.from {
        Some(reference) => {
            let named = in_named_context(spot, reference, value);
            Some(named.unwrap_or_else(|| in_stage(spot, reference, value)))
        }
        None => Some(in_context(spot, &copy.exclude, value)),
    }
}

/// What is said of a checksum, or of its absence.
fn checksum(spot: &Spot<'_>, what: &'static str) -> Line {
    match spot.instruction.flag("checksum") {
        Some(_) => say("The build fails where its checksum is another one."),
        None => say("Without ").code("--checksum").text(format!(", {what} goes into the image unseen.")),
    }
}

/// In the folder that all callers put in the place of what `--from` names.
fn in_named_context(spot: &Spot<'_>, reference: &StageReference, written: &str) -> Option<Card> {
    let (name, context) = named_contexts::folder_of(spot.view.facts, spot.view.model, reference)?;
    let path = clean_context_path(written);
    let found = matched(context, &path);
    let shown = if path == "." { "/" } else { path.as_str() };
    let mut card = Card::new(title(shown).text(" of the named context ").code(name));
    card.line(count_line(&found, &path, context.complete));
    if let Some(ignore_file) = context.ignore_file.as_ref().filter(|_| !found.ignored.is_empty()) {
        card.line(ignored(&found, &ignore_file.path));
    }
    Some(card)
}

fn in_stage(spot: &Spot<'_>, reference: &StageReference, path: &str) -> Card {
    let absolute = clean(&format!("/{path}"));
    let said = title(absolute);
    match &reference.target {
        Base::Stage(index) => match spot.view.model.stages.get(*index) {
            Some(found) if found.replaced.is_some() => {
                Card::new(said.text(" of the named context ").code(found.display_name()))
            }
            Some(found) => {
                let line = line_number(found.from.line);
                Card::new(said.text(" of stage ").code(found.display_name()).text(format!(", line {line}")))
            }
            None => Card::new(said.text(" of a stage that does not exist")),
        },
        Base::Image(name) => Card::new(said.text(" of the image ").code(name.as_str())),
        Base::Scratch => Card::new(said.text(" of the empty image: it is never there")),
        Base::Unknown => Card::new(said.text(" of a stage that is not known")),
    }
}

/// What a mount shows of a stage, an image or the build context.
pub(super) fn mounted(spot: &Spot<'_>, from: Option<&StageReference>, written: &str) -> Card {
    match from {
        Some(reference) => {
            in_named_context(spot, reference, written).unwrap_or_else(|| in_stage(spot, reference, written))
        }
        None => in_context(spot, &[], written),
    }
}

fn in_context(spot: &Spot<'_>, exclude: &[Text], written: &str) -> Card {
    let path = clean_context_path(written);
    let Some(context) = &spot.view.facts.context else {
        let mut card = Card::new(title(written).text(" in the build context"));
        card.line(say("What lies there is not known."));
        return card;
    };
    let found = matched(context, &path);
    let what = if path == "." { "The whole build context" } else { "In the build context: " };
    let mut card = Card::new(if path == "." { say(what) } else { say(what).then(title(path.as_str())) });
    card.line(count_line(&found, &path, context.complete));
    if let Some(ignore_file) = context.ignore_file.as_ref().filter(|_| !found.ignored.is_empty()) {
        card.line(ignored(&found, &ignore_file.path));
    }
    let is_archive = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"].iter().any(|end| path.ends_with(end));
    if spot.instruction.keyword == Keyword::Add && is_archive && spot.instruction.flag("unpack").is_none() {
        card.line(code("ADD").text(" unpacks the archive."));
    }
    if !exclude.is_empty() {
        let names = exclude.iter().map(|text| text.raw.as_str());
        card.line(
            say("Less what ").code("--exclude").text(" names: ").list(names, exclude.len(), 5).text("."),
        );
    }
    if !found.exists && context.complete {
        card.line(say("The context is ").code(context.root.as_str()).text("."));
    }
    card
}

fn count_line(found: &Matched<'_>, path: &str, is_complete: bool) -> Line {
    let at_least = if is_complete { "" } else { "At least " };
    if found.n_files == 0 {
        return match (found.exists, found.n_ignored(), is_complete) {
            (_, 0, false) => say("Nothing of it is in the part of the context that was read."),
            (true, 0, true) => say("An empty folder."),
            (false, 0, true) if path.contains(['*', '?', '[']) => say("Nothing matches."),
            (false, 0, true) => say("Nothing is there, and the build stops at this line."),
            (_, _, true) if !found.is_folder && !path.contains(['*', '?', '[']) => {
                say("It is left out, and the build stops at this line.")
            }
            (_, _, _) => say("All of it is left out."),
        };
    }
    let size = bytes(found.bytes);
    if found.n_files == 1 && !found.is_folder && is_complete && found.names.first() == Some(&path) {
        return say(format!("A file of {size}."));
    }
    let prefix = if found.is_folder && path != "." { format!("{path}/") } else { String::new() };
    let names = found.names.iter().map(|name| name.strip_prefix(&prefix).unwrap_or(name));
    say(format!("{at_least}{}, {size}: ", count(found.n_files, "file"))).list(
        names,
        found.n_files,
        found.names.len(),
    )
}

fn ignored(found: &Matched<'_>, ignore_file: &str) -> Line {
    const LIMIT: usize = 4;
    let colon = if found.ignored.len() > 1 { ": " } else { " " };
    let mut line = code(ignore_file).text(format!(" leaves out {}{colon}", count(found.n_ignored(), "file")));
    let mut patterns: Vec<_> = found.ignored.iter().collect();
    patterns.sort_by_key(|(_, (_, number))| std::cmp::Reverse(*number));
    for (shown, (at, (pattern, number))) in patterns.iter().take(LIMIT).enumerate() {
        let comma = if shown > 0 { ", " } else { "" };
        let many = if patterns.len() > 1 { format!("{number} by ") } else { "by ".to_owned() };
        line = line.text(format!("{comma}{many}")).code(pattern.as_str()).text(format!(" (line {at})"));
    }
    let more = patterns.len().saturating_sub(LIMIT);
    if more > 0 { line.text(format!(" and {} more", count(more, "pattern"))) } else { line }
}

fn of_destination(spot: &Spot<'_>, copy: &Copy) -> Card {
    let written = copy.destination.value.as_deref().unwrap_or(&copy.destination.raw);
    let Place::Known(path) = &copy.place else {
        let into = if copy.into_directory { "Into " } else { "To " };
        return Card::new(say(into).then(step::place(&copy.place)));
    };
    let into = if copy.into_directory { "Into the folder " } else { "To " };
    let mut card = Card::new(say(into).then(title(path.as_str())));
    if !written.starts_with('/')
        && let Some(item) = spot.item
    {
        card.line(say("Relative to the working directory ").then(step::place(&item.workdir)).text("."));
    }
    if !copy.into_directory {
        card.line(
            say("A file gets this name; of a folder, what is in it is put here. End it with ")
                .code("/")
                .text(" to mean a folder."),
        );
    }
    card
}

/// The value of `--chown`.
pub(super) fn owner(spot: &Spot<'_>, value: &Word) -> Found {
    let text = spot.item?.as_copy()?.chown.as_ref()?.value.as_deref()?;
    let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let mut card = Card::new(match group {
        Some(group) => say("User ").code(user).text(", group ").code(group),
        None => say("User ").code(user).text(if is_number(user) {
            ", group of the same number"
        } else {
            " and its own group"
        }),
    });
    let by_name: Vec<&str> =
        [Some(user), group].into_iter().flatten().filter(|name| !is_number(name)).collect();
    if !by_name.is_empty() {
        let known = by_name.first().and_then(|name| super::setting::made_user(spot, name));
        card.line(match known {
            Some((line, Some(id))) => say(format!("Made in line {line}, with the number {id}.")),
            Some((line, None)) => say(format!("Made in line {line}.")),
            None => say("Looked up by name in the image's ")
                .code("/etc/passwd")
                .text(" and ")
                .code("/etc/group")
                .text("."),
        });
    }
    Some((spot.place(value.range), card))
}

/// The value of `--chmod`.
pub(super) fn permissions(spot: &Spot<'_>, value: &Word) -> Found {
    let text = spot.item?.as_copy()?.chmod.as_ref()?.value.as_deref()?;
    Some((spot.place(value.range), permissions_card(text)?))
}

/// What bits mean.
pub(super) fn permissions_card(text: &str) -> Option<Card> {
    let Some(letters) = mode::letters(text) else {
        let changes = mode::changes(text)?;
        let mut card = Card::new(title(text).text(" changes the permissions that the files have"));
        changes.into_iter().for_each(|change| card.item(say(change)));
        return Some(card);
    };
    let mut card = Card::new(title(text).text(" is ").code(letters));
    let sentence = mode::sentence(text)?;
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    card.line(say(format!("{first}{}.", letters.as_str())));
    Some(card)
}
