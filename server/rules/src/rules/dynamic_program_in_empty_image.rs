//! A program that is linked to a C library, in an image that has none.

use rewrites::{Fix, Input};
use semantic::Stage;
use syntax::{TextEdit, TextRange};

use crate::analysis::append::is_editable;
use crate::analysis::fixes::to_check;
use crate::analysis::linking::{Linked, linked};
use crate::analysis::official_image::{Libc, libc};
use crate::analysis::stage_copy;
use crate::analysis::text::line;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "dynamic-program-in-empty-image",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A program that needs a C library is copied into an image that has none",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A program is copied into `scratch` or `distroless/static` that `go build` made on Debian without `CGO_ENABLED=0`, or Cargo for another target than
musl.

Go links a program to the C library where there is a C compiler and the program looks up names or users (`net`, `os/user`), as nearly all do. Where
the build context is known and the sources do neither, nothing is said.

## Why

The program names a loader that the image does not have. The build succeeds, and the container ends at once with `no such file or directory`, of a
file that is there.

## Bad

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN go build -o /app .

FROM scratch
COPY --from=build /app /app
ENTRYPOINT ["/app"]
```

## Good

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=build /app /app
ENTRYPOINT ["/app"]
```

## When to ignore

When the program uses nothing that Go takes from the C library.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    for copied in stage_copy::of_file(input) {
        let root = input.model.root(copied.stage.index);
        if libc(root) != Some(Libc::Absent) || brings_libraries(input, copied.stage) {
            continue;
        }
        for (source, path) in copied.sources() {
            let Some(how) = linked(input, copied, &path) else { continue };
            let image = name_of(root);
            let finding = match how {
                Linked::Go(item, _) => {
                    let at = line(input, item.instruction.start);
                    let message = format!(
                        "`go build` on line {at} links `{path}` to a C library, and {image} has none: it ends with `no such file or directory` when it is started. Build it with `CGO_ENABLED=0`."
                    );
                    findings.add(source.text.range, message)
                }
                Linked::Cargo => {
                    let message = format!(
                        "Cargo links `{path}` to a C library, and {image} has none: it ends with `no such file or directory` when it is started. Build it for a musl target, or take an image with glibc such as `gcr.io/distroless/cc`."
                    );
                    findings.add(source.text.range, message)
                }
            };
            finding.fixes.extend(without_c(how));
        }
    }
}

fn name_of(root: &semantic::Base) -> String {
    match root {
        semantic::Base::Image(name) => name.clone(),
        _ => "scratch".to_owned(),
    }
}

/// Whether a stage gets libraries from elsewhere, or may.
fn brings_libraries(input: &Input<'_>, stage: &Stage) -> bool {
    let stages = input.model.lineage(stage.index);
    let mut copies =
        stages.into_iter().flat_map(|stage| &stage.instructions).filter_map(|item| item.as_copy());
    copies.any(|copy| {
        let mut sources = copy.sources.iter().map(|source| source.text.raw.as_str());
        copy.place.known().is_none_or(|place| place == "/" && copy.from.is_none())
            || sources.any(|source| source.contains("lib") || matches!(source, "/" | "." | "./"))
    })
}

/// Builds a Go program without the C library.
fn without_c(how: Linked<'_>) -> Option<Fix> {
    let Linked::Go(item, command) = how else { return None };
    let script = item.as_run()?.script.as_deref()?;
    if !is_editable(item, script) {
        return None;
    }
    let at = item.instruction.place(command.range).start;
    let edit = TextEdit { range: TextRange::empty(at), new_text: "CGO_ENABLED=0 ".to_owned() };
    Some(to_check("Build with `CGO_ENABLED=0`", "that the program calls no C", vec![edit]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;
    use semantic::facts::{ContextFacts, Facts};

    use crate::Settings;
    use crate::tests::{check, check_fix_of, findings_of, no_findings, pointed_at};

    const CODE: &str = "dynamic-program-in-empty-image";

    #[test]
    fn go_and_cargo_are_known() {
        check(
            "
FROM golang:1.25 AS go
WORKDIR /src
RUN echo größe && cd cmd && go build -ldflags=-s \\
    -o bin/app .
FROM rust:1.90 AS rust
WORKDIR /src
RUN cargo build --release
FROM scratch
COPY --from=go \\
  /src/cmd/bin/app /app
# ^^^^^^^^^^^^^^^^ dynamic-program-in-empty-image: `go build` on line 3 links `/src/cmd/bin/app` to a C library, and scratch has none: it ends with `no such file or directory` when it is started. Build it with `CGO_ENABLED=0`.
COPY --from=rust /src/target/release/b /b
#                ^^^^^^^^^^^^^^^^^^^^^ dynamic-program-in-empty-image: Cargo links `/src/target/release/b` to a C library, and scratch has none: it ends with `no such file or directory` when it is started. Build it for a musl target, or take an image with glibc such as `gcr.io/distroless/cc`.
",
        );
    }

    #[test]
    fn go_is_told_to_do_without() {
        check_fix_of(
            CODE,
            "
FROM golang:1.25 AS b
RUN cd /src && GOOS=linux go build -o /app .
FROM gcr.io/distroless/static-debian12
COPY --from=b /app /app
",
            expect![[r"
                Build with `CGO_ENABLED=0` (unsafe: that the program calls no C)
                FROM golang:1.25 AS b
                RUN cd /src && CGO_ENABLED=0 GOOS=linux go build -o /app .
                FROM gcr.io/distroless/static-debian12
                COPY --from=b /app /app
            "]],
        );
    }

    #[test]
    fn static_programs_and_images_with_a_library_are_fine() {
        for (build, into) in [
            ("golang:1.25 AS b\nRUN CGO_ENABLED=0 go build -o /app .", "scratch"),
            ("golang:1.25 AS b\nENV CGO_ENABLED=0\nRUN go build -o /app .", "scratch"),
            ("golang:1.25 AS b\nRUN go env -w CGO_ENABLED=0\nRUN go build -o /app .", "scratch"),
            ("golang:1.25 AS b\nRUN go build -ldflags '-extldflags \"-static\"' -o /app .", "scratch"),
            ("golang:1.25 AS b\nRUN go build -tags netgo -o /app .", "scratch"),
            ("golang:1.25-alpine AS b\nRUN go build -o /app .", "scratch"),
            ("golang:1.25 AS b\nRUN go build -o /app .", "gcr.io/distroless/base"),
            ("golang:1.25 AS b\nRUN go build -o /app .", "debian:12"),
            ("golang:1.25 AS b\nRUN go build -o /other .", "scratch"),
            ("golang:1.25 AS b\nRUN make /app", "scratch"),
            ("acme/go:1 AS b\nRUN go build -o /app .", "scratch"),
            (
                "golang:1.25 AS b\nRUN go build -o /app .",
                "scratch\nCOPY --from=b /lib/x86_64-linux-gnu /lib/",
            ),
        ] {
            no_findings(CODE, &format!("FROM {build}\nFROM {into}\nCOPY --from=b /app /app\n"));
        }
        no_findings(
            CODE,
            "FROM rust:1.90 AS b\nRUN cargo build --target x86_64-unknown-linux-musl\nFROM scratch\nCOPY --from=b /target/release/a /\n",
        );
    }

    #[test]
    fn the_sources_know_better() {
        let found = |source: &str| {
            let manifests = BTreeMap::from([("main.go".to_owned(), source.to_owned())]);
            let context = ContextFacts { manifests, complete: true, ..ContextFacts::default() };
            let facts = Facts { context: Some(context), ..Facts::default() };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            let text = "FROM golang AS b\nRUN go build -o /app .\nFROM scratch\nCOPY --from=b /app /app\n";
            findings_of(text, &facts, &settings).len()
        };
        assert_eq!(found("package main\nimport \"fmt\"\n"), 0);
        assert_eq!(found("package main\nimport (\n\t\"fmt\"\n\t\"net/http\"\n)\n"), 1);
        assert_eq!(found("package main\nimport x \"github.com/x/y\"\n"), 1);
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM golang AS b\r\nRUN go build \\\r\n  -o /app\r\nFROM scratch\r\nCOPY --from=b /app \\\r\n  /é\r\nCOPY --from=\r\n",
            "# escape=`\nFROM golang AS b\nRUN go build -o /app\nFROM scratch\nCOPY --from=b `\n /app /app\n",
            "FROM golang AS b\nRUN <<EOF\ngo build -o /app\nEOF\nFROM scratch\nCOPY --from=b /app /app\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/app"], "{text}");
        }
        no_findings(CODE, "FROM golang AS b\nRUN go build -o\nFROM scratch\nCOPY --from=b /app\n");
    }
}
