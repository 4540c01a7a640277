//! Each token of a whole document: its kind and its text; `*` marks a declaration, `!` what is read-only.

use expect_test::{Expect, expect};
use syntax::{Document, TextRange};

use super::of_document;

fn show(document: &Document, range: TextRange) -> String {
    let mut end = 0;
    let lines = of_document(document, range).into_iter().map(|token| {
        assert!(end <= token.range.start && token.range.start < token.range.end, "{token:?}");
        end = token.range.end;
        let declaration = if token.declaration { "*" } else { "" };
        let readonly = if token.readonly { "!" } else { "" };
        format!("{:?}{declaration}{readonly} {}\n", token.kind, document.slice(token.range))
    });
    lines.collect()
}

fn check(text: &str, expected: &Expect) {
    let document = Document::new(text);
    expected.assert_eq(&show(&document, TextRange::new(0, document.len())));
}

#[test]
fn a_stage_is_told_from_an_image_by_the_stages_above() {
    check(
        "FROM Build AS build\nCOPY --from=BUILD a b\nCOPY --from=0 a b\nFROM build\nCOPY --from=0 a b\nCOPY --from=1 a b\nRUN --mount=from=build true\n",
        &expect![[r#"
            Keyword FROM
            Image Build
            Keyword AS
            Stage* build
            Keyword COPY
            Flag --from
            Operator =
            Stage BUILD
            String a
            String b
            Keyword COPY
            Flag --from
            Operator =
            Image 0
            String a
            String b
            Keyword FROM
            Stage build
            Keyword COPY
            Flag --from
            Operator =
            Stage 0
            String a
            String b
            Keyword COPY
            Flag --from
            Operator =
            Image 1
            String a
            String b
            Keyword RUN
            Flag --mount
            Operator =
            Property from
            Operator =
            Stage build
            Command true
        "#]],
    );
}

#[test]
fn directives_and_comments_are_told_apart() {
    check(
        "\u{feff}#  Syntax = docker/dockerfile:1\r\n# escape=`\r\n# über\r\n\r\n# x=y\r\nARG A # é\r\n# end",
        &expect![[r#"
            Comment #
            Marker Syntax
            Operator =
            String docker/dockerfile:1
            Comment #
            Marker escape
            Operator =
            String `
            Comment # über
            Comment # x=y
            Keyword ARG
            Variable* A
            Variable* #
            Variable* é
            Comment # end
        "#]],
    );
    check(
        "# syntax=example.com/other\n# x\nFROM a\n",
        &expect![[r#"
        Comment #
        Marker syntax
        Operator =
        String example.com/other
    "#]],
    );
    check(
        "{\"syntax\": \"example.com/other\"}",
        &expect![[r#"
        String "example.com/other"
    "#]],
    );
}

#[test]
fn what_the_builder_defines_is_read_only() {
    check(
        "FROM --platform=$TARGETPLATFORM a\nARG TARGETARCH\nENV X=${TARGETARCH} Y=$HTTP_PROXY\n",
        &expect![[r#"
            Keyword FROM
            Flag --platform
            Operator =
            Variable! $TARGETPLATFORM
            Image a
            Keyword ARG
            Variable*! TARGETARCH
            Keyword ENV
            Variable* X
            Operator =
            Variable! ${TARGETARCH}
            Variable* Y
            Operator =
            Variable! $HTTP_PROXY
        "#]],
    );
}

#[test]
fn another_shell_has_no_colours_and_goes_on_in_stages_built_on_it() {
    check(
        "FROM a AS w\nSHELL [\"powershell\", \"-c\"]\nRUN ls -la # x\nFROM w\nRUN ls\nSHELL [\"/bin/bash\", \"-c\"]\nRUN ls\nFROM a\nRUN ls\n",
        &expect![[r#"
            Keyword FROM
            Image a
            Keyword AS
            Stage* w
            Keyword SHELL
            String "powershell"
            String "-c"
            Keyword RUN
            Keyword FROM
            Stage w
            Keyword RUN
            Keyword SHELL
            String "/bin/bash"
            String "-c"
            Keyword RUN
            Command ls
            Keyword FROM
            Image a
            Keyword RUN
            Command ls
        "#]],
    );
}

#[test]
fn a_range_has_the_instructions_that_it_touches() {
    let document = Document::new("# a\nFROM a AS x\n# b\nFROM x\nRUN y\n# c\n");
    expect![[r#"
        Keyword FROM
        Stage x
    "#]]
    .assert_eq(&show(&document, TextRange::new(20, 25)));
}
