//! What lies around a Dockerfile: read from disk, read again when it changes, and what a build takes as its context.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::ScriptedBuilder;

use super::client::{Client, Setup};

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pulls_is_told_when_more_is_known() {
    let folder = TempDir::new().unwrap();
    let dockerfile = folder.path().join("Dockerfile");
    fs::write(folder.path().join("package.json"), "{}").unwrap();
    let capabilities = json!({"textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}, "didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    let watched = client.answer("client/registerCapability", Value::Null).await;
    assert_eq!(watched["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    client.open_as(&uri(&dockerfile), "FROM node\nCOPY . .\n").await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    fs::write(folder.path().join(".dockerignore"), "node_modules\n").unwrap();
    let changes = json!({"changes": [{"uri": uri(&folder.path().join(".dockerignore")), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", changes.clone()).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    fs::write(folder.path().join("main.js"), "").unwrap();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri(&dockerfile)}})).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_takes_the_folder_that_has_what_is_copied() {
    let folder = TempDir::new().unwrap();
    let docker = folder.path().join("docker");
    fs::create_dir(&docker).unwrap();
    fs::write(folder.path().join("package.json"), "{}").unwrap();
    let builder = Arc::new(ScriptedBuilder::default());
    let mut client = Client::silent(Setup { builder: Arc::clone(&builder) as _, ..Setup::default() });
    let folders = json!([{"uri": uri(folder.path()), "name": "project"}]);
    client
        .ask(
            "initialize",
            json!({"capabilities": {"textDocument": {"diagnostic": {}}}, "workspaceFolders": folders}),
        )
        .await;
    client.notify("initialized", json!({})).await;
    let dockerfile = uri(&docker.join("Dockerfile"));
    client.open_as(&dockerfile, "FROM node\nCOPY package.json ./\n").await;
    let params = json!({"command": "layerwise.build", "arguments": [{"uri": dockerfile}]});
    client.ask("workspace/executeCommand", params).await;
    assert_eq!(builder.requests()[0].context, folder.path().display().to_string());
    client.finish().await;
}
