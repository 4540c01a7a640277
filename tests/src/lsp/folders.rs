//! Workspace folders that come and go, documents that lie in none, and URIs of all kinds.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup, pulls};

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn folder(path: &Path) -> Value {
    // Some clients end the URI of a folder with a slash.
    json!({"uri": format!("{}/", uri(path)), "name": "x"})
}

/// A session of a client with these folders, which tells of changed files.
async fn session(folders: &[&Path]) -> Client {
    let mut capabilities = pulls();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    let mut client = Client::silent(Setup::default());
    let folders: Vec<Value> = folders.iter().map(|path| folder(path)).collect();
    let initialized =
        client.ask("initialize", json!({"capabilities": capabilities, "workspaceFolders": folders})).await;
    let told = json!({"supported": true, "changeNotifications": true});
    assert_eq!(initialized["capabilities"]["workspace"]["workspaceFolders"], told);
    client.notify("initialized", json!({})).await;
    let watched = client.answer("client/registerCapability", Value::Null).await;
    assert!(watched.to_string().contains("Dockerfile"), "{watched}");
    client
}

async fn change(client: &mut Client, added: &[&Path], removed: &[&Path]) {
    let of = |paths: &[&Path]| paths.iter().map(|path| folder(path)).collect::<Vec<_>>();
    let event = json!({"added": of(added), "removed": of(removed)});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event})).await;
}

async fn symbols(client: &mut Client) -> Vec<String> {
    let found = client.ask("workspace/symbol", json!({"query": ""})).await;
    found.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap().to_owned()).collect()
}

async fn complete(client: &mut Client, uri: &str, line: u32, character: u32) -> Vec<String> {
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
    let found = client.ask("textDocument/completion", params).await;
    let items = found["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_come_and_go() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(first.path().join("Dockerfile"), "FROM a AS first\n").unwrap();
    fs::write(second.path().join("Dockerfile"), "FROM a AS second\n").unwrap();
    let mut client = session(&[first.path()]).await;
    assert_eq!(symbols(&mut client).await, ["first"]);
    change(&mut client, &[second.path()], &[]).await;
    let mut both = symbols(&mut client).await;
    both.sort();
    assert_eq!(both, ["first", "second"]);
    change(&mut client, &[], &[first.path()]).await;
    assert_eq!(symbols(&mut client).await, ["second"]);
    // One that was never there goes without harm.
    change(&mut client, &[second.path()], &[first.path(), Path::new("/no/such")]).await;
    assert_eq!(symbols(&mut client).await, ["second"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_comes_later_bounds_the_build_context() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("docker")).unwrap();
    fs::create_dir_all(root.join("src")).unwrap();
    fs::write(root.join("src/größe.js"), "").unwrap();
    let dockerfile = uri(&root.join("docker/Dockerfile"));
    let mut client = session(&[]).await;
    client.open_as(&dockerfile, "FROM scratch\nCOPY src/größe.js /\nCOPY src/\n").await;
    assert_eq!(complete(&mut client, &dockerfile, 2, 9).await, [""; 0]);
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    change(&mut client, &[&root], &[]).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(complete(&mut client, &dockerfile, 2, 9).await, ["größe.js"]);
    change(&mut client, &[], &[&root]).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(complete(&mut client, &dockerfile, 2, 9).await, [""; 0]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn symbols_on_disk_are_read_again_when_they_change_and_not_for_each_query() {
    let folder = TempDir::new().unwrap();
    let dockerfile = folder.path().join("Dockerfile");
    fs::write(&dockerfile, "FROM a AS one\n").unwrap();
    let mut client = session(&[folder.path()]).await;
    assert_eq!(symbols(&mut client).await, ["one"]);
    fs::write(&dockerfile, "FROM a AS two\n").unwrap();
    assert_eq!(symbols(&mut client).await, ["one"]);
    let changes = json!({"changes": [{"uri": uri(&dockerfile), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changes).await;
    assert_eq!(symbols(&mut client).await, ["two"]);
    // An open text counts before the one on disk, until it is closed.
    client.open_as(&uri(&dockerfile), "FROM a AS three\n").await;
    assert_eq!(symbols(&mut client).await, ["three"]);
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    fs::write(&dockerfile, "FROM a AS four\n").unwrap();
    let closed = json!({"textDocument": {"uri": uri(&dockerfile)}});
    client.notify("textDocument/didClose", closed).await;
    assert_eq!(symbols(&mut client).await, ["four"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_no_files_are_read_by_their_text_alone() {
    let mut client = Client::with(Setup { capabilities: pulls(), ..Setup::default() }).await;
    for (uri, language) in [
        ("untitled:Untitled-1", "dockerfile"),
        ("vscode-notebook-cell:/w/a.ipynb#W0sZmlsZQ%3D%3D", "dockerfile"),
        ("git:/w/Dockerfile?%7B%22ref%22%3A%22HEAD%22%7D", ""),
        ("zed-remote://host/w/a%20b/app.Dockerfile", ""),
        ("file:///w/a b/[x]/größe/Dockerfile", ""),
        ("file:///w/100%/Dockerfile", ""),
        ("file:///c%3A/w/Dockerfile", ""),
        ("file:///w/%44ockerfile", ""),
        ("FILE:///w/Dockerfile", ""),
    ] {
        let text = "FROM debian AS green\nFROM green\nCOPY --from=gr x /\n";
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
        let report = client.ask("textDocument/diagnostic", json!({"textDocument": {"uri": uri}})).await;
        assert!(report["items"].to_string().contains("unknown-stage"), "{uri}: {report}");
        assert!(complete(&mut client, uri, 2, 14).await.contains(&"green".to_owned()), "{uri}");
        let at = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 2}});
        assert!(client.ask("textDocument/hover", at.clone()).await.is_object(), "{uri}");
        let place = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 17}});
        let places = client.ask("textDocument/definition", place).await;
        assert_eq!(places[0]["uri"], json!(mended(uri)), "{places}");
        client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }
    client.finish().await;
}

/// A URI as it is answered: what may not stand in one is encoded.
fn mended(uri: &str) -> String {
    uri.replace(' ', "%20")
        .replace('[', "%5B")
        .replace(']', "%5D")
        .replace("größe", "gr%C3%B6%C3%9Fe")
        .replace("100%/", "100%25/")
}
