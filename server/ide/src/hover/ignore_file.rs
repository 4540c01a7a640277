//! A pattern of a `.dockerignore`: what it takes out of the build context, and which other lines decide about the rest of it.

use rules::place_of_pattern;
use semantic::dockerignore::{Dockerignore, Effect, Effects, Pattern, Tally};

use super::card::{Card, Line, code, count, say, title};
use super::{Hover, Markup, Secrets, is_on};
use crate::host::DocumentState;
use crate::inlay_hints::bytes;

/// How many names and lines are shown.
const LIMIT: usize = 3;

/// What is known of the pattern at an offset; nothing where the build context is not known.
pub(super) fn at(state: &DocumentState, offset: u32, markup: Markup) -> Option<Hover> {
    let context = state.facts.context.as_ref()?;
    let line = state.document.buildkit_line(offset) + 1;
    let text = state.document.text();
    let range = place_of_pattern(&text, line);
    if !is_on(range, offset) && offset != range.end {
        return None;
    }
    let (ignore, _) = Dockerignore::parse(&text);
    let pattern = ignore.patterns().iter().find(|pattern| pattern.line == line)?;
    let effects = ignore.effects(context);
    let card = card(&ignore, pattern, effects.by_line.get(&line)?, &effects);
    // Names of files are no secrets.
    Some(Hover { range, text: card.render(markup, &Secrets::default()) })
}

fn card(ignore: &Dockerignore, pattern: &Pattern, effect: &Effect, effects: &Effects) -> Card {
    let mut card = Card::new(title(written(pattern)).text(summary(pattern, effect)));
    if effect.decided.files > 0 {
        card.item(names(&effect.decided));
    } else if effect.matched.files > 0 {
        card.item(names(&effect.matched));
    }
    let others = effect.others.iter();
    let deciders = others.filter_map(|(line, files)| Some((*files, pattern_of(ignore, *line)?)));
    for (files, other) in deciders.clone().take(LIMIT) {
        card.item(decided_elsewhere(files, other));
    }
    let more = deciders.count().saturating_sub(LIMIT);
    if more > 0 {
        card.item(say(format!("{} more decide about others", count(more, "line"))));
    }
    card.line(left(effects));
    card
}

fn summary(pattern: &Pattern, effect: &Effect) -> String {
    let Tally { files, bytes: size, .. } = effect.decided;
    let (decided, size) = (count(files, "file"), bytes(size));
    match (files, effect.matched.files, pattern.exception) {
        (0, 0, _) if effect.matches => " matches folders without a file".to_owned(),
        (0, 0, _) => " matches nothing in the build context".to_owned(),
        (0, matched, true) if effect.others.is_empty() => {
            format!(" matches {}, of which nothing is left out", count(matched, "file"))
        }
        (0, matched, _) => format!(" matches {}, and decides about none", count(matched, "file")),
        (_, _, false) => format!(" leaves out {decided}, {size}"),
        (_, _, true) => format!(" takes {decided} back in, {size}"),
    }
}

fn names(tally: &Tally) -> Line {
    Line::default().list(tally.first.iter().map(String::as_str), tally.files, LIMIT)
}

/// What another line does with files that this one matches.
fn decided_elsewhere(files: usize, other: &Pattern) -> Line {
    let line = code(written(other)).text(format!(" in line {} ", other.line));
    let files = count(files, "file");
    if other.exception {
        line.text(format!("takes {files} of these back in"))
    } else {
        line.text(format!("leaves {files} of these out"))
    }
}

/// What the builder gets.
fn left(effects: &Effects) -> Line {
    let Tally { files, bytes: size, .. } = effects.left;
    let total = format!("{}, {}", count(files, "file"), bytes(size));
    if effects.complete {
        say(format!("All in all the builder gets {total}."))
    } else {
        say(format!("The folder holds more than is counted here; of what is, the builder gets {total}."))
    }
}

fn pattern_of(ignore: &Dockerignore, line: u32) -> Option<&Pattern> {
    ignore.patterns().iter().find(|pattern| pattern.line == line)
}

fn written(pattern: &Pattern) -> String {
    format!("{}{}", if pattern.exception { "!" } else { "" }, pattern.text)
}
