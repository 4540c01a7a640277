//! Builds by the program: engines by name, and the events of a build.

use serde_json::Value;

use super::harness::variable;
pub(super) use super::harness::{ALL, TODAYS};
use crate::program::Folder;

/// Runs a check with the address of each engine.
pub(super) fn on_each(names: &[&str], check: impl Fn(&str)) {
    for name in names {
        let host = variable(&format!("LAYERWISE_TEST_ENGINE_{name}"));
        println!("engine {name}: {host}");
        check(&host);
    }
}

/// Something that no other run builds.
pub(super) fn nonce() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("nonce-{}-{}", std::process::id(), now.as_nanos())
}

/// The events of a build that ends with this status. Stdout holds events alone, stderr nothing.
#[track_caller]
pub(super) fn events(folder: &Folder, arguments: &[&str], status: i32) -> Vec<Value> {
    let output = folder.run(&[&["build", "--progress", "json"], arguments].concat()).exits(status);
    assert_eq!(output.stderr, "");
    output.json_lines()
}

#[track_caller]
pub(super) fn last(events: &[Value]) -> &Value {
    events.last().expect("there are events")
}

/// The closing events of steps.
pub(super) fn closing(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["event"] == "step" && event["state"] != "running").collect()
}

/// The lines of the steps that the builder had to run, sorted.
pub(super) fn runs(events: &[Value]) -> Vec<u64> {
    let mut lines: Vec<_> = closing(events)
        .iter()
        .filter(|step| step["cached"] == false)
        .map(|step| step["line"].as_u64().unwrap())
        .collect();
    lines.sort_unstable();
    lines
}

pub(super) fn contexts(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["event"] == "context").collect()
}
