//! Named contexts: who puts what in the place of an image or a stage.

use semantic::Caller;

use super::View;
use super::card::{Card, Line, code, count, say, title};
use super::context_files::matched;
use crate::callers::address;
use crate::inlay_hints::bytes;
use crate::named_contexts::{Given, folder, given, shown};

/// A name that some caller gives a context for, and that is no stage; nothing where none does.
pub(super) fn card(view: &View<'_>, name: &str) -> Option<Card> {
    let lines = lines(view, name);
    if lines.is_empty() {
        return None;
    }
    let mut card = Card::new(title(name).text(" is a named context: the build takes it from its caller"));
    lines.into_iter().for_each(|line| card.item(line));
    if let Some(context) = folder(view.facts, name) {
        let all = matched(context, ".");
        let more = if context.complete { "" } else { " or more" };
        card.line(say(format!("{}{more}, {}", count(all.n_files, "file"), bytes(all.bytes))));
    }
    let without: Vec<String> = without(view, name).map(address).collect();
    if !without.is_empty() {
        let total = without.len();
        let line = Line::default().list(without.into_iter(), total, 3);
        card.line(
            line.text(if total == 1 { " gives none: " } else { " give none: " })
                .text("there it is an image."),
        );
    }
    Some(card)
}

/// What each caller puts in the place of a name.
pub(super) fn lines(view: &View<'_>, name: &str) -> Vec<Line> {
    given(view.facts, name).into_iter().map(|(caller, given)| line(caller, given)).collect()
}

fn line(caller: &Caller, given: Given<'_>) -> Line {
    let line = code(address(caller));
    match given {
        Given::Folder(folder) => line.text(" gives the folder ").code(shown(caller, folder)),
        Given::Image(image) => line.text(" gives the image ").code(image),
        Given::Service(service) => line.text(" gives what the service ").code(service).text(" builds"),
        Given::Target(target) => line.text(" gives what the target ").code(target).text(" builds"),
        Given::Address(address) => line.text(" gives ").code(address),
        Given::Unknown(reason) => line.text(format!(" gives one that cannot be told: {reason}")),
    }
}

/// The callers that give nothing for a name.
fn without<'a>(view: &'a View<'_>, name: &str) -> impl Iterator<Item = &'a Caller> {
    let with: Vec<String> = given(view.facts, name).iter().map(|(caller, _)| address(caller)).collect();
    view.facts
        .callers
        .iter()
        .filter(move |caller| !with.contains(&address(caller)) && caller.build.incomplete.is_none())
}
