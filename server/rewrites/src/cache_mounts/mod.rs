//! `cache-mounts`: what package managers fetch is kept on the builder, from one build to the next, and out of the layers.

mod caches;
mod cleaning;
mod folder;
mod plan;
#[cfg(test)]
mod tests;
mod text;

use crate::ground;
use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Refusal, Rewrite};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Mounts the caches of package managers, so that an install fetches only what is new and leaves nothing in a layer.",
    kind: "refactor.rewrite.cache-mounts",
    page: PAGE,
    search,
};

const ID: &str = "cache-mounts";

const PAGE: &str = r#"When a dependency changes, the install runs again and fetches all of them again. A cache mount keeps what was fetched on the builder;
the next install fetches what is new, and the layer holds none of it:

```dockerfile
FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

It knows the caches of npm, pnpm, Bun, pip, uv, Poetry, Cargo, Go, Maven, Gradle, .NET and Composer: where each lies for the user that runs the
step, what moves it, and which of them two builds cannot share at once (`sharing=locked`). A step that may compile with them, such as `make`, gets the same mounts.
What would defeat a mount goes: `--no-cache-dir`, `npm cache clean --force`, `rm -rf ~/.npm`.

It is not offered where a variable switches the cache off, where a later stage copies the folder, where the program may need at run time what
lies in it (Go modules of a stage that is shipped), for a user whose home folder is not known, and for Yarn, apt and apk, whose caches are more than that.

It is *unsafe* where the base image is not known: its user may have another home folder.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let plan::Plan { runs, refusals, is_mounted, unknown_images } = plan::of(input);
    let mut offers = Offers { rewrites: Vec::new(), refusals };
    let Some(place) = runs.first().map(|run| run.item.instruction.range()) else {
        if offers.refusals.is_empty() {
            let reason = match is_mounted {
                true => "every cache that a step fills is mounted already",
                false => "no step fills the cache of a package manager that is known here",
            };
            let reason = reason.to_owned();
            offers.refusals.push(Refusal { place: ground::place(input.model), reason });
        }
        return offers;
    };
    let names = unknown_images.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    let applicability = match unknown_images.as_slice() {
        [] => Applicability::Safe,
        _ => Applicability::Unsafe { check: format!("that the home folder of {names} is /root") },
    };
    let mut edits: Vec<_> = runs.iter().flat_map(text::edits).collect();
    edits.sort_by_key(|edit| edit.range);
    let title = match runs.len() {
        1 => "Mount the package manager's cache".to_owned(),
        steps => format!("Mount the package managers' caches in {steps} steps"),
    };
    offers.rewrites.push(Rewrite {
        id: ID,
        place,
        fix: Fix { title, applicability, edits },
        needs: None,
        creates: None,
    });
    offers
}
