//! The stage that is shipped is for the machine that builds, not for the one that runs it.

use rewrites::Input;
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::analysis::shipped::{shipped, starts_something};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "final-stage-on-build-platform",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "The image is made for the platform that builds it, whichever platform is asked for",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

The final stage, or one that it builds on, has `--platform=$BUILDPLATFORM`, and the image starts a program.

## Why

`BUILDPLATFORM` is the machine that builds. An image for arm64 that was built on amd64 has amd64's files and says that it is for arm64: it does not
start there, or runs under emulation. A stage that only makes files for others is where the flag belongs.

## Bad

```dockerfile
FROM --platform=$BUILDPLATFORM golang:1.25 AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN GOARCH=$TARGETARCH CGO_ENABLED=0 go build -o /app .

FROM --platform=$BUILDPLATFORM alpine:3.22
COPY --from=build /app /app
ENTRYPOINT ["/app"]
```

## Good

```dockerfile
FROM --platform=$BUILDPLATFORM golang:1.25 AS build
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN GOARCH=$TARGETARCH CGO_ENABLED=0 go build -o /app .

FROM alpine:3.22
COPY --from=build /app /app
ENTRYPOINT ["/app"]
```

## When to ignore

When the image is a tool that is only ever run on the machine that built it.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let stages = shipped(input.model);
    let pinned = stages.iter().find_map(|stage| {
        let platform = stage.platform.as_ref()?;
        platform.raw.contains("BUILDPLATFORM").then_some((*stage, platform))
    });
    let Some((stage, platform)) = pinned else { return };
    if !starts_something(&stages) {
        return;
    }
    let message = "This is the machine that builds, so an image for another platform gets the wrong programs. Leave the flag to stages that only make files.";
    let finding = findings.add(platform.range, message);
    let Some(flag) = stage.from.flag("platform") else { return };
    let start = stage.from.place(flag.range).start;
    let edit = TextEdit { range: TextRange::new(start, stage.image.range.start), new_text: String::new() };
    let check = "that the RUNs of this stage run on each platform, under emulation if need be";
    // What stands between the two is white space, unless lines are continued there.
    let between = input.model.document.slice(TextRange::new(platform.range.end, stage.image.range.start));
    if between.chars().all(|letter| letter == ' ') {
        finding.fixes.push(to_check("Remove `--platform`", check, vec![edit]));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "final-stage-on-build-platform";

    #[test]
    fn the_platform_is_pointed_at() {
        check(
            "
FROM --platform=$BUILDPLATFORM example/größe:1 AS base
#               ^^^^^^^^^^^^^^ final-stage-on-build-platform: This is the machine that builds, so an image for another platform gets the wrong programs. Leave the flag to stages that only make files.
FROM base
ENTRYPOINT [\"/größe\"]
",
        );
    }

    #[test]
    fn the_flag_is_removed() {
        check_fix_of(
            CODE,
            "
FROM --platform=${BUILDPLATFORM}  alpine:3.22 AS x
CMD [\"/app\"]
",
            expect![[r#"
                Remove `--platform` (unsafe: that the RUNs of this stage run on each platform, under emulation if need be)
                FROM alpine:3.22 AS x
                CMD ["/app"]
            "#]],
        );
    }

    #[test]
    fn stages_that_make_files_and_other_platforms_are_fine() {
        for text in [
            "FROM --platform=$BUILDPLATFORM a:1 AS b\nCMD [\"x\"]\nFROM a:1\nCMD [\"x\"]",
            "FROM --platform=$BUILDPLATFORM a:1 AS b\nRUN make\nFROM scratch\nCOPY --from=b / /",
            "FROM --platform=$BUILDPLATFORM a:1\nRUN make",
            "FROM --platform=$TARGETPLATFORM a:1\nCMD [\"x\"]",
            "FROM --platform=linux/amd64 a:1\nCMD [\"x\"]",
            "FROM a:1\nCMD [\"x\"]",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM --platform=$BUILDPLATFORM \\\r\n  a:1\r\nRUN <<EOF\r\né\r\nEOF\r\nCMD x\r\nEXPOSE\r\n",
            "# escape=`\nFROM --platform=$BUILDPLATFORM `\n  a:1\nCMD x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["$BUILDPLATFORM"], "{text}");
        }
        no_findings(CODE, "FROM --platform=\nCMD x\n");
    }
}
