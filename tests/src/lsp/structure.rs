//! Outline, workspace symbols, folds and selections over the wire.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup, URI};

const TEXT: &str = "FROM node AS 😀\nENV A=1\nRUN x && \\\n  yz\n# one\n# two\nFROM scratch\n";

async fn with(text_document: Value) -> Client {
    let mut capabilities = json!({"textDocument": {"diagnostic": {}}});
    for (name, value) in text_document.as_object().unwrap() {
        capabilities["textDocument"][name] = value.clone();
    }
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open(TEXT).await;
    client
}

fn document() -> Value {
    json!({"textDocument": {"uri": URI}})
}

/// A range as `line:character-line:character`.
fn shown(range: &Value) -> String {
    let place = |end: &str| format!("{}:{}", range[end]["line"], range[end]["character"]);
    format!("{}-{}", place("start"), place("end"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outline_is_a_tree_where_the_client_shows_one() {
    let mut client = with(json!({"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}})).await;
    let symbols = client.ask("textDocument/documentSymbol", document()).await;
    let stage = &symbols[0];
    assert_eq!((&stage["name"], &stage["detail"]), (&json!("😀"), &json!("FROM node")));
    assert_eq!(
        (shown(&stage["range"]), shown(&stage["selectionRange"])),
        ("0:0-3:4".into(), "0:13-0:15".into())
    );
    assert_eq!(stage["children"][0]["children"][0]["name"], "A");
    assert_eq!(symbols.as_array().unwrap().len(), 2);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outline_is_a_list_for_any_other_client() {
    let mut client = with(json!({})).await;
    let symbols = client.ask("textDocument/documentSymbol", document()).await;
    let symbols: Vec<_> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| {
            assert_eq!(symbol["location"]["uri"], URI);
            format!("{} in {}", symbol["name"].as_str().unwrap(), symbol["containerName"])
        })
        .collect();
    assert_eq!(symbols, ["😀 in null", "ENV in \"😀\"", "A in \"ENV\"", "RUN in \"😀\"", "stage-1 in null"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn symbols_of_the_workspace_come_from_open_documents_and_from_disk() {
    let folder = TempDir::new().unwrap();
    for (path, text) in [
        ("a/Dockerfile", "FROM x AS builder\n"),
        ("b/Dockerfile", "ARG BUILD_ID\nFROM x\n"),
        ("c/notes", "FROM x AS builds\n"),
    ] {
        fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        fs::write(folder.path().join(path), text).unwrap();
    }
    let uri = |path: &str| format!("file://{}/{path}", folder.path().display());
    let mut client = Client::silent(Setup::default());
    let params = json!({"capabilities": {"textDocument": {"diagnostic": {}}}, "workspaceFolders": [{"uri": uri(""), "name": "x"}]});
    client.ask("initialize", params).await;
    client.notify("initialized", json!({})).await;
    // The open text counts, not the one on disk.
    client.open_as(&uri("a/Dockerfile"), "FROM x AS rebuilt\nENV OTHER=1\n").await;
    let found = client.ask("workspace/symbol", json!({"query": "build"})).await;
    let found: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| {
            format!("{} {}", symbol["name"].as_str().unwrap(), symbol["location"]["uri"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, [format!("BUILD_ID {}", uri("b/Dockerfile"))]);
    let found = client.ask("workspace/symbol", json!({"query": "BUIL"})).await;
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
    assert_eq!(client.ask("workspace/symbol", json!({"query": "zzz"})).await, json!([]));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folds_come_in_the_grain_and_number_that_the_client_takes() {
    let mut client = with(json!({})).await;
    let folds = client.ask("textDocument/foldingRange", document()).await;
    let code = |start: u32, end: u32, character: u32| json!({"startLine": start, "startCharacter": 0, "endLine": end, "endCharacter": character});
    let comment =
        json!({"startLine": 4, "startCharacter": 0, "endLine": 5, "endCharacter": 5, "kind": "comment"});
    assert_eq!(folds, json!([code(0, 3, 4), code(2, 3, 4), comment]));
    client.finish().await;
    let mut client = with(json!({"foldingRange": {"lineFoldingOnly": true, "rangeLimit": 1}})).await;
    let folds = client.ask("textDocument/foldingRange", document()).await;
    assert_eq!(folds, json!([{"startLine": 0, "endLine": 3}]));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_grows_from_the_word_to_the_file() {
    let mut client = with(json!({})).await;
    let mut params = document();
    params["positions"] = json!([{"line": 3, "character": 3}, {"line": 99, "character": 0}]);
    let found = client.ask("textDocument/selectionRange", params).await;
    let mut steps = Vec::new();
    let mut next = &found[0];
    while next.is_object() {
        steps.push(shown(&next["range"]));
        next = &next["parent"];
    }
    assert_eq!(steps, ["3:2-3:4", "2:4-3:4", "2:0-3:4", "0:0-3:4", "0:0-7:0"]);
    assert_eq!(shown(&found[1]["range"]), "0:0-7:0");
    client.finish().await;
}
