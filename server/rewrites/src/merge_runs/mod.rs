//! `merge-runs`: RUNs become one where their being several only makes layers that hold what is not wanted.

mod join;
mod links;
#[cfg(test)]
mod tests;

use semantic::{Kind, Stage, StageInstruction};
use syntax::TextRange;

use crate::analysis::shipped::shipped;
use crate::ground;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};
use crate::style::Style;
use links::Link;

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Merges neighbouring RUNs where one installs from the package lists of another, or removes what it made.",
    kind: "refactor.rewrite.merge-runs",
    page: PAGE,
    search,
};

const ID: &str = "merge-runs";

const PAGE: &str = r#"`RUN apt-get update` alone is cached, and a package that is added to the RUN below is looked for in old lists. What a later RUN removes is still in
the image, in the layer of the RUN that made it. Both want one RUN:

```dockerfile
FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*
```

It joins RUNs with nothing between them, from the first to the last that belong together, in the layout that one of them has; comments stay above their
commands. No others are merged, for each RUN of its own is cached by itself.

It is not offered where another kind of step lies between (a build, an install of dependencies), where the flags differ, where a script sets
something for itself or ends early (`cd`, `export`, `exit`), where it is more than commands joined by `&&`, so that a failure would mean another thing, and across
a comment that is meant for a linter. What is removed matters only in stages that are shipped.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let shipped = shipped(input.model);
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    for stage in &input.model.stages {
        let is_shipped = shipped.iter().any(|other| other.index == stage.index);
        for runs in neighbours(stage) {
            groups(input, &runs, is_shipped, &mut places, &mut refusals);
        }
    }
    if places.is_empty() && refusals.is_empty() {
        let reason = "no RUN needs or removes what the RUN above it made".to_owned();
        refusals.push(Refusal { place: ground::place(input.model), reason });
    }
    places::offers(ID, places, refusals, |count| format!("Merge RUNs in {count} places"))
}

/// The change that makes one RUN of this one and those below it that need what it made; nothing where they cannot be joined so that they do
/// the same.
#[must_use]
pub fn place(input: &Input<'_>, stage: &Stage, item: &StageInstruction, is_shipped: bool) -> Option<Place> {
    let start = item.instruction.start;
    let holds = |runs: &Vec<&StageInstruction>| runs.iter().any(|run| run.instruction.start == start);
    let runs = neighbours(stage).into_iter().find(holds)?;
    let mut places = Vec::new();
    groups(input, &runs, is_shipped, &mut places, &mut Vec::new());
    places.into_iter().find(|place| place.range.start == start)
}

/// The RUNs of a stage that follow each other.
fn neighbours(stage: &Stage) -> Vec<Vec<&StageInstruction>> {
    let is_run = |item: &StageInstruction| matches!(item.kind, Kind::Run(_));
    let same = |one: &StageInstruction, other: &StageInstruction| is_run(one) == is_run(other);
    let chunks = stage.instructions.chunk_by(same);
    chunks.filter(|runs| runs.len() > 1 && is_run(&runs[0])).map(|runs| runs.iter().collect()).collect()
}

/// Finds what can be merged among neighbours.
fn groups(
    input: &Input<'_>,
    runs: &[&StageInstruction],
    is_shipped: bool,
    places: &mut Vec<Place>,
    refusals: &mut Vec<Refusal>,
) {
    let document = &input.model.document;
    let mut can_join = |link: &Link| {
        let joins = join::can_join(document, &runs[link.first..=link.last]);
        if !joins {
            let item = runs[link.last];
            let (first, last) = (runs[link.first].instruction.line + 1, item.instruction.line + 1);
            let reason =
                format!("the RUNs on lines {first} to {last} cannot be joined so that they do the same");
            refusals.push(Refusal { place: item.instruction.range(), reason });
        }
        joins
    };
    let mut links = links::of(input, runs, is_shipped);
    links.retain(&mut can_join);
    for Link { first, last } in united(links).into_iter().filter(can_join) {
        let group = &runs[first..=last];
        let range = TextRange::new(group[0].instruction.start, runs[last].instruction.range().end);
        let title = format!("Merge {} RUNs into one", group.len());
        let edits = join::edits(document, group, Style::of(input).newline);
        places.push(Place { range, edits, title, check: None });
    }
}

/// Links that share a RUN are one.
fn united(mut links: Vec<Link>) -> Vec<Link> {
    links.sort_by_key(|link| link.first);
    let mut united: Vec<Link> = Vec::new();
    for link in links {
        match united.last_mut() {
            Some(last) if link.first <= last.last => last.last = last.last.max(link.last),
            _ => united.push(link),
        }
    }
    united
}
