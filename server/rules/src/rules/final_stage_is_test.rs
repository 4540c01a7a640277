//! The last stage is one for tests, so that a build without a target makes no image to run.

use rewrites::Input;
use semantic::{Kind, Stage};

use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "final-stage-is-test",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The last stage is for tests, and a build without a target makes that one",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

The last stage is called `test`, `lint`, `coverage` or the like, and an earlier one that it does not build on starts a program.

Nothing is said where Compose, Bake or a devcontainer builds this file and each of them names its target.

## Why

`docker build` without `--target` builds the last stage. What is pushed then is an image with the sources and the test tools in it, which does not start the
program.

## Bad

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM alpine:3.22 AS runtime
COPY --from=build /app /app
ENTRYPOINT ["/app"]

FROM build AS test
RUN go test ./...
```

## Good

```dockerfile
FROM golang:1.25 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM build AS test
RUN go test ./...

FROM alpine:3.22 AS runtime
COPY --from=build /app /app
ENTRYPOINT ["/app"]
```

## When to ignore

When every build names its target.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let model = input.model;
    let Some((last, earlier)) = model.stages.split_last() else { return };
    let Some(name) = last.name.as_ref().filter(|name| is_for_tests(&name.raw)) else { return };
    let callers = &input.facts.callers;
    if !callers.is_empty() && callers.iter().all(|caller| caller.target().is_some()) {
        return;
    }
    let below: Vec<usize> = model.lineage(last.index).iter().map(|stage| stage.index).collect();
    let is_shipped = |stage: &&Stage| {
        !below.contains(&stage.index)
            && !stage.name.as_ref().is_some_and(|name| is_for_tests(&name.raw))
            && stage.instructions.iter().any(|item| matches!(item.kind, Kind::Entrypoint | Kind::Cmd))
    };
    let Some(shipped) = earlier.iter().rev().find(is_shipped) else { return };
    let message = format!(
        "A build without `--target` makes this stage, not {}. Move it above that one.",
        shipped.display_name()
    );
    findings.add(name.range, message);
}

/// Whether a stage's name says that it only checks something.
fn is_for_tests(name: &str) -> bool {
    let mut words = name.split(['-', '_', '.']);
    words.any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "test"
                | "tests"
                | "testing"
                | "unittest"
                | "unittests"
                | "e2e"
                | "lint"
                | "linter"
                | "linting"
                | "coverage"
                | "check"
                | "checks"
        )
    })
}

#[cfg(test)]
mod tests {
    use semantic::{Caller, CallerBuild, CallerKind, Facts, Setting};

    use crate::Settings;
    use crate::tests::{check, findings_of, no_findings, pointed_at};

    const CODE: &str = "final-stage-is-test";

    #[test]
    fn the_name_is_pointed_at() {
        check(
            "
FROM example/größe:1 AS run
CMD [\"/größe\"]
FROM example/größe:1 AS unit-test
#                       ^^^^^^^^^ final-stage-is-test: A build without `--target` makes this stage, not run. Move it above that one.
RUN make \\
  test
",
        );
    }

    #[test]
    fn callers_that_name_their_target_are_fine() {
        let found = |target: Option<&str>| {
            let target = target.map(|target| Setting::Known(target.to_owned()));
            let caller = Caller {
                kind: CallerKind::Compose,
                file: "/compose.yaml".to_owned(),
                shown_file: "compose.yaml".to_owned(),
                line: 0,
                name: "app".to_owned(),
                build: CallerBuild { target, ..CallerBuild::default() },
            };
            let facts = Facts { callers: vec![caller], ..Facts::default() };
            let settings = Settings { select: vec![CODE.to_owned()], ..Settings::default() };
            findings_of("FROM a AS run\nCMD x\nFROM a AS test\n", &facts, &settings).len()
        };
        assert_eq!((found(Some("run")), found(None)), (0, 1));
    }

    #[test]
    fn other_names_and_files_without_an_image_to_run_are_fine() {
        for text in [
            "FROM a AS test\nCMD x\nFROM a AS run\nCMD x",
            "FROM a AS run\nCMD x\nFROM a AS latest",
            "FROM a AS run\nCMD x\nFROM run AS test",
            "FROM a AS build\nRUN x\nFROM a AS test",
            "FROM a AS test",
            "FROM a AS run\nCMD x\nFROM a",
            "FROM a AS lint\nCMD x\nFROM a AS test",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a AS e\r\nCMD x\r\nFROM a AS test\r\nRUN <<E\r\né\r\nE\r\nRUN\r\n",
            "# escape=`\nFROM a\nCMD x\nFROM a `\n AS test\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["test"], "{text}");
        }
        no_findings(CODE, "FROM a\nCMD x\nFROM a AS\n");
    }
}
