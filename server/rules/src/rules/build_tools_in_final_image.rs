//! The final image carries what only its build needs.

use rewrites::Input;
use semantic::image_reference::ImageReference;
use semantic::{Base, Kind, Stage, StageInstruction};
use syntax::TextRange;

use crate::analysis::call::Call;
use crate::analysis::install::{SystemCommand, is_build, is_build_package, project_install};
use crate::analysis::shipped::shipped;
use crate::analysis::text::{self, line};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "build-tools-in-final-image",
    aliases: &[],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The final image carries compilers, headers, an SDK or development dependencies",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

Something is built in the last stage, or in a stage that it builds on, and that stage has what only building needs: an SDK or full
image (`golang`, `rust`, `maven`, a JDK, the full `node` image), compilers and `-dev` packages, or the development dependencies that bundle
the application. A last stage on an SDK image is reported too when it only takes the result of another stage.

Images that start nothing (no CMD, ENTRYPOINT, EXPOSE or HEALTHCHECK), and last stages named for building or testing, are left alone.

## Why

Compilers, headers, sources and bundlers are often nine tenths of such an image: more to push, pull and scan, and tools at hand for
whoever breaks in.

## Bad

```dockerfile
FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
CMD ["node", "dist/server.js"]
```

```dockerfile
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "-m", "app"]
```

## Good

```dockerfile
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:22-slim
WORKDIR /app
COPY --from=build /app/dist ./dist
CMD ["node", "dist/server.js"]
```

The rewrite `split-stages` makes this change.

## When to ignore

When the image is meant to build things: a development container, a builder image.
"#;

/// What is built in the stages that are shipped.
struct Built<'a> {
    item: &'a StageInstruction,
    call: Call<'a>,
}

fn check(input: &Input<'_>, findings: &mut Findings) {
    let shipped = shipped(input.model);
    let Some(last) = shipped.last() else { return };
    // Nobody runs an image that starts nothing: it is there to be built on, or to build in.
    if is_for_building(last) || !starts_program(&shipped) {
        return;
    }
    let items = || shipped.iter().flat_map(|stage| &stage.instructions);
    let built = items().find_map(|item| {
        let run = item.as_run().filter(|run| run.is_understood() && !removes_packages(run))?;
        run.commands().filter_map(Call::of).find(is_build).map(|call| Built { item, call })
    });
    let root = shipped[0];
    let sdk = match &root.base {
        Base::Image(name) => sdk(name),
        _ => None,
    };
    if let Some(sdk) =
        sdk.filter(|sdk| built.is_some() || sdk.is_never_needed && input.model.stages.len() > shipped.len())
    {
        let place = root.image.range;
        let message = message_for_image(input, sdk, built.as_ref());
        findings.add(place, message);
        return;
    }
    if check_packages(&shipped, built.is_some(), findings) {
        return;
    }
    let Some(built) = built else { return };
    if let Some((item, call)) = development_install(items(), &built) {
        let what = text::command(item, call.command);
        let message = format!(
            "`{what}` brings the development dependencies that `{}` needs into the final image. Build in a stage of its own and copy the result (rewrite split-stages).",
            text::command(built.item, built.call.command)
        );
        findings.add(range(item, &call), message);
    } else if needs_compiler(&built.call) {
        let message = format!(
            "`{}` runs in the final image, which therefore carries the compiler and all sources. Build in a stage of its own and copy the result (rewrite split-stages).",
            text::command(built.item, built.call.command)
        );
        findings.add(range(built.item, &built.call), message);
    }
}

fn starts_program(shipped: &[&Stage]) -> bool {
    let mut items = shipped.iter().flat_map(|stage| &stage.instructions);
    items.any(|item| matches!(item.kind, Kind::Cmd | Kind::Entrypoint))
}

fn message_for_image(input: &Input<'_>, sdk: &Sdk, built: Option<&Built<'_>>) -> String {
    let holds = sdk.holds;
    match built {
        Some(built) => {
            let at = line(input, built.item.instruction.start + built.call.command.range.start);
            let what = text::command(built.item, built.call.command);
            format!(
                "The final image is this one, with {holds}, and needs them only for `{what}` on line {at}. Build in a stage of its own and copy the result (rewrite split-stages)."
            )
        }
        None => format!(
            "The final image is this one, with {holds}, though nothing is built in it. Take {} instead.",
            sdk.instead
        ),
    }
}

/// Reports compilers and headers that stay; whether there were some.
fn check_packages(shipped: &[&Stage], is_built: bool, findings: &mut Findings) -> bool {
    let mut found = false;
    let compiles = || {
        let runs = shipped.iter().flat_map(|stage| &stage.instructions).filter_map(StageInstruction::as_run);
        let mut calls = runs.flat_map(semantic::Run::commands).filter_map(Call::of);
        calls.any(|call| {
            let install = project_install(&call).is_some();
            install
                || matches!(
                    call.program,
                    "pip"
                        | "pip3"
                        | "gem"
                        | "npm"
                        | "pecl"
                        | "docker-php-ext-install"
                        | "cpan"
                        | "cpanm"
                        | "luarocks"
                )
        })
    };
    if !is_built && !compiles() {
        return false;
    }
    for item in shipped.iter().flat_map(|stage| &stage.instructions) {
        let Some(run) = item.as_run() else { continue };
        if removes_packages(run) {
            continue;
        }
        for command in
            run.commands().filter_map(Call::of).filter_map(SystemCommand::of).filter(SystemCommand::installs)
        {
            let is_tool =
                |word: &&syntax::shell::ShellWord| word.value.as_deref().is_some_and(is_build_package);
            let tools: Vec<_> = command.packages().filter(is_tool).collect();
            let Some(first) = tools.first() else { continue };
            let names: Vec<_> = tools.iter().take(3).map(|word| format!("`{}`", word.text)).collect();
            let more = if tools.len() > names.len() {
                format!(" and {} more", tools.len() - names.len())
            } else {
                String::new()
            };
            let message = format!(
                "{}{more} stay in the final image, where only the build needs them. Build in a stage of its own and copy the result (rewrite split-stages).",
                names.join(", ")
            );
            let message = if tools.len() == 1 {
                message.replacen(" stay in", " stays in", 1).replacen("needs them", "needs it", 1)
            } else {
                message
            };
            findings.add(item.instruction.place(first.range), message);
            found = true;
        }
    }
    found
}

/// Whether a RUN takes packages out again, so that the compiler it used is gone.
fn removes_packages(run: &semantic::Run) -> bool {
    run.commands().filter_map(Call::of).filter_map(SystemCommand::of).any(|command| command.removes())
}

/// The dependency installation with development dependencies that a JavaScript build needs.
fn development_install<'a>(
    items: impl Iterator<Item = &'a StageInstruction>,
    built: &Built<'_>,
) -> Option<(&'a StageInstruction, Call<'a>)> {
    if !matches!(
        built.call.program,
        "npm"
            | "yarn"
            | "pnpm"
            | "bun"
            | "npx"
            | "pnpx"
            | "bunx"
            | "webpack"
            | "tsc"
            | "vite"
            | "rollup"
            | "esbuild"
    ) {
        return None;
    }
    let production = ["--production", "--prod", "--omit", "--only", "-P"];
    let is_one = |call: &Call<'_>| {
        let install = project_install(call);
        install.is_some_and(|install| matches!(install.manager, "npm" | "yarn" | "pnpm" | "bun"))
            && !call.has(&production)
    };
    items.filter_map(|item| Some((item, item.as_run()?.commands().filter_map(Call::of).find(is_one)?))).next()
}

/// Whether a build command proves that a compiler is there: not one of a bundler that runs on the runtime itself.
fn needs_compiler(call: &Call<'_>) -> bool {
    matches!(
        call.program,
        "cargo"
            | "go"
            | "dotnet"
            | "mvn"
            | "mvnw"
            | "gradle"
            | "gradlew"
            | "gcc"
            | "g++"
            | "cc"
            | "c++"
            | "clang"
            | "clang++"
            | "javac"
            | "rustc"
            | "cmake"
            | "make"
            | "ninja"
            | "stack"
            | "cabal"
            | "zig"
            | "sbt"
            | "bazel"
            | "meson"
    )
}

fn range(item: &StageInstruction, call: &Call<'_>) -> TextRange {
    let first = call.command.words.first().map_or(call.command.range, |word| word.range);
    let last = call.command.words.last().map_or(first, |word| word.range);
    item.instruction.place(first).cover(item.instruction.place(last))
}

/// Whether the last stage is named for something else than running.
fn is_for_building(stage: &Stage) -> bool {
    let name = stage.lower_name().unwrap_or_default();
    let mut words = name.split(['-', '_', '.']);
    words.any(|word| {
        matches!(
            word,
            "build"
                | "builder"
                | "sdk"
                | "toolchain"
                | "dev"
                | "devel"
                | "development"
                | "devcontainer"
                | "test"
                | "tests"
                | "testing"
                | "lint"
                | "ci"
                | "check"
                | "debug"
        )
    })
}

/// An image with everything to build with.
struct Sdk {
    /// What it holds.
    holds: &'static str,
    /// What to take to run things.
    instead: &'static str,
    /// Whether nothing needs it at run time.
    is_never_needed: bool,
}

/// What an image holds to build with, by its name and tag.
fn sdk(name: &str) -> Option<&'static Sdk> {
    const fn sdk(holds: &'static str, instead: &'static str, is_never_needed: bool) -> Sdk {
        Sdk { holds, instead, is_never_needed }
    }
    const GO: Sdk = sdk("the Go toolchain", "`scratch` or a slim image", true);
    const RUST: Sdk = sdk("the Rust toolchain", "`scratch` or a slim image", true);
    const C: Sdk = sdk("compilers and headers", "a slim image", true);
    const DOTNET: Sdk = sdk("the .NET SDK", "`mcr.microsoft.com/dotnet/aspnet` or `runtime`", true);
    const JAVA: Sdk = sdk("the JDK and its build tools", "a JRE image", true);
    const NODE: Sdk = sdk("compilers and development headers", "its `-slim` variant", false);
    let reference = ImageReference::parse(name).ok()?;
    let path = reference.repository.as_str();
    let tag = reference.tag.as_deref().unwrap_or_default();
    let image = path.rsplit('/').next().unwrap_or(path);
    let is_small = tag.contains("slim") || tag.contains("alpine");
    match image {
        "golang" => Some(&GO),
        "rust" => Some(&RUST),
        "gcc" | "buildpack-deps" | "haskell" => Some(&C),
        "sdk" if path.ends_with("dotnet/sdk") => Some(&DOTNET),
        "maven" | "gradle" | "sbt" => Some(&JAVA),
        "eclipse-temurin" | "openjdk" | "amazoncorretto" | "ibm-semeru-runtimes" | "sapmachine"
            if !tag.contains("jre") && tag.contains("jdk") =>
        {
            Some(&JAVA)
        }
        "node" | "python" | "ruby" if !is_small && reference.is_official() => Some(&NODE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "build-tools-in-final-image";

    #[test]
    fn a_full_image_that_builds_is_pointed_at() {
        let text = "FROM node:22\nCOPY . .\nRUN npm ci && npm run build && rm -f ~/.npmrc\nCMD [\"node\", \"dist\"]\n";
        assert_eq!(pointed_at(CODE, text), ["node:22"]);
        expect_test::expect!["The final image is this one, with compilers and development headers, and needs them only for `npm run build` on line 3. Build in a stage of its own and copy the result (rewrite split-stages)."]
            .assert_eq(&check_only(CODE, text)[0].message);
        for (image, build) in [
            ("golang:1.25-alpine", "go build -o /app ."),
            ("docker.io/library/rust:1", "cargo build --release"),
            ("mcr.microsoft.com/dotnet/sdk:9.0", "dotnet publish -c Release"),
            ("maven:3-eclipse-temurin-21", "mvn -B package"),
            ("eclipse-temurin:21-jdk", "./gradlew bootJar"),
        ] {
            assert_eq!(
                pointed_at(CODE, &format!("FROM {image}\nCOPY . .\nRUN {build}\nENTRYPOINT [\"x\"]\n")),
                [image]
            );
        }
    }

    #[test]
    fn compilers_from_packages_are_pointed_at() {
        let text = "FROM python:3.13-slim\nRUN apt-get update \\\n && apt-get install -y curl build-essential libpq-dev\nRUN pip install -r r.txt\nCMD [\"x\"]\n";
        assert_eq!(pointed_at(CODE, text), ["build-essential"]);
        assert!(check_only(CODE, text)[0].message.starts_with("`build-essential`, `libpq-dev` stay in"));
        assert_eq!(
            pointed_at(CODE, "FROM alpine:3\nRUN apk add --no-cache gcc=13 && make\nCMD x\n"),
            ["gcc=13"]
        );
    }

    #[test]
    fn a_compiler_in_an_image_that_nobody_knows() {
        let text = "FROM example/rust-musl-builder\nADD . ./\nRUN cargo build --release\nCMD [\"./x\"]\n";
        assert_eq!(pointed_at(CODE, text), ["cargo build --release"]);
    }

    #[test]
    fn development_dependencies_that_bundle_are_pointed_at() {
        let text = "FROM node:22-slim\nCOPY . .\nRUN npm ci\nRUN npm run build\nCMD [\"node\", \"dist\"]\n";
        assert_eq!(pointed_at(CODE, text), ["npm ci"]);
    }

    #[test]
    fn an_sdk_that_only_takes_a_result() {
        let text = "FROM golang:1.25 AS build\nRUN go build -o /a .\nFROM golang:1.25\nCOPY --from=build /a /a\nENTRYPOINT [\"/a\"]\n";
        assert_eq!(pointed_at(CODE, text), ["golang:1.25"]);
        assert!(check_only(CODE, text)[0].message.contains("nothing is built in it"));
    }

    #[test]
    fn split_builds_builder_images_and_runtimes_are_fine() {
        for text in [
            "FROM golang:1.25 AS build\nRUN go build -o /a .\nFROM scratch\nCOPY --from=build /a /a\nENTRYPOINT [\"/a\"]\n",
            "FROM golang:1.25\nRUN go build -o /a .\n",
            "FROM golang:1.25 AS build\nRUN go build .\nFROM build AS test\nCMD go test ./...\n",
            "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"x\"]\n",
            "FROM node:22-slim\nRUN npm ci\nCMD [\"node\", \"x\"]\n",
            "FROM alpine:3\nRUN apk add --no-cache --virtual .d gcc && make && apk del .d\nCMD x\n",
            "FROM debian:12\nRUN apt-get install -y libpq-dev\nCMD x\n",
            "FROM python:3.13\nRUN pip install flask\nCMD x\n",
            "FROM eclipse-temurin:21-jre\nCOPY a.jar /\nCMD x\n",
        ] {
            no_findings(CODE, text);
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_other_letters_and_another_escape() {
        for text in [
            "FROM golang:1\r\nCOPY . /größe\r\nRUN go \\\r\n  build .\r\nCMD x\r\nRUN\r\n",
            "# escape=`\nFROM golang:1\nRUN go `\n build .\nCMD x\n",
            "FROM golang:1\nRUN <<EOF\ngo build .\nEOF\nCMD x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["golang:1"], "{text}");
        }
        no_findings(CODE, "FROM\nRUN go build '\nCMD\n");
    }

    #[test]
    fn an_image_that_starts_nothing_is_there_to_build_in() {
        let text = "FROM rust:1\nEXPOSE 80\nCOPY . .\nRUN cargo build --release\n";
        no_findings("build-tools-in-final-image", text);
        let text = format!("{text}CMD [\"x\"]\n");
        assert_eq!(check_only("build-tools-in-final-image", &text).len(), 1);
    }
}
