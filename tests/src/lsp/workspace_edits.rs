//! What an action's edit holds beside text edits: a file that is made, and the wish to be shown before it is applied.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup};

const TEXT: &str = "FROM node:22\nARG GIT_SHA\nRUN apt-get update && apt-get install -y git\nADD . /srv/\nLABEL sha=$GIT_SHA\n";

/// The actions of a kind for a file in a folder with a git history, for a client whose edits can do so much.
async fn actions(workspace_edit: Value, kind: &str) -> (TempDir, Vec<Value>) {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(".git/HEAD"), "").unwrap();
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let capabilities = json!({"textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}, "workspaceEdit": workspace_edit}});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open_as(&uri, TEXT).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let context = json!({"diagnostics": [], "only": [kind]});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
    let offered = client.ask("textDocument/codeAction", params).await.as_array().unwrap().clone();
    client.finish().await;
    (folder, offered)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_by_a_client_that_makes_files() {
    let kind = "refactor.rewrite.dockerignore";
    let able = json!({"documentChanges": true, "resourceOperations": ["create", "rename", "delete"]});
    let (folder, offered) = actions(able, kind).await;
    let changes = &offered[0]["edit"]["documentChanges"];
    let uri = format!("file://{}/.dockerignore", folder.path().canonicalize().unwrap().display());
    assert_eq!(changes[0], json!({"kind": "create", "uri": uri}));
    assert_eq!(changes[1]["textDocument"], json!({"uri": uri, "version": null}));
    assert_eq!(changes[1]["edits"][0]["newText"], ".git\n");
    assert_eq!(changes.as_array().map(Vec::len), Some(2));
    for unable in [json!({"documentChanges": true}), json!({"resourceOperations": ["create"]})] {
        assert_eq!(actions(unable, kind).await.1, Vec::<Value>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_much_at_once_is_shown_first() {
    let kind = "refactor.rewrite.improve";
    let annotates = json!({"documentChanges": true, "changeAnnotationSupport": {"groupsOnLabel": true}});
    let (_folder, offered) = actions(annotates, kind).await;
    let edit = &offered[0]["edit"];
    assert_eq!(edit["changeAnnotations"]["previewed"]["needsConfirmation"], true, "{edit}");
    assert_eq!(edit["changeAnnotations"]["previewed"]["label"], offered[0]["title"]);
    let edits = edit["documentChanges"][0]["edits"].as_array().unwrap();
    assert!(edits.iter().all(|edit| edit["annotationId"] == "previewed"), "{edits:?}");
    let (_folder, plain) = actions(json!({"documentChanges": true}), kind).await;
    assert_eq!(plain[0]["edit"].get("changeAnnotations"), None);
    assert_eq!(plain[0]["edit"]["documentChanges"][0]["edits"][0].get("annotationId"), None);
}
