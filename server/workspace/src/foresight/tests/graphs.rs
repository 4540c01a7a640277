//! Graphs after builds: which steps have a cost, and where the picture goes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use inner_loop::graph::{Graph, StepNode};
use inner_loop::prediction::Verdict;

use super::{COPY, Loop, MAKE, TEXT, built, result};
use crate::foresight::graph;

/// Of each step its line, whether it was cached, its seconds, and what comes next.
fn shown(graph: &Graph) -> Vec<String> {
    let show = |step: &StepNode| {
        let cost = step.cost.map(|cost| {
            let cached = if cost.cached { " cached" } else { "" };
            format!("{cached} {:?}", cost.last_seconds)
        });
        let verdict = step.verdict.map(|verdict| format!(" {verdict:?}")).unwrap_or_default();
        format!("{}{}{verdict}", step.step.line, cost.unwrap_or_default())
    };
    graph.stages.iter().flat_map(|stage| &stage.steps).map(show).collect()
}

#[test]
fn a_graph_has_what_the_last_build_said_of_steps_that_are_still_the_same() {
    let project = built();
    let graph_of = |project: &Loop| project.foresight.graph(&project.request(), None).unwrap();
    let graph = graph_of(&project);
    assert_eq!(shown(&graph), ["1 cached None Cached", "2 Some(2.0) Cached", "3 Some(2.0) Cached"]);
    assert_eq!(graph.critical_seconds, Some(4.0));
    let last = graph.last_build.unwrap();
    assert_eq!((last.ok, last.steps, last.cached), (true, 3, 1));

    // The next build runs nothing: what a step takes is still known. A changed file is told.
    project.build(&[]);
    assert_eq!(shown(&graph_of(&project))[1..], ["2 cached Some(2.0) Cached", "3 cached Some(2.0) Cached"]);
    project.write("src/a", "1");
    assert_eq!(graph_of(&project).stages[0].steps[1].verdict, Some(Verdict::Rebuild));

    // Steps that have moved keep what they cost; those that were edited do not.
    let text = TEXT.replace("COPY", "# größe\n\nCOPY").replace("make", "make all");
    let project = Loop { text, ..project };
    assert_eq!(
        shown(&graph_of(&project)),
        ["1 cached None Cached", "4 cached Some(2.0) Rebuild", "5 Rebuild"]
    );
}

#[test]
fn without_a_build_a_graph_has_no_costs() {
    let project = Loop::new(TEXT);
    let (of_text, kept) = (graph(&project.request()).unwrap(), project.kept());
    assert_eq!(project.foresight.graph(&project.request(), None), Ok(of_text.clone()));
    assert_eq!(shown(&of_text), ["1", "2", "3"]);
    assert_eq!((of_text.last_build, of_text.critical_seconds), (None, None));
    assert_eq!(project.kept(), kept, "a look leaves nothing");
}

#[test]
fn steps_of_the_same_text_have_each_their_own_cost() {
    let project = Loop::new("FROM alpine\nRUN make\nRUN make\n");
    project.builder.keeps([result("one", COPY, 10.0), result("two", MAKE, 11.0)]);
    project.build(&[3]);
    let text = format!("\u{feff}{}RUN make\n", project.text);
    let project = Loop { text, ..project };
    let graph = project.foresight.graph(&project.request(), None).unwrap();
    assert!(graph.stages[0].steps[1].cost.unwrap().cached && !graph.stages[0].steps[2].cost.unwrap().cached);
    assert_eq!(graph.stages[0].steps[3].cost, None);
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let error = |text: &str, target: Option<&str>| {
        let project = Loop::new(text);
        let target = target.map(str::to_owned);
        let error = graph(&inner_loop::BuildRequest { target, ..project.request() }).unwrap_err();
        error.replace(&project.folder.path().display().to_string(), "")
    };
    assert_eq!(error("RUN x\n", None), "/project/Dockerfile has no stage: it needs a FROM");
    assert_eq!(error(TEXT, Some("größe")), "there is no stage größe in /project/Dockerfile");
    assert_eq!(
        error("# syntax=example.org/other\nFROM x\n", None),
        "example.org/other reads this file in its own way, so its steps are not known"
    );
}

#[test]
fn a_picture_is_a_private_file_in_the_place_of_the_one_before() {
    let project = Loop::new(TEXT);
    let first = project.foresight.write_picture(&project.request(), "<svg>1</svg>").unwrap();
    let second = project.foresight.write_picture(&project.request(), "<svg>2</svg>").unwrap();
    assert_eq!(first, second);
    assert_eq!(fs::read_to_string(&first).unwrap(), "<svg>2</svg>");
    assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
}
