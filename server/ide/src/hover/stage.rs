//! A stage: what it builds on, who uses it, and what of it gets into the final image.

use inner_loop::StepState;
use semantic::{Base, Model, Stage, StageReference};
use syntax::Keyword;

use super::card::{Card, Line, code, count, line_number, say, title};
use super::{View, named_context};
use crate::callers::{address, of_stage};
use crate::inlay_hints::{bytes, seconds};
use crate::targets::target_name;

/// What a name, a number or an image in a `--from` or `from=` means.
pub(super) fn of_reference(
    view: &View<'_>,
    reference: &StageReference,
    stage: Option<&Stage>,
) -> Option<Card> {
    match &reference.target {
        Base::Stage(index) => match view.model.stages.get(*index) {
            Some(found) if stage.is_some_and(|stage| stage.index == *index) => {
                let name = title(found.display_name());
                Some(Card::new(name.text(" is this very stage: it cannot copy from itself")))
            }
            Some(found) => Some(card(view, found)),
            None => {
                let n_stages = view.model.stages.len();
                let last = n_stages.saturating_sub(1);
                let line = code(reference.text.raw.as_str()).text(" is the number of no stage");
                let mut card = Card::new(line);
                card.line(say(format!(
                    "The file has {}, the last is number {last}.",
                    count(n_stages, "stage")
                )));
                Some(card)
            }
        },
        Base::Scratch => Some(nothing()),
        Base::Image(name) => Some(outside(view, name, stage)),
        Base::Unknown => None,
    }
}

/// `scratch`.
pub(super) fn nothing() -> Card {
    let mut card = Card::new(title("scratch").text(" is the empty image"));
    card.line(say("No file, no shell, no user: what runs in it must bring all that it needs."));
    card
}

/// An image, or a context that the caller of the build names.
fn outside(view: &View<'_>, name: &str, stage: Option<&Stage>) -> Card {
    if let Some(card) = named_context::card(view, name) {
        return card;
    }
    let mut card = super::image::card(view, name);
    let later = view.model.target(name).filter(|found| stage.is_some_and(|stage| found.index > stage.index));
    match later {
        Some(found) => {
            let line = line_number(found.from.line);
            card = Card::new(title(name).text(format!(" is a stage that comes later, in line {line}")));
            card.line(say("A stage can only use what is above it."));
        }
        // A name with a tag or a folder is meant as an image; a bare one may be a stage's that is written wrong.
        None if !name.contains([':', '/', '@']) => card.line(
            say("No stage of this file. ")
                .code(format!("--build-context {name}=…"))
                .text(" can put a folder in its place."),
        ),
        None => {}
    }
    card
}

/// What is known of a stage.
pub(super) fn card(view: &View<'_>, stage: &Stage) -> Card {
    let model = view.model;
    let line = line_number(stage.from.line);
    if let Some(mut card) = replaced(view, stage) {
        card.line(say(format!("It takes the place of the stage in line {line}, of which nothing runs.")));
        return card;
    }
    let mut card = Card::new(
        say("Stage ")
            .then(title(stage.display_name()))
            .text(format!(", number {}, line {line}", stage.index)),
    );
    card.item(lineage(model, stage));
    if let Some(platform) = &stage.platform {
        card.item(say("Platform: ").then(value(platform)));
    }
    card.item(say(size_of(stage)));
    card.item(users(model, stage));
    card.item(end(view, stage));
    let callers: Vec<String> = of_stage(&view.facts.callers, model, stage).map(address).collect();
    if !callers.is_empty() {
        let total = callers.len();
        card.item(say("Built by ").list(callers.into_iter(), total, 4));
    }
    if let Some(line) = last_build(view, stage) {
        card.item(line);
    }
    if let Some(name) = stage.lower_name() {
        for line in named_context::lines(view, &name) {
            card.item(line.text(" in its place: nothing of the stage runs there"));
        }
    }
    card
}

/// The context that all callers put in the place of a stage.
fn replaced(view: &View<'_>, stage: &Stage) -> Option<Card> {
    stage.replaced.as_ref()?;
    named_context::card(view, &stage.lower_name()?)
}

/// A text with its value, where that is another one.
pub(super) fn value(text: &semantic::Text) -> Line {
    match &text.value {
        Some(value) if *value != text.raw => code(text.raw.as_str()).text(" = ").code(value.as_str()),
        _ => code(text.raw.as_str()),
    }
}

/// `build` on `deps` on `node:22`.
fn lineage(model: &Model, stage: &Stage) -> Line {
    const LIMIT: usize = 6;
    let chain = model.lineage(stage.index);
    let mut line = say("Builds on ");
    for (number, below) in chain.iter().rev().skip(1).enumerate() {
        if number == LIMIT {
            return line.text("more stages");
        }
        line = line.code(below.display_name()).text(", on ");
    }
    match chain.first() {
        Some(first) if first.base_replaced.is_some() => {
            line.text("the named context ").code(first.image.value.as_deref().unwrap_or(&first.image.raw))
        }
        Some(first) if first.base == Base::Scratch => line.text("nothing (").code("scratch").text(")"),
        Some(first) => line.then(value(&first.image)),
        None => line.text("what is not known"),
    }
}

fn size_of(stage: &Stage) -> String {
    let makes_layer =
        |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir);
    let n_steps = stage.instructions.iter().filter(|item| makes_layer(item.instruction.keyword)).count();
    let n_others = stage.instructions.len() - n_steps;
    match (n_steps, n_others) {
        (0, 0) => "Adds nothing of its own".to_owned(),
        (_, 0) => count(n_steps, "step"),
        (0, _) => count(n_others, "setting"),
        _ => format!("{}, {}", count(n_steps, "step"), count(n_others, "setting")),
    }
}

/// The places that use a stage.
fn users(model: &Model, stage: &Stage) -> Line {
    const LIMIT: usize = 8;
    let mut lines = Vec::new();
    for other in &model.stages {
        if other.base.stage() == Some(stage.index) {
            lines.push((other.from.line, "FROM"));
        }
        for item in &other.instructions {
            for reference in item.references() {
                if reference.target.stage() == Some(stage.index) {
                    lines.push((item.instruction.line, item.instruction.keyword.as_str()));
                }
            }
        }
    }
    lines.dedup();
    if lines.is_empty() {
        return say("No other stage uses it");
    }
    let mut line = say("Used by ");
    for (number, (at, keyword)) in lines.iter().take(LIMIT).enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        line = line.text(comma).code(*keyword).text(format!(" in line {}", line_number(*at)));
    }
    let more = lines.len().saturating_sub(LIMIT);
    if more > 0 { line.text(format!(" and {more} more")) } else { line }
}

/// What of it gets into the image that is built.
fn end(view: &View<'_>, stage: &Stage) -> Line {
    let model = view.model;
    let named = view.settings.build.target.as_deref().and_then(|name| model.target(name));
    let Some(target) = named.or_else(|| model.final_stage()) else { return Line::default() };
    let image = |line: Line| match named {
        Some(target) => line.text(" of the target ").code(target_name(target)),
        None => line,
    };
    if target.index == stage.index {
        return say("The image that a build makes");
    }
    if model.lineage(target.index).iter().any(|below| below.index == stage.index) {
        return image(say("All its layers are in the image"));
    }
    if model.reachable(target.index).contains(&stage.index) {
        return image(say("Only what is copied from it gets into the image"));
    }
    say("No build makes it unless asked to: ").code(format!("--target {}", target_name(stage)))
}

/// What the last build said of its steps.
fn last_build(view: &View<'_>, stage: &Stage) -> Option<Line> {
    let last_build = view.last_build?;
    let name = stage.display_name();
    let steps =
        last_build.record.steps.iter().filter(|step| step.stage == name && step.state == StepState::Done);
    let first = steps.clone().next()?;
    // A stage that was renumbered or edited at its FROM is another one.
    if last_build.locate(first.line, &view.model.document)?.start != stage.from.start
        && first.instruction.starts_with("FROM")
    {
        return None;
    }
    let n_steps = steps.clone().count();
    let n_cached = steps.clone().filter(|step| step.cached).count();
    let spent: f64 = steps.clone().filter(|step| !step.cached).map(|step| step.seconds).sum();
    let sizes: Option<u64> =
        steps.clone().filter(|step| !step.instruction.starts_with("FROM")).map(|step| step.bytes).sum();
    let mut text = match n_cached {
        all if all == n_steps => "Last build: all from the cache".to_owned(),
        0 => format!("Last build: {}", seconds(spent)),
        _ => {
            format!("Last build: {}, {n_cached} of {} from the cache", seconds(spent), count(n_steps, "step"))
        }
    };
    if let Some(size) = sizes.filter(|size| *size > 0) {
        text += &format!(", adds {}", bytes(size));
    }
    let is_built = view.model.target(last_build.record.target.as_deref().unwrap_or_default());
    let is_built =
        is_built.or_else(|| view.model.final_stage()).is_some_and(|built| built.index == stage.index);
    if let Some(size) = last_build.record.size.filter(|_| is_built) {
        text += &format!("; the image has {}", bytes(size));
    }
    Some(say(text))
}
