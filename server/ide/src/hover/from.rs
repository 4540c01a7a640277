//! FROM: the image or stage that it names, and the name that it gives.

use semantic::Base;

use super::card::{Card, code, say, title};
use super::spot::{Found, Spot};
use super::{image, named_context, stage};

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
                card.line(
                    code(found.image.raw.as_str())
                        .text(" is ")
                        .code(name.as_str())
                        .text(" unless the caller gives other arguments."),
                );
            }
            card
        }
        (0, Base::Unknown) => {
            let mut card = Card::new(title(found.image.raw.as_str()).text(" is not known before the build"));
            card.line(say("It uses an argument without a default: give it one above the first FROM, or pass it with ").code("--build-arg").text("."));
            card
        }
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
