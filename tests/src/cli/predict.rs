//! `layerwise predict` without any builder: nothing is known, and that is said.

use crate::program::Folder;

/// A builder's address at which nothing answers.
const NOWHERE: &str = "unix:///nowhere/at/all.sock";

#[test]
fn without_a_builder_and_a_build_all_is_unknown() {
    let folder = Folder::new(&[("Dockerfile", "FROM alpine AS base\r\nRUN a\r\nFROM base\r\nCOPY . /é\r\n")]);
    let output = folder.run(&["predict", "--host", NOWHERE, "--format", "json"]).exits(0);
    let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["version"], 1);
    assert!(value["known_build"].is_null());
    let steps = value["steps"].as_array().unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step["line"].as_u64().unwrap(), step["prediction"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(1, "unknown"), (2, "unknown"), (3, "unknown"), (4, "unknown")]);
    assert_eq!(value["rebuild_seconds"], 0.0);
}

#[test]
fn a_target_that_is_not_there_is_wrong_usage() {
    let folder = Folder::new(&[("Dockerfile", "FROM alpine\n")]);
    let output = folder.run(&["predict", "--host", NOWHERE, "--target", "test"]).exits(2);
    assert!(output.stderr.contains("there is no stage test"), "{}", output.stderr);
}
