//! Definition, declaration, references, highlights and rename over the wire.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup, URI};

/// A character of two UTF-16 units stands before the last use.
const TEXT: &str = "ARG V=1\nFROM node:$V AS build\nARG V\nRUN echo 😀 $V\nFROM alpine\nCOPY --from=build /a /b\nCOPY --from=0 /c /d\n";

async fn with(text_document: Value) -> Client {
    let mut capabilities = json!({"textDocument": {"diagnostic": {}}, "workspace": {"workspaceEdit": {"documentChanges": true}}});
    for (name, value) in text_document.as_object().unwrap() {
        capabilities["textDocument"][name] = value.clone();
    }
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open(TEXT).await;
    client
}

fn at(line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": URI}, "position": {"line": line, "character": character}})
}

/// A range within a line as `line:start-end`.
fn shown(range: &Value) -> String {
    assert_eq!(range["start"]["line"], range["end"]["line"], "{range}");
    format!("{}:{}-{}", range["start"]["line"], range["start"]["character"], range["end"]["character"])
}

fn ranges(found: &Value) -> Vec<String> {
    found.as_array().unwrap().iter().map(|found| shown(&found["range"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_are_links_where_the_client_takes_them() {
    let mut client = with(json!({"definition": {"linkSupport": true}})).await;
    let found = client.ask("textDocument/definition", at(3, 13)).await;
    let links = found.as_array().unwrap();
    assert_eq!(links.len(), 2, "{found}");
    assert_eq!(shown(&links[0]["originSelectionRange"]), "3:12-14");
    assert_eq!(links[0]["targetUri"], URI);
    assert_eq!(shown(&links[0]["targetRange"]), "2:0-5");
    assert_eq!(shown(&links[0]["targetSelectionRange"]), "2:4-5");
    assert_eq!(shown(&links[1]["targetSelectionRange"]), "0:4-5");
    // This client says nothing of links for declarations.
    let found = client.ask("textDocument/declaration", at(3, 13)).await;
    assert_eq!(ranges(&found), ["2:4-5"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_are_places_for_any_other_client() {
    let mut client = with(json!({})).await;
    let found = client.ask("textDocument/definition", at(6, 12)).await;
    assert_eq!(
        found,
        json!([{"uri": URI, "range": {"start": {"line": 1, "character": 16}, "end": {"line": 1, "character": 21}}}])
    );
    assert_eq!(client.ask("textDocument/definition", at(4, 7)).await, Value::Null);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_copy_leads_to_its_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a b.txt");
    fs::write(&file, "").unwrap();
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let capabilities =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open_as(&uri, "FROM a\nCOPY [\"a b.txt\", \"/x/\"]\n").await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": 1, "character": 8}});
    let found = client.ask("textDocument/definition", params).await;
    assert_eq!(found[0]["uri"], format!("file://{}/a%20b.txt", folder.path().display()));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_and_highlights() {
    let mut client = with(json!({})).await;
    for (with_declaration, expected) in
        [(true, &["1:16-21", "5:12-17", "6:12-13"][..]), (false, &["5:12-17", "6:12-13"])]
    {
        let mut params = at(5, 14);
        params["context"] = json!({"includeDeclaration": with_declaration});
        assert_eq!(ranges(&client.ask("textDocument/references", params).await), expected);
    }
    let found = client.ask("textDocument/documentHighlight", at(0, 4)).await;
    assert_eq!(ranges(&found), ["0:4-5", "1:11-12", "2:4-5", "3:13-14"]);
    let kinds: Vec<_> = found.as_array().unwrap().iter().map(|found| found["kind"].clone()).collect();
    assert_eq!(kinds, [3, 2, 3, 2]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_is_one_versioned_edit() {
    let mut client = with(json!({"rename": {"prepareSupport": true}})).await;
    let prepared = client.ask("textDocument/prepareRename", at(3, 13)).await;
    assert_eq!((shown(&prepared["range"]).as_str(), &prepared["placeholder"]), ("3:13-14", &json!("V")));
    let mut params = at(3, 13);
    params["newName"] = json!("TAG");
    let edit = client.ask("textDocument/rename", params).await;
    let change = &edit["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": URI, "version": 1}));
    assert_eq!(ranges(&change["edits"]), ["0:4-5", "1:11-12", "2:4-5", "3:13-14"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_renamed_is_an_error_with_its_reason() {
    let mut client = with(json!({"rename": {"prepareSupport": true}})).await;
    let id = client.request("textDocument/prepareRename", at(6, 12)).await;
    let error = client.error(id).await;
    assert_eq!(error["code"], -32803);
    assert_eq!(error["message"], "stage 0 is given by its number here: rename it where it has its name");
    assert_eq!(client.ask("textDocument/prepareRename", at(0, 1)).await, Value::Null);
    let mut params = at(1, 17);
    params["newName"] = json!("Not a name");
    let id = client.request("textDocument/rename", params).await;
    assert_eq!(client.error(id).await["code"], -32803);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_client_that_prepares_is_offered_to() {
    for (rename, offered) in
        [(json!({"prepareSupport": true}), json!({"prepareProvider": true})), (json!({}), json!(true))]
    {
        let mut client = Client::silent(Setup::default());
        let capabilities = json!({"textDocument": {"rename": rename}});
        let result = client.ask("initialize", json!({"capabilities": capabilities})).await;
        assert_eq!(result["capabilities"]["renameProvider"], offered);
        client.notify("initialized", json!({})).await;
        client.finish().await;
    }
}
