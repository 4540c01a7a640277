//! `clean-package-index`: what a package manager of the distribution fetched to install is no part of the image.

mod caches;
mod left;
#[cfg(test)]
mod tests;

use semantic::StageInstruction;

pub use caches::Cache;
pub use left::{Left, fix, last_install_without_update, left_behind};

use crate::analysis::call::Call;
use crate::analysis::shipped::shipped;
use crate::ground;
use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Refusal};
use crate::places::{self, Place};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Empties the package manager's index and cache in the RUN that fills it, so that the image does not hold them.",
    kind: "refactor.rewrite.package-index",
    page: PAGE,
    search,
};

const ID: &str = "clean-package-index";

const PAGE: &str = r#"What apt, apk, dnf, microdnf, yum and zypper fetch to install packages, nothing reads in a container. It must go in the RUN that fetched it: a
later one would only hide it:

```dockerfile
FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*
```

For apk it adds `--no-cache`, which needs no `apk update`. What is added continues the layout of the script. A cache or tmpfs mount on
the folder is fine as it is, and so are stages that are not shipped.

It is not offered where a later RUN installs from the lists without an update of its own (`merge-runs` may help), nor for a script that
is not fully understood. The caches of pip, npm and Yarn are left to `cache-mounts`.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let (mut places, mut refusals) = (Vec::new(), Vec::new());
    let mut found: Vec<(&StageInstruction, Left<'_>)> = Vec::new();
    for stage in shipped(input.model) {
        for (at, item) in stage.instructions.iter().enumerate() {
            let Some(run) = item.as_run() else { continue };
            for left in left_behind(input, item, run).into_iter().filter(|left| left.cache.is_system()) {
                match cleaner(&stage.instructions[at + 1..], left.cache) {
                    None => found.push((item, left)),
                    Some(later) => refusals.push(Refusal {
                        place: item.instruction.range(),
                        reason: format!(
                            "line {} cleans up what line {} leaves, one layer too late: merge them (merge-runs)",
                            later.instruction.line + 1,
                            item.instruction.line + 1
                        ),
                    }),
                }
            }
        }
    }
    let needs_lists = if found.is_empty() { None } else { last_install_without_update(input) };
    for (item, left) in found {
        let place = item.instruction.range();
        let line = item.instruction.line + 1;
        match fix(input, item, &left, needs_lists) {
            Some(Fix { title, applicability: Applicability::Safe, edits }) => {
                places.push(Place { range: place, edits, title, check: None });
            }
            Some(_) => refusals.push(Refusal {
                place,
                reason: format!(
                    "a later RUN installs, or may install, from the lists that line {line} fetches: update and install in one RUN first"
                ),
            }),
            None => refusals.push(Refusal {
                place,
                reason: format!("nothing can be added to the script on line {line} for certain"),
            }),
        }
    }
    if places.is_empty() && refusals.is_empty() {
        let reason = "no package index stays in a layer of the image".to_owned();
        refusals.push(Refusal { place: ground::place(input.model), reason });
    }
    places::offers(ID, places, refusals, |count| format!("Clean up after package managers in {count} places"))
}

/// The RUN that empties a cache, among those that follow without another step between.
fn cleaner(following: &[StageInstruction], cache: Cache) -> Option<&StageInstruction> {
    let cleans = |item: &&StageInstruction| {
        let calls = item.as_run().into_iter().flat_map(|run| run.commands()).filter_map(Call::of);
        calls.into_iter().any(|call| cache.is_cleaned_by(&call))
    };
    following.iter().take_while(|item| item.as_run().is_some()).find(cleans)
}
