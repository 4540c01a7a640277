//! `layerwise graph` without any builder: the file alone is drawn, in each format.

use serde_json::json;

use crate::program::{Folder, fields};

const TEXT: &str =
    "FROM node:22 AS Build\r\nCOPY größe \\\r\n  b ./\r\nFROM scratch\r\nCOPY --from=build /x /\r\n";

#[test]
fn a_file_is_drawn_in_each_format() {
    let folder = Folder::with_dockerfile(TEXT);
    let draw = |format: &str| folder.run(&["graph", "Dockerfile", "--format", format]).succeeds();
    assert!(draw("text").starts_with("Dockerfile → stage-1\nnot built yet: no times are known\n"));
    assert_eq!(folder.run(&["graph", "Dockerfile"]).succeeds(), draw("text"));
    assert!(!draw("text").contains('\u{1b}'), "colours are for terminals");
    assert!(draw("dot").starts_with("digraph dockerfile {"));
    assert!(draw("mermaid").starts_with("flowchart "));
    assert!(draw("svg").starts_with("<svg ") && draw("svg").ends_with("</svg>\n"));
    let graph = folder.run(&["graph", "Dockerfile", "--format", "json"]).exits(0).json();
    assert_eq!(fields(&graph), "critical_path edges file last_build seconds sources stages target version");
    assert_eq!(graph["sources"][0], json!({"kind": "image", "name": "node:22", "place": null}));
    assert_eq!(graph["stages"][0]["name"], "Build");
    assert_eq!(graph["stages"][0]["steps"][1]["end_line"], 3);
    let copied =
        json!({"kind": "copy", "from": {"stage": 0}, "to": {"stage": 1, "line": 5}, "critical": false});
    assert!(graph["edges"].as_array().unwrap().contains(&copied));
    assert_eq!((&graph["last_build"], &graph["seconds"]), (&json!(null), &json!(null)));
}

#[test]
fn stdin_and_another_target_are_drawn() {
    let folder = Folder::new(&[]);
    let output = folder.run_with_input(&["graph", "-", "--target", "BUILD"], TEXT.as_bytes());
    let text = output.succeeds();
    assert!(text.starts_with("stdin → Build\n") && text.contains("stage-1  (not needed)\n"), "{text}");
}

#[test]
fn what_cannot_be_drawn_is_one_line() {
    let folder = Folder::new(&[
        ("Dockerfile", TEXT),
        ("empty", ""),
        ("foreign", "# syntax=example.org/other:1\nFROM x\n"),
    ]);
    let error = |arguments: &[&str]| {
        let output = folder.run(&[&["graph"], arguments].concat()).exits(2);
        assert_eq!(output.stdout, "");
        output.error().to_owned()
    };
    assert_eq!(error(&["empty"]), "empty has no stage: it needs a FROM");
    assert_eq!(error(&["Dockerfile", "--target", "größe"]), "there is no stage größe in Dockerfile");
    assert!(error(&["foreign"]).contains("reads this file in its own way"));
    assert!(error(&["nowhere"]).contains("there is no such file"));
}
