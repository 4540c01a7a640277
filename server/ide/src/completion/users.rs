//! Users and groups: those that the stage makes or names, that of the base image, root, and numbers.

use semantic::Kind;
use syntax::shell::Command;

use super::Asked;
use super::item::{CompletionKind, Items, Word};

/// Options of the programs below that take the next word.
const WITH_VALUE: [&str; 40] = [
    "-u",
    "-g",
    "-G",
    "-d",
    "-s",
    "-c",
    "-k",
    "-b",
    "-e",
    "-f",
    "-p",
    "-K",
    "-R",
    "-P",
    "-Z",
    "-h",
    "--uid",
    "--gid",
    "--home",
    "--home-dir",
    "--shell",
    "--gecos",
    "--comment",
    "--ingroup",
    "--groups",
    "--password",
    "--expiredate",
    "--inactive",
    "--base-dir",
    "--skel",
    "--key",
    "--root",
    "--prefix",
    "--selinux-user",
    "--firstuid",
    "--lastuid",
    "--firstgid",
    "--lastgid",
    "--conf",
    "--users",
];

/// Users, or groups behind a colon. What is typed begins at `start`.
pub(super) fn complete(asked: &Asked<'_>, start: usize, items: &mut Items) {
    let at = asked.at;
    let text = at.text_from(start);
    let (start, is_group) = text.find(':').map_or((start, false), |colon| (start + colon + 1, true));
    let Some(typed) = at.typed_from(start) else { return };
    let behind = at.word_behind(|char| !char.is_whitespace() && (is_group || char != ':'));
    items.at(Word::new(typed, behind));
    let mut found = Vec::new();
    if let Some(stage) = asked.stage() {
        for stage in asked.model().lineage(stage).iter().rev() {
            for item in stage.instructions.iter().rev() {
                if item.instruction.start < at.instruction.start {
                    collect(item, is_group, &mut found);
                }
            }
        }
        if let semantic::Base::Image(image) = asked.model().root(stage)
            && let Some(image_facts) = asked.state.facts.base_image(image)
        {
            found.extend(
                part(&image_facts.user, is_group).map(|name| (name, format!("What {image} runs as"))),
            );
        }
    }
    for (name, detail) in found {
        if !items.has(&name) {
            items.add(name, CompletionKind::User).detail(detail);
        }
    }
    let usual: &[(&str, &str)] = if is_group {
        &[
            ("root", "The group of root"),
            ("0", "The group of root, by number"),
            ("1000", "Usually the first group"),
        ]
    } else {
        &[
            ("root", "May do everything"),
            ("nobody", "Owns nothing"),
            ("1000:1000", "Usually the first user and its group, by number"),
            ("65532:65532", "A user without privileges, by number, as distroless images have it"),
        ]
    };
    for (name, detail) in usual {
        if !items.has(name) {
            items.add(*name, CompletionKind::User).detail(*detail);
        }
    }
}

fn collect(item: &semantic::StageInstruction, is_group: bool, found: &mut Vec<(String, String)>) {
    let line = item.instruction.line + 1;
    match &item.kind {
        Kind::Run(run) => {
            let mut names: Vec<_> = run.commands().filter_map(|command| made(command, is_group)).collect();
            names.reverse();
            found.extend(names.into_iter().map(|name| (name, format!("Made in line {line}"))));
        }
        Kind::User(user) => {
            let value = user.value.as_deref().unwrap_or_default();
            found.extend(part(value, is_group).map(|name| (name, format!("Used in line {line}"))));
        }
        _ => {}
    }
}

/// The user or group that a command makes.
fn made(command: &Command, is_group: bool) -> Option<String> {
    let makes_group = match command.program()? {
        "useradd" | "adduser" => false,
        "groupadd" | "addgroup" => true,
        _ => return None,
    };
    let mut words = command.words.iter().skip(1).map(|word| word.value.as_deref());
    let mut name = None;
    let mut own_group = false;
    while let Some(word) = words.next() {
        match word {
            Some(option) if option.starts_with('-') => {
                own_group |= matches!(option, "--group" | "-U" | "--user-group");
                if WITH_VALUE.contains(&option) {
                    words.next();
                }
            }
            Some(word) if name.is_none() => name = Some(word),
            _ => {}
        }
    }
    let is_wanted = makes_group == is_group || is_group && own_group;
    name.filter(|name| is_wanted && is_name(name)).map(str::to_owned)
}

/// The user or the group of `user:group`.
fn part(text: &str, is_group: bool) -> Option<String> {
    let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
    let part = if is_group { group? } else { user };
    is_name(part).then(|| part.to_owned())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.'))
}
