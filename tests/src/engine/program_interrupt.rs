//! Ctrl-C during `layerwise build`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::time::Instant;

use serde_json::Value;

use super::harness::SOON;
use super::program_build::{ALL, nonce, on_each};
use crate::program::{Folder, finish};

/// Sends the program that we started a signal.
pub(super) fn signal(child: &Child, name: &str) {
    assert!(
        Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success()
    );
}

#[test]
fn it_stops_with_status_130() {
    on_each(&ALL, |host| {
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 60\nRUN true\n", nonce());
        let folder = Folder::with_dockerfile(&text).with_host(host);
        let mut child = folder.command(["build", "--progress", "json", "."]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        while !seen.contains("\"log\"") {
            assert_ne!(lines.read_line(&mut seen).unwrap(), 0, "the step's output did not come: {seen}");
        }
        let asked = Instant::now();
        signal(&child, "INT");
        lines.read_to_string(&mut seen).unwrap();
        let took = asked.elapsed();
        let output = finish(child).exits(130);
        assert!(took < SOON, "{took:?}");
        assert_eq!(output.stderr, "");
        let events: Vec<Value> = seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let last = events.last().unwrap();
        assert_eq!((&last["event"], &last["ok"]), (&"finished".into(), &false.into()));
        assert!(last["seconds"].as_f64().unwrap() > 0.0, "{last}");
        let canceled = |line: u64| {
            events.iter().filter(|event| event["line"] == line && event["state"] == "canceled").count()
        };
        assert_eq!((canceled(2), canceled(3)), (1, 1), "{seen}");
        assert!(!events.iter().any(|event| event["event"] == "problem"), "{seen}");
    });
}

/// At whatever moment it comes.
#[test]
fn it_stops_from_the_first_moment_on() {
    on_each(&["28"], |host| {
        let text = format!("FROM debian:bookworm-slim\nRUN echo {} && sleep 60\n", nonce());
        let folder = Folder::with_dockerfile(&text).with_host(host);
        let mut child = folder.command(["build", "--progress", "json", "."]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut String::new()).unwrap();
        let asked = Instant::now();
        signal(&child, "INT");
        lines.read_to_string(&mut String::new()).unwrap();
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
        finish(child).exits(130);
    });
}
