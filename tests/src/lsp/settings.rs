//! `layerwise.toml`: counts for the Dockerfiles below it, is read again when it changes, and says what is wrong in it.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::ScriptedBuilder;

use super::client::{Client, Setup, pulls};

const TEXT: &str = "FROM scratch\nENV A b\n";

/// A workspace with a Dockerfile in `api/`, and settings at its root.
fn workspace(settings: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("api")).unwrap();
    fs::write(folder.path().join("layerwise.toml"), settings).unwrap();
    folder
}

fn uri(folder: &TempDir, path: &str) -> String {
    format!("file://{}/{path}", folder.path().display())
}

/// A session of a client that has the workspace open.
async fn session(folder: &TempDir, mut setup: Setup) -> Client {
    let options = setup.initialization_options.take();
    let capabilities = setup.capabilities.clone();
    let mut client = Client::silent(setup);
    let folders = json!([{"uri": uri(folder, ""), "name": "project"}]);
    let params =
        json!({"capabilities": capabilities, "workspaceFolders": folders, "initializationOptions": options});
    client.ask("initialize", params).await;
    client.notify("initialized", json!({})).await;
    client
}

/// Waits for a push with these codes (or, where there is none, messages); others may come before.
async fn pushed(client: &mut Client, expected: &[&str]) {
    loop {
        let params = client.notification("textDocument/publishDiagnostics").await;
        let found = params["diagnostics"].as_array().unwrap().iter();
        let found: Vec<&str> = found
            .map(|found| found["code"].as_str().or(found["message"].as_str()).unwrap_or_default())
            .collect();
        if found == expected {
            return;
        }
    }
}

async fn changed(client: &mut Client, folder: &TempDir, settings: &str) {
    fs::write(folder.path().join("layerwise.toml"), settings).unwrap();
    let changes = json!({"changes": [{"uri": uri(folder, "layerwise.toml"), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", changes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hadolints_own_file_counts_where_the_profile_is_its() {
    let folder = workspace("profile = 'hadolint'\nignore = ['shell-script-problem']\n");
    fs::write(folder.path().join(".hadolint.yaml"), "ignored: [DL3006]\n").unwrap();
    let mut client = session(&folder, Setup::default()).await;
    client.open_as(&uri(&folder, "api/Dockerfile"), "FROM debian\nENV A b\nRUN sudo x\n").await;
    // What layerwise.toml says comes first, so that the ignored one of the other file is not.
    pushed(&mut client, &["base-image-without-version", "sudo-in-run"]).await;
    changed(&mut client, &folder, "profile = 'hadolint'\n").await;
    pushed(&mut client, &["sudo-in-run"]).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_counts_below_it_before_the_client_and_is_read_again() {
    let folder = workspace("ignore = ['LegacyKeyValueFormat']\n");
    let initialization_options = json!({"ignore": [], "severity": {"legacy-key-value-format": "error"}});
    let mut client = session(&folder, Setup { initialization_options, ..Setup::default() }).await;
    client.open_as(&uri(&folder, "api/Dockerfile"), TEXT).await;
    pushed(&mut client, &[]).await;
    // What makes no difference is not told once more.
    changed(&mut client, &folder, "ignore = ['LegacyKeyValueFormat', 'DL3000']\n").await;
    changed(&mut client, &folder, "").await;
    pushed(&mut client, &["legacy-key-value-format"]).await;
    fs::write(folder.path().join("api/layerwise.toml"), "[severity]\nlegacy-key-value-format = 'off'\n")
        .unwrap();
    changed(&mut client, &folder, "[severity]\nlegacy-key-value-format = 'error'\n").await;
    pushed(&mut client, &[]).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_shown_once_and_the_rest_counts() {
    let folder = workspace("ignor = []\n[severity]\nlegacy-key-value-format = 'off'\n");
    let mut client = session(&folder, Setup::default()).await;
    client.open_as(&uri(&folder, "api/Dockerfile"), TEXT).await;
    let shown = client.notification("window/showMessage").await;
    let expected = "layerwise.toml:1: there is no setting `ignor`; is `ignore` meant?";
    assert_eq!((shown["type"].as_i64(), shown["message"].as_str()), (Some(2), Some(expected)));
    pushed(&mut client, &[]).await;
    // The same mistake for another Dockerfile is not shown again: `finish` fails on what is unread.
    client.open_as(&uri(&folder, "api/Containerfile"), TEXT).await;
    pushed(&mut client, &[]).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_file_has_its_mistakes_marked() {
    let folder = workspace("");
    let mut client = session(&folder, Setup::default()).await;
    let file = uri(&folder, "layerwise.toml");
    let document = json!({"uri": file, "languageId": "toml", "version": 1,
        "text": "select = [\n  'al',\n]\n[build]\ntargt = 'x'\nx = \n"});
    client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    let params = client.notification("textDocument/publishDiagnostics").await;
    let found = params["diagnostics"].as_array().unwrap().iter();
    let mut found: Vec<(u64, u64)> = found
        .map(|found| {
            let start = &found["range"]["start"];
            (start["line"].as_u64().unwrap(), found["severity"].as_u64().unwrap())
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    assert!(found.starts_with(&[(1, 2), (4, 2)]) && found.contains(&(5, 1)), "{params}");
    client.finish().await;
}

/// What a build takes from the settings: the argument `A` and the number of secrets.
async fn built(initialization_options: Value) -> (Option<String>, usize) {
    let settings =
        "ignore = ['style']\n[build]\nargs = { A = 1 }\nsecrets = ['id=x,src=token']\nonSave = true\n";
    let folder = workspace(settings);
    let builder = Arc::new(ScriptedBuilder::default());
    let setup = Setup {
        builder: Arc::clone(&builder) as _,
        initialization_options,
        capabilities: pulls(),
        ..Setup::default()
    };
    let mut client = session(&folder, setup).await;
    let dockerfile = uri(&folder, "Dockerfile");
    client.open_as(&dockerfile, "FROM scratch\n").await;
    // What lies around the file is known, and its settings are.
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    // Saving builds nothing, though the file of settings asks for it.
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": dockerfile}})).await;
    let params = json!({"command": "layerwise.build", "arguments": [{"uri": dockerfile}]});
    client.ask("workspace/executeCommand", params).await;
    let requests = builder.requests();
    assert_eq!(requests.len(), 1);
    let found = (requests[0].build_args.get("A").cloned(), requests[0].secrets.len());
    client.finish().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_take_what_a_trusted_project_says() {
    assert_eq!(built(Value::Null).await, (Some("1".to_owned()), 1));
    assert_eq!(built(json!({"workspaceTrusted": false})).await, (None, 0));
}
