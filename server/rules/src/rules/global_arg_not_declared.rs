//! An ARG from before the first FROM that a RUN reads and its stage does not declare.

use rewrites::Input;
use semantic::scope::{is_platform_argument, is_proxy_argument};
use semantic::{Base, Stage};

use crate::analysis::environment::{Known, readings};
use crate::analysis::fixes::to_check;
use crate::analysis::insertion::line_above;
use crate::analysis::official_image::{libc, official_name};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "global-arg-not-declared",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN reads an ARG from before the first FROM, and gets nothing",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The script of a RUN reads a variable that an ARG before the first FROM defines, and that nothing in the stage declares.

Nothing is said where the script sets the variable itself or says what to do without it (`${VERSION:-1}`), and where the base image may set a
variable of that name: official images have their own version in one (`NODE_VERSION`). Other instructions than RUN are the matter of
`undefined-variable`.

## Why

An ARG before the first FROM is outside of every stage. To the shell the variable is empty, and no one is told: a version is missing, a
download takes a wrong address, a folder is another one.

## Bad

```dockerfile
ARG APP_VERSION=1.2.3
FROM alpine:3.22
RUN echo "$APP_VERSION" > /version
```

## Good

```dockerfile
ARG APP_VERSION=1.2.3
FROM alpine:3.22
ARG APP_VERSION
RUN echo "$APP_VERSION" > /version
```

## When to ignore

When the base image sets a variable of that name.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    let scopes = &file.model.scopes;
    if scopes.globals().is_empty() {
        return;
    }
    let mut known = None;
    for item in &stage.instructions {
        for reading in readings(item) {
            let name = reading.name;
            if scopes.global(name).is_none()
                || is_platform_argument(name)
                || is_proxy_argument(name)
                || scopes.definition(item.scope, name).is_some()
                || scopes.base_image_sets(stage.index, name)
            {
                continue;
            }
            let known = *known.get_or_insert_with(|| Known::of(file, stage.index));
            if known == Known::Nothing && may_be_set(file, stage, name) {
                continue;
            }
            let message = format!(
                "`{name}` is empty here: the ARG before the first FROM reaches FROM alone. Declare `ARG {name}` in this stage."
            );
            let edit = line_above(file, item, &format!("ARG {name}"));
            let check = format!("that this step is meant to get the value of {name}");
            let fix = to_check(format!("Declare `ARG {name}`"), check, vec![edit]);
            findings.add(reading.range, message).fixes.push(fix);
        }
    }
}

/// Whether a base image of which nothing is known may set a variable of this name. Official ones set few, and those are known.
fn may_be_set(input: &Input<'_>, stage: &Stage, name: &str) -> bool {
    let root: &Base = input.model.root(stage.index);
    let Some(image) = official_name(root).filter(|_| libc(root).is_some()) else { return true };
    let own = image.to_ascii_uppercase().replace('-', "_");
    name.starts_with(&own)
        || name.starts_with("GO")
        || matches!(name, "PATH" | "HOME" | "LANG" | "LC_ALL" | "GPG_KEY" | "GPG_KEYS" | "VERSION")
        || name.ends_with("_VERSION") && !name.starts_with("APP_")
        || name.ends_with("_HOME")
        || ["JAVA_", "YARN_", "PHP", "PIP_", "PYTHON", "PG", "CARGO_", "RUSTUP_", "RUST_", "GEM_", "BUNDLE_"]
            .into_iter()
            .any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check, check_fix_of, no_findings, pointed_at};

    const CODE: &str = "global-arg-not-declared";

    #[test]
    fn a_reading_without_an_arg_is_pointed_at() {
        check(
            "
ARG RELEASE=größe
FROM alpine:3.22
RUN echo größe \\
  ${RELEASE} $RELEASE
# ^^^^^^^^^^ global-arg-not-declared: `RELEASE` is empty here: the ARG before the first FROM reaches FROM alone. Declare `ARG RELEASE` in this stage.
",
        );
    }

    #[test]
    fn it_is_declared() {
        check_fix_of(
            CODE,
            "
ARG REF=1
FROM node:22
RUN echo $REF
",
            expect![[r"
                Declare `ARG REF` (unsafe: that this step is meant to get the value of REF)
                ARG REF=1
                FROM node:22
                ARG REF
                RUN echo $REF
            "]],
        );
    }

    #[test]
    fn what_is_declared_set_or_perhaps_the_images_is_fine() {
        for text in [
            "FROM alpine:3\nARG V\nRUN echo $V",
            "FROM alpine:3\nENV V=1\nRUN echo $V",
            "FROM alpine:3\nRUN V=1; echo $V",
            "FROM alpine:3\nRUN for V in 1; do echo $V; done",
            "FROM alpine:3\nRUN . /etc/os-release; echo $V",
            "FROM alpine:3\nRUN echo ${V:-1}",
            "FROM acme/base:1\nRUN echo $V",
            "FROM $V\nRUN echo $V",
            "FROM alpine:3\nCMD echo $V",
            "FROM alpine:3 AS b\nARG V\nFROM b\nRUN echo $V",
        ] {
            no_findings(CODE, &format!("ARG V=1\n{text}\n"));
        }
        no_findings(CODE, "ARG NODE_VERSION=22\nFROM node:$NODE_VERSION\nRUN echo $NODE_VERSION\n");
        no_findings(CODE, "ARG TARGETARCH\nFROM alpine:3\nRUN echo $TARGETARCH\n");
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "ARG X=1\r\nFROM alpine\r\nRUN echo \\\r\n  $X\r\nARG\r\n",
            "# escape=`\nARG X=1\nFROM alpine\nRUN echo `\n  $X\n",
            "ARG X=1\nFROM alpine\nRUN <<EOF\necho $X\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["$X"], "{text}");
        }
        no_findings(CODE, "ARG X=1\nFROM alpine\nRUN echo \"$X\n");
    }
}
