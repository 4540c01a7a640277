//! `RUN --mount=type=…,key=value`: the types, the keys, and what the values mean here.

use semantic::{Mount, MountKind};
use syntax::Word;
use syntax::mount::{MountField, fields};

use super::card::{Card, code, say, title};
use super::spot::{Found, Spot};
use super::{copy, keyword, stage, step};
use crate::catalogue;

/// A field of a mount.
pub(super) fn at(spot: &Spot<'_>, value: &Word) -> Found {
    let fields = fields(value);
    let field = fields.iter().find(|field| spot.is_on(field.range))?;
    let type_field = fields.iter().find(|field| field.key.eq_ignore_ascii_case("type"));
    let kind = type_field.map_or("bind", |field| field.value.as_str());
    let mount_type = catalogue::mount_type(kind)?;
    let is_type = field.key.eq_ignore_ascii_case("type");
    if is_type {
        let place = if spot.is_on(field.value_range) { field.value_range } else { field.key_range };
        return Some((spot.place(place), keyword::mount_type(mount_type, mounted(spot, value))));
    }
    if !spot.is_on(field.value_range) {
        let key = mount_type.key(&field.key)?;
        return Some((spot.place(field.key_range), keyword::mount_key(mount_type, key)));
    }
    let card = of_value(spot, value, field).or_else(|| keyword::mount_value(mount_type, field))?;
    Some((spot.place(field.value_range), card))
}

/// The mount that a flag's value is.
fn mount_of<'a>(spot: &Spot<'a>, value: &Word) -> Option<&'a Mount> {
    let place = spot.place(value.range);
    spot.item?.as_run()?.mounts.iter().find(|mount| mount.range.contains(place))
}

/// Where it is mounted.
fn mounted(spot: &Spot<'_>, value: &Word) -> Option<super::card::Line> {
    let mount = mount_of(spot, value)?;
    Some(match (mount.kind, &mount.env) {
        (MountKind::Secret, Some(name)) => {
            say("Here it is the variable ").code(name.as_str()).text(" of this RUN alone.")
        }
        (MountKind::Ssh, _) => return None,
        _ => say("Here it is at ").then(step::place(&mount.target)).text("."),
    })
}

fn of_value(spot: &Spot<'_>, value: &Word, field: &MountField) -> Option<Card> {
    let mount = mount_of(spot, value)?;
    match field.key.to_ascii_lowercase().as_str() {
        "from" => stage::of_reference(spot.view, mount.from.as_ref()?, spot.stage),
        "target" | "dst" | "destination" => {
            let mut card = Card::new(say("Mounted at ").then(step::place(&mount.target)));
            if !field.value.starts_with('/')
                && let Some(item) = spot.item
            {
                card.line(
                    say("Relative to the working directory ").then(step::place(&item.workdir)).text("."),
                );
            }
            Some(card)
        }
        "id" if mount.kind == MountKind::Secret => {
            let id = field.value.as_str();
            let mut card = Card::new(say("The secret ").then(title(id)));
            card.line(
                say("Give it to a build with ")
                    .code(format!("--secret id={id},src=FILE"))
                    .text(" or ")
                    .code(format!("--secret id={id},env=NAME"))
                    .text("."),
            );
            card.line(if mount.required {
                say("The build stops without it.")
            } else {
                say("Without it the step runs all the same.")
            });
            Some(card)
        }
        "id" if mount.kind == MountKind::Cache => {
            let mut card = Card::new(say("The cache ").then(title(field.value.as_str())));
            card.line(say("Every step and every build that names it shares it, in any Dockerfile."));
            Some(card)
        }
        "env" if mount.kind == MountKind::Secret => Some(Card::new(
            say("The secret is in the variable ")
                .then(title(field.value.as_str()))
                .text(", for this command alone"),
        )),
        "source" | "src" if matches!(mount.kind, MountKind::Bind | MountKind::Cache) => {
            let is_of_cache = mount.kind == MountKind::Cache && mount.from.is_none();
            let source = mount.source.as_deref().filter(|_| !is_of_cache)?;
            Some(copy::mounted(spot, mount.from.as_ref(), source))
        }
        "uid" | "gid" if field.value == "0" => Some(Card::new(code("0").text(" is root"))),
        "mode" => copy::permissions_card(&field.value),
        _ => None,
    }
}
