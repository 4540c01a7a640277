//! What `${X:-y}` comes to, and the word that a variable is a part of.

use semantic::expand::{Modifier, expand_word};
use semantic::{Lookup, Model, Scope, Value};

use super::used::Used;
use crate::hover::by_caller;
use crate::hover::card::{Card, code};
use crate::hover::spot::Spot;

/// What the whole expression comes to, where it does more than name the variable.
pub(super) fn expression(spot: &Spot<'_>, scope: Scope, used: &Used, card: &mut Card) {
    let model = spot.view.model;
    let expression = model.document.slice(used.range);
    let has_modifier = expand_word(&expression, model.document.escape(), |_| Lookup::Unknown)
        .uses
        .first()
        .and_then(|first| first.modifier);
    let Some(modifier) = has_modifier else { return };
    let hides = |name: &str| spot.view.secrets.hides(name);
    if hides(&used.name) || defines_secret(spot) {
        return;
    }
    let expanded =
        |model: &Model| expand_word(&expression, model.document.escape(), |name| lookup(model, scope, name));
    let expansion = expanded(model);
    if expansion.uses.iter().any(|inner| hides(&inner.name)) {
        return;
    }
    let said = code(expression.as_str());
    if expansion.value.is_none() {
        let for_callers = by_caller::values(spot.view, |model| expanded(model).value);
        if !for_callers.found.is_empty() {
            let line =
                for_callers.found.iter().enumerate().fold(said.text(" yields "), |line, (number, found)| {
                    let (value, callers) = found;
                    let line = if number > 0 { line.text(", ") } else { line };
                    let line = match value.as_deref() {
                        Some("") => line.text("nothing"),
                        Some(value) => line.code(value),
                        None => line.text("what cannot be told"),
                    };
                    by_caller::named(line, callers)
                });
            card.line(line);
            for_callers.others().into_iter().for_each(|line| card.line(line.text(".")));
            return;
        }
    }
    card.line(match (&expansion.value, modifier) {
        (Some(value), _) if value.is_empty() => said.text(" yields nothing"),
        (Some(value), _) => said.text(" yields ").code(value.as_str()),
        (None, Modifier::Required) if expansion.error.is_some() => {
            said.text(" stops the build: there is no value")
        }
        (None, _) => said.text(" is not known before the build"),
    });
}

/// What the word around it comes to, where that is more than the variable.
pub(super) fn whole_word(spot: &Spot<'_>, scope: Scope, used: &Used, card: &mut Card) {
    let escape = spot.view.model.document.escape();
    let flags = spot.instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
    let pairs = spot.instruction.arguments.pairs.iter().filter_map(|pair| pair.value.as_ref());
    let words = flags.chain(pairs).chain(&spot.instruction.arguments.words);
    let Some(word) = words.into_iter().find(|word| spot.is_on(word.range)) else { return };
    let expansion = expand_word(&word.text, escape, |name| lookup(spot.view.model, scope, name));
    let is_more =
        word.range.end - word.range.start > used.range.len() && spot.place(word.range) != used.range;
    let is_hidden =
        defines_secret(spot) || expansion.uses.iter().any(|inner| spot.view.secrets.hides(&inner.name));
    if let Some(value) = expansion.value.filter(|_| is_more && !is_hidden) {
        card.line(code(word.text.trim_matches('"')).text(" becomes ").code(value));
    }
}

/// What a name is for the builder: one that only the caller could set is not set.
fn lookup<'a>(model: &'a Model, scope: Scope, name: &str) -> Lookup<'a> {
    let is_unset = || {
        let definition = model.scopes.definition(scope, name);
        definition.is_some_and(|definition| definition.value == Value::Unset)
    };
    match model.lookup(scope, name) {
        Lookup::Unknown if is_unset() => Lookup::Unset,
        found => found,
    }
}

/// Whether the cursor is in the value of a variable that must not be shown.
fn defines_secret(spot: &Spot<'_>) -> bool {
    let mut pairs = spot.instruction.arguments.pairs.iter();
    pairs.any(|pair| {
        pair.value.as_ref().is_some_and(|value| spot.is_on(value.range))
            && spot.view.secrets.hides(&pair.key.text)
    })
}
