//! `target-test-stage`: a stage that runs the project's tests on what the build made, for `--target test`.

use semantic::{Lookup, MountKind, Stage, StageInstruction};
use syntax::{Keyword, TextEdit, TextRange};

use crate::context::Context;
use crate::ground;
use crate::node::{Manager, NodeCommand, Package, command};
use crate::offer::{Input, Offers, Recipe};
use crate::places::{self, Place};
use crate::removal;
use crate::split_stages::effect::{self, Effect};
use crate::style::Style;

/// The recipe.
pub const RECIPE: Recipe = Recipe {
    id: ID,
    summary: "Adds a stage that runs the project's tests on what the build stage made.",
    kind: "refactor.rewrite.test-stage",
    page: PAGE,
    search,
};

const ID: &str = "target-test-stage";

const NAME: &str = "test";

const PAGE: &str = r#"Tests run where the program was built, with the same tools and files, and their result is cached until one of these changes. Nothing of it comes into the
image: `layerwise build --target test` builds the stage, and a build of the last stage leaves it out.

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build go build -o /bin/app .

FROM build AS test
RUN --mount=type=cache,target=/root/.cache/go-build go test ./...

FROM scratch
COPY --from=build /bin/app /app
ENTRYPOINT ["/app"]
```

The command is what the project says: the `test` script of `package.json` (by the package manager that installs), `go test ./...` where there are tests,
`cargo test` where there is a folder `tests`, `mvn test` where there is `src/test`. Caches that the build mounts are mounted again.

It takes a named stage that copies the whole context, before the last one, and is not offered where development dependencies are left out, where a
stage `test` is there, or where stages are counted by number from behind it.

It is *unsafe*: whether the tests run without services, in that image, is seen by building the stage; and builders without BuildKit build it always.
"#;

fn search(input: &Input<'_>) -> Offers {
    if let Some(refusal) = ground::refusal(input) {
        return Offers { rewrites: Vec::new(), refusals: vec![refusal] };
    }
    match find(input) {
        Ok(place) => places::offers(ID, vec![place], Vec::new(), |_| String::new()),
        Err(reason) => Offers::refused(ground::place(input.model), reason),
    }
}

fn find(input: &Input<'_>) -> Result<Place, String> {
    let model = input.model;
    if let Some(stage) = model.target(NAME) {
        return Err(format!("line {} begins a stage test", stage.from.line + 1));
    }
    let context = Context::of(input.facts).ok_or("the build context is not known")?;
    let Some((_, stages)) = model.stages.split_last().filter(|(_, stages)| !stages.is_empty()) else {
        return Err("there is no stage that only builds: split the stages first".to_owned());
    };
    let mut reason = "no named stage before the last one builds the whole project".to_owned();
    for stage in stages.iter().rev().filter(|stage| stage.name.is_some()) {
        match of_stage(input, &context, stage) {
            Ok(None) => {}
            Ok(Some(run)) => return place(input, stage, &run),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// The arguments of the RUN that tests what a stage built; nothing where it does not build the project.
fn of_stage(input: &Input<'_>, context: &Context<'_>, stage: &Stage) -> Result<Option<String>, String> {
    let copies_all = |item: &StageInstruction| {
        item.as_copy().is_some_and(|copy| {
            copy.from.is_none() && copy.takes_whole_context() && copy.place == item.workdir
        })
    };
    let Some(at) = stage.instructions.iter().position(copies_all) else {
        return Ok(None);
    };
    let end = stage.instructions.last().map(|item| &item.workdir);
    if end != Some(&stage.instructions[at].workdir) {
        return Ok(None);
    }
    let lineage = input.model.lineage(stage.index);
    let items: Vec<&StageInstruction> = lineage.iter().flat_map(|stage| &stage.instructions).collect();
    for item in items.iter().rev() {
        let Some(run) = item.as_run() else { continue };
        for found in run.commands() {
            let Some(test) = test_command(input, context, stage, found)? else {
                continue;
            };
            let caches = run.mounts.iter().filter(|mount| mount.kind == MountKind::Cache);
            let flags = caches.filter_map(|mount| {
                let flag = item
                    .instruction
                    .flags
                    .iter()
                    .find(|flag| item.instruction.place(flag.range) == mount.range)?;
                Some(format!("{} ", flag.range.of(&item.instruction.source)))
            });
            return Ok(Some(format!("{}{test}", flags.collect::<String>())));
        }
    }
    Ok(None)
}

/// The command that tests what this one built or installed.
fn test_command(
    input: &Input<'_>,
    context: &Context<'_>,
    stage: &Stage,
    found: &syntax::shell::Command,
) -> Result<Option<String>, String> {
    if let Some(NodeCommand::Install { manager, production }) = command::of_command(found) {
        let package = Package::read(context, ".")?;
        let script = package.script("test").filter(|script| !script.contains("no test specified"));
        script.ok_or("package.json has no script `test`")?;
        let environment = input.model.lookup(input.model.scopes.end(stage.index), "NODE_ENV");
        if production || matches!(environment, Lookup::Value("production")) {
            return Err("development dependencies, which tests need, are not installed".to_owned());
        }
        let program = match manager {
            Manager::Npm => "npm",
            Manager::Yarn => "yarn",
            Manager::Pnpm => "pnpm",
        };
        return Ok(Some(format!("{program} test")));
    }
    let has = |folder: &str, ending: &str| context.below(folder).any(|path| path.ends_with(ending));
    let word = |text: &str| found.words.iter().any(|word| word.value.as_deref() == Some(text));
    match effect::of(found) {
        Effect::Go if word("build") || word("install") => {
            if !context.has_file("go.mod") || !has(".", "_test.go") {
                return Err("the context has no Go tests".to_owned());
            }
            Ok(Some("go test ./...".to_owned()))
        }
        Effect::Cargo if word("build") || word("install") => {
            if !context.has_file("Cargo.toml") || !has("tests", ".rs") {
                return Err("the context has no folder `tests` of Rust".to_owned());
            }
            let is_release = word("--release") || word("install");
            Ok(Some(if is_release { "cargo test --release" } else { "cargo test" }.to_owned()))
        }
        Effect::Java if found.program() == Some("mvn") => {
            if !context.has_directory("src/test") {
                return Err("the context has no src/test".to_owned());
            }
            Ok(Some("mvn test".to_owned()))
        }
        _ => Ok(None),
    }
}

/// The stage comes right behind the one that it builds on.
fn place(input: &Input<'_>, stage: &Stage, run: &str) -> Result<Place, String> {
    let model = input.model;
    let names_by_number = |item: &StageInstruction| {
        item.references().any(|reference| {
            reference.target.stage().is_some_and(|target| target > stage.index)
                && reference.text.raw.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if model.stages.iter().flat_map(|stage| &stage.instructions).any(names_by_number) {
        return Err("stages behind it are counted by number".to_owned());
    }
    let next = model.stages.get(stage.index + 1).ok_or("there is no stage behind it")?;
    let name = stage.name.as_ref().map(|name| name.raw.as_str()).ok_or("the stage has no name")?;
    let style = Style::of(input);
    let (from, newline) = (style.keyword(Keyword::From), style.newline);
    let start = removal::block(&model.document, &next.from).lines.start;
    let above = model.document.buildkit_line(start).checked_sub(1);
    let is_airy = above
        .is_some_and(|line| model.document.slice(model.document.buildkit_line_range(line)).trim().is_empty());
    let gap = if is_airy { newline } else { "" };
    let text = format!(
        "{from} {name} {} {NAME}{newline}{} {run}{newline}{gap}",
        style.word("AS"),
        style.keyword(Keyword::Run),
    );
    let command: Vec<&str> = run.split(' ').skip_while(|word| word.starts_with("--mount=")).collect();
    Ok(Place {
        range: stage.from.range(),
        edits: vec![TextEdit { range: TextRange::empty(start), new_text: text }],
        title: format!("Add a stage `{NAME}` that runs `{}`", command.join(" ")),
        check: Some("that the tests run in that stage".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::RECIPE;
    use crate::fixture::{facts, render};

    #[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
    fn check(dockerfile: &str, files: &[(&str, &str)], expected: Expect) {
        expected.assert_eq(&render(&RECIPE, dockerfile, &facts(files)));
    }

    const GO: &[(&str, &str)] = &[("go.mod", "module x"), ("main.go", "package main"), ("a_test.go", "")];
    const NODE: &[(&str, &str)] =
        &[("package.json", r#"{"scripts": {"test": "node --test"}}"#), ("größe.js", "")];

    #[test]
    fn the_stage_comes_behind_the_one_it_tests() {
        check(
            "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/go-build \\\n    go build -o /app .\n\n# what is shipped\nFROM scratch\nCOPY --from=0 /app /app\nCMD [\"/app\"]\n",
            GO,
            expect![[r#"
                unsafe: Add a stage `test` that runs `go test ./...`
                check that the tests run in that stage
                ---
                FROM golang:1.22 AS build
                WORKDIR /src
                COPY . .
                RUN --mount=type=cache,target=/root/.cache/go-build \
                    go build -o /app .

                FROM build AS test
                RUN --mount=type=cache,target=/root/.cache/go-build go test ./...

                # what is shipped
                FROM scratch
                COPY --from=0 /app /app
                CMD ["/app"]
            "#]],
        );
        check(
            "# escape=`\r\nfrom node:22 as build\r\n# größe 🐳\r\nworkdir /app\r\ncopy . .\r\nrun npm ci\r\nfrom node:22-slim\r\ncopy --from=build /app /app\r\n",
            NODE,
            expect![[r#"
                unsafe: Add a stage `test` that runs `npm test`
                check that the tests run in that stage
                ---
                # escape=`␍
                from node:22 as build␍
                # größe 🐳␍
                workdir /app␍
                copy . .␍
                run npm ci␍
                from build as test␍
                run npm test␍
                from node:22-slim␍
                copy --from=build /app /app␍
            "#]],
        );
    }

    #[test]
    fn what_cannot_be_tested_is_told() {
        let go = "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n";
        check(
            go,
            GO,
            expect![[r#"
            refused: there is no stage that only builds: split the stages first
        "#]],
        );
        check(
            &format!("{go}FROM scratch\n"),
            &GO[..2],
            expect![[r#"
            refused: the context has no Go tests
        "#]],
        );
        check(
            &format!("{go}FROM scratch AS test\n"),
            GO,
            expect![[r#"
            refused: line 5 begins a stage test
        "#]],
        );
        check(
            &format!("{go}FROM a\nFROM b\nCOPY --from=1 /x /x\n"),
            GO,
            expect![[r#"
            refused: stages behind it are counted by number
        "#]],
        );
        let node = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\n";
        check(
            &format!("{node}RUN npm ci --omit=dev\nFROM scratch\n"),
            NODE,
            expect![[r#"
            refused: development dependencies, which tests need, are not installed
        "#]],
        );
        check(
            &format!("{node}RUN npm ci\nFROM scratch\n"),
            &[("package.json", "{}")],
            expect![[r#"
            refused: package.json has no script `test`
        "#]],
        );
        check(
            &format!("{node}FROM scratch\nCOPY\n"),
            NODE,
            expect![[r#"
            refused: line 5 does not build, put that right first: COPY requires at least two arguments: add what to copy, and where to
        "#]],
        );
    }
}
