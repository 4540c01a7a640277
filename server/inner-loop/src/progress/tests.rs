//! Event streams in, a line of text an update out.

use expect_test::{Expect, expect};
use semantic::Step;
use syntax::Keyword;

use super::*;
use crate::event::BuildFailure;
use crate::event::SourceLines;

fn step(line: u32, keyword: Keyword, text: &str, number: Option<u32>) -> Step {
    Step {
        stage: 0,
        stage_name: "build".to_owned(),
        line,
        end_line: line,
        keyword,
        instruction: format!("{keyword} {text}"),
        vertex_prefix: number.map(|number| format!("[build {number}/3] ")),
    }
}

fn steps() -> Vec<Step> {
    vec![
        step(1, Keyword::From, "node", Some(1)),
        step(2, Keyword::Workdir, "/", None),
        step(3, Keyword::Copy, ". .", Some(2)),
        step(4, Keyword::Run, "npm ci", Some(3)),
    ]
}

fn vertex(digest: &str, name: &str, inputs: &[&str], interval: (f64, Option<f64>)) -> BuildEvent {
    BuildEvent::Vertex(Vertex {
        digest: digest.to_owned(),
        name: name.to_owned(),
        inputs: inputs.iter().map(|input| (*input).to_owned()).collect(),
        started: Some(interval.0),
        completed: interval.1,
        ..Vertex::default()
    })
}

fn cached(event: BuildEvent) -> BuildEvent {
    match event {
        BuildEvent::Vertex(vertex) => BuildEvent::Vertex(Vertex { cached: true, ..vertex }),
        other => other,
    }
}

fn log(digest: &str, text: &str) -> BuildEvent {
    BuildEvent::Log { vertex: digest.to_owned(), stream: LogStream::Stderr, data: text.as_bytes().to_vec() }
}

fn check(events: Vec<BuildEvent>, expected: Expect) {
    let mut progress = Progress::new(None, &steps(), vec![2, 3, 4]);
    let mut text = String::new();
    for update in events.into_iter().flat_map(|event| progress.apply(event)) {
        text += &match update {
            Update::Step(step) => {
                let cached = if step.cached { " cached" } else { "" };
                format!("{} {}{cached} {:.1}s\n", step.line, step.state.as_str(), step.seconds)
            }
            Update::Log { line, text, .. } => format!("{line:?} | {text}\n"),
            Update::Problem(problem) => {
                format!(
                    "problem {}-{}: {} {:?}\n",
                    problem.line, problem.end_line, problem.message, problem.log
                )
            }
            Update::Finished { ok, canceled, steps, cached, .. } => {
                format!("finished ok={ok} canceled={canceled} {cached}/{steps}\n")
            }
            other => format!("{other:?}\n"),
        };
    }
    expected.assert_eq(&text);
}

fn finished(outcome: BuildOutcome) -> BuildEvent {
    BuildEvent::Finished { outcome, seconds: 9.0 }
}

#[test]
fn each_step_closes_once_with_its_intervals_summed() {
    check(
        vec![
            vertex("f", "[build 1/3] FROM node", &[], (0.0, Some(0.1))),
            vertex("c", "[build 2/3] COPY . .", &["f"], (0.1, Some(0.2))),
            vertex("c", "[build 2/3] COPY . .", &["f"], (0.5, None)),
            vertex("c", "[build 2/3] COPY . .", &["f"], (0.5, Some(1.0))),
            vertex("c", "[build 2/3] COPY . .", &["f"], (0.5, Some(1.0))),
            vertex("r", "[build 3/3] RUN npm ci", &["c"], (1.0, None)),
            log("r", "added 1 package\nand"),
            vertex("r", "[build 3/3] RUN npm ci", &["c"], (1.0, Some(3.0))),
            finished(BuildOutcome::Succeeded { image: None }),
        ],
        expect![[r#"
            1 running cached 0.1s
            1 done cached 0.1s
            3 running 0.1s
            3 done 0.6s
            4 running 0.0s
            Some(4) | added 1 package
            Some(4) | and
            2 done cached 0.0s
            4 done 2.0s
            finished ok=true canceled=false 2/4
        "#]],
    );
}

#[test]
fn a_build_from_the_cache_runs_nothing() {
    check(
        vec![
            cached(vertex("f", "[build 1/3] FROM node", &[], (0.0, Some(0.0)))),
            cached(vertex("c", "[build 2/3] COPY . .", &["f"], (0.0, Some(0.0)))),
            cached(vertex("r", "[build 3/3] RUN npm ci", &["c"], (0.0, Some(0.0)))),
            finished(BuildOutcome::Succeeded { image: None }),
        ],
        expect![[r#"
            1 done cached 0.0s
            2 done cached 0.0s
            3 done cached 0.0s
            4 done cached 0.0s
            finished ok=true canceled=false 4/4
        "#]],
    );
}

#[test]
fn a_failure_names_its_step_and_the_siblings_are_canceled() {
    let failure = BuildFailure {
        message: "npm ci: exit code 1".to_owned(),
        vertex: Some("r".to_owned()),
        ..BuildFailure::default()
    };
    check(
        vec![
            vertex("f", "[build 1/3] FROM node", &[], (0.0, Some(0.1))),
            vertex("c", "[build 2/3] COPY . .", &["f"], (0.1, None)),
            vertex("r", "[build 3/3] RUN npm ci", &["f"], (0.1, None)),
            log("r", "npm error 401"),
            finished(BuildOutcome::Failed(failure)),
        ],
        expect![[r#"
            1 running cached 0.1s
            1 done cached 0.1s
            3 running 0.0s
            4 running 0.0s
            Some(4) | npm error 401
            4 failed 0.0s
            2 canceled 0.0s
            3 canceled 0.0s
            problem 4-4: npm ci: exit code 1 ["npm error 401"]
            finished ok=false canceled=false 1/4
        "#]],
    );
}

#[test]
fn an_old_engine_names_only_the_vertex_or_the_lines() {
    let failure = BuildFailure {
        message: "no such file".to_owned(),
        source: Some(SourceLines { first: 3, last: 3 }),
        ..BuildFailure::default()
    };
    check(
        vec![finished(BuildOutcome::Failed(failure))],
        expect![[r#"
            3 failed 0.0s
            1 canceled 0.0s
            2 canceled 0.0s
            4 canceled 0.0s
            problem 3-3: no such file []
            finished ok=false canceled=false 0/4
        "#]],
    );
}

#[test]
fn a_base_image_that_cannot_be_had_is_a_failure_of_its_from() {
    let mut lookup =
        vertex("m", "[internal] load metadata for docker.io/library/node:latest", &[], (0.0, Some(0.1)));
    if let BuildEvent::Vertex(vertex) = &mut lookup {
        vertex.error = Some("not found".to_owned());
    }
    let failure = BuildFailure {
        message: "node: not found".to_owned(),
        vertex: Some("m".to_owned()),
        ..BuildFailure::default()
    };
    check(
        vec![lookup, finished(BuildOutcome::Failed(failure))],
        expect![[r#"
            1 failed 0.0s
            2 canceled 0.0s
            3 canceled 0.0s
            4 canceled 0.0s
            problem 1-1: node: not found []
            finished ok=false canceled=false 0/4
        "#]],
    );
}

#[test]
fn an_image_that_is_pulled_is_not_cached() {
    let pulling = BuildEvent::VertexProgress(crate::event::VertexProgress {
        vertex: "f".to_owned(),
        id: "extracting sha256:abc".to_owned(),
        ..Default::default()
    });
    check(
        vec![
            vertex("f", "[build 1/3] FROM node", &[], (0.0, None)),
            pulling,
            vertex("f", "[build 1/3] FROM node", &[], (0.0, Some(8.0))),
            finished(BuildOutcome::Canceled),
        ],
        expect![[r#"
            1 running cached 0.0s
            1 done 8.0s
            2 canceled 0.0s
            3 canceled 0.0s
            4 canceled 0.0s
            finished ok=false canceled=true 0/4
        "#]],
    );
}

#[test]
fn steps_take_their_bytes_from_the_end_of_the_history() {
    let entry = |created_by: &str, bytes| HistoryEntry { created_by: created_by.to_owned(), bytes };
    let sizes = |history: Vec<HistoryEntry>| {
        let mut progress = Progress::new(None, &steps(), vec![2, 3, 4]);
        let image = BuiltImage { history, ..BuiltImage::default() };
        progress.apply(finished(BuildOutcome::Succeeded { image: Some(image) }));
        progress.steps().iter().map(|step| step.bytes).collect::<Vec<_>>()
    };
    let base = entry("RUN base", 900);
    let (workdir, copy) = (entry("WORKDIR /", 0), entry("COPY . . # buildkit", 20));
    let run = entry("RUN /bin/sh -c npm ci # buildkit", 300);
    let own = vec![base.clone(), workdir.clone(), copy.clone(), run.clone()];
    assert_eq!(sizes(own), [None, Some(0), Some(20), Some(300)]);
    assert_eq!(sizes(vec![base, copy, workdir, run]), [None; 4], "another order means another file");
    assert_eq!(sizes(Vec::new()), [None; 4]);
}

#[test]
fn triggers_of_the_base_image_shift_the_numbers_and_are_no_steps() {
    check(
        vec![
            vertex("f", "[build 1/3] FROM node", &[], (0.0, Some(0.1))),
            vertex("t", "[build 2/5] ONBUILD RUN echo one", &["f"], (0.1, Some(0.2))),
            vertex("u", "[build 3/5] ONBUILD RUN echo two", &["t"], (0.2, Some(0.3))),
            vertex("c", "[build 4/5] COPY . .", &["u"], (0.3, Some(0.4))),
            vertex("r", "[build 5/5] RUN npm ci", &["c"], (0.4, Some(2.4))),
            log("r", "added\n"),
            finished(BuildOutcome::Succeeded { image: None }),
        ],
        expect![[r#"
            1 running cached 0.1s
            1 done cached 0.1s
            3 running 0.1s
            3 done 0.1s
            4 running 2.0s
            Some(4) | added
            2 done cached 0.0s
            4 done 2.0s
            finished ok=true canceled=false 2/4
        "#]],
    );
}

#[test]
fn the_only_stage_may_go_without_its_name_and_one_of_several_may_not() {
    let run = || vertex("d", "[3/3] RUN npm ci", &[], (0.0, None));
    check(
        vec![run(), log("d", "größe\n")],
        expect![[r#"
            4 running 0.0s
            Some(4) | größe
        "#]],
    );
    let second = Step {
        stage_name: "last".to_owned(),
        vertex_prefix: Some("[last 1/1] ".to_owned()),
        ..steps()[0].clone()
    };
    let all: Vec<Step> = steps().into_iter().chain([second]).collect();
    assert_eq!(Progress::new(None, &all, Vec::new()).apply(run()), []);
}
