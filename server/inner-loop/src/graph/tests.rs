//! Edges, and the critical path, of small files.

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::{Expect, expect};
use semantic::{Facts, Model};
use syntax::Document;

use super::{EdgeKind, Graph, Known, Node, Origin, StepCost};
use crate::plan::Outside;
use crate::record::StepState;

/// The graph of the last stage, where steps on these lines took these seconds when they last ran.
fn graph(text: &str, contexts: &[(&str, &str)], seconds: &[(u32, f64)]) -> Graph {
    let contexts: BTreeMap<String, String> =
        contexts.iter().map(|(name, place)| ((*name).to_owned(), (*place).to_owned())).collect();
    let outside = Outside { named_contexts: contexts.clone(), ..Outside::default() };
    let facts = if contexts.is_empty() { Facts::default() } else { outside.facts() };
    let model = Model::new(&Document::new(text), &facts);
    let cost = |seconds: f64| StepCost {
        state: StepState::Done,
        cached: true,
        seconds: 0.0,
        last_seconds: Some(seconds),
        bytes: Some(100),
    };
    let costs = seconds.iter().map(|(line, seconds)| (*line, cost(*seconds))).collect();
    let known = Known { costs, ..Known::default() };
    let target = model.final_stage().map_or(0, |stage| stage.index);
    Graph::of(&model, target, &contexts, &known)
}

/// Stages with their steps' lines, then edges; `*` is on the critical path, `-` what is not needed.
fn shown(graph: &Graph) -> String {
    let mut text = String::new();
    for stage in &graph.stages {
        let lines = stage
            .steps
            .iter()
            .map(|step| format!(" {}{}", step.step.line, if step.is_critical { "*" } else { "" }));
        let unused = if stage.is_reached { "" } else { "-" };
        writeln!(text, "{unused}{}:{}", stage.name, lines.collect::<String>()).unwrap();
    }
    for edge in &graph.edges {
        let from = match edge.from {
            Node::Stage(stage) => graph.stages[stage].name.clone(),
            Node::Origin(origin) => format!("{:?}", graph.origins[origin]),
        };
        let kind = match edge.kind {
            EdgeKind::From => "from",
            EdgeKind::Copy => "copy",
            EdgeKind::Mount => "mount",
        };
        let line = graph.stages[edge.stage].steps[edge.step].step.line;
        let critical = if edge.is_critical { " *" } else { "" };
        writeln!(text, "{line} {kind} {from}{critical}").unwrap();
    }
    if let Some(seconds) = graph.critical_seconds {
        writeln!(text, "{seconds} of {}", graph.seconds().unwrap_or_default()).unwrap();
    }
    text
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&shown(&graph(text, &[], &[])));
}

#[test]
fn each_way_to_take_something_is_an_edge() {
    check(
        "ARG V=22\r\nFROM node:$V AS Build\r\nWORKDIR /größe 🐳\r\nCOPY --link a \\\r\n  b ./\r\nRUN --mount=type=cache,target=/x --mount=target=/src make\r\nRUN --mount=from=golang:1,target=/go --mount=type=secret,id=t x\r\nFROM scratch\r\nADD https://example.org/x.tar c /\r\nCOPY --from=build /a /\r\nCOPY --from=0 /b /\r\nCOPY <<EOF /c\r\nRUN no step\r\nEOF\r\nCMD [\"/a\"]\r\n",
        &expect![[r#"
            Build: 2 3 4 6 7
            stage-1: 8 9 10 11 12
            2 from Image("node:22")
            4 copy Context
            6 mount Context
            7 mount Image("golang:1")
            9 copy Context
            9 copy Address("https://example.org/x.tar")
            10 copy Build
            11 copy Build
        "#]],
    );
}

#[test]
fn the_escape_character_may_be_another() {
    check(
        "# escape=`\nFROM a AS x\nRUN b `\n  c\nFROM x\n",
        &expect![[r#"
        x: 2 3
        stage-1: 5
        2 from Image("a")
        5 from x
    "#]],
    );
}

#[test]
fn what_the_target_does_not_need_is_there_and_told_apart() {
    check(
        "FROM a AS used\nFROM b AS unused\nCOPY --from=used / /\nFROM used\n",
        &expect![[r#"
        used: 1
        -unused: 2 3
        stage-2: 4
        1 from Image("a")
        2 from Image("b")
        3 copy used
        4 from used
    "#]],
    );
}

#[test]
fn what_is_not_known_is_as_it_is_written() {
    check(
        "FROM $NOBODY AS x\nCOPY --from=x$LATE a b\nFROM x\nCOPY --from=nowhere a b\n",
        &expect![[r#"
        x: 1 2
        stage-1: 3 4
        1 from Image("$NOBODY")
        2 copy Image("x$LATE")
        3 from x
        4 copy Image("nowhere")
    "#]],
    );
}

#[test]
fn half_typed_files_have_what_there_is() {
    check(
        "FROM\nCOPY\nRUN --mount=from= x\nCOPY --from= a\nFROM x AS\nCOPY --from=1 a b\nRUN <<EOF\n",
        &expect![[r#"
            -stage-0: 1 3 4
            stage-1: 5 6 7
            5 from Image("x")
            6 copy stage-1
        "#]],
    );
    assert_eq!(shown(&graph("RUN x\n", &[], &[])), "");
    assert_eq!(shown(&graph("", &[], &[])), "");
}

#[test]
fn named_contexts_take_the_place_of_stages_and_images() {
    let text =
        "FROM a AS deps\nRUN x\nFROM node:22\nCOPY --from=deps / /\nRUN --mount=from=libs,target=/l y\n";
    let contexts = [
        ("Deps", "/p/deps"),
        ("docker.io/library/node:22", "docker-image://node:24"),
        ("libs", "https://x/y.git"),
    ];
    expect![[r#"
        -deps: 1 2
        stage-1: 3 4 5
        1 from Image("a")
        3 from Image("node:24")
        4 copy Named { name: "Deps", place: "/p/deps" }
        5 mount Named { name: "libs", place: "https://x/y.git" }
    "#]]
    .assert_eq(&shown(&graph(text, &contexts, &[])));
}

const DIAMOND: &str = "FROM a AS base\nRUN base\nFROM base AS slow\nRUN slow\nFROM base AS quick\nRUN quick\nFROM scratch\nCOPY --from=quick / /\nCOPY --from=slow / /\nRUN last\n";

#[test]
fn the_critical_path_is_the_longest_chain() {
    let seconds = [(2, 1.0), (4, 5.0), (6, 2.0), (8, 0.5), (9, 0.25), (10, 1.0)];
    expect![[r#"
        base: 1* 2*
        slow: 3* 4*
        quick: 5 6
        stage-3: 7 8 9* 10*
        1 from Image("a")
        3 from base *
        5 from base
        8 copy quick
        9 copy slow *
        7.25 of 9.75
    "#]]
    .assert_eq(&shown(&graph(DIAMOND, &[], &seconds)));
    // With a slow stage of its own before, the other way is longer.
    let seconds = [(2, 1.0), (4, 1.0), (6, 2.0), (8, 0.5)];
    expect![[r#"
        base: 1* 2*
        slow: 3 4
        quick: 5* 6*
        stage-3: 7 8* 9* 10*
        1 from Image("a")
        3 from base
        5 from base *
        8 copy quick *
        9 copy slow
        3.5 of 4.5
    "#]]
    .assert_eq(&shown(&graph(DIAMOND, &[], &seconds)));
}

#[test]
fn without_times_nothing_is_critical() {
    let graph = graph(DIAMOND, &[], &[]);
    assert_eq!((graph.critical_seconds, graph.seconds(), graph.stages[0].bytes()), (None, None, None));
    assert!(graph.stages.iter().flat_map(|stage| &stage.steps).all(|step| !step.is_critical));
}

#[test]
fn a_stage_adds_up_what_is_known_of_its_steps() {
    let graph = graph("FROM a\nRUN b\nRUN c\nRUN d\n", &[], &[(2, 1.5), (4, 0.25)]);
    assert_eq!((graph.stages[0].seconds(), graph.stages[0].bytes()), (Some(1.75), Some(200)));
}

#[test]
fn what_failed_or_was_stopped_took_what_it_took_before() {
    let cost =
        |state, last_seconds| StepCost { state, cached: false, seconds: 9.0, last_seconds, bytes: None };
    assert_eq!(cost(StepState::Done, Some(3.0)).usual_seconds(), Some(9.0));
    assert_eq!(cost(StepState::Failed, Some(3.0)).usual_seconds(), Some(3.0));
    assert_eq!(cost(StepState::Canceled, None).usual_seconds(), None);
}

#[test]
fn kinds_of_origins_are_told_apart() {
    let origins = graph("FROM context\nCOPY a b\n", &[], &[]).origins;
    assert_eq!(origins, [Origin::Image("context".to_owned()), Origin::Context]);
}
