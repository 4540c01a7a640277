//! Flags of instructions, and their values.

use super::item::{CompletionItem, CompletionKind, Items, Word, escaped};
use super::topic::Topic;
use super::{Asked, mounts, paths, sources, users, variables};
use crate::catalogue::{self, Flag, MOUNT_TYPES, MountType, PLATFORMS, ValueKind};

/// Flags whose names begin at `start`.
pub(super) fn names(asked: &Asked<'_>, start: usize, items: &mut Items) {
    let at = asked.at;
    let Some(instruction) = catalogue::instruction(asked.keyword()) else { return };
    let Some(typed) = at.typed_from(start) else { return };
    let name_behind = at.word_behind(is_name);
    let flag_behind = at.word_behind(|char| !char.is_whitespace());
    let value = at.after.get(name_behind as usize..flag_behind as usize).unwrap_or_default();
    let replaced = value.starts_with('=').then(|| written_flag(asked, typed.start)).flatten();
    for flag in instruction.flags.iter().filter(|flag| flag.repeats || !is_used(asked, flag, typed.start)) {
        // A value of the same kind stays, any other goes with its flag.
        let keeps_value = replaced.is_some_and(|replaced| replaced.value == flag.value);
        items.at(Word::new(typed, if keeps_value { name_behind } else { flag_behind }));
        if keeps_value {
            describe(asked, flag, items.add(format!("--{}", flag.name), CompletionKind::Property));
        } else if flag.value == ValueKind::Mount {
            for kind in MOUNT_TYPES {
                whole_mount(kind, items);
            }
        } else {
            whole(asked, flag, items);
        }
    }
}

/// The values of a flag; what is typed of it begins at `start`.
pub(super) fn values(asked: &Asked<'_>, name: &str, start: usize, items: &mut Items) {
    let at = asked.at;
    let Some(flag) = catalogue::flag(asked.keyword(), name) else { return };
    let takes_variables = !matches!(
        flag.value,
        ValueKind::Source | ValueKind::Duration | ValueKind::Number | ValueKind::OneOf(_) | ValueKind::Switch
    );
    if flag.value == ValueKind::Mount {
        return mounts::complete(asked, start, items);
    }
    if takes_variables && variables::complete(asked, start, items) {
        return;
    }
    if at.text_from(start).contains(['"', '\'', '$']) {
        return;
    }
    let Some(typed) = at.typed_from(start) else { return };
    items.at(Word::new(typed, at.word_behind(|char| !char.is_whitespace())));
    match flag.value {
        ValueKind::Source => sources::complete(asked, items),
        ValueKind::Owner => users::complete(asked, start, items),
        ValueKind::Pattern => paths::of_context(asked, start, paths::Quoting::Word, items),
        ValueKind::Platform => {
            for (name, says) in [
                ("$BUILDPLATFORM", "The platform that the build runs on: nothing is emulated"),
                ("$TARGETPLATFORM", "The platform that the image is for, as it is without the flag"),
            ] {
                items.choice(name, says).kind = CompletionKind::Variable;
            }
            for platform in PLATFORMS {
                items.choice(platform.value, platform.summary);
            }
        }
        other => plain_values(other, items),
    }
}

/// Values that depend on nothing but the flag or key.
pub(super) fn plain_values(value: ValueKind, items: &mut Items) {
    let words: &[(&str, &str)] = match value {
        ValueKind::OneOf(choices) => {
            for choice in choices {
                items.choice(choice.value, choice.summary);
            }
            return;
        }
        ValueKind::Switch => &[("true", ""), ("false", "")],
        ValueKind::Permissions => &[
            ("0755", "Everybody may read and run, the owner may write"),
            ("0644", "Everybody may read, the owner may write"),
            ("0700", "The owner alone may read, write and run"),
            ("0600", "The owner alone may read and write"),
            ("0400", "The owner alone may read"),
        ],
        ValueKind::Duration => &[("5s", ""), ("10s", ""), ("30s", ""), ("1m", ""), ("5m", "")],
        ValueKind::Number => &[("1", ""), ("3", ""), ("5", ""), ("10", "")],
        ValueKind::Size => &[("64m", "64 MiB"), ("256m", "256 MiB"), ("1g", "1 GiB")],
        ValueKind::Checksum => &[("sha256:", "The digest of what a URL gives")],
        ValueKind::Device => &[("nvidia.com/gpu=all", "All GPUs of NVIDIA")],
        _ => &[],
    };
    for (word, says) in words {
        items.choice(word, says);
    }
}

/// Whether a flag stands elsewhere in the instruction than at an offset. Behind a lone dash or two the others are read as
/// arguments, until the flag has its name.
fn is_used(asked: &Asked<'_>, flag: &Flag, except: u32) -> bool {
    let start = asked.at.instruction.start;
    let node = asked.node();
    let words = node.arguments.text.split_whitespace().skip_while(|word| matches!(*word, "-" | "--"));
    let mut behind = words.map_while(|word| word.strip_prefix("--"));
    node.flags.iter().any(|used| used.name == flag.name && used.range.start + start != except)
        || behind.any(|word| word.split('=').next() == Some(flag.name))
}

/// The flag that stands at an offset.
fn written_flag(asked: &Asked<'_>, start: u32) -> Option<&'static Flag> {
    let instruction = asked.at.instruction.start;
    let found = asked.node().flags.iter().find(|flag| flag.range.start + instruction == start)?;
    catalogue::flag(asked.keyword(), &found.name)
}

const fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '-'
}

fn describe(asked: &Asked<'_>, flag: &'static Flag, item: &mut CompletionItem) {
    item.detail(flag.summary).topic(Topic::Flag(asked.keyword(), flag.name));
}

/// A flag with a place for its value.
fn whole(asked: &Asked<'_>, flag: &'static Flag, items: &mut Items) {
    let name = flag.name;
    let value = match flag.value {
        ValueKind::Switch => None,
        ValueKind::OneOf(choices) => {
            let words: Vec<_> = choices.iter().map(|choice| choice.value).collect();
            Some(format!("${{1|{}|}}", words.join(",")))
        }
        ValueKind::Source => {
            let nearest = sources::stages(asked).next();
            Some(format!("${{1:{}}}", nearest.as_deref().map_or("stage".to_owned(), escaped)))
        }
        ValueKind::Platform => Some("${1:\\$BUILDPLATFORM}".to_owned()),
        ValueKind::Owner => Some("${1:user}".to_owned()),
        ValueKind::Permissions => Some("${1:755}".to_owned()),
        ValueKind::Checksum => Some("${1:sha256:}".to_owned()),
        ValueKind::Pattern => Some("${1:pattern}".to_owned()),
        ValueKind::Device => Some("${1:name}".to_owned()),
        _ => Some(format!("${{1:{}}}", if flag.default.is_empty() { "value" } else { flag.default })),
    };
    let equals = if value.is_some() { "=" } else { "" };
    let item = items.add(format!("--{name}{equals}"), CompletionKind::Property);
    describe(asked, flag, item);
    if let Some(value) = value {
        item.snippet(format!("--{name}={value}"));
    }
}

/// `--mount` with a type and what it needs.
fn whole_mount(kind: &'static MountType, items: &mut Items) {
    let label = format!("--mount=type={}", kind.name);
    let (text, snippet) = match kind.name {
        "bind" => (",source=", ",source=${1:.},target=${2:/src}"),
        "cache" | "tmpfs" => (",target=", ",target=${1:/path}"),
        "secret" => (",id=", ",id=${1:id}"),
        _ => ("", ""),
    };
    let item = items.add(label.clone(), CompletionKind::Property);
    item.detail(kind.summary).topic(Topic::MountType(kind.name)).text(format!("{label}{text}"));
    if !snippet.is_empty() {
        item.snippet(format!("{label}{snippet}"));
    }
}

/// Flags where an argument may begin as well.
pub(super) fn where_arguments_begin(asked: &Asked<'_>, start: usize, items: &mut Items) {
    let at = asked.at;
    if at.text_from(start).is_empty() && at.word_behind(|char| !char.is_whitespace()) == 0 {
        names(asked, start, items);
    }
}
