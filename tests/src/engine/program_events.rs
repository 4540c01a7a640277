//! `layerwise build --progress json`: every event to the letter.

use serde_json::Value;

use super::harness::settled;
use super::program_build::{ALL, TODAYS, closing, contexts, events, last, nonce, on_each, runs};
use crate::program::{Folder, fields};

/// Every kind of step, several stages of which one is not built, and steps that the builder never sees (`WORKDIR /`, FROM of a stage).
const EVERYTHING: &str = "FROM debian:bookworm-slim AS base\n\
    WORKDIR /\n\
    WORKDIR /app\n\
    COPY one .\n\
    # NONCE\n\
    RUN echo NONCE && \\\n    echo err >&2\n\
    FROM base AS unused\n\
    RUN exit 1\n\
    FROM base AS build\n\
    ENV A=b\n\
    COPY src /src\n\
    ADD one /two\n\
    RUN cat /src/text > /out\n\
    FROM scratch\n\
    COPY --from=build /out /\n";

fn folder(text: &str) -> Folder {
    Folder::new(&[("Dockerfile", text), ("one", "1"), ("src/text", "some text"), ("src/ünï", "x")])
}

/// What interface.md says of each event.
#[track_caller]
fn check_shapes(events: &[Value]) {
    for event in events {
        let expected = match event["event"].as_str().unwrap() {
            "started" => "builder event file target",
            "step" if event["state"] == "running" => "end_line event instruction line stage state",
            "step" => "cached end_line event instruction line seconds stage state",
            "log" => "event line stream text",
            "context" => "bytes_sent bytes_total event files_sent files_total",
            "problem" => "column dockerfile_line event file line message severity source",
            "finished" => "cached event image ok seconds size steps",
            "notice" => "event text",
            other => panic!("no event is called {other}"),
        };
        assert_eq!(fields(event), expected, "{event}");
    }
    let is = |event: &Value, kind: &str| event["event"] == kind;
    assert!(is(&events[0], "started") && is(events.last().unwrap(), "finished"), "{events:#?}");
    for kind in ["started", "finished"] {
        assert_eq!(events.iter().filter(|event| is(event, kind)).count(), 1);
    }
    let last = last(events);
    let closing = closing(events);
    assert_eq!(last["steps"], closing.len());
    assert_eq!(last["cached"], closing.iter().filter(|event| event["cached"] == true).count());
    for event in &closing {
        let before_it = events.iter().take_while(|other| other != event);
        let begun = before_it.filter(|other| is(other, "step") && other["line"] == event["line"]).count();
        assert!(begun <= 1, "{events:#?}");
    }
}

/// The closing events, by line.
fn in_file_order(events: &[Value]) -> Vec<&Value> {
    let mut closing = closing(events);
    closing.sort_by_key(|step| step["line"].as_u64());
    closing
}

#[test]
fn each_step_has_one_closing_event_on_its_line() {
    on_each(&ALL, |host| {
        let folder = folder(&EVERYTHING.replace("NONCE", &nonce())).with_host(host);
        let events = events(&folder, &["."], 0);
        check_shapes(&events);
        assert_eq!((&events[0]["file"], &events[0]["target"]), (&"Dockerfile".into(), &"stage-3".into()));
        assert!(events[0]["builder"].as_str().unwrap().starts_with("docker 2"), "{}", events[0]);
        let steps: Vec<_> = in_file_order(&events)
            .iter()
            .map(|step| {
                let instruction = step["instruction"].as_str().unwrap().split(' ').next().unwrap();
                format!(
                    "{} {}-{} {instruction}",
                    step["stage"].as_str().unwrap(),
                    step["line"],
                    step["end_line"]
                )
            })
            .collect();
        assert_eq!(
            steps,
            [
                "base 1-1 FROM",
                "base 2-2 WORKDIR",
                "base 3-3 WORKDIR",
                "base 4-4 COPY",
                "base 6-7 RUN",
                "build 10-10 FROM",
                "build 12-12 COPY",
                "build 13-13 ADD",
                "build 14-14 RUN",
                "stage-3 15-15 FROM",
                "stage-3 16-16 COPY",
            ]
        );
        let logs: Vec<_> = events.iter().filter(|event| event["event"] == "log").collect();
        assert!(logs.iter().all(|log| log["line"] == 6 || log["line"] == 14), "{logs:#?}");
        assert!(logs.iter().any(|log| log["stream"] == "stderr" && log["text"] == "err"), "{logs:#?}");
        assert!(last(&events)["image"].as_str().unwrap().starts_with("sha256:"));
        assert!(last(&events)["size"].as_u64().is_some());
    });
}

#[test]
fn a_second_build_is_cached_and_sends_nothing() {
    on_each(&ALL, |host| {
        let folder = folder(&EVERYTHING.replace("NONCE", &nonce())).with_host(host);
        let first = events(&folder, &["."], 0);
        let [sent] = contexts(&first)[..] else { panic!("{first:#?}") };
        assert_eq!(
            (&sent["files_sent"], &sent["bytes_sent"]),
            (&3.into(), &11.into()),
            "one, src/text and src/ünï"
        );
        assert_eq!(sent["files_total"], 4);

        let sends = |events: &Vec<Value>| contexts(events).iter().any(|sent| sent["files_sent"] != 0);
        let second = settled(|| events(&folder, &["."], 0), sends);
        check_shapes(&second);
        let [sent] = contexts(&second)[..] else { panic!("{second:#?}") };
        assert_eq!((&sent["files_sent"], &sent["bytes_sent"]), (&0.into(), &0.into()));
        assert_eq!(last(&second)["cached"], last(&second)["steps"], "{second:#?}");
        assert_eq!(last(&second)["image"], last(&first)["image"]);

        // A result that any earlier build had would be cached by its content.
        let other = nonce();
        folder.write("src/text", &other);
        let third = events(&folder, &["."], 0);
        let [sent] = contexts(&third)[..] else { panic!("{third:#?}") };
        assert_eq!((&sent["files_sent"], &sent["bytes_sent"]), (&1.into(), &other.len().into()));
        assert_eq!(runs(&third), [12, 13, 14, 16], "{third:#?}");
    });
}

#[test]
fn linked_copies_and_heredocs_are_steps_like_others() {
    on_each(&TODAYS, |host| {
        let text = format!(
            "FROM debian:bookworm-slim\nCOPY --link src /src\nRUN <<EOF\necho {}\nexit 0\nEOF\nCOPY <<A <<B /x/\na\nA\nb\nB\n",
            nonce()
        );
        let folder = folder(&text).with_host(host);
        let built = events(&folder, &["."], 0);
        check_shapes(&built);
        let mut lines: Vec<_> =
            closing(&built).iter().map(|step| (step["line"].as_u64(), step["end_line"].as_u64())).collect();
        lines.sort_unstable();
        assert_eq!(lines, [(1, 1), (2, 2), (3, 6), (7, 11)].map(|(first, end)| (Some(first), Some(end))));
        let again = events(&folder, &["."], 0);
        assert_eq!(last(&again)["cached"], 4, "{again:#?}");
    });
}

#[test]
fn a_failing_step_is_a_problem_at_its_lines() {
    on_each(&ALL, |host| {
        let text =
            format!("FROM debian:bookworm-slim\n# why\nRUN echo {} && \\\n  exit 3\nRUN true\n", nonce());
        let events = events(&folder(&text).with_host(host), &["."], 1);
        check_shapes(&events);
        let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
        assert_eq!((&problem["file"], &problem["dockerfile_line"]), (&"Dockerfile".into(), &3.into()));
        assert_eq!((&problem["line"], &problem["severity"]), (&3.into(), &"error".into()));
        assert!(problem["message"].as_str().unwrap().contains("exit code: 3"), "{problem}");
        let states: Vec<_> =
            closing(&events).iter().map(|step| (step["line"].as_u64(), step["state"].as_str())).collect();
        assert!(states.contains(&(Some(3), Some("failed"))), "{states:?}");
        assert!(states.contains(&(Some(5), Some("canceled"))), "{states:?}");
        let last = last(&events);
        assert_eq!((&last["ok"], &last["image"], &last["size"]), (&false.into(), &Value::Null, &Value::Null));
    });
}

#[test]
fn what_does_not_build_is_told_at_its_line() {
    on_each(&ALL, |host| {
        let said = |text: &str, arguments: &[&str]| {
            let folder = folder(text).with_host(host);
            let events = events(&folder, arguments, 1);
            check_shapes(&events);
            let problem = events.iter().find(|event| event["event"] == "problem").unwrap();
            assert_eq!(problem["file"], "Dockerfile");
            (problem["line"].as_u64().unwrap(), problem["message"].as_str().unwrap().to_owned())
        };
        let (line, message) =
            said("FROM scratch\nFROM 127.0.0.1:1/layerwise-nothing:9\nCOPY one /\n", &["."]);
        assert!(line == 2 && message.contains("127.0.0.1:1/layerwise-nothing:9"), "{line}: {message}");
        let (line, message) = said("FROM debian:bookworm-slim\nCOPY nothing /\n", &["."]);
        assert!(line == 2 && message.contains("nothing"), "{line}: {message}");
        let (line, message) = said("FROM scratch\nCOPYY one /\n", &["."]);
        assert!(line == 2 && message.contains("COPYY"), "{line}: {message}");
        let (_, message) = said("FROM scratch AS one\n", &["--target", "on", "."]);
        assert!(message.contains("on"), "{message}");
        said("", &["."]);
    });
}
