//! `split-stages`: a stage that installs, compiles or bundles and then runs the result becomes a build stage and a run-time stage.

mod assemble;
mod base;
mod carry;
mod data;
pub(crate) mod effect;
mod entry;
mod launch;
mod node;
mod rust;
#[cfg(test)]
mod tests;

use semantic::{Kind, Stage};
use syntax::TextRange;

use crate::ground;
use crate::offer::{Applicability, Fix, Input, Offers, Recipe, Rewrite};

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Splits a stage that compiles or bundles, and then runs the result, into a build stage and a run-time stage.",
    kind: "refactor.extract.stages",
    page: PAGE,
    search,
};

const ID: &str = "split-stages";

const PAGE: &str = r#"The last stage of a Dockerfile is what is shipped. Where it also compiles or bundles, the image carries compilers, sources and
development dependencies that the running program never opens. This rewrite ends that stage where the build ends, and begins a second
one that takes only what runs:

```dockerfile
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build

FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist ./dist
EXPOSE 3000
CMD ["node", "dist/server.cjs"]
```

**Node.** The scripts of `package.json` are followed to the tool that writes what CMD runs. A bundle that holds all its imports is copied
alone; other output comes with `node_modules`, less the development dependencies. Files of the context that are neither sources nor
settings of tools (views, static files, migrations) are copied to where they were. The base is the slim variant of the same tag, Alpine stays Alpine.

**Rust.** A program for a musl target is static: it moves to `scratch`, with the CA certificates where `Cargo.lock` says that it needs
them. Any other goes to the slim image of the same Debian release, to be looked at.

ENV, WORKDIR, USER, EXPOSE, VOLUME, LABEL, HEALTHCHECK, STOPSIGNAL, SHELL, ENTRYPOINT, CMD and MAINTAINER of the result are those of the
file as it was, and paths stay as they are, so that CMD needs no change.

It is *unsafe*, with what to check in its title, where something is not known: a base image that is not on the builder, a command of the
build whose files the program might need, a context that could not be listed in full. It is not offered where nothing is compiled or
bundled, where the sources themselves are run (development servers, `ts-node`), or where the scripts are not fully understood.
"#;

/// How a stage is split.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    /// What the run-time stage builds on, as FROM says it.
    base: String,
    /// Position of the last instruction of the build.
    last: usize,
    /// Instructions that the build stage gets at its end.
    appended: Vec<String>,
    /// What is copied from the build stage: absolute paths.
    artefacts: Vec<Artefact>,
    /// What is not known, each as the rest of "check …".
    checks: Vec<String>,
    /// Whether the run-time stage can run commands.
    has_shell: bool,
    /// Where the program's files lie: what is copied elsewhere is set-up of the image.
    application: Option<String>,
}

/// A file or directory that the run-time stage takes from the build stage.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Artefact {
    /// Where it is in the build stage.
    path: String,
    /// Where it comes to be; the same path unless the program is found by a search of PATH.
    target: String,
    is_file: bool,
}

impl Artefact {
    /// Something that keeps its path.
    fn new(path: impl Into<String>, is_file: bool) -> Self {
        let path = path.into();
        Self { target: path.clone(), path, is_file }
    }
}

/// Why a stage is not split: where, and one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    place: TextRange,
    text: String,
}

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    let model = input.model;
    let Some(stage) = model.final_stage() else { return Offers::default() };
    match split(input, stage) {
        Ok(rewrite) => Offers { rewrites: vec![rewrite], refusals: Vec::new() },
        Err(reason) => Offers::refused(reason.place, reason.text),
    }
}

fn split(input: &Input<'_>, stage: &Stage) -> Result<Rewrite, Reason> {
    let place = ground::place(input.model);
    let reason = |text: String| Reason { place, text };
    if let Some(item) = stage.instructions.iter().find(|item| matches!(item.kind, Kind::Onbuild)) {
        let text = "ONBUILD makes this an image to build on, not one to run".to_owned();
        return Err(Reason { place: item.instruction.range(), text });
    }
    let mut plan = match ecosystem(stage) {
        Ecosystem::Node => node::plan(input, stage)?,
        Ecosystem::Rust => rust::plan(input, stage)?,
        Ecosystem::Unknown => {
            let text = "no step of the last stage installs with npm, yarn or pnpm and builds, or runs `cargo build`: there is nothing to leave behind";
            return Err(reason(text.to_owned()));
        }
    };
    let carried = carry::of(stage, &plan);
    plan.checks.extend(carried.checks.iter().cloned());
    let applicability = match plan.checks.as_slice() {
        [] => Applicability::Safe,
        checks => Applicability::Unsafe { check: checks.join("; ") },
    };
    let title = format!("Split into a build stage and a run-time stage on {}", plan.base);
    let edits = assemble::edits(input, stage, &plan, &carried);
    Ok(Rewrite { id: ID, place, fix: Fix { title, applicability, edits } })
}

enum Ecosystem {
    Node,
    Rust,
    Unknown,
}

/// By what the stage's own commands are.
fn ecosystem(stage: &Stage) -> Ecosystem {
    let runs = stage.instructions.iter().filter_map(|item| item.as_run());
    let mut found = Ecosystem::Unknown;
    for command in runs.flat_map(|run| run.commands()) {
        match effect::of(command) {
            effect::Effect::Cargo => return Ecosystem::Rust,
            effect::Effect::Node(_) => found = Ecosystem::Node,
            _ => {}
        }
    }
    found
}
