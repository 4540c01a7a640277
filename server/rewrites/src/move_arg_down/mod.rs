//! `move-arg-down`: an ARG comes to stand right before what uses it, so that another value runs none of the steps above again.

pub mod names;
pub mod readers;
#[cfg(test)]
mod tests;

use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Kind, Stage, StageInstruction};
use syntax::{TextEdit, TextRange};

use crate::analysis::call::Call;
use crate::ground;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};
use crate::removal;
use crate::secret::is_secret;
use names::{is_cache_buster, is_implicit};
use readers::{Class, Readers};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Moves an ARG down to where it is used, so that another value runs no step above it again.",
    kind: "refactor.rewrite.arg-order",
    page: PAGE,
    search,
};

const ID: &str = "move-arg-down";

const PAGE: &str = r#"The value of an ARG is part of the cache key of every RUN behind it, used or not. An ARG at the top of a stage that is used at its end makes
each new value install everything again. Right before its first use it does not:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ARG GIT_SHA
LABEL org.opencontainers.image.revision=$GIT_SHA
```

It moves an ARG of a stage across a RUN that installs or downloads, with the comment above it, and never further than to the first
instruction that names it or that may read it from its environment: `make`, a script, whatever is not fully understood. ARGs that come
to the same place keep their order.

It is not offered for an ARG before the first FROM, which only FROM reads; for names that tools read by themselves (`DEBIAN_FRONTEND`,
`PIP_…`, `NODE_ENV` …), proxies, platform arguments, secrets, and those that are there to bust the cache; nor for one whose comment also
heads the ARGs below it.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let mut moves = Vec::new();
    for stage in &input.model.stages {
        for moved in moves_of(input, stage) {
            moves.push((stage, moved));
        }
    }
    if moves.is_empty() {
        let reason = "no ARG stands above an install or a download that does not use it".to_owned();
        let place = ground::place(input.model);
        return Offers { rewrites: Vec::new(), refusals: vec![Refusal { place, reason }] };
    }
    let places = moves
        .chunk_by(|one, other| one.0.index == other.0.index && one.1.before == other.1.before)
        .map(|group| {
            let stage = group[0].0;
            let moved: Vec<Move> = group.iter().map(|(_, moved)| *moved).collect();
            let range = |moved: &Move| stage.instructions[moved.argument].instruction.range();
            let whole = moved.iter().map(range).reduce(TextRange::cover);
            Place {
                range: whole.unwrap_or_else(|| ground::place(input.model)),
                edits: edits(input, stage, &moved),
                title: title(stage, &moved),
                check: check(stage, &moved),
            }
        })
        .collect();
    places::offers(ID, places, Vec::new(), |_| {
        format!("Move {} ARGs down to where they are used", moves.len())
    })
}

/// What is to be checked where an ARG goes past an install whose packages may read it from their environment.
#[must_use]
pub fn check(stage: &Stage, moves: &[Move]) -> Option<String> {
    let passes = |moved: &&Move| {
        let passed = &stage.instructions[moved.argument..moved.before];
        passed.iter().any(readers::installs_for_a_language)
            && names(stage, moved.argument).iter().any(|name| !names::is_volatile(name))
    };
    let moved: Vec<&str> =
        moves.iter().filter(passes).flat_map(|moved| names(stage, moved.argument)).collect();
    (!moved.is_empty()).then(|| format!("that no install takes {} from its environment", moved.join(", ")))
}

/// An ARG that goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Its position in the stage.
    pub argument: usize,
    /// The position of the instruction that it comes to stand before.
    pub before: usize,
}

/// Where an ARG of a stage may go, all others staying where they are; nothing where that is no further down. The readers know the
/// stage's [`variables`].
#[must_use]
pub fn destination(input: &Input<'_>, stage: &Stage, argument: usize, readers: &Readers) -> Option<Move> {
    let order: Vec<usize> = (argument..stage.instructions.len()).collect();
    let place = place(stage, &order, 0, readers)?;
    let may_go = place > 1 && !heads_others(input, stage, argument, order.get(1).copied());
    may_go.then(|| Move { argument, before: order[place] })
}

/// The names of a stage's ARGs, and of the variables in their defaults.
#[must_use]
pub fn variables(stage: &Stage) -> Vec<&str> {
    let positions = 0..stage.instructions.len();
    positions
        .flat_map(|position| names(stage, position).into_iter().chain(used_by(&stage.instructions[position])))
        .collect()
}

/// The edits of moves that lead to one place.
#[must_use]
pub fn edits(input: &Input<'_>, stage: &Stage, moves: &[Move]) -> Vec<TextEdit> {
    let document = &input.model.document;
    let mut edits = Vec::new();
    let mut moved = String::new();
    for one in moves {
        let block = removal::block(document, &stage.instructions[one.argument].instruction);
        moved.push_str(&document.slice(block.lines));
        edits.push(removal::take_lines(document, block.lines));
    }
    if let Some(one) = moves.first() {
        let target = removal::block(document, &stage.instructions[one.before].instruction);
        edits.push(TextEdit { range: TextRange::empty(target.lines.start), new_text: moved });
    }
    edits
}

/// What the moves do, in the imperative.
#[must_use]
pub fn title(stage: &Stage, moves: &[Move]) -> String {
    match moves {
        [only] => format!("Move `ARG {}` down to where it is used", names(stage, only.argument).join(" ")),
        _ => format!("Move {} ARGs down to where they are used", moves.len()),
    }
}

/// The names that an ARG declares; none for another instruction.
fn names(stage: &Stage, position: usize) -> Vec<&str> {
    match &stage.instructions[position].kind {
        Kind::Arg(arguments) => arguments.iter().map(|(name, _)| name.raw.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// The variables that the defaults of an ARG use.
fn used_by(item: &StageInstruction) -> impl Iterator<Item = &str> {
    let arguments = match &item.kind {
        Kind::Arg(arguments) => arguments.as_slice(),
        _ => &[],
    };
    let defaults = arguments.iter().filter_map(|(_, default)| default.as_ref()).map(|text| text.raw.as_str());
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    defaults
        .filter(|default| default.contains('$'))
        .flat_map(move |default| default.split(move |letter| !is_part(letter)))
        .filter(|name| !name.is_empty())
}

fn is_argument(item: &StageInstruction) -> bool {
    matches!(item.kind, Kind::Arg(_))
}

/// The ARGs of a stage that go down, in the order in which they then stand.
fn moves_of(input: &Input<'_>, stage: &Stage) -> Vec<Move> {
    let items = &stage.instructions;
    let candidates: Vec<usize> = (0..items.len()).filter(|position| may_move(stage, *position)).collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let readers = Readers::of(stage, &variables(stage));
    // From the last to the first, so that an ARG whose only use is in the default of another one follows it.
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut moved = vec![false; items.len()];
    for argument in candidates.into_iter().rev() {
        let Some(from) = order.iter().position(|position| *position == argument) else { continue };
        let Some(to) = place(stage, &order, from, &readers) else { continue };
        let crossed = &order[from + 1..to];
        let saves = crossed.iter().any(|position| is_costly(&items[*position], &readers, *position));
        if !saves || heads_others(input, stage, argument, order.get(from + 1).copied()) {
            continue;
        }
        moved[argument] = true;
        order[from..to].rotate_left(1);
    }
    let anchor = |place: usize| order[place..].iter().copied().find(|position| !moved[*position]);
    let places = (0..order.len()).filter(|place| moved[order[*place]]);
    places.filter_map(|place| Some(Move { argument: order[place], before: anchor(place)? })).collect()
}

/// Whether another value of an ARG is no matter for steps that do not name it.
fn may_move(stage: &Stage, position: usize) -> bool {
    let names = names(stage, position);
    let is_read_unseen = |name: &&str| {
        is_proxy_argument(name)
            || is_platform_argument(name)
            || is_implicit(name)
            || is_cache_buster(name)
            || is_secret(name)
    };
    !names.is_empty() && !names.iter().any(is_read_unseen)
}

/// The place in an order of the stage's instructions before which an ARG that stands at `from` has to stay: that of its first reader, or of
/// what sets anew a variable of its default, less the ARGs right above. Nothing where there is no reader.
fn place(stage: &Stage, order: &[usize], from: usize, readers: &Readers) -> Option<usize> {
    let items = &stage.instructions;
    let names = names(stage, order[from]);
    let used: Vec<&str> = used_by(&items[order[from]]).collect();
    let stops = |position: usize| {
        let sets = matches!(items[position].kind, Kind::Arg(_) | Kind::Env(_));
        names.iter().any(|name| readers.may_read(name, position))
            || sets && used.iter().any(|name| readers.names(name, position))
    };
    let mut place = (from + 1..order.len()).find(|place| stops(order[*place]))?;
    while place > from + 1 && is_argument(&items[order[place - 1]]) {
        place -= 1;
    }
    Some(place)
}

/// Whether a RUN takes long enough to be spared: it installs, downloads or unpacks.
fn is_costly(item: &StageInstruction, readers: &Readers, position: usize) -> bool {
    let fetches =
        |call: &Call<'_>| matches!(call.program, "curl" | "wget" | "tar" | "unzip" | "apt-get" | "apt");
    readers.class(position) == Some(Class::Expensive)
        || item.as_run().is_some_and(|run| run.commands().filter_map(Call::of).any(|call| fetches(&call)))
}

/// Whether the comment above an ARG is a heading of the ARG below it too, where that is what still follows it.
fn heads_others(input: &Input<'_>, stage: &Stage, argument: usize, following: Option<usize>) -> bool {
    let document = &input.model.document;
    let next = following.filter(|following| *following == argument + 1).map(|next| &stage.instructions[next]);
    let Some(next) = next.filter(|next| is_argument(next)) else { return false };
    let block = removal::block(document, &stage.instructions[argument].instruction);
    !block.comments.is_empty()
        && block.lines.end < document.len()
        && document.buildkit_line(block.lines.end) == next.instruction.line
}
