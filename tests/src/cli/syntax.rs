//! `layerwise syntax`: the instructions as JSON, for whatever is in the file.

use serde_json::{Value, json};

use crate::program::Folder;

fn syntax(content: impl AsRef<[u8]>) -> Value {
    let folder = Folder::new(&[]);
    folder.write("Dockerfile", content);
    let stdout = folder.run(&["syntax", "Dockerfile"]).succeeds();
    assert_eq!(stdout.lines().count(), 1, "one JSON object");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn a_file_with_everything() {
    let text = "# syntax=docker/dockerfile:1\n\
        ARG V=22\n\
        FROM node:$V AS build\n\
        RUN --mount=type=cache,target=/x apt-get update && \\\n    # why\n    apt-get install -y curl\n\
        COPY --link a b <<EOF /c/\ntext\nEOF\n\
        FROM scratch\n\
        CMD [\"a\", \"b\"]\n";
    let argument = "apt-get update &&     apt-get install -y curl";
    let answer = syntax(text);
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["escape"], "\\");
    assert_eq!(answer["directives"], json!([{"name": "syntax", "value": "docker/dockerfile:1", "line": 1}]));
    assert_eq!(
        answer["instructions"],
        json!([
            {"keyword": "ARG", "line": 2, "end_line": 2, "stage": null, "flags": [], "arguments": ["V=22"], "heredocs": []},
            {"keyword": "FROM", "line": 3, "end_line": 3, "stage": 0, "flags": [], "arguments": ["node:$V", "AS", "build"], "heredocs": []},
            {"keyword": "RUN", "line": 4, "end_line": 6, "stage": 0, "flags": [{"name": "mount", "value": "type=cache,target=/x"}],
                "form": "shell", "arguments": [argument], "heredocs": []},
            {"keyword": "COPY", "line": 7, "end_line": 9, "stage": 0, "flags": [{"name": "link", "value": null}],
                "arguments": ["a", "b", "<<EOF", "/c/"], "heredocs": [{"name": "EOF", "line": 8, "end_line": 9}]},
            {"keyword": "FROM", "line": 10, "end_line": 10, "stage": 1, "flags": [], "arguments": ["scratch"], "heredocs": []},
            {"keyword": "CMD", "line": 11, "end_line": 11, "stage": 1, "flags": [], "form": "exec", "arguments": ["a", "b"], "heredocs": []},
        ])
    );
    assert_eq!(
        answer["stages"],
        json!([
            {"index": 0, "name": "build", "image": "node:$V", "line": 3, "end_line": 9},
            {"index": 1, "name": null, "image": "scratch", "line": 10, "end_line": 11},
        ])
    );
    assert_eq!(answer["problems"], json!([]));
}

#[test]
fn the_other_escape_character_and_line_ends() {
    let answer = syntax("\u{feff}# escape=`\r\nFROM scratch\r\nrun a `\r\n  b\r\n");
    assert_eq!(answer["escape"], "`");
    assert_eq!(answer["instructions"][1]["keyword"], "RUN");
    assert_eq!(answer["instructions"][1]["end_line"], 4);
    assert_eq!(answer["problems"], json!([]));
}

#[test]
fn what_buildkit_would_refuse_is_a_problem() {
    let answer = syntax("FROM scratch\nCOPYY a b\nRUN --mount=typ=cache true\n");
    let lines: Vec<_> =
        answer["problems"].as_array().unwrap().iter().map(|problem| &problem["line"]).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(answer["instructions"][1]["keyword"], "COPYY");
    let empty = syntax("");
    assert_eq!((&empty["instructions"], &empty["stages"]), (&json!([]), &json!([])));
    assert_eq!(empty["problems"].as_array().unwrap().len(), 1, "an empty Dockerfile is one problem: {empty}");
}

#[test]
fn bytes_that_are_no_text_are_read_all_the_same() {
    let answer = syntax(b"FROM scratch\nRUN echo \xff\xfe \0 x\nLABEL a=b\n");
    let keywords: Vec<_> = answer["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|instruction| &instruction["keyword"])
        .collect();
    assert_eq!(keywords, ["FROM", "RUN", "LABEL"]);
    syntax((0..=255).cycle().take(1_000_000).collect::<Vec<u8>>());
    syntax(b"\0");
    syntax(b"\xff");
    syntax("\r");
}

/// That it ends at all is what counts here; how fast, the benchmarks say.
#[track_caller]
fn large(content: impl AsRef<[u8]>) {
    assert!(content.as_ref().len() >= 9_999_000);
    syntax(content);
}

#[test]
fn ten_megabytes_of_instructions() {
    large("RUN apt-get update && apt-get install -y curl \\\n  git # all the rest\n".repeat(150_000));
}

#[test]
fn ten_megabytes_in_one_instruction() {
    large(format!("FROM scratch\nRUN {}\n", "a ".repeat(5_000_000)));
    large(format!("FROM scratch\nRUN {}\n", "a \\\n".repeat(2_500_000)));
    large(format!("FROM scratch\nRUN <<EOF\n{}", "text\n".repeat(2_000_000)));
}

#[test]
fn ten_megabytes_of_zeros() {
    large(vec![0; 10_000_000]);
}

#[test]
fn stdin_is_a_file_too() {
    let folder = Folder::new(&[]);
    let answer = folder.run_with_input(&["syntax", "-"], b"FROM scratch\n").exits(0).json();
    assert_eq!(answer["stages"][0]["image"], "scratch");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = Folder::new(&[("Dockerfile/x", "")]);
    let said = |path| folder.run(&["syntax", path]).exits(2).error().to_owned();
    assert_eq!(said("nowhere"), "cannot read nowhere: there is no such file");
    assert_eq!(said("Dockerfile"), "Dockerfile is a directory: name the Dockerfile in it");
    let endless = "cannot read /dev/zero: it is larger than 64 MiB; is it a Dockerfile?";
    assert_eq!(said("/dev/zero"), endless);
    std::os::unix::fs::symlink("loop", folder.path("loop")).unwrap();
    assert!(said("loop").starts_with("cannot read loop: "));
}
