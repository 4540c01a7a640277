//! A rule's code in a comment that suppresses it, and in `# check=skip=…`.

use rules::suppress::Suppressions;

use super::card::{Card, Line, code, say, title};
use super::spot::Found;
use super::{View, is_on};
use crate::catalogue;

/// The code under the cursor.
pub(super) fn in_comment(view: &View<'_>, offset: u32) -> Found {
    let suppressions = Suppressions::new(&view.model.document);
    let mut codes = suppressions.all().flat_map(|suppression| &suppression.codes);
    let found = codes.find(|code| is_on(code.range, offset))?;
    Some((found.range, card(&found.name)?))
}

/// What is known of a code, whoever's it is.
fn card(name: &str) -> Option<Card> {
    let bare = name.rsplit('/').next().unwrap_or(name);
    let known: Vec<_> = rules::find_all(bare).collect();
    let Some(rule) = known.first() else { return builtin(bare) };
    let mut card = Card::new(title(rule.code).text(": ").text(rule.summary));
    if let Some(paragraph) = first_paragraph(rule.page) {
        card.prose(paragraph);
    }
    if !rules::is_same_name(bare, rule.code) {
        card.line(code(bare).text(" is another name of it."));
    }
    if known.len() > 1 {
        let others = known.iter().skip(1).map(|rule| rule.code);
        card.line(say("The name also stands for ").list(others, known.len() - 1, 4).text("."));
    }
    card.line(Line::default().link("The rule's page", rules::docs::url(rule.code).to_string()));
    Some(card)
}

/// A check of BuildKit's own that no rule of ours repeats.
fn builtin(name: &str) -> Option<Card> {
    let check = catalogue::check(name)?;
    let mut card = Card::new(title(check.name).text(": ").text(check.summary));
    card.line(Line::default().link("BuildKit's page", check.link()));
    Some(card)
}

/// The first paragraph of a page, on one line.
fn first_paragraph(page: &'static str) -> Option<String> {
    let mut paragraphs = page.trim().split("\n\n").filter(|part| !part.trim_start().starts_with('#'));
    let lines = paragraphs.next()?.lines().map(str::trim);
    Some(lines.collect::<Vec<_>>().join(" "))
}
