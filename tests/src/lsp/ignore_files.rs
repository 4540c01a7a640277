//! `.dockerignore` files in a session: checked by the context that they are for, and never behind what is typed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup, pulls};

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

async fn session() -> Client {
    Client::with(Setup { capabilities: pulls(), ..Setup::default() }).await
}

async fn open(client: &mut Client, path: &Path, language: &str, text: &str) {
    let document = json!({"uri": uri(path), "languageId": language, "version": 1, "text": text});
    client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
}

async fn edit(client: &mut Client, path: &Path, text: &str) {
    let params =
        json!({"textDocument": {"uri": uri(path), "version": 2}, "contentChanges": [{"text": text}]});
    client.notify("textDocument/didChange", params).await;
}

/// `line code` of what a pull brings.
async fn pull(client: &mut Client, path: &Path) -> Vec<String> {
    let report = client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri(path)}})).await;
    let items = report["items"].as_array().unwrap_or_else(|| panic!("{report}"));
    let line =
        |item: &Value| format!("{} {}", item["range"]["start"]["line"], item["code"].as_str().unwrap());
    items.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ignore_file_is_checked_by_its_context_as_it_changes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(".dockerignore");
    fs::write(&path, "").unwrap();
    let mut client = session().await;
    open(&mut client, &path, "ignore", "# c\n!größe\n[\n").await;
    assert_eq!(
        pull(&mut client, &path).await,
        ["1 ignore-pattern-without-match", "2 ignore-pattern-refused"]
    );
    edit(&mut client, &path, "größe\n").await;
    assert_eq!(pull(&mut client, &path).await, ["0 ignore-pattern-without-match"]);
    fs::write(folder.path().join("größe"), "x").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []})).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(pull(&mut client, &path).await, [""; 0]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_in_an_ignore_file_counts_in_its_dockerfiles_and_the_other_way_round() {
    let folder = TempDir::new().unwrap();
    let (ignore, dockerfile) = (folder.path().join(".dockerignore"), folder.path().join("Dockerfile"));
    fs::write(&ignore, "").unwrap();
    fs::write(folder.path().join("app.js"), "x").unwrap();
    let mut client = session().await;
    open(&mut client, &ignore, "ignore", "").await;
    open(&mut client, &dockerfile, "dockerfile", "FROM debian:12-slim\nCOPY app.js /\n").await;
    assert_eq!(pull(&mut client, &dockerfile).await, [""; 0]);
    // Nothing is saved.
    edit(&mut client, &ignore, "*.js\n").await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(pull(&mut client, &dockerfile).await, ["1 copy-ignored-file"]);
    assert_eq!(pull(&mut client, &ignore).await, ["0 ignored-file-is-copied"]);
    edit(&mut client, &dockerfile, "FROM debian:12-slim\n").await;
    assert_eq!(pull(&mut client, &ignore).await, [""; 0]);
    // Closed without saving: what is on disk counts again.
    edit(&mut client, &dockerfile, "FROM debian:12-slim\nCOPY app.js /\n").await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&ignore)}})).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(pull(&mut client, &dockerfile).await, [""; 0]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_pull_is_pushed_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("Dockerfile.dockerignore");
    let mut client = Client::new().await;
    // Editors may take it for a Dockerfile by its name.
    let document = json!({"uri": uri(&path), "languageId": "dockerfile", "version": 1, "text": "!\n"});
    client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    let mut pushed = client.notification("textDocument/publishDiagnostics").await;
    let items = pushed["diagnostics"].take();
    assert_eq!(items[0]["code"], "ignore-pattern-refused", "{items}");
    assert!(items[0]["codeDescription"]["href"].as_str().unwrap().ends_with("ignore-pattern-refused.md"));
    // What is known of the context brings no other finding; its push may come or be left out.
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&path)}})).await;
    loop {
        let pushed = client.notification("textDocument/publishDiagnostics").await;
        if pushed["diagnostics"] == json!([]) {
            break;
        }
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ignore_file_is_written_with_completion_hover_and_fixes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(".dockerignore");
    fs::create_dir(folder.path().join("größe")).unwrap();
    fs::write(folder.path().join("größe/😀.log"), "12345").unwrap();
    let mut client = session().await;
    open(&mut client, &path, "ignore", "größe/\r\n!größe/\r\nnowhere\r\n# a\r\n# b\r\n").await;
    let at = |line: u32, character: u32| json!({"textDocument": {"uri": uri(&path)}, "position": {"line": line, "character": character}});
    let list = client.ask("textDocument/completion", at(1, 7)).await;
    let item = &list["items"][0];
    assert_eq!((&item["label"], &item["detail"]), (&json!("😀.log"), &json!("5 B")), "{list}");
    let place = json!({"line": 1, "character": 7});
    assert_eq!(item["textEdit"], json!({"range": {"start": place, "end": place}, "newText": "😀.log"}));
    let hover = client.ask("textDocument/hover", at(0, 2)).await;
    let said = hover["contents"]["value"].as_str().unwrap();
    assert!(said.starts_with("größe matches 1 file, and decides about none"), "{said}");
    let range = json!({"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}});
    let params = json!({"textDocument": {"uri": uri(&path)}, "range": range, "context": {"diagnostics": []}});
    let actions = client.ask("textDocument/codeAction", params).await;
    let edit = &actions[0]["edit"]["changes"][uri(&path)][0];
    let removed = json!({"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}});
    assert_eq!((&edit["range"], &edit["newText"]), (&removed, &json!("")), "{actions}");
    let folds = client.ask("textDocument/foldingRange", json!({"textDocument": {"uri": uri(&path)}})).await;
    assert_eq!((&folds[0]["startLine"], &folds[0]["kind"]), (&json!(3), &json!("comment")), "{folds}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_safe_fixes_of_an_ignore_file_come_as_one_edit() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(".dockerignore");
    let mut client = session().await;
    open(&mut client, &path, "ignore", "# 😀\r\n!\r\nnowhere\r\n").await;
    let start = json!({"line": 0, "character": 0});
    let only = json!({"diagnostics": [], "only": ["source.fixAll"]});
    let params = json!({"textDocument": {"uri": uri(&path)}, "range": {"start": start, "end": start}, "context": only});
    let actions = client.ask("textDocument/codeAction", params).await;
    assert_eq!(actions.as_array().map(Vec::len), Some(1), "{actions}");
    assert_eq!(actions[0]["kind"], "source.fixAll.layerwise", "{actions}");
    let removed = json!({"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}});
    let edits = json!([{"range": removed, "newText": ""}]);
    assert_eq!(actions[0]["edit"]["changes"][uri(&path)], edits, "{actions}");
    client.finish().await;
}
