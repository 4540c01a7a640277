//! The little language of `RUN --mount`: types, the keys of each type, and their values.

use std::collections::BTreeSet;

use syntax::mount::{MountField, fields};

use super::item::{CompletionKind, Items, Word};
use super::topic::Topic;
use super::{Asked, flags, paths, sources, variables};
use crate::catalogue::{self, CACHE_FOLDERS, MOUNT_TYPES, MountKey, MountType, ValueKind};

/// A field of a mount at the cursor, or one that may begin there.
pub(super) fn complete(asked: &Asked<'_>, start: usize, items: &mut Items) {
    let at = asked.at;
    let text = at.text_from(start);
    if text.contains(['"', '\'']) {
        return;
    }
    let field_start = start + text.rfind(',').map_or(0, |comma| comma + 1);
    let others = other_fields(asked, start, field_start);
    let written = others.iter().find(|field| field.key.eq_ignore_ascii_case("type"));
    let kind = written.map(|field| catalogue::mount_type(&field.value));
    match at.text_from(field_start).split_once('=') {
        None => keys(asked, field_start, kind, &others, items),
        Some((key, _)) => {
            // A mount without a type is a bind mount.
            let kind = kind.unwrap_or_else(|| catalogue::mount_type("bind"));
            value(asked, key, field_start + key.len() + 1, kind, &others, items);
        }
    }
}

/// The mount's fields but the one at the cursor, those behind it included.
fn other_fields(asked: &Asked<'_>, start: usize, field_start: usize) -> Vec<MountField> {
    let at = asked.at;
    let base = at.instruction.start;
    let (Some(whole), Some(field)) = (at.place(start), at.place(field_start)) else { return Vec::new() };
    let mut values = asked.node().flags.iter().filter_map(|flag| flag.value.as_ref());
    let value = values.find(|value| value.range.start + base <= whole && whole <= value.range.end + base);
    let mut found = value.map(fields).unwrap_or_default();
    found.retain(|found| found.range.start + base != field);
    found
}

fn keys(
    asked: &Asked<'_>,
    start: usize,
    kind: Option<Option<&'static MountType>>,
    others: &[MountField],
    items: &mut Items,
) {
    let at = asked.at;
    let Some(typed) = at.typed_from(start) else { return };
    let behind = at.word_behind(|char| !char.is_whitespace() && char != ',' && char != '=');
    let has_value = at.after.get(behind as usize..).is_some_and(|rest| rest.starts_with('='));
    items.at(Word::new(typed, behind));
    if kind.is_none() {
        if has_value {
            items.add("type", CompletionKind::Property).detail("What is mounted");
        } else {
            for kind in MOUNT_TYPES {
                let label = format!("type={}", kind.name);
                items
                    .add(label, CompletionKind::Property)
                    .detail(kind.summary)
                    .topic(Topic::MountType(kind.name));
            }
        }
    }
    let kind = kind.unwrap_or_else(|| catalogue::mount_type("bind"));
    let Some(kind) = kind else { return };
    for key in kind.keys.iter().filter(|key| !is_used(key, others)) {
        // The older spelling of a secret's id is understood, but not offered.
        if kind.name == "secret" && key.name == "source" {
            continue;
        }
        let is_switch = key.value == ValueKind::Switch;
        let equals = if is_switch || has_value { "" } else { "=" };
        let item = items.add(format!("{}{equals}", key.name), CompletionKind::Property);
        item.detail(key.summary).topic(Topic::MountKey(kind.name, key.name));
    }
}

fn is_used(key: &MountKey, others: &[MountField]) -> bool {
    others.iter().any(|field| key.spellings().any(|spelling| spelling.eq_ignore_ascii_case(&field.key)))
}

fn value(
    asked: &Asked<'_>,
    key: &str,
    start: usize,
    kind: Option<&'static MountType>,
    others: &[MountField],
    items: &mut Items,
) {
    let at = asked.at;
    let is_source = key.eq_ignore_ascii_case("from");
    if !is_source && variables::complete(asked, start, items) {
        return;
    }
    if at.text_from(start).contains('$') {
        return;
    }
    let Some(typed) = at.typed_from(start) else { return };
    items.at(Word::new(typed, at.word_behind(|char| !char.is_whitespace() && char != ',')));
    if key.eq_ignore_ascii_case("type") {
        for kind in MOUNT_TYPES {
            items.choice(kind.name, kind.summary).topic(Topic::MountType(kind.name));
        }
        return;
    }
    let Some(kind) = kind else { return };
    let Some(key) = kind.key(key) else { return };
    match key.value {
        ValueKind::Source => sources::complete(asked, items),
        ValueKind::Id => ids(asked, kind, items),
        ValueKind::SourcePath => {
            let from = others.iter().find(|field| field.key.eq_ignore_ascii_case("from"));
            match from.map(|field| field.value.as_str()).filter(|from| !from.is_empty()) {
                Some(from) => paths::of_source(asked, from, start, paths::Quoting::Mount, items),
                None => paths::of_context(asked, start, paths::Quoting::Mount, items),
            }
        }
        ValueKind::ImagePath => {
            if kind.name == "cache" {
                for folder in CACHE_FOLDERS {
                    items.choice(folder.value, folder.summary).kind = CompletionKind::Folder;
                }
            }
            paths::of_stage(asked, items);
        }
        ValueKind::Number => {
            for (id, says) in [("0", "root"), ("1000", "Usually the first user")] {
                items.choice(id, says);
            }
        }
        ValueKind::VariableName => {
            let id = others.iter().find(|field| field.key.eq_ignore_ascii_case("id"));
            if let Some(name) = id.map(|field| variable_name(&field.value)).filter(|name| !name.is_empty()) {
                items.choice(&name, "After the secret's id").kind = CompletionKind::Variable;
            }
        }
        other => flags::plain_values(other, items),
    }
}

/// Ids that mounts of this type have in the file, and of the secrets that the settings give.
fn ids(asked: &Asked<'_>, kind: &'static MountType, items: &mut Items) {
    let mut seen = BTreeSet::new();
    let own = asked.at.instruction.start;
    let configured = asked.settings.build.secrets.iter().filter_map(|secret| {
        secret.split(',').find_map(|field| field.trim().strip_prefix("id=")).map(str::to_owned)
    });
    let configured: Vec<_> = configured.filter(|_| kind.name == "secret").collect();
    for id in configured {
        if seen.insert(id.clone()) {
            items.choice(&id, "In the settings");
        }
    }
    let wanted = semantic::MountKind::from_word(kind.name);
    let runs = asked.model().stages.iter().flat_map(|stage| &stage.instructions);
    for item in runs.filter(|item| item.instruction.start != own) {
        let mounts = item.as_run().map_or(&[][..], |run| &run.mounts);
        for id in mounts.iter().filter(|mount| mount.kind == wanted).filter_map(|mount| mount.id.as_ref()) {
            if seen.insert(id.clone()) {
                items.choice(id, &format!("Used in line {}", item.instruction.line + 1));
            }
        }
    }
    if kind.name == "ssh" && !seen.contains("default") {
        items.choice("default", "The agent that --ssh default gives");
    }
}

/// An id as a variable's name: `npm-token` is `NPM_TOKEN`.
fn variable_name(id: &str) -> String {
    let upper = id.to_uppercase();
    let name: String =
        upper.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
    if name.starts_with(|char: char| char.is_ascii_digit()) { format!("_{name}") } else { name }
}
