//! Code actions: fixes and rewrites as plain edits, resolved lazily where the client can, complete at once where it cannot.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Gate, ScriptedBuilder};

use super::client::{Client, Setup, URI};

const TEXT: &str = "FROM node:22\nARG NPM_TOKEN\nWORKDIR /app\nCOPY . .\nRUN echo \"//npm.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc && npm ci && npm run build && rm ~/.npmrc\nCMD [\"node\", \"dist/main.js\"]\n";

/// A small Node project on disk, with its Dockerfile open.
async fn project(capabilities: Value) -> (Client, TempDir, String) {
    project_on(capabilities, ScriptedBuilder::default()).await
}

async fn project_on(capabilities: Value, builder: ScriptedBuilder) -> (Client, TempDir, String) {
    let folder = TempDir::new().unwrap();
    let manifest = r#"{"name": "x", "scripts": {"build": "esbuild src/main.js --outdir=dist"}, "devDependencies": {"esbuild": "1"}}"#;
    for (path, text) in [("package.json", manifest), ("package-lock.json", "{}"), ("main.js", "")] {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let mut client =
        Client::with(Setup { capabilities, builder: Arc::new(builder), ..Setup::default() }).await;
    client.open_as(&uri, TEXT).await;
    (client, folder, uri)
}

fn pulling(resolves: bool) -> Value {
    let properties = if resolves { json!(["edit"]) } else { json!([]) };
    json!({"workspace": {"diagnostics": {"refreshSupport": true}, "workspaceEdit": {"documentChanges": true}},
        "textDocument": {"diagnostic": {}, "codeAction": {"dataSupport": true, "resolveSupport": {"properties": properties}}}})
}

async fn actions(client: &mut Client, uri: &str, only: &Value) -> Vec<Value> {
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let context = json!({"diagnostics": [], "only": only});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
    client.ask("textDocument/codeAction", params).await.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_asked_for_right_after_opening_wait_until_the_context_is_known() {
    let gate = Gate::new();
    let builder = ScriptedBuilder::default().telling_after(&gate);
    let (mut client, _folder, uri) = project_on(pulling(true), builder).await;
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let context = json!({"diagnostics": [], "only": ["refactor.extract"]});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
    let asked = client.request("textDocument/codeAction", params).await;
    // Other requests do not wait.
    let lenses = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(lenses.as_array().map(Vec::len), Some(1));
    gate.open();
    let offered = client.result(asked).await;
    assert_eq!(offered[0]["kind"], "refactor.extract.stages", "{offered}");
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_that_wait_for_a_hanging_disk_come_when_the_document_is_closed() {
    let gate = Gate::new();
    let builder = ScriptedBuilder::default().telling_after(&gate);
    let (mut client, _folder, uri) = project_on(pulling(true), builder).await;
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
    let asked = client.request("textDocument/codeAction", params).await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    client.result(asked).await;
    gate.open();
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_resolves_gets_titles_first_and_edits_when_it_asks() {
    let (mut client, _folder, uri) = project(pulling(true)).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let offered = actions(&mut client, &uri, &json!(["refactor"])).await;
    let split = offered.iter().find(|action| action["kind"] == "refactor.extract.stages").expect("a split");
    assert_eq!(split.get("edit"), None);
    let resolved = client.ask("codeAction/resolve", split.clone()).await;
    let change = &resolved["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": uri, "version": 1}));
    assert!(change["edits"].as_array().is_some_and(|edits| !edits.is_empty()), "{resolved}");
    // After an edit the old action means nothing any more.
    let params = json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": format!("{TEXT}# note\n")}]});
    client.notify("textDocument/didChange", params).await;
    let late = client.request("codeAction/resolve", split.clone()).await;
    assert_eq!(client.error(late).await["code"], -32801);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_resolve_gets_the_edits_at_once() {
    let (mut client, _folder, uri) = project(pulling(false)).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let offered = actions(&mut client, &uri, &Value::Null).await;
    let kinds: Vec<_> = offered.iter().map(|action| action["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"refactor.extract.stages"), "{kinds:?}");
    assert!(
        offered.iter().all(|action| action["edit"].is_object() && action.get("data").is_none()),
        "{offered:?}"
    );
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_kinds_that_are_asked_for_come() {
    let (mut client, _folder, uri) = project(pulling(true)).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    for (only, prefix) in [
        ("quickfix", "quickfix"),
        ("refactor.rewrite", "refactor.rewrite"),
        ("refactor", "refactor"),
        ("source", "source.fixAll"),
    ] {
        for action in actions(&mut client, &uri, &json!([only])).await {
            assert!(action["kind"].as_str().unwrap().starts_with(prefix), "{only}: {action}");
        }
    }
    assert_eq!(actions(&mut client, &uri, &json!(["source.organizeImports"])).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_is_not_ours_is_an_error() {
    let (mut client, _folder, _uri) = project(pulling(true)).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let id = client.request("codeAction/resolve", json!({"title": "x", "data": {"uri": 3}})).await;
    assert_eq!(client.error(id).await["code"], -32602);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_image_that_the_builder_has_needs_no_check() {
    for (images, needs_check) in [(vec!["node:22"], true), (vec!["node:22", "node:22-slim"], false)] {
        let (mut client, _folder, uri) =
            project_on(pulling(true), ScriptedBuilder::default().with_images(images)).await;
        client.answer("workspace/diagnostic/refresh", Value::Null).await;
        let offered = actions(&mut client, &uri, &json!(["refactor"])).await;
        let split =
            offered.iter().find(|action| action["kind"] == "refactor.extract.stages").expect("a split");
        assert_eq!(
            split["title"].as_str().is_some_and(|title| title.contains("node:22-slim exists")),
            needs_check,
            "{split}"
        );
        client.finish().await;
    }
}

/// An action's edits, applied to a text of lines without tabs or letters beyond ASCII.
fn applied(text: &str, action: &Value) -> String {
    let edits = action["edit"]["documentChanges"][0]["edits"].as_array().expect("edits");
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        before + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
    };
    let mut result = text.to_owned();
    for edit in edits.iter().rev() {
        let range = &edit["range"];
        result
            .replace_range(offset(&range["start"])..offset(&range["end"]), edit["newText"].as_str().unwrap());
    }
    result
}

/// The only action of a kind, with its edits.
async fn one(client: &mut Client, kind: &str) -> Value {
    let offered = actions(client, URI, &json!([kind])).await;
    assert_eq!(offered.len(), 1, "{offered:#?}");
    assert_eq!(offered[0]["kind"], kind);
    offered[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_ignored_where_it_stands() {
    let mut client = Client::with(Setup { capabilities: pulling(false), ..Setup::default() }).await;
    let text = "FROM scratch\n  ENV A b\n";
    client.open(text).await;
    let diagnostic = client.pull().await.remove(0);
    let range = diagnostic["range"].clone();
    let context = json!({"diagnostics": [diagnostic], "only": ["quickfix"]});
    let params = json!({"textDocument": {"uri": URI}, "range": range, "context": context});
    let offered = client.ask("textDocument/codeAction", params).await;
    let ignore = offered.as_array().unwrap().iter().find(|action| action["kind"] == "quickfix.suppress");
    let ignore = ignore.expect("a comment");
    assert_eq!(ignore["title"], "Ignore legacy-key-value-format here");
    assert_eq!(ignore["diagnostics"], json!([diagnostic]));
    let after = applied(text, ignore);
    assert_eq!(after, "FROM scratch\n  # layerwise ignore=legacy-key-value-format\n  ENV A b\n");
    client.change(2, json!([{"text": after}])).await;
    assert_eq!(client.pull().await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_safe_fixes_come_as_one_edit() {
    let mut client = Client::with(Setup { capabilities: pulling(false), ..Setup::default() }).await;
    // The relative WORKDIR's fix must be looked at, so it is not taken.
    let text = "FROM scratch as a\nENV A b\nWORKDIR app\nENV C d\n";
    client.open(text).await;
    let all = one(&mut client, "source.fixAll.layerwise").await;
    assert_eq!(all["title"], "Fix what can be fixed safely: 3 findings");
    let after = applied(text, &all);
    assert_eq!(after, "FROM scratch AS a\nENV A=b\nWORKDIR app\nENV C=d\n");
    client.change(2, json!([{"text": after}])).await;
    assert_eq!(actions(&mut client, URI, &json!(["source.fixAll"])).await, Vec::<Value>::new());
    client.finish().await;
}
