//! `layerwise predict --history N` over real git repositories. Without a build on record nothing has a price.

use serde_json::Value;

use crate::program::Folder;

/// A builder's address at which nothing answers.
const NOWHERE: &str = "unix:///nowhere/at/all.sock";

fn service() -> Folder {
    let text = "FROM node:22\r\nWORKDIR /app\r\nCOPY . .\r\nRUN npm ci\r\n";
    let folder = Folder::new(&[
        ("Dockerfile", text),
        ("package.json", "{\"dependencies\": {\"a\": \"1\"}}"),
        ("package-lock.json", "{\"lockfileVersion\": 3}"),
        ("index.js", "1"),
        (".dockerignore", "Dockerfile\n.git\n*.md\n"),
    ]);
    folder.commit("First");
    folder.write("index.js", "2");
    folder.commit("Größer 😀");
    folder.write("README.md", "not copied");
    folder.commit("Only words");
    folder
}

#[test]
fn without_a_build_on_record_steps_are_counted_and_have_no_price() {
    let folder = service();
    let output = folder.run(&["predict", "--history", "5", "--host", NOWHERE, "--format", "json"]).exits(0);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&value["version"], &value["known_build"]), (&Value::from(1), &Value::Null));
    let commits = value["commits"].as_array().unwrap();
    let told: Vec<(&str, u64, u64, u64)> = commits
        .iter()
        .map(|commit| {
            let number = |value: &Value| value.as_u64().unwrap();
            let rewritten = number(&commit["rewritten"]["steps"]);
            let subject = commit["subject"].as_str().unwrap();
            (subject, number(&commit["steps"]), number(&commit["unknown"]), rewritten)
        })
        .collect();
    assert_eq!(told, [("Only words", 0, 0, 0), ("Größer 😀", 2, 2, 1)], "{value}");
    assert_eq!(value["rewrite"], "copy-manifests-first");
    let text = folder.run(&["predict", "--history", "1", "--host", NOWHERE]).exits(0).stdout;
    assert!(text.contains("note: nothing is known of this build yet"), "{text}");
    assert!(text.contains("Only words") && !text.contains("Größer"), "{text}");
}

#[test]
fn without_a_repository_or_with_none_to_count_the_error_says_so() {
    let folder = Folder::new(&[("Dockerfile", "FROM scratch\n")]);
    let output = folder.run(&["predict", "--history", "3", "--host", NOWHERE]).exits(2);
    assert!(output.stderr.contains("has no git history"), "{}", output.stderr);
    folder.run(&["predict", "--history", "0"]).exits(2);
}
