//! Predictions against what engines then do: one edit at a time, each told before it is built.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::program_build::{ALL, TODAYS, closing, events, nonce, on_each};
use crate::program::Folder;

/// Tells the next build, builds, and compares. What is open may come out either way.
#[track_caller]
fn agrees(folder: &Folder, arguments: &[&str], what: &str) -> Value {
    let output = folder.run(&[&["predict", "--format", "json"], arguments].concat()).exits(0);
    let predicted: Value = serde_json::from_str(&output.stdout).unwrap();
    let events = events(folder, arguments, 0);
    for step in predicted["steps"].as_array().unwrap() {
        let event = closing(&events).into_iter().find(|event| event["line"] == step["line"]).unwrap().clone();
        let is_right = match step["prediction"].as_str().unwrap() {
            "cached" => event["cached"] == true,
            "rebuild" => event["cached"] == false,
            _ => true,
        };
        assert!(is_right, "{what}: {step} became {event}");
    }
    predicted
}

fn verdicts(predicted: &Value) -> Vec<&str> {
    predicted["steps"].as_array().unwrap().iter().map(|step| step["prediction"].as_str().unwrap()).collect()
}

#[test]
fn each_edit_is_told_before_it_is_built() {
    on_each(&ALL, |host| {
        let nonce = nonce();
        let text = format!(
            "FROM debian:bookworm-slim AS build\nWORKDIR /app\nCOPY package.json ./\nRUN echo {nonce} && cat package.json\nCOPY src src\n\
             ARG V=1\nRUN cat src/a > /out\nFROM debian:bookworm-slim\nCOPY --from=build /out /out\nRUN cat /out\n"
        );
        let folder =
            Folder::new(&[("Dockerfile", &text), ("package.json", "{}"), ("src/a", "a"), ("src/b", "b")]);
        let arguments = ["--host", host, "--output", "type=cacheonly"];
        let write = |name: &str, text: &str| folder.write(name, text);
        let first = agrees(&folder, &arguments, "before any build");
        assert_eq!(verdicts(&first), ["unknown"; 9]);
        let second = agrees(&folder, &arguments, "nothing changed");
        assert_eq!(verdicts(&second), ["cached"; 9]);
        write("src/a", "A");
        let edited = agrees(&folder, &arguments, "a file");
        assert_eq!(edited["steps"][4]["reason"], "src/a changed (content)");
        assert_eq!(verdicts(&edited)[7..], ["maybe", "maybe"]);
        write("src/a", "a");
        assert_eq!(verdicts(&agrees(&folder, &arguments, "back again")), ["cached"; 9]);
        write("src/b", "B");
        agrees(&folder, &arguments, "a file that the output does not depend on");
        assert_eq!(verdicts(&agrees(&folder, &arguments, "cut off, and known from then on")), ["cached"; 9]);
        fs::set_permissions(folder.path("src/b"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(agrees(&folder, &arguments, "a mode")["steps"][4]["reason"], "src/b changed (mode)");
        write(".dockerignore", "src/*\n!src/a\n");
        agrees(&folder, &arguments, "what is ignored");
        let with_argument = [&arguments[..], &["--build-arg", "V=2"]].concat();
        let argument = agrees(&folder, &with_argument, "an argument");
        assert_eq!(argument["steps"][5]["reason"], "argument V changed");
        write("Dockerfile", &text.replace("RUN cat /out", "LABEL a=b\n# a comment\nRUN cat /out"));
        agrees(&folder, &with_argument, "a label and a comment");
        agrees(&folder, &[&with_argument[..], &["--target", "build"]].concat(), "another target");
    });
}

#[test]
fn a_mode_of_a_folder_is_told_to_be_seen_by_no_builder() {
    on_each(&ALL, |host| {
        let text = format!("FROM scratch\nCOPY src /{}\nCOPY other /other\n", nonce());
        let folder =
            Folder::new(&[("Dockerfile", &text), ("src/a", "a"), ("src/deep/b", "b"), ("other/c", "c")]);
        let arguments = ["--host", host, "--output", "type=cacheonly"];
        let chmod =
            |mode| fs::set_permissions(folder.path("src/deep"), fs::Permissions::from_mode(mode)).unwrap();
        chmod(0o755);
        agrees(&folder, &arguments, "before any build");
        chmod(0o700);
        assert_eq!(verdicts(&agrees(&folder, &arguments, "a folder's mode")), ["cached"; 3]);
        let told = folder.run(&["predict", "--host", host]).exits(0).stdout;
        assert!(told.starts_with("note: builders do not notice"), "{told}");
        folder.write("src/deep/b", "B");
        let edited = agrees(&folder, &arguments, "a file in the folder");
        assert_eq!(edited["steps"][1]["because"], serde_json::json!(["src/deep/b"]));
        // Of another target's files the folder is none, and so it comes anew.
        let without = text.replace("COPY src", "COPY src/a");
        folder.write("Dockerfile", &without);
        agrees(&folder, &arguments, "without the folder");
        chmod(0o711);
        folder.write("Dockerfile", &text);
        let again = agrees(&folder, &arguments, "the folder again");
        assert_eq!(verdicts(&again), ["cached", "rebuild", "rebuild"]);
        chmod(0o755);
        assert_eq!(verdicts(&agrees(&folder, &arguments, "its mode once more")), ["cached"; 3]);
    });
}

#[test]
fn a_stage_that_a_named_context_replaces_is_told_as_it_is_built() {
    on_each(&TODAYS, |host| {
        let nonce = nonce();
        // Nothing of the stage may run.
        let text = format!(
            "FROM debian:bookworm-slim AS deps\nRUN exit 1\nFROM debian:bookworm-slim\nCOPY --from=deps a /a\nCOPY --from=0 b /b\nRUN cat /a && echo {nonce}\n"
        );
        let folder = Folder::new(&[("Dockerfile", &text), ("libs/a", "a"), ("libs/b", "b")]);
        let arguments = ["--host", host, "--output", "type=cacheonly", "--build-context", "deps=libs"];
        assert_eq!(verdicts(&agrees(&folder, &arguments, "before any build")), ["unknown"; 4]);
        assert_eq!(verdicts(&agrees(&folder, &arguments, "nothing changed")), ["cached"; 4]);
        folder.write("libs/b", &nonce);
        let edited = agrees(&folder, &arguments, "a file of the context");
        assert_eq!(verdicts(&edited), ["cached", "cached", "rebuild", "rebuild"]);
        assert_eq!(verdicts(&agrees(&folder, &arguments, "nothing changed again")), ["cached"; 4]);
    });
}
