//! FROM: the image or stage that it names, and the name that it gives.

use semantic::expand::expand_word;
use semantic::{Base, Lookup, Stage, Value};

use super::card::{Card, Line, code, say, title};
use super::spot::{Found, Spot};
use super::{by_caller, image, named_context, stage};
use crate::catalogue;

pub(super) fn at(spot: &Spot<'_>) -> Found {
    let (index, word) = spot.word()?;
    let found = spot.stage?;
    let range = spot.place(word.range);
    let card = match (index, &found.base) {
        (0, Base::Stage(index)) => stage::card(spot.view, spot.view.model.stages.get(*index)?),
        (0, Base::Scratch) => stage::nothing(),
        (0, Base::Image(name)) => {
            let named = named_context::card(spot.view, name);
            let mut card = named.unwrap_or_else(|| image::card(spot.view, name));
            if found.image.raw != *name {
                card.line(code(found.image.raw.as_str()).text(" is ").code(name.as_str()).text(
                    match (spot.view.facts.callers.is_empty(), takes_arguments(spot, &found.image.raw)) {
                        (_, false) => ".",
                        (true, true) => " unless the caller gives other arguments.",
                        (false, true) => " for every caller that is known.",
                    },
                ));
            }
            unset(spot, &found.image.raw).into_iter().for_each(|line| card.line(line));
            card
        }
        (0, Base::Unknown) => not_known(spot, found),
        (1, _) if found.name.is_some() => Card::new(
            say("Names the stage, for ")
                .code("--from")
                .text(", ")
                .code("--target")
                .text(" and other FROM lines."),
        ),
        (2, _) if found.name.is_some() => stage::card(spot.view, found),
        _ => return None,
    };
    Some((range, card))
}

/// A base whose name has variables without a known value: what it is for each caller, else what would make it known.
fn not_known(spot: &Spot<'_>, stage: &Stage) -> Card {
    let raw = title(stage.image.raw.as_str());
    let for_callers = by_caller::values(spot.view, |model| {
        model.stages.get(stage.index).map_or(Base::Unknown, |stage| stage.base.clone())
    });
    if !for_callers.found.is_empty() {
        let mut card = Card::new(raw.text(" depends on the caller"));
        for (base, callers) in &for_callers.found {
            let line = match base {
                Base::Image(name) => code(name.as_str()),
                Base::Stage(index) => match spot.view.model.stages.get(*index) {
                    Some(stage) => say("Stage ").code(stage.display_name()),
                    None => continue,
                },
                Base::Scratch => say("Nothing (").code("scratch").text(")"),
                Base::Unknown => say("Not known before the build"),
            };
            card.item(by_caller::named(line, callers));
        }
        for_callers.others().into_iter().for_each(|line| card.item(line));
        return card;
    }
    let mut card = Card::new(raw.text(" is not known before the build"));
    let escape = spot.view.model.document.escape();
    for used in expand_word(&stage.image.raw, escape, |_| Lookup::Unknown).uses {
        let name = used.name.as_str();
        let global = spot.view.model.scopes.global(name).map(|global| &global.value);
        if catalogue::variable(name).is_some() && global.is_none_or(|value| *value == Value::Unknown) {
            card.line(code(format!("${name}")).text(" comes from the builder."));
        } else if global == Some(&Value::Unset) {
            card.line(
                code(format!("${name}"))
                    .text(" has no default: give it one above the first FROM, or pass it with ")
                    .code(format!("--build-arg {name}=…"))
                    .text("."),
            );
        } else if global == Some(&Value::Unknown) {
            card.line(code(format!("${name}")).text(" comes from a caller, in a way that cannot be told."));
        }
    }
    unset(spot, &stage.image.raw).into_iter().for_each(|line| card.line(line));
    card
}

/// Whether an ARG above the first FROM, or the builder, decides about a part of a base.
fn takes_arguments(spot: &Spot<'_>, raw: &str) -> bool {
    let used = expand_word(raw, spot.view.model.document.escape(), |_| Lookup::Unknown).uses;
    used.iter().any(|used| !is_unset(spot, &used.name))
}

/// Whether no ARG above the first FROM defines a name, and the builder does not define it either.
fn is_unset(spot: &Spot<'_>, name: &str) -> bool {
    spot.view.model.scopes.global(name).is_none() && catalogue::variable(name).is_none()
}

/// The names in a base that no ARG above the first FROM defines, and that the builder does not define either.
fn unset(spot: &Spot<'_>, raw: &str) -> Vec<Line> {
    let used = expand_word(raw, spot.view.model.document.escape(), |_| Lookup::Unknown).uses;
    let line = |name: &str| {
        code(format!("${name}"))
            .text(" is not set: FROM sees what ")
            .code("ARG")
            .text(" sets above the first FROM, and nothing else.")
    };
    used.iter().filter(|used| is_unset(spot, &used.name)).map(|used| line(&used.name)).collect()
}
