//! `copy-chown`: files get their owner when they are copied, so that no second layer holds them again.

mod change;
mod ground;
mod plan;
#[cfg(test)]
mod tests;

use semantic::StageInstruction;

pub use change::{Change, is_octal};
pub use plan::{is_file, place};

use crate::analysis::call::Call;
use crate::ground as file;
use crate::offer::{Input, Offers, Recipe, Refusal};
use crate::places;

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Gives copied files their owner with COPY --chown, so that no second layer holds them again.",
    kind: "refactor.rewrite.copy-chown",
    page: PAGE,
    search,
};

const ID: &str = "copy-chown";

const PAGE: &str = r#"`RUN chown -R` right after a COPY puts every file into the image a second time. `COPY --chown` does not:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY --chown=node:node . .
RUN chown node:node /app
USER node
```

A folder that is there before, as WORKDIR makes it, keeps its owner in a COPY; so the RUN stays, for the folder alone, and its layer is next
to nothing. Where COPY makes the folder, or where one file is copied, the RUN goes. `chown USER` leaves the group as it is, and becomes
`--chown=USER:root`.

It is not offered where steps before the COPY may have put something under the same path, where only a part of what is copied
changes its owner, where a command of the RUN makes the user first, and for owners that only the shell knows.

It is *unsafe* where the base image or a package may have files of its own under the path: these would keep their owner.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = file::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    let items = input.model.stages.iter().flat_map(|stage| &stage.instructions);
    for item in items.filter(|item| begins_with_chown(item)) {
        match place(input, item) {
            Ok(None) => {}
            Ok(Some(place)) => places.push(place),
            Err(reason) => refusals.push(Refusal {
                place: item.instruction.range(),
                reason: format!("RUN on line {} {reason}", item.instruction.line + 1),
            }),
        }
    }
    if places.is_empty() && refusals.is_empty() {
        let reason = "no RUN changes the owner of what is copied right above it".to_owned();
        refusals.push(Refusal { place: file::place(input.model), reason });
    }
    places::offers(ID, places, refusals, |count| format!("Use COPY --chown in place of {count} RUNs"))
}

fn begins_with_chown(item: &StageInstruction) -> bool {
    let first = item.as_run().and_then(|run| run.commands().next());
    first.and_then(Call::of).is_some_and(|call| call.program == "chown")
}
