//! `layerwise.showBuildLog`, and what is said of the network before a build.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, Gate, ScriptedBuilder};

use super::client::{Client, Setup};

const TEXT: &str = "FROM alpine\r\n# größe 🐳\r\nRUN make \\\r\n  all\r\nRUN test\r\n";
const MAKE: &str = "[2/3] RUN make   all";
const TEST: &str = "[3/3] RUN test";

fn runs_all() -> Vec<Act> {
    vec![
        Act::started(),
        Act::begins(MAKE, 0.1),
        Act::logs(MAKE, "größe made\n"),
        Act::ends(MAKE, 0.1, 0.2),
        Act::begins(TEST, 0.2),
        Act::logs(TEST, "tested\n"),
        Act::ends(TEST, 0.2, 0.3),
    ]
}

/// All but the last step comes from the cache, and that one fails.
fn fails() -> Vec<Act> {
    vec![
        Act::started(),
        Act::cached(MAKE),
        Act::begins(TEST, 0.2),
        Act::logs(TEST, "not tested\n"),
        Act::fails(TEST, "exit code: 1"),
    ]
}

struct Session {
    client: Client,
    folder: TempDir,
}

impl Session {
    async fn new(shows_documents: bool, text: &str, scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), text).unwrap();
        let builder = ScriptedBuilder::new(scripts).with_images(["alpine"]).named("scripted");
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}},
                "window": {"workDoneProgress": true, "showDocument": {"support": shows_documents}}}),
            builder: Arc::new(builder),
            cache_folder: Some(folder.path().join("cache")),
            ..Setup::default()
        };
        let mut session = Self { client: Client::with(setup).await, folder };
        let uri = session.uri();
        session.client.open_as(&uri, text).await;
        session
    }

    fn uri(&self) -> String {
        format!("file://{}/Dockerfile", self.folder.path().display())
    }

    async fn execute(&mut self, command: &str, line: Option<u32>) -> i64 {
        let mut argument = json!({"uri": self.uri()});
        if let Some(line) = line {
            argument["line"] = json!(line);
        }
        let params = json!({"command": command, "arguments": [argument]});
        self.client.request("workspace/executeCommand", params).await
    }

    /// Builds to the end; the messages of its progress. The gate is opened once one of them ends with this text.
    async fn build_through(&mut self, gate: &Gate, text: &str) -> Vec<String> {
        let id = self.execute("layerwise.build", None).await;
        self.client.answer("window/workDoneProgress/create", Value::Null).await;
        self.client.result(id).await;
        let mut messages: Vec<String> = Vec::new();
        loop {
            let value = self.client.notification("$/progress").await["value"].clone();
            messages.extend(value["message"].as_str().map(str::to_owned));
            if messages.last().is_some_and(|message| message.ends_with(text)) {
                gate.open();
            }
            if value["kind"] == "end" {
                return messages;
            }
        }
    }

    async fn build(&mut self) -> Vec<String> {
        self.build_through(&Gate::new(), "").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_the_last_build_is_opened_at_the_step() {
    let mut session = Session::new(true, TEXT, [runs_all(), fails()]).await;
    session.build().await;
    // At once: what has just ended is waited for.
    let id = session.execute("layerwise.showBuildLog", Some(4)).await;
    let shown = session.client.answer("window/showDocument", json!({"success": true})).await;
    session.client.result(id).await;
    let path = shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    let line = shown["selection"]["start"]["line"].as_u64().unwrap();
    assert_eq!(text.lines().nth(usize::try_from(line).unwrap()), Some("line 5: RUN test"), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    session.build().await;
    session.client.notification("window/showMessage").await;
    session.client.notification("textDocument/publishDiagnostics").await;
    let id = session.execute("layerwise.showBuildLog", None).await;
    let shown = session.client.answer("window/showDocument", json!({"success": true})).await;
    session.client.result(id).await;
    assert_eq!(shown["selection"], Value::Null);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("cached"), "{text}");
    assert!(text.contains("\ngröße made\n") && text.contains("        failed\nnot tested\n"), "{text}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_no_files_is_told_where_the_log_is() {
    let mut session = Session::new(false, TEXT, [runs_all()]).await;
    session.build().await;
    let id = session.execute("layerwise.showBuildLog", None).await;
    session.client.result(id).await;
    let said = session.client.notification("window/showMessage").await["message"].clone();
    let path = said.as_str().unwrap().strip_prefix("The build's log is in ").unwrap();
    assert!(fs::read_to_string(path).unwrap().contains("größe made"));
    session.client.finish().await;

    let mut session = Session::new(true, TEXT, [runs_all()]).await;
    session.build().await;
    let id = session.execute("layerwise.showBuildLog", None).await;
    session.client.answer("window/showDocument", json!({"success": false})).await;
    session.client.result(id).await;
    session.client.notification("window/showMessage").await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_build_there_is_no_log() {
    let mut session = Session::new(true, TEXT, []).await;
    let id = session.execute("layerwise.showBuildLog", None).await;
    let error = session.client.error(id).await;
    assert!(error["message"].as_str().unwrap().ends_with("is kept yet: build it once"), "{error}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_build_asks_the_network_for_is_said_once() {
    let text = "FROM alpine\nADD https://user:hunter2@example.org/größe.tar /\nRUN apk add curl\n";
    let add = "[2/3] ADD https://user:hunter2@example.org/größe.tar /";
    let lost =
        vec![Act::started(), Act::begins(add, 0.1), Act::fails(add, "lookup example.org: no such host")];
    let gate = Gate::new();
    let waits = vec![Act::started(), Act::Wait(gate.clone())];
    let mut session = Session::new(true, text, [waits, lost]).await;
    let notice = "needs the network: ADD asks https://example.org/größe.tar (line 2)";
    session.build_through(&gate, &format!("on scripted 1.0, {notice}")).await;
    let said = session.client.notification("window/logMessage").await;
    assert_eq!(said["message"], format!("the build {notice}"));
    // The next one asks for the same, which has been said; that it failed for want of it is said too.
    session.build().await;
    let said = session.client.notification("window/logMessage").await;
    assert_eq!(said["message"], "RUN needs the network in line 3 (apk)");
    session.client.notification("window/showMessage").await;
    session.client.notification("textDocument/publishDiagnostics").await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_needs_no_network_says_nothing_of_it() {
    let gate = Gate::new();
    let waits = vec![Act::started(), Act::Wait(gate.clone())];
    let mut session = Session::new(true, TEXT, [waits]).await;
    session.build_through(&gate, "on scripted 1.0").await;
    session.client.finish().await;
}
