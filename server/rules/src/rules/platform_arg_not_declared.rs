//! A platform argument that a RUN reads and its stage does not declare.

use semantic::scope::is_platform_argument;

use crate::analysis::environment::readings;
use crate::analysis::fixes::to_check;
use crate::analysis::insertion::line_above;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "platform-arg-not-declared",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN reads a platform argument that its stage does not declare, and gets nothing",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The script of a RUN reads `TARGETARCH`, `TARGETPLATFORM`, `BUILDPLATFORM` or one like them, and no ARG of the stage declares it.

Nothing is said where the script sets the variable itself or says what to do without it (`${TARGETARCH:-amd64}`). Other instructions than RUN
are the matter of `undefined-variable`.

## Why

The builder has these values, but gives them to stages that ask for them alone. To the shell the variable is empty, and no one is told:
`GOARCH=""` builds for the machine that builds, and a download takes a wrong address.

## Bad

```dockerfile
FROM --platform=$BUILDPLATFORM golang:1.25 AS build
COPY . .
RUN GOARCH="$TARGETARCH" CGO_ENABLED=0 go build -o /app .
```

## Good

```dockerfile
FROM --platform=$BUILDPLATFORM golang:1.25 AS build
COPY . .
ARG TARGETARCH
RUN GOARCH="$TARGETARCH" CGO_ENABLED=0 go build -o /app .
```

## When to ignore

When the base image sets a variable of that name.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let scopes = &input.file.model.scopes;
    for item in &input.stage.instructions {
        for reading in readings(item) {
            let name = reading.name;
            let is_set = || {
                scopes.definition(item.scope, name).is_some()
                    || scopes.base_image_sets(input.stage.index, name)
            };
            if !is_platform_argument(name) || is_set() {
                continue;
            }
            let message = format!(
                "`{name}` is empty here: a stage that uses it must declare it. Add `ARG {name}` above this RUN."
            );
            let edit = line_above(input.file, item, &format!("ARG {name}"));
            let check = "that this step is to be another one for each platform";
            let fix = to_check(format!("Declare `ARG {name}`"), check, vec![edit]);
            findings.add(reading.range, message).fixes.push(fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "platform-arg-not-declared";

    #[test]
    fn a_reading_without_an_arg_is_pointed_at() {
        check(
            "
FROM example/größe:1
RUN echo größe \\
  ${TARGETARCH} $TARGETARCH
# ^^^^^^^^^^^^^ platform-arg-not-declared: `TARGETARCH` is empty here: a stage that uses it must declare it. Add `ARG TARGETARCH` above this RUN.
",
        );
    }

    #[test]
    fn it_is_declared() {
        check_fix_of(
            CODE,
            "
FROM a:1
WORKDIR /x
RUN case $TARGETPLATFORM in x) ;; esac
",
            expect![[r"
                Declare `ARG TARGETPLATFORM` (unsafe: that this step is to be another one for each platform)
                FROM a:1
                WORKDIR /x
                ARG TARGETPLATFORM
                RUN case $TARGETPLATFORM in x) ;; esac
            "]],
        );
    }

    #[test]
    fn what_is_declared_set_or_provided_for_is_fine() {
        for text in [
            "ARG TARGETARCH\nRUN echo $TARGETARCH",
            "ENV TARGETARCH=amd64\nRUN echo $TARGETARCH",
            "RUN TARGETARCH=$(uname -m); echo $TARGETARCH",
            "RUN echo ${TARGETARCH:-amd64}",
            "RUN echo '$TARGETARCH'",
            "RUN . ./env && echo $TARGETARCH",
            "RUN echo $ARCH",
            "SHELL [\"pwsh\"]\nRUN echo $TARGETARCH",
            "CMD echo $TARGETARCH",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
        no_findings(CODE, "FROM a:1 AS b\nARG TARGETARCH\nFROM b\nRUN echo $TARGETARCH\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN echo \\\r\n  $TARGETOS\r\nARG\r\n",
            "# escape=`\nFROM a:1\nRUN echo `\n  $TARGETOS\n",
            "FROM a:1\nRUN <<EOF\necho $TARGETOS\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["$TARGETOS"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN echo \"$TARGETOS\n");
    }
}
