//! Each hint: the text before it on its line, what it says, and its tooltip.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use syntax::TextRange;

use crate::settings::{BuildSettings, HintSettings, Settings};
use crate::{DocumentId, DocumentKind, Host};

fn show(text: &str, settings: Settings) -> String {
    let id = DocumentId::new("file:///Dockerfile");
    let mut host = Host::new();
    host.open(id.clone(), DocumentKind::Dockerfile, text);
    host.set_settings(settings);
    let snapshot = host.snapshot();
    let document = snapshot.document(&id).unwrap();
    let hints = snapshot.inlay_hints(&id, TextRange::new(0, document.len())).into_iter();
    let lines = hints.map(|hint| {
        let line = document.buildkit_line_range(document.buildkit_line(hint.offset));
        let before = document.slice(TextRange::new(line.start, hint.offset));
        format!("{before} [{}] {:?}\n", hint.label, hint.tooltip)
    });
    lines.collect()
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&show(text, Settings::default()));
}

#[test]
fn words_with_variables_say_what_they_are() {
    check(
        "ARG BASE=node TAG=22\nARG OTHER\nFROM --platform=$BUILDPLATFORM ${BASE}:${TAG} AS x\nARG TAG\nENV APP=/srv/größe\n\nWORKDIR $APP\nCOPY a${TAG} b \\\r\n  $APP/😀/\nEXPOSE $TAG\nFROM $OTHER\n",
        &expect![[r#"
            FROM --platform=$BUILDPLATFORM ${BASE}:${TAG} [→ node:22] "BASE=node, by ARG in line 1\nTAG=22, by ARG in line 1\nA build argument may change it."
            WORKDIR $APP [→ /srv/größe] "APP=/srv/größe, by ENV in line 5"
            COPY a${TAG} [→ a22] "TAG=22, by ARG in line 4\nA build argument may change it."
              $APP/😀/ [→ /srv/größe/😀/] "APP=/srv/größe, by ENV in line 5"
            EXPOSE $TAG [→ 22] "TAG=22, by ARG in line 4\nA build argument may change it."
        "#]],
    );
}

#[test]
fn what_is_plain_not_known_or_a_list_of_its_own_has_no_hint() {
    check("FROM a\nENV APP=/x\nWORKDIR $APP\n", &expect![""]);
    check("FROM a\nENV B=${A:-1} C=$B\nRUN echo $B\nCMD $B\n", &expect![""]);
    check(
        "# escape=`\nFROM a\nENV A=1\n\nUSER `$A\nCOPY '$A' /\nCOPY <<E /x\n$A\nE\nCOPY $A\n",
        &expect![[r#"
            COPY $A [→ 1] "A=1, by ENV in line 3"
        "#]],
    );
    check("# syntax=example.com/other\nARG A=1\nARG B\nFROM $A\n", &expect![""]);
}

#[test]
fn a_relative_workdir_says_where_it_leads() {
    check(
        "FROM scratch\nWORKDIR /srv\nWORKDIR app\nWORKDIR ../$X\nENV D=y\n\nWORKDIR $D\n",
        &expect![[r#"
        WORKDIR app [→ /srv/app] "The working directory from here on: /srv/app"
        WORKDIR ../$X [→ /srv] "The working directory from here on: /srv"
        WORKDIR $D [→ /srv/y] "The working directory from here on: /srv/y"
    "#]],
    );
    check("FROM node\nWORKDIR app\n", &expect![""]);
}

#[test]
fn a_number_says_its_stage() {
    check(
        "FROM a AS build\nFROM b:1\nFROM c\nCOPY --from=0 x y\nCOPY --from=1 x y\nCOPY --from=build x y\nCOPY --from=7 x y\nRUN --mount=from=0,target=/x true\n",
        &expect![[r#"
            COPY --from=0 [→ build] "The stage in line 1: FROM a"
            COPY --from=1 [→ b:1] "The stage in line 2: FROM b:1"
        "#]],
    );
}

#[test]
fn secrets_are_never_shown() {
    let text = "ARG NPM_TOKEN=hunter22\nARG U=https://x:pa55word@h/r\nARG Z\nFROM a:$NPM_TOKEN\nARG NPM_TOKEN\nENV COPYOF=$NPM_TOKEN\n\nWORKDIR /$NPM_TOKEN\nWORKDIR app\nUSER $COPYOF\nADD $U /x\n";
    let shown = show(text, Settings::default());
    for secret in ["hunter22", "pa55word"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn settings_switch_kinds_off_and_change_values() {
    let text = "ARG A=1\nARG Z\nFROM x:$A AS y\nFROM scratch\nWORKDIR a\nCOPY --from=0 x /y\n";
    let off = HintSettings { build: true, variables: false, workdir: false, stages: false };
    assert_eq!(show(text, Settings { hints: off, ..Settings::default() }), "");
    let args = BTreeMap::from([("A".to_owned(), "2".to_owned())]);
    let build = BuildSettings { args, ..BuildSettings::default() };
    let shown = show(text, Settings { build, ..Settings::default() });
    assert!(!shown.contains("x:1") && shown.contains("/a"), "{shown}");
}
