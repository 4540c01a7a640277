//! The language's own words: keywords, flags and their values, types and keys of mounts, from the catalogue.

use syntax::mount::MountField;
use syntax::{Flag, InstructionNode, Keyword, Word};

use super::card::{Card, Line, code, say, title, usage};
use super::spot::{Found, Spot};
use super::step;
use crate::catalogue::{self, Choice, FormKind, MountKey, MountType, Since, ValueKind};

/// A keyword: what the instruction does and how it is written; for a step what the last build said of it.
pub(super) fn instruction(spot: &Spot<'_>, node: &InstructionNode) -> Found {
    let known = catalogue::instruction(node.keyword)?;
    let mut card = Card::new(title(known.keyword.as_str()).text(": ").text(sentence(known.summary)));
    let mut forms: Vec<String> = Vec::new();
    for form in known.forms {
        let text = match form.kind {
            FormKind::Keyword(word) if form.text.is_empty() => format!("{} {word}", known.keyword),
            _ => format!("{} {}", known.keyword, form.text),
        };
        if !forms.contains(&text) {
            forms.push(text);
        }
    }
    for form in forms {
        card.item(code(form));
    }
    card.prose(known.details);
    if let (Some(stage), Some(item)) = (spot.stage, spot.item) {
        step::append(spot.view, stage, item, &mut card);
    } else {
        step::builds(spot.view, &spot.instruction, &mut card);
    }
    card.line(reference(known.link()));
    Some((spot.place(node.keyword_range), card))
}

/// A flag by its name.
pub(super) fn flag(spot: &Spot<'_>, keyword: Keyword, flag: &Flag) -> Found {
    let known = catalogue::flag(keyword, &flag.name)?;
    let mut card = Card::new(usage(known.usage()).text(": ").text(sentence(known.summary)));
    card.prose(known.details);
    notes(&mut card, known.default, known.since);
    card.line(reference(known.link()));
    Some((spot.place(flag.name_range), card))
}

/// A flag's value, where the language gives it a meaning.
pub(super) fn flag_value(spot: &Spot<'_>, keyword: Keyword, flag: &Flag, value: &Word) -> Found {
    let known = catalogue::flag(keyword, &flag.name)?;
    let card = choice(known.value, &value.text)?;
    Some((spot.place(value.range), card))
}

/// A type of mount, and what is known of it here.
pub(super) fn mount_type(known: &MountType, here: Option<Line>) -> Card {
    let mut card = Card::new(title(format!("type={}", known.name)).text(": ").text(sentence(known.summary)));
    card.prose(known.details);
    let keys = known.keys.iter().map(|key| key.name);
    card.line(say("It takes ").list(keys, known.keys.len(), 12).text("."));
    if let Some(line) = here {
        card.line(line);
    }
    card.line(reference(known.link()));
    card
}

/// A key of a mount.
pub(super) fn mount_key(kind: &MountType, key: &MountKey) -> Card {
    let written = if key.placeholder.is_empty() {
        key.name.to_owned()
    } else {
        format!("{}={}", key.name, key.placeholder)
    };
    let mut card = Card::new(usage(written).text(": ").text(sentence(key.summary)));
    if !key.aliases.is_empty() {
        card.line(say("Also ").list(key.aliases.iter().copied(), key.aliases.len(), 4).text("."));
    }
    notes(&mut card, key.default, key.since);
    card.line(reference(kind.link()));
    card
}

/// A value of a mount's key.
pub(super) fn mount_value(kind: &MountType, field: &MountField) -> Option<Card> {
    choice(kind.key(&field.key)?.value, &field.value)
}

/// A word that is one of a few.
pub(super) fn choice(kind: ValueKind, value: &str) -> Option<Card> {
    let choices: &[Choice] = match kind {
        ValueKind::OneOf(choices) => choices,
        ValueKind::Platform => catalogue::PLATFORMS,
        _ => return None,
    };
    let found = choices.iter().find(|choice| choice.value.eq_ignore_ascii_case(value))?;
    Some(Card::new(title(found.value).text(": ").text(sentence(found.summary))))
}

fn notes(card: &mut Card, default: &'static str, since: Option<Since>) {
    if !default.is_empty() {
        // A value stands there as it is written; anything else is a sentence's part.
        let is_value = !default.contains(' ');
        let line = say("Without it: ");
        card.line(if is_value { line.code(default) } else { line.text(default) }.text("."));
    }
    if let Some(since) = since {
        card.line(say(format!("Since {since}.")));
    }
}

/// A summary of the catalogue in the middle of a line, with its full stop.
pub(super) fn sentence(summary: &'static str) -> String {
    let mut letters = summary.chars();
    // A word in capitals stays as it is.
    let is_word = letters.clone().nth(1).is_some_and(|second| second.is_lowercase() || second == ' ');
    match letters.next() {
        Some(first) if is_word => format!("{}{}.", first.to_lowercase(), letters.as_str()),
        _ => format!("{summary}."),
    }
}

/// The last line: where to read more.
pub(super) fn reference(url: String) -> Line {
    Line::default().link("Dockerfile reference", url)
}
