//! Each hint: the text before it on its line, what it says, and its tooltip.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use inner_loop::prediction::{Prediction, Verdict};
use inner_loop::{BuildRecord, StepRecord, StepState};
use syntax::{Document, TextRange};

use crate::settings::{BuildSettings, HintSettings, Settings};
use crate::{DocumentId, DocumentKind, Forecast, Host, LastBuild};

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
    let off = HintSettings { build: true, prediction: true, variables: false, workdir: false, stages: false };
    assert_eq!(show(text, Settings { hints: off, ..Settings::default() }), "");
    let args = BTreeMap::from([("A".to_owned(), "2".to_owned())]);
    let build = BuildSettings { args, ..BuildSettings::default() };
    let shown = show(text, Settings { build, ..Settings::default() });
    assert!(!shown.contains("x:1") && shown.contains("/a"), "{shown}");
}

/// The hints of steps after a build of `then`, of which `forecast` was made too; each by its line in `now`.
fn steps(then: &str, forecast: &[(u32, Prediction)], last: &[StepRecord], now: &str) -> String {
    let id = DocumentId::new("file:///Dockerfile");
    let mut host = Host::new();
    host.open(id.clone(), DocumentKind::Dockerfile, now);
    let document = Document::new(then);
    if !last.is_empty() {
        let record = BuildRecord { steps: last.to_vec(), ..BuildRecord::default() };
        host.set_last_build(&id, LastBuild { document: document.clone(), record, problem: None });
    }
    host.set_forecast(&id, Some(Forecast { document, steps: forecast.to_vec() }));
    let snapshot = host.snapshot();
    let today = snapshot.document(&id).unwrap();
    let hints = snapshot.inlay_hints(&id, TextRange::new(0, today.len())).into_iter();
    let lines = hints.map(|hint| {
        let line = today.buildkit_line(hint.offset) + 1;
        format!("{line} [{}] {:?}\n", hint.label, hint.tooltip)
    });
    lines.collect()
}

fn next(verdict: Verdict, reason: Option<&str>, last_seconds: Option<f64>) -> Prediction {
    Prediction { verdict, reason: reason.map(str::to_owned), because: Vec::new(), last_seconds }
}

fn last(line: u32, state: StepState, cached: bool, bytes: Option<u64>) -> StepRecord {
    StepRecord {
        stage: "stage-0".to_owned(),
        line,
        end_line: line,
        instruction: String::new(),
        state,
        cached,
        seconds: 2.0,
        bytes,
    }
}

const STEPS: &str = "FROM a\nRUN b 😀\nCOPY <<E \\\n  /x\nc\nE\nRUN d\n";

fn four() -> Vec<(u32, Prediction)> {
    vec![
        (1, next(Verdict::Cached, None, Some(0.1))),
        (2, next(Verdict::Rebuild, Some("argument V changed"), Some(4.24))),
        (3, next(Verdict::Maybe, Some("only if the files that it reads differ"), None)),
        (7, next(Verdict::Rebuild, Some("the instruction is new"), None)),
    ]
}

#[test]
fn what_the_next_build_would_do_stands_behind_each_step() {
    expect![[r#"
        1 [cached] "Next build: from the cache"
        2 [rebuild · 4.2 s] "Next build: runs again: argument V changed; it took 4.2 s last time"
        3 [maybe] "Next build: may run again: only if the files that it reads differ"
        7 [rebuild] "Next build: runs again: the instruction is new"
    "#]]
    .assert_eq(&steps(STEPS, &four(), &[], STEPS));
}

#[test]
fn the_last_build_says_more_of_what_stays_and_of_what_failed() {
    let built = [
        last(1, StepState::Done, false, Some(812)),
        last(2, StepState::Done, true, Some(5_000_000)),
        last(3, StepState::Failed, false, None),
        last(7, StepState::Canceled, false, None),
    ];
    expect![[r#"
        1 [2.0 s · 812 B] "Next build: from the cache\nLast build: 2.0 s; adds 812 B to the image"
        2 [rebuild · 4.2 s] "Next build: runs again: argument V changed; it took 4.2 s last time\nLast build: taken from the cache; adds 5.0 MB to the image"
        3 [failed after 2.0 s] "Next build: may run again: only if the files that it reads differ\nLast build: failed after 2.0 s"
        7 [rebuild] "Next build: runs again: the instruction is new\nLast build: stopped"
    "#]]
    .assert_eq(&steps(STEPS, &four(), &built, STEPS));
}

#[test]
fn below_an_edit_nothing_is_told_before_the_next_forecast() {
    // Comments, blank lines and line ends are no edit of an instruction.
    let moved = format!("# größe\r\n\r\n{}", STEPS.replace("RUN b", "\nRUN b"));
    assert_eq!(steps(STEPS, &four(), &[], &moved).lines().count(), 4);
    for edited in [
        STEPS.replace("b 😀", "b 😀!"),
        STEPS.replace("RUN b 😀\n", ""),
        STEPS.replace("RUN b", "USER c\nRUN b"),
        "FROM a\nRU".to_owned(),
    ] {
        let shown = steps(STEPS, &four(), &[], &edited);
        assert_eq!(shown, "1 [cached] \"Next build: from the cache\"\n", "{edited}");
    }
}

#[test]
fn a_reason_shows_no_secret_and_a_setting_switches_predictions_off() {
    let text = "ARG NPM_TOKEN=hunter22\nFROM a\nRUN NPM_TOKEN=hunter22 npm ci\nRUN b\n";
    let above = next(Verdict::Rebuild, Some("RUN NPM_TOKEN=hunter22 npm ci in line 3 runs again"), None);
    let shown = steps(text, &[(4, above)], &[], text);
    assert!(shown.contains("in line 3 runs again") && !shown.contains("hunter22"), "{shown}");

    let id = DocumentId::new("file:///Dockerfile");
    let mut host = Host::new();
    host.open(id.clone(), DocumentKind::Dockerfile, STEPS);
    host.set_forecast(&id, Some(Forecast { document: Document::new(STEPS), steps: four() }));
    let hints = HintSettings { prediction: false, ..HintSettings::default() };
    host.set_settings(Settings { hints, ..Settings::default() });
    assert_eq!(host.snapshot().inlay_hints(&id, TextRange::new(0, 9)), []);
}
