//! A program that is linked to one C library, in an image that has another.

use std::collections::BTreeMap;

use rewrites::Input;
use semantic::Stage;

use crate::analysis::linking::{Linked, linked};
use crate::analysis::official_image::{Libc, libc};
use crate::analysis::stage_copy;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "libc-mismatch-between-stages",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "What was built for glibc is copied into Alpine, or the reverse",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A stage on Alpine takes from a stage on Debian or another distribution with glibc: a program that Cargo or `go build` linked there. Or one of the two takes
the other's `node_modules`, `site-packages` or virtual environment; that is only worth knowing, for packages without compiled parts run on both.

## Why

Alpine has musl for a C library. A program that was linked to glibc ends with `no such file or directory` when it is started, and compiled packages fail when
they are loaded. The build succeeds.

## Bad

```dockerfile
FROM node:22-bookworm AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:22-alpine
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
```

```dockerfile
FROM rust:1.90 AS build
WORKDIR /src
COPY . .
RUN cargo build --release

FROM alpine:3.22
COPY --from=build /src/target/release/app /usr/local/bin/app
```

## Good

```dockerfile
FROM node:22-alpine AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci

FROM node:22-alpine
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
```

## When to ignore

When nothing among the packages is compiled, or the image has a layer that stands in for glibc.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let model = input.model;
    // By stage: it is asked once, however much a stage copies.
    let mut stand_ins: BTreeMap<usize, bool> = BTreeMap::new();
    for copied in stage_copy::of_file(input) {
        let (Some(from), Some(into)) =
            (libc(model.root(copied.from.index)), libc(model.root(copied.stage.index)))
        else {
            continue;
        };
        let is_other = matches!((from, into), (Libc::Glibc, Libc::Musl) | (Libc::Musl, Libc::Glibc));
        if !is_other {
            continue;
        }
        for (source, path) in copied.sources() {
            if packages(&path).is_none() && into != Libc::Musl {
                continue;
            }
            let index = copied.stage.index;
            if *stand_ins.entry(index).or_insert_with(|| has_stand_in(input, copied.stage)) {
                break;
            }
            if into == Libc::Musl
                && let Some(how) = linked(input, copied, &path)
            {
                let cure = match how {
                    Linked::Go(..) => "Build it with `CGO_ENABLED=0`, or on Alpine.",
                    Linked::Cargo => "Build it on Alpine, or for a musl target.",
                };
                let message = format!(
                    "`{path}` is linked to glibc, and Alpine has musl: it ends with `no such file or directory` when it is started. {cure}"
                );
                findings.add(source.text.range, message);
            } else if let Some(what) = packages(&path) {
                let (made, runs) = if into == Libc::Musl { ("glibc", "musl") } else { ("musl", "glibc") };
                let message = format!(
                    "{what} were installed for {made} and this image has {runs}: those with compiled parts fail when they are loaded. Install them on an image of the same kind."
                );
                findings.add(source.text.range, message).severity = Severity::Info;
            }
        }
    }
}

/// What packages a folder holds.
fn packages(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    match name {
        "node_modules" => Some("These packages of Node"),
        "site-packages" | "dist-packages" | "venv" | ".venv" => Some("These packages of Python"),
        "bundle" if path == "/usr/local/bundle" => Some("These gems"),
        _ => None,
    }
}

/// Whether the stage that copies has what runs programs of glibc on Alpine.
fn has_stand_in(input: &Input<'_>, stage: &Stage) -> bool {
    let stages = input.model.lineage(stage.index);
    let mut items = stages.into_iter().flat_map(|stage| &stage.instructions);
    items.any(|item| {
        let source = &item.instruction.source;
        ["gcompat", "libc6-compat", "glibc"].into_iter().any(|name| source.contains(name))
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings, pointed_at};

    const CODE: &str = "libc-mismatch-between-stages";

    #[test]
    fn programs_and_packages_are_pointed_at() {
        check(
            "
FROM golang:1.25 AS go
RUN cd /größe && go build -o /app .
FROM node:22-slim AS deps
WORKDIR /app
FROM node:22-alpine
COPY --from=go /app /app
#              ^^^^ libc-mismatch-between-stages: `/app` is linked to glibc, and Alpine has musl: it ends with `no such file or directory` when it is started. Build it with `CGO_ENABLED=0`, or on Alpine.
COPY --from=deps \\
  /app/node_modules /größe
# ^^^^^^^^^^^^^^^^^ libc-mismatch-between-stages: These packages of Node were installed for glibc and this image has musl: those with compiled parts fail when they are loaded. Install them on an image of the same kind.
",
        );
    }

    #[test]
    fn the_same_kind_unknown_images_and_stand_ins_are_fine() {
        for (build, into) in [
            ("node:22-alpine", "node:22-alpine"),
            ("node:22", "node:22-slim"),
            ("acme/x:1", "node:22-alpine"),
            ("node:22", "acme/x:1"),
            ("node:22", "node:22-alpine\nRUN apk add --no-cache gcompat"),
            ("node:22", "scratch"),
            ("node:$V", "node:22-alpine"),
        ] {
            no_findings(
                CODE,
                &format!("FROM {build} AS b\nFROM {into}\nCOPY --from=b /a/node_modules /a/\n"),
            );
        }
        no_findings(CODE, "FROM node:22 AS b\nFROM node:22-alpine\nCOPY --from=b /a/dist /a/\n");
        no_findings(
            CODE,
            "FROM golang AS b\nRUN CGO_ENABLED=0 go build -o /a .\nFROM alpine\nCOPY --from=b /a /a\n",
        );
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM node AS b\r\nFROM node:alpine\r\nCOPY --from=b /é/node_modules \\\r\n  /a\r\nCOPY --from=b\r\n",
            "# escape=`\nFROM node AS b\nFROM node:alpine\nCOPY --from=b `\n /a/node_modules /a\n",
            "FROM node AS b\nRUN <<EOF\nnpm ci\nEOF\nFROM node:alpine\nCOPY --from=0 /a/node_modules /a\n",
        ] {
            assert_eq!(pointed_at(CODE, text).len(), 1, "{text}");
        }
    }
}
