//! Podman, whose Docker API builds without BuildKit: what it can do is told on the Dockerfile's lines, what it cannot is refused.

use std::time::Instant;

use inner_loop::{BuildEvent, BuildOutcome};
use serde_json::Value;

use super::harness::{Context, Engine, Running, SOON};
use super::program_build::{closing, contexts, events, last, nonce, runs};
use crate::program::Folder;

fn engine() -> Engine {
    Engine::new("PODMAN")
}

fn folder(files: &[(&str, &str)]) -> Folder {
    Folder::new(files).with_host(&engine().host)
}

#[track_caller]
fn logged(events: &[Value]) -> Vec<(u64, &str)> {
    let logs = events.iter().filter(|event| event["event"] == "log" && event["line"].is_u64());
    logs.map(|event| (event["line"].as_u64().unwrap(), event["text"].as_str().unwrap())).collect()
}

#[test]
fn steps_are_told_on_their_lines_and_cached_the_second_time() {
    // Podman knows a copied file by its content alone, from earlier runs too.
    let content = nonce();
    let text = format!(
        "FROM debian:bookworm-slim AS made\nENV A={}\nWORKDIR /app\nCOPY a ./\nRUN echo größe 👍 && \\\n  cat a > /out\n\
         FROM debian:bookworm-slim AS unused\nRUN --mount=type=secret,id=größe exit 9\nFROM debian:bookworm-slim\nARG B=1\nCOPY --from=made /out /\nRUN cat /out # $B\nCMD [\"sh\"]\n",
        nonce()
    );
    let folder =
        folder(&[("Dockerfile", &text), ("a", &content), ("ignored", ""), (".dockerignore", "ignored\n")]);
    let first = events(&folder, &["."], 0);
    assert!(first[0]["builder"].as_str().unwrap().starts_with("podman "), "{}", first[0]);
    let lines = |events: &[Value]| {
        closing(events).iter().map(|step| step["line"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(lines(&first), [1, 3, 4, 5, 9, 11, 12]);
    assert_eq!(runs(&first), [3, 4, 5, 11, 12]);
    assert_eq!(logged(&first), [(5, "größe 👍"), (12, content.as_str())]);
    // The Dockerfile, the ignore file and `a`.
    assert_eq!(contexts(&first).len(), 1);
    assert_eq!(contexts(&first)[0]["files_sent"], 3);
    assert!(last(&first)["image"].as_str().unwrap().starts_with("sha256:"), "{}", last(&first));
    let second = events(&folder, &["."], 0);
    assert_eq!((runs(&second), lines(&second)), (vec![], lines(&first)));
    assert_eq!(last(&second)["image"], last(&first)["image"]);
    folder.write("a", nonce());
    let third = events(&folder, &["."], 0);
    assert_eq!(runs(&third), [4, 5, 11, 12]);
    assert_eq!(runs(&events(&folder, &["--no-cache", "--target", "made", "."], 0)), [3, 4, 5]);
}

#[test]
fn reports_of_a_step_that_fails_are_read() {
    let run = "mkdir out\ncat > out/r.xml <<EOF\n<testsuite><testcase name=\"adds\"><failure message=\"größe\">t/sum.py:2: x</failure></testcase></testsuite>\nEOF\nexit 3\n";
    let text = format!(
        "FROM debian:bookworm-slim AS test\nWORKDIR /srv/app\nCOPY spec t\nRUN sh t/run.sh --junitxml=out/r.xml # {}\n",
        nonce()
    );
    let folder = folder(&[("Dockerfile", &text), ("spec/run.sh", run), ("spec/sum.py", "a\nb\n")]);
    let output = folder.run(&["test", "."]).exits(1);
    assert!(output.stdout.contains("FAILED adds\n  spec/sum.py:2\n    größe\n"), "{}", output.stdout);
    assert!(output.stdout.contains("line 4 is run once more"), "{}", output.stdout);
}

#[test]
fn a_failed_command_has_its_line_its_output_and_its_status() {
    let text =
        format!("FROM debian:bookworm-slim\nRUN echo {} && echo 'no such thing' >&2 && exit 3\n", nonce());
    let folder = folder(&[("Dockerfile", &text)]);
    let events = events(&folder, &["."], 1);
    let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
    assert_eq!((&problem["line"], &problem["dockerfile_line"]), (&2.into(), &2.into()));
    assert!(
        problem["message"].as_str().unwrap().contains("the command failed with exit status 3"),
        "{problem}"
    );
    assert!(logged(&events).contains(&(2, "no such thing")), "{events:?}");
    let states: Vec<_> = closing(&events).iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["done", "failed"]);
}

#[test]
fn nothing_of_ours_gets_into_the_image() {
    let text = format!("FROM debian:bookworm-slim\nCOPY . /all\nRUN echo {} && ls -A /all\n", nonce());
    let folder = folder(&[
        ("docker/web.Dockerfile", &text),
        ("docker/web.Dockerfile.dockerignore", "b\n"),
        (".dockerignore", "a\n"),
        ("src/a", ""),
        ("src/b", ""),
        ("src/.dockerignore", "a\n"),
    ]);
    let events = events(&folder, &["-f", "docker/web.Dockerfile", "src"], 0);
    let names: Vec<_> =
        logged(&events).into_iter().map(|(_, text)| text).filter(|text| !text.starts_with("nonce")).collect();
    assert_eq!(names, [".dockerignore", "a"]);
}

#[test]
fn what_its_api_has_no_place_for_is_refused() {
    let secret = "FROM debian:bookworm-slim\nRUN --mount=type=secret,id=token cat /run/secrets/token\n";
    let cases: [(&str, &[&str], &str); 4] = [
        (secret, &["."], "has no secrets;"),
        ("FROM scratch\nCOPY a /\n", &["--output", "out", "."], "has no results that are no image;"),
        (
            "FROM scratch\nCOPY a /\n",
            &["--platform", "linux/amd64,linux/arm64", "."],
            "no several platforms at once;",
        ),
        (
            "FROM scratch\nCOPY a /\n",
            &["--build-context", "x=src", "-o", "out", "."],
            "no named contexts, no results",
        ),
    ];
    for (text, arguments, expected) in cases {
        let folder = folder(&[("Dockerfile", text), ("a", ""), ("src/a", "")]);
        let events = events(&folder, arguments, 1);
        let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
        let message = problem["message"].as_str().unwrap();
        assert!(message.contains(expected) && message.contains("--host"), "{message}");
    }
}

#[test]
fn it_is_described_and_nothing_is_predicted() {
    let folder = folder(&[("Dockerfile", "FROM debian:bookworm-slim\nRUN true\n")]);
    let page = folder.run(&["builder"]).exits(0).stdout;
    assert!(page.starts_with("podman ") && page.contains("builds       without BuildKit"), "{page}");
    events(&folder, &["."], 0);
    let predicted = folder.run(&["predict", "--format", "json", "."]).exits(0).json();
    let verdicts: Vec<_> =
        predicted["steps"].as_array().unwrap().iter().map(|step| &step["prediction"]).collect();
    assert_eq!(verdicts, ["unknown", "unknown"]);
    let text = folder.run(&["predict", "."]).exits(0).stdout;
    assert!(text.contains("builds without BuildKit"), "{text}");
}

#[test]
fn a_build_stops_at_once_and_the_next_one_works() {
    let engine = engine();
    let context = Context::new(&[]);
    let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 60\n", nonce());
    let builder = engine.builder();
    let mut running = Running::start(&builder, context.request(&text));
    running.wait_for(|event| matches!(event, BuildEvent::Log { data, .. } if data.starts_with(b"nonce")));
    let asked = Instant::now();
    running.handle.cancel();
    let build = running.finish();
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    assert_eq!(*build.outcome(), BuildOutcome::Canceled);
    Running::start(&builder, context.request("FROM debian:bookworm-slim\nRUN true\n")).finish().succeeded();
}
