//! A Dockerfile in, its outline out.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;
use crate::fixture::{Opened, open};

fn check(text: &str, expected: Expect) {
    let opened = open(text);
    let mut shown = String::new();
    show(&opened, &opened.snapshot.outline(&opened.id), None, 0, &mut shown);
    expected.assert_eq(&shown);
}

fn show(
    opened: &Opened,
    entries: &[OutlineEntry],
    around: Option<TextRange>,
    depth: usize,
    shown: &mut String,
) {
    for entry in entries {
        assert!(entry.range.contains(entry.selection) && !entry.name.is_empty(), "{entry:?}");
        assert!(around.is_none_or(|around| around.contains(entry.range)), "{entry:?}");
        let line = |offset: u32| opened.text[..offset as usize].matches('\n').count() + 1;
        let (first, last) = (line(entry.range.start), line(entry.range.end));
        let selected = opened.slice(entry.selection);
        writeln!(
            shown,
            "{:depth$}{first}-{last} {:?} {} | {} | {selected}",
            "",
            entry.kind,
            entry.name,
            entry.detail,
            depth = depth * 2
        )
        .unwrap();
        show(opened, &entry.children, Some(entry.range), depth + 1, shown);
    }
}

#[test]
fn stages_instructions_and_names() {
    check(
        "# syntax=docker/dockerfile:1\nARG NODE=22 TAG\nFROM --platform=$BUILDPLATFORM node:${NODE} AS build\nENV A=1 \"B\"=\"two words\"\nLABEL org.example=x\nRUN --mount=type=cache,target=/x npm ci && \\\n    # why\n    npm run build\n\nFROM scratch\nCOPY --from=build /a /b\nCMD [\"/b\"]\n",
        expect![[r#"
            2-2 Argument NODE | 22 | NODE
            2-2 Argument TAG |  | TAG
            3-8 Stage build | FROM node:${NODE} | build
              4-4 Instruction ENV | A B | ENV
                4-4 Variable A | 1 | A
                4-4 Variable B | "two words" | "B"
              5-5 Instruction LABEL | org.example | LABEL
                5-5 Label org.example | x | org.example
              6-8 Instruction RUN | npm ci && npm run build | RUN
            10-12 Stage stage-1 | FROM scratch | scratch
              11-11 Instruction COPY | /a /b | COPY
              12-12 Instruction CMD | ["/b"] | CMD
        "#]],
    );
}

#[test]
fn secrets_are_hidden() {
    check(
        "FROM a\nENV API_TOKEN=abcdefghijkl A=b\nRUN login abcdefghijkl\n",
        expect![[r#"
        1-3 Stage stage-0 | FROM a | a
          2-2 Instruction ENV | API_TOKEN A | ENV
            2-2 Variable API_TOKEN | •••••••• | API_TOKEN
            2-2 Variable A | b | A
          3-3 Instruction RUN | login •••••••• | RUN
    "#]],
    );
}

#[test]
fn crlf_heredocs_and_long_lines() {
    check(
        "FROM a AS 😀\r\nRUN <<EOF\r\nx\r\nEOF\r\nRUN echo 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890\r\n",
        expect![[r#"
            1-5 Stage 😀 | FROM a | 😀
              2-4 Instruction RUN | <<EOF | RUN
              5-5 Instruction RUN | echo 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 123456789… | RUN
        "#]],
    );
}

#[test]
fn half_typed_text() {
    check(
        "RUN x\nARG\nFROM\nNONSENSE y\nENV\nLABEL =x\nARG \"\"\nCOPY",
        expect![[r#"
        1-1 Instruction RUN | x | RUN
        3-8 Stage stage-0 | FROM | FROM
          4-4 Instruction NONSENSE | y | NONSENSE
          5-5 Instruction ENV |  | ENV
          6-6 Instruction LABEL | =x | LABEL
          7-7 Instruction ARG | "" | ARG
            7-7 Argument "" |  | ""
          8-8 Instruction COPY |  | COPY
    "#]],
    );
}
