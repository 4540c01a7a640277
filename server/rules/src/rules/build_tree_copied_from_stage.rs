//! COPY of a stage's whole working directory, sources and dependencies included, where only the result is needed.

use std::borrow::Cow;

use rewrites::Input;
use semantic::image_reference::ImageReference;
use semantic::path::{Place, clean};
use semantic::{Base, Copy, SourceKind, Stage};

use crate::analysis::call::Call;
use crate::analysis::install::is_build;
use crate::analysis::run_calls::run_calls;
use crate::analysis::shipped::shipped;
use crate::analysis::text;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "build-tree-copied-from-stage",
    aliases: &["DL3067"],
    category: Category::Size,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "COPY takes a stage's sources and tools along with what it built",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A stage that is shipped copies from another stage the directory into which that stage copied the whole build context and in which it built:
with a compiler (Go, Rust, Maven, Gradle, .NET), or with a bundler where the final image only serves files (nginx, httpd, Caddy). The whole
file system of a stage that runs something, copied to anything but `scratch`, is reported too.

Where the final image runs sources, as for Python or a Node server, nothing is said, nor where `--exclude` is given.

## Why

Sources, `.git`, `node_modules` and intermediate files come along: the image is many times as large as what it runs, and the sources are
there for everyone who can pull it.

## Bad

```dockerfile
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29-alpine
COPY --from=build /app /usr/share/nginx/html
```

## Good

```dockerfile
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM nginx:1.29-alpine
COPY --from=build /app/dist /usr/share/nginx/html
```

## When to ignore

When the program reads files of its source tree at run time.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let shipped = shipped(input.model);
    let Some(root) = shipped.first() else { return };
    for copy in shipped.iter().flat_map(|stage| &stage.instructions).filter_map(|item| item.as_copy()) {
        let Some(from) = &copy.from else { continue };
        if !copy.exclude.is_empty() {
            continue;
        }
        for source in copy.sources.iter().filter(|source| source.kind == SourceKind::Path) {
            let Some(path) = source.text.value.as_deref().map(|path| clean(&format!("/{path}"))) else {
                continue;
            };
            if path == "/" {
                let stage = from.target.stage().and_then(|index| input.model.stages.get(index));
                if root.base != Base::Scratch && stage.is_some_and(|stage| holds_a_system(input, stage)) {
                    let message = "This copies a whole file system, with the system and tools of another image, over this one. Copy what is needed from it.";
                    findings.add(source.text.range, message);
                }
                continue;
            }
            let Some(stage) = from.target.stage().and_then(|index| input.model.stages.get(index)) else {
                continue;
            };
            let Some(built) = built_in(input, stage, &path, root) else { continue };
            let message = format!(
                "`{path}` of stage {} is its whole source tree; only what `{built}` makes is needed here. Copy that alone.",
                stage.display_name()
            );
            findings.add(source.text.range, message).aliases = Cow::default();
        }
    }
}

/// Whether a stage holds a system with what was installed there: one that only stands for an image may hold a few files.
fn holds_a_system(input: &Input<'_>, stage: &Stage) -> bool {
    let lineage = input.model.lineage(stage.index);
    let runs = lineage.iter().flat_map(|stage| &stage.instructions).any(|item| item.as_run().is_some());
    runs && lineage.first().is_some_and(|first| first.base != Base::Scratch)
}

/// The command that builds in the directory into which the stage copied the whole context.
fn built_in(input: &Input<'_>, stage: &Stage, path: &str, root: &Stage) -> Option<String> {
    let lineage = input.model.lineage(stage.index);
    let takes_all = |copy: &Copy| {
        copy.from.is_none() && copy.takes_whole_context() && copy.place == Place::Known(path.to_owned())
    };
    let mut copies = lineage.iter().flat_map(|stage| &stage.instructions).filter_map(|item| item.as_copy());
    if !copies.any(takes_all) {
        return None;
    }
    let mut calls = lineage.iter().flat_map(|stage| run_calls(stage));
    let built = calls.find(|call| {
        is_build(&call.call) && (compiles(&call.call) || bundles(&call.call) && serves_files(root))
    })?;
    Some(text::command(built.item, built.call.command))
}

fn compiles(call: &Call<'_>) -> bool {
    matches!(call.program, "go" | "cargo" | "mvn" | "mvnw" | "gradle" | "gradlew" | "dotnet")
}

fn bundles(call: &Call<'_>) -> bool {
    matches!(
        call.program,
        "npm" | "yarn" | "pnpm" | "bun" | "npx" | "vite" | "webpack" | "ng" | "rollup" | "parcel" | "astro"
    )
}

/// Whether the image is of a server of files and nothing else.
fn serves_files(root: &Stage) -> bool {
    let Base::Image(name) = &root.base else { return false };
    ImageReference::parse(name).is_ok_and(|image| {
        matches!(
            image.short_name(),
            "nginx" | "nginx-unprivileged" | "httpd" | "caddy" | "lighttpd" | "static-web-server"
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "build-tree-copied-from-stage";

    #[test]
    fn a_source_tree_is_pointed_at() {
        let text = "FROM golang:1.25 AS build\nWORKDIR /größe\nCOPY . .\nRUN go build -o app\nFROM debian:12-slim\nCOPY --from=build /größe /app\n";
        assert_eq!(pointed_at(CODE, text), ["/größe"]);
        expect_test::expect!["`/größe` of stage build is its whole source tree; only what `go build -o app` makes is needed here. Copy that alone."]
            .assert_eq(&check_only(CODE, text)[0].message);
        for text in [
            "FROM node:22 AS b\nWORKDIR /app\nCOPY . /app\nRUN yarn build\nFROM nginx:1\nCOPY --from=b /app/ /x",
            "FROM maven:3 AS b\nWORKDIR /app\nADD ./ ./\nRUN mvn package\nFROM a:1\nCOPY --from=0 /app /app",
            "FROM rust:1 AS base\nWORKDIR /app\nCOPY . .\nFROM base AS b\nRUN cargo build\nFROM a:1\nCOPY --from=b app /app",
        ] {
            assert_eq!(check_only(CODE, &format!("{text}\n")).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_whole_file_system_is_pointed_at() {
        let found = check_only(CODE, "FROM a:1 AS b\nRUN make\nFROM c:1\nCOPY --from=b / /\n");
        assert_eq!(*found[0].aliases, ["DL3067"]);
        for text in [
            "FROM a:1 AS b\nRUN make\nFROM scratch\nCOPY --from=b / /\n",
            "FROM tonistiigi/xx:1 AS xx\nFROM a:1\nCOPY --from=xx / /\n",
            "FROM a:1\nCOPY --from=example/tool:1 / /\n",
            "FROM scratch AS b\nCOPY x /\nFROM a:1\nCOPY --from=b / /\n",
        ] {
            no_findings(CODE, text);
        }
    }

    #[test]
    fn results_and_programs_that_run_sources_are_fine() {
        for text in [
            "FROM golang:1 AS b\nWORKDIR /app\nCOPY . .\nRUN go build -o /out/app\nFROM a:1\nCOPY --from=b /out /app",
            "FROM node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22-slim\nCOPY --from=b /app /app",
            "FROM node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM nginx:1\nCOPY --from=b /app/dist /x",
            "FROM python:3 AS b\nWORKDIR /app\nCOPY . .\nRUN pip install -r r\nFROM python:3-slim\nCOPY --from=b /app /app",
            "FROM golang:1 AS b\nWORKDIR /app\nCOPY . .\nRUN go build\nFROM a:1\nCOPY --from=b --exclude=*.go /app /app",
            "FROM golang:1 AS b\nWORKDIR /app\nCOPY go.mod .\nRUN go build\nFROM a:1\nCOPY --from=b /app /app",
            "FROM golang:1 AS b\nWORKDIR /app\nCOPY . .\nRUN go build\nFROM a:1 AS t\nCOPY --from=b /app /app\nFROM a:1",
            "FROM golang:1 AS b\nWORKDIR /app\nCOPY . .\nRUN go build\nFROM a:1\nCOPY --from=b $X /app",
            "FROM a:1\nCOPY --from=",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "# escape=`\r\nFROM golang:1 AS b\r\nCOPY . /s\r\nRUN true && `\r\n  go build\r\nFROM a:1\r\nCOPY --from=b `\r\n  /s /t\r\n",
            "FROM golang:1 AS b\nCOPY . /s\nRUN <<EOF\ngo build\nEOF\nFROM a:1\nCOPY --from=b /s /t\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/s"], "{text}");
        }
    }
}
