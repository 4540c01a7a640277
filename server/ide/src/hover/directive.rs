//! The parser directives at the top of a file.

use syntax::{Directive, TextRange};

use super::card::{Card, Line, code, say, title};
use super::keyword::{reference, sentence};
use super::spot::Found;
use super::{View, is_on, rule};
use crate::catalogue;

/// A directive, or a check that one names.
pub(super) fn at(view: &View<'_>, offset: u32) -> Found {
    let directive =
        view.model.document.directives().iter().find(|directive| is_on(directive.range, offset))?;
    if is_on(directive.value_range, offset) {
        return of_value(view, directive, offset);
    }
    let known = catalogue::directive(&directive.name)?;
    let name = name_range(view, directive);
    if !is_on(name, offset) {
        return None;
    }
    let mut card = Card::new(title(format!("# {}=", known.name)).text(": ").text(sentence(known.summary)));
    card.prose(known.details);
    if let Some(since) = known.since {
        card.line(say(format!("Since {since}.")));
    }
    card.line(reference(known.link()));
    Some((name, card))
}

fn of_value(view: &View<'_>, directive: &Directive, offset: u32) -> Found {
    match directive.name.as_str() {
        "syntax" => Some((directive.value_range, frontend(&directive.value))),
        "check" => rule::in_comment(view, offset).or_else(|| setting(directive)),
        _ => {
            let known = catalogue::directive(&directive.name)?;
            let value = known.values.iter().find(|choice| choice.value == directive.value)?;
            let card = Card::new(title(value.value).text(": ").text(sentence(value.summary)));
            Some((directive.value_range, card))
        }
    }
}

/// The image that reads the file.
fn frontend(image: &str) -> Card {
    let reference = image.split_whitespace().next().unwrap_or_default();
    let without_digest = reference.split('@').next().unwrap_or_default();
    let is_pinned = reference.contains('@');
    let (name, tag) = match without_digest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (without_digest, "latest"),
    };
    let is_docker = name == "docker/dockerfile" || name.ends_with("/docker/dockerfile");
    let mut card = Card::new(title(reference).text(" reads this file"));
    if !is_docker {
        let upstream = name.ends_with("docker/dockerfile-upstream");
        card.line(say(if upstream {
            "Docker's frontend, built from its newest source."
        } else {
            "Not Docker's own frontend: what it makes of the file is not known here."
        }));
        return card;
    }
    card.line(match tag {
        _ if is_pinned => say("Docker's frontend, pinned by its digest."),
        "latest" => say("Docker's newest stable frontend, also where its major version changes."),
        "labs" | "1-labs" => say("Docker's newest frontend, with what is not stable yet."),
        tag if tag.ends_with("-labs") => {
            say("Docker's frontend ").code(tag).text(", with what was not stable then.")
        }
        tag if tag.bytes().all(|byte| byte.is_ascii_digit()) => {
            say("Docker's newest stable frontend of version ").code(format!("{tag}.x")).text(".")
        }
        tag if tag.matches('.').count() == 1 => {
            say("Docker's frontend ").code(tag).text(" with its latest fixes.")
        }
        tag => say("Docker's frontend ").code(tag).text(", this very release."),
    });
    card
}

/// `error=true`, `skip=all`: what stands in the value and is no code.
fn setting(directive: &Directive) -> Found {
    let fails = directive.value.to_ascii_lowercase().contains("error=true");
    let skips_all = directive.value.to_ascii_lowercase().contains("skip=all");
    let line: Line = match (fails, skips_all) {
        (true, false) => say("What BuildKit's checks find makes the build fail"),
        (_, true) => code("all").text(" of BuildKit's checks are skipped"),
        _ => return None,
    };
    Some((directive.value_range, Card::new(line)))
}

/// The name in `# name=value`.
fn name_range(view: &View<'_>, directive: &Directive) -> TextRange {
    let line = view.model.document.slice(directive.range);
    let at = line.find(|letter: char| letter.is_ascii_alphanumeric()).unwrap_or(0);
    let start = directive.range.start + u32::try_from(at).unwrap_or(0);
    TextRange::new(start, start + u32::try_from(directive.name.len()).unwrap_or(0))
}
