//! BuildKit's own checks, asked of a real engine about the cases of `crate::build_checks`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use syntax::Document;

use super::harness::{Context, Engine, variable};
use crate::build_checks::{By, Case, cases, instruction_line, ours};

/// Check and line of what the engine reports, as often as it does.
fn theirs(engine: &Engine, case: &Case) -> BTreeMap<(String, u32), usize> {
    let context = Context::new(&[("Dockerfile", &case.text)]);
    if let Some(ignore) = &case.ignore {
        context.write(".dockerignore", ignore);
    }
    let mut command = Command::new(variable("LAYERWISE_TEST_DOCKER"));
    command.args(["--host", &engine.host, "buildx", "build", "--call=check,format=json"]);
    for argument in &case.build_args {
        command.args(["--build-arg", argument]);
    }
    if case.ignore.is_some() {
        // It was an experiment until 0.26.
        command.args(["--build-arg", "BUILDKIT_DOCKERFILE_CHECK=experimental=CopyIgnoredFile"]);
    }
    let output = command.arg(context.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let answer: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}\n{stderr}", case.name));
    assert!(answer["buildError"].is_null(), "{}: {}", case.name, answer["buildError"]);
    let document = Document::new(&case.text);
    let mut found = BTreeMap::new();
    for warning in answer["warnings"].as_array().into_iter().flatten() {
        let line = warning["location"]["ranges"][0]["start"]["line"].as_u64().unwrap();
        let line = instruction_line(&document, u32::try_from(line).unwrap());
        *found.entry((warning["ruleName"].as_str().unwrap().to_owned(), line)).or_default() += 1;
    }
    found
}

#[test]
fn the_engine_finds_what_the_rules_find() {
    let engine = Engine::new("28");
    for case in cases() {
        let mut expected = ours(&case.text, case.ignore.as_deref());
        let mut found = theirs(&engine, &case);
        for difference in &case.expected {
            let key = (difference.check.clone(), difference.line);
            let side = match difference.by {
                By::Both => continue,
                By::Us => &mut expected,
                By::BuildKit => &mut found,
                // Which of them the engine is, it does not say.
                By::OldBuildKit | By::NewBuildKit if expected.get(&key) == found.get(&key) => continue,
                By::OldBuildKit => &mut found,
                By::NewBuildKit => &mut expected,
            };
            let count =
                side.get_mut(&key).unwrap_or_else(|| panic!("{}: {key:?} is no difference", case.name));
            *count -= 1;
            if *count == 0 {
                side.remove(&key);
            }
        }
        assert_eq!(found, expected, "{}\n{}", case.name, case.text);
    }
}
