//! `go test -json` (`cmd/test2json`), one event a line, and the lines of `go test -v`.

use std::collections::HashMap;

use serde::Deserialize;

use super::places::place;
use super::{Outcome, Test, TestResults, text};

/// So many lines of what a test writes are kept until it ends.
const MOST_LINES: usize = 60;
/// So many tests may run at once.
const MOST_RUNNING: usize = 1000;

/// An event of a test, as `go doc test2json` has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    test: String,
    elapsed: Option<f64>,
    #[serde(default)]
    output: String,
}

/// The text that an event hands on, where a line is an event of `go test -json` with any; without its line end.
pub(crate) fn output_in(line: &str) -> Option<String> {
    let event = event(line)?;
    let is_output = matches!(event.action.as_str(), "output" | "build-output");
    is_output.then(|| event.output.trim_end_matches(['\r', '\n']).to_owned())
}

/// The look at its bytes is all that another line costs.
fn event(line: &str) -> Option<Event> {
    if !line.starts_with('{') || !line.contains("\"Action\":\"") {
        return None;
    }
    serde_json::from_str(line).ok()
}

/// Reads events.
#[derive(Debug, Default)]
pub(super) struct GoEvents {
    /// What the tests that run have written so far, by package and name. A package itself has no name.
    written: HashMap<(String, String), Vec<String>>,
    /// Of each package, the tests that failed.
    failed: HashMap<String, Vec<String>>,
}

impl GoEvents {
    /// Takes in a line. Whether it was an event.
    pub(super) fn read(&mut self, line: &str, results: &mut TestResults) -> bool {
        let Some(Event { action, package, test, elapsed, output }) = event(line) else { return false };
        let outcome = match action.as_str() {
            "output" => {
                self.write((package, test), &output);
                return true;
            }
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "skip" => Outcome::Skipped,
            // `start`, `run`, `pause`, `cont`, `bench`, and the output of the compiler, which says for itself what is wrong.
            _ => return true,
        };
        let written = self.written.remove(&(package.clone(), test.clone())).unwrap_or_default();
        if test.is_empty() {
            self.end_package(&package, outcome, elapsed, &written, results);
        } else {
            let below = format!("{test}/");
            let failed = self.failed.entry(package.clone()).or_default();
            let is_told = outcome == Outcome::Failed && failed.iter().any(|name| name.starts_with(&below));
            if outcome == Outcome::Failed && failed.len() < MOST_RUNNING {
                failed.push(test.clone());
            }
            // A test that failed because a part of it did says nothing of its own.
            if !is_told {
                results.add(of(&test, &package, outcome, elapsed, &written));
            }
        }
        true
    }

    fn write(&mut self, key: (String, String), output: &str) {
        if self.written.len() >= MOST_RUNNING && !self.written.contains_key(&key) {
            return;
        }
        let written = self.written.entry(key).or_default();
        if written.len() < MOST_LINES {
            written.push(output.trim_end_matches(['\r', '\n']).to_owned());
        }
    }

    /// A package that failed without a test that did could not be built, or ended before its tests.
    fn end_package(
        &mut self,
        package: &str,
        outcome: Outcome,
        elapsed: Option<f64>,
        written: &[String],
        results: &mut TestResults,
    ) {
        let has_failed = self.failed.remove(package).is_some_and(|failed| !failed.is_empty());
        if outcome == Outcome::Failed && !has_failed {
            let mut test = of(package, package, outcome, elapsed, written);
            test.suite = None;
            results.add(test);
        }
    }
}

fn of(name: &str, package: &str, outcome: Outcome, seconds: Option<f64>, written: &[String]) -> Test {
    let mut test = Test { seconds, suite: Some(text::name(package)), ..Test::new(name, outcome) };
    if outcome == Outcome::Failed {
        let is_own = |line: &&str| {
            let line = line.trim_start();
            !["=== ", "--- ", "FAIL", "exit status "].iter().any(|start| line.starts_with(start))
        };
        let own: Vec<&str> = written.iter().map(String::as_str).filter(is_own).collect();
        let frame = own.iter().find_map(|line| place(line));
        if let Some(mut frame) = frame {
            // Tests name files without the folder, which is the package's.
            if !frame.path.contains('/') {
                frame.path = format!("{package}/{}", frame.path);
            }
            test.frames.push(frame);
        }
        // What goes on on further lines stands four columns to the right of the place (`decorate` in Go's `testing`).
        let mut column = 0;
        let lines = own.iter().map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            match without_place(line) {
                Some(said) => {
                    column = indent + 4;
                    said
                }
                None => &line[indent.min(column)..],
            }
        });
        test.message = text::message(lines);
    }
    test
}

/// `    sum_test.go:10: said` without the place.
fn without_place(line: &str) -> Option<&str> {
    let start = line.trim_start();
    let (head, said) = start.split_once(": ")?;
    (!head.contains(' ') && place(head).is_some()).then_some(said)
}

/// A line of `go test -v` that says how a test ended. Tests that have parts come after them, and these stand further to the right.
pub(super) fn verbose(line: &str) -> Option<Test> {
    let (outcome, rest) = line.trim_start().strip_prefix("--- ")?.split_once(": ")?;
    let outcome = match outcome {
        "PASS" => Outcome::Passed,
        "FAIL" => Outcome::Failed,
        "SKIP" => Outcome::Skipped,
        _ => return None,
    };
    let (name, seconds) = rest.rsplit_once(" (")?;
    let seconds = seconds.strip_suffix("s)")?.parse().ok()?;
    Some(Test { seconds: Some(seconds), ..Test::new(name, outcome) })
}
