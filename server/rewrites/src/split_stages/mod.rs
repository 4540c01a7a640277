//! `split-stages`: a stage that installs, compiles or bundles and then runs the result becomes a build stage and a run-time stage.

mod assemble;
mod base;
mod c;
mod calls;
mod carry;
mod copied;
mod data;
mod distribution;
pub(crate) mod effect;
mod entry;
mod files;
mod go;
mod java;
mod launch;
mod libraries;
mod node;
mod packages;
mod program;
mod provided;
mod python;
mod rust;
mod scratch;
#[cfg(test)]
mod tests;
mod walk;

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

/// Where more than this is not known, nothing is offered.
const MOST_CHECKS: usize = 4;

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

**Go.** What `go build` or `go install` writes is found by the path that CMD names. Without cgo the program is static and moves to
`scratch`, with certificates and time zones where its module may need them; with cgo, a shell form, an entry-point script or calls of
other programs it moves to the smallest image of the same Debian or Alpine, with the libraries of the `-dev` packages that it was built
against. Files that it opens by path come along, those that `//go:embed` holds do not.

**Python.** On an official image of Python, installed packages (pip, poetry, uv, pipenv; with the interpreter or in a virtual environment)
move to the slim variant of the same tag, or to the same image without the compilers that a step installs, with the libraries of the
`-dev` packages. The sources are copied as before, and what follows the last install stays as it is.

**C and C++.** A program that a compiler, make or CMake writes, or that is installed below `/usr/local` or `/opt`, moves to the smallest image
of the same distribution, with the libraries of the `-dev` packages that the build installs.

**Java and Kotlin.** An archive of Maven or Gradle that holds its dependencies moves from a JDK to the JRE of the same version.

ENV, WORKDIR, USER, EXPOSE, VOLUME, LABEL, HEALTHCHECK, STOPSIGNAL, SHELL, ENTRYPOINT, CMD and MAINTAINER of the result are those of the
file as it was, and paths stay as they are, so that CMD needs no change.

It is *unsafe*, with what to check in its title, where something is not known: a base image that is not on the builder, a command of the
build whose files the program might need, a context that could not be listed in full. It is not offered where nothing is compiled or
bundled, where the sources themselves are run (development servers, `ts-node`), or where the scripts are not fully understood.
"#;

/// How a stage is split.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    /// Whose tools the build's steps are: what others leave behind is not followed.
    ecosystem: Ecosystem,
    /// What the run-time stage builds on, as FROM says it.
    base: String,
    /// Position of the last instruction of the build.
    last: usize,
    /// Instructions that the build stage gets at its end.
    appended: Vec<String>,
    /// Packages of Debian that the run-time stage installs, because its base lacks what the old one had.
    installed: Vec<String>,
    /// Positions of COPY instructions that bring tools of the build from elsewhere.
    left_behind: Vec<usize>,
    /// Positions of instructions of the build that the run-time stage repeats as they are.
    repeated: Vec<usize>,
    /// What is copied from the build stage: absolute paths.
    artefacts: Vec<Artefact>,
    /// What is not known, each as the rest of "check …".
    checks: Vec<String>,
    /// Whether the run-time stage can run commands.
    has_shell: bool,
    /// Whether the program may link shared libraries.
    links: bool,
    /// Where the program's files lie: what is copied elsewhere is set-up of the image.
    application: Option<String>,
    /// Programs that the container calls beside its own: a package that brings one is no package of the build.
    called: Vec<String>,
}

impl Plan {
    /// A plan whose run-time stage has a shell and takes nothing yet.
    fn new(ecosystem: Ecosystem, base: impl Into<String>, last: usize) -> Self {
        Self {
            ecosystem,
            base: base.into(),
            last,
            appended: Vec::new(),
            installed: Vec::new(),
            left_behind: Vec::new(),
            repeated: Vec::new(),
            artefacts: Vec::new(),
            checks: Vec::new(),
            has_shell: true,
            links: false,
            application: None,
            called: Vec::new(),
        }
    }
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
        Ecosystem::C => c::plan(input, stage)?,
        Ecosystem::Go => go::plan(input, stage)?,
        Ecosystem::Java => java::plan(input, stage)?,
        Ecosystem::Python => python::plan(input, stage)?,
        Ecosystem::Unknown => return Err(reason(nothing_known(stage))),
    };
    provided::add(input, stage, &mut plan).map_err(reason)?;
    let carried = carry::of(stage, &plan);
    plan.checks.extend(carried.checks.iter().cloned());
    if let [first, .., _] = plan.checks.as_slice()
        && plan.checks.len() > MOST_CHECKS
    {
        let text = format!(
            "too much of what the build leaves is not followed ({} things to check, such as {first})",
            plan.checks.len()
        );
        return Err(reason(text));
    }
    let applicability = match plan.checks.as_slice() {
        [] => Applicability::Safe,
        checks => Applicability::Unsafe { check: checks.join("; ") },
    };
    let title = format!("Split into a build stage and a run-time stage on {}", plan.base);
    let edits = assemble::edits(input, stage, &plan, &carried);
    Ok(Rewrite { id: ID, place, fix: Fix { title, applicability, edits }, needs: None, creates: None })
}

/// Why nothing is offered for a stage whose build is none of those that are followed.
fn nothing_known(stage: &Stage) -> String {
    let runs = stage.instructions.iter().filter_map(|item| item.as_run());
    let programs: Vec<&str> =
        runs.flat_map(|run| run.commands()).filter_map(|command| command.program()).collect();
    let reasons = [
        (
            &["dotnet", "msbuild", "nuget"][..],
            "`dotnet publish` is not followed: publish in a stage on the SDK, and copy the folder to dotnet/aspnet or dotnet/runtime of the same version",
        ),
        (
            &["composer"],
            "Composer compiles nothing: what PHP runs are the sources and vendor, and its extensions are part of the image",
        ),
        (
            &["bundle", "bundler", "gem"],
            "which of Ruby's gems link libraries of the image is not followed: install them in a stage of its own, and copy /usr/local/bundle to the slim image with those libraries",
        ),
        (
            &[
                "mix", "rebar3", "sbt", "stack", "cabal", "swift", "zig", "dart", "flutter", "ghc",
                "crystal", "nimble",
            ],
            "what this build tool writes is not followed",
        ),
    ];
    let found = reasons.iter().find(|(names, _)| programs.iter().any(|program| names.contains(program)));
    let text = found.map_or("no step of the last stage installs packages of Node or Python, or compiles with cargo, go, Maven, Gradle, make, CMake or a C compiler: there is nothing to leave behind", |(_, text)| text);
    text.to_owned()
}

/// Whose tools build a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ecosystem {
    C,
    Go,
    Java,
    Node,
    Python,
    Rust,
    Unknown,
}

/// By what the stage's own commands are; where they are of several, the base image says which of them runs.
fn ecosystem(stage: &Stage) -> Ecosystem {
    let runs = stage.instructions.iter().filter_map(|item| item.as_run());
    let found: Vec<Ecosystem> =
        runs.flat_map(|run| run.commands()).filter_map(|command| effect::of(command).ecosystem()).collect();
    let bases = [
        ("python", Ecosystem::Python),
        ("node", Ecosystem::Node),
        ("golang", Ecosystem::Go),
        ("rust", Ecosystem::Rust),
        ("gcc", Ecosystem::C),
    ];
    let by_base =
        bases.into_iter().find(|(name, _)| base::is_official(stage, name)).map(|(_, ecosystem)| ecosystem);
    let order =
        [Ecosystem::Rust, Ecosystem::Go, Ecosystem::Java, Ecosystem::Node, Ecosystem::Python, Ecosystem::C];
    let by_command = || order.into_iter().find(|ecosystem| found.contains(ecosystem));
    by_base.filter(|ecosystem| found.contains(ecosystem)).or_else(by_command).unwrap_or(Ecosystem::Unknown)
}
