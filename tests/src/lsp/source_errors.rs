//! What the tools of a failed build say, on the files of the user.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, ScriptedBuilder};

use super::client::{Client, Setup};

const DOCKERFILE: &str = "FROM gcc\nWORKDIR /srv/deep\nCOPY native c\nRUN make\n";
const MAKE: &str = "[4/4] RUN make";
const SOURCE: &str = "int x;\nint main() { /* größe 😀 */ return missing; }\n";

fn fails(log: &str) -> Vec<Act> {
    vec![
        Act::started(),
        Act::begins(MAKE, 0.0),
        Act::logs(MAKE, log),
        Act::fails(MAKE, "RUN make: exit code 2"),
    ]
}

fn succeeds(log: &str) -> Vec<Act> {
    vec![Act::started(), Act::begins(MAKE, 0.0), Act::logs(MAKE, log), Act::ends(MAKE, 0.0, 1.0)]
}

/// A session whose builds follow these scripts, in a folder that lives as long as the test.
struct Session {
    client: Client,
    dockerfile: String,
    source: String,
    folder: TempDir,
}

impl Session {
    async fn new(scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        Self::of(scripts, json!({"diagnostic": {}, "publishDiagnostics": {"relatedInformation": true}})).await
    }

    /// A session of a client that can do this with documents. It has the folder open, by another name.
    async fn of(scripts: impl IntoIterator<Item = Vec<Act>>, capabilities: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir_all(real.join("native")).unwrap();
        fs::write(real.join("native/main.c"), SOURCE).unwrap();
        fs::write(real.join("Dockerfile"), DOCKERFILE).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let uri = |name: &str| format!("file://{}", link.join(name).display());
        let (dockerfile, source) = (uri("Dockerfile"), uri("native/main.c"));
        let builder = Arc::new(ScriptedBuilder::new(scripts));
        let mut client = Client::silent(Setup { builder, ..Setup::default() });
        let params = json!({"capabilities": {"textDocument": capabilities},
            "workspaceFolders": [{"uri": uri(""), "name": "link"}]});
        client.ask("initialize", params).await;
        client.notify("initialized", json!({})).await;
        client.open_as(&dockerfile, DOCKERFILE).await;
        Self { client, dockerfile, source, folder }
    }

    /// Builds, and waits for what the Dockerfile is told.
    async fn build(&mut self) {
        let params = json!({"command": "layerwise.build", "arguments": [{"uri": self.dockerfile}]});
        self.client.ask("workspace/executeCommand", params).await;
    }

    async fn fails(&mut self) {
        self.build().await;
        self.client.notification("window/showMessage").await;
        let dockerfile = self.dockerfile.clone();
        assert_eq!(self.pushed(&dockerfile).await.len(), 1);
    }

    /// What a file is told next.
    async fn pushed(&mut self, uri: &str) -> Vec<Value> {
        let is_it = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri
        };
        let mut message = self.client.take(is_it, uri).await;
        message["params"]["diagnostics"].take().as_array().unwrap().clone()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("link").join(name)
    }

    async fn close(&mut self, uri: &str) {
        self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
    }

    async fn open_source(&mut self, text: &str) {
        let document = json!({"uri": self.source, "languageId": "c", "version": 1, "text": text});
        self.client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    async fn change_source(&mut self, version: i32, text: &str) {
        let params = json!({"textDocument": {"uri": self.source, "version": version}, "contentChanges": [{"text": text}]});
        self.client.notify("textDocument/didChange", params).await;
    }
}

const LOG: &str =
    "c/main.c:2:38: error: 'missing' undeclared\n    2 | int main() { /* größe 😀 */ return missing; }\n";

fn lines(diagnostics: &[Value]) -> Vec<u64> {
    diagnostics.iter().map(|found| found["range"]["start"]["line"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_in_a_container_is_heard_in_the_file_that_nobody_has_open() {
    let mut session = Session::new([fails(LOG), succeeds("")]).await;
    session.fails().await;
    let source = session.source.clone();
    let [found] = &session.pushed(&source).await[..] else { panic!() };
    assert_eq!((&found["source"], &found["severity"]), (&json!("layerwise build"), &json!(1)));
    assert_eq!(found["message"], "'missing' undeclared (gcc)");
    // In UTF-16, where the emoji is two.
    let range = json!({"start": {"line": 1, "character": 38}, "end": {"line": 1, "character": 39}});
    assert_eq!(found["range"]["start"]["line"], range["start"]["line"]);
    let related = &found["relatedInformation"][0]["location"];
    assert_eq!(
        (&related["uri"], &related["range"]["start"]["line"]),
        (&json!(session.dockerfile), &json!(3))
    );
    session.build().await;
    assert_eq!(session.pushed(&source).await, Vec::<Value>::new());
    let dockerfile = session.dockerfile.clone();
    assert_eq!(session.pushed(&dockerfile).await, Vec::<Value>::new());
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_goes_with_its_line_and_is_hidden_while_that_is_gone() {
    let mut session = Session::new([fails(LOG)]).await;
    session.open_source(SOURCE).await;
    session.fails().await;
    let source = session.source.clone();
    assert_eq!(lines(&session.pushed(&source).await), [1]);
    session.change_source(2, &format!("// one\r\n// more\r\n{SOURCE}")).await;
    assert_eq!(lines(&session.pushed(&source).await), [3]);
    session.change_source(3, &SOURCE.replace("missing", "x")).await;
    assert_eq!(lines(&session.pushed(&source).await), [0; 0]);
    session.change_source(4, SOURCE).await;
    assert_eq!(lines(&session.pushed(&source).await), [1]);
    // Nothing is said again while nothing moves.
    session.change_source(5, &format!("{SOURCE}int y;\n")).await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_failure_replaces_what_the_last_one_said() {
    let other = "c/other.c:1:1: error: unknown type name 'x'\n";
    let mut session = Session::new([fails(LOG), fails(other)]).await;
    fs::write(session.path("native/other.c"), "x;\n").unwrap();
    session.fails().await;
    let source = session.source.clone();
    assert_eq!(session.pushed(&source).await.len(), 1);
    session.build().await;
    session.client.notification("window/showMessage").await;
    assert_eq!(session.pushed(&source).await, Vec::<Value>::new());
    let other = source.replace("main.c", "other.c");
    assert_eq!(session.pushed(&other).await[0]["message"], "unknown type name 'x' (gcc)");
    let dockerfile = session.dockerfile.clone();
    session.pushed(&dockerfile).await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_succeeds_has_nothing_wrong_whatever_it_prints() {
    let mut session = Session::new([succeeds(LOG)]).await;
    session.build().await;
    let id = session.client.request("shutdown", Value::Null).await;
    session.client.result(id).await;
    session.client.notify("exit", Value::Null).await;
    session.client.exit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_was_not_saved_takes_nothing_with_it() {
    let mut session = Session::new([fails(LOG)]).await;
    session.open_source(SOURCE).await;
    session.fails().await;
    let source = session.source.clone();
    assert_eq!(lines(&session.pushed(&source).await), [1]);
    session.change_source(2, "").await;
    assert_eq!(lines(&session.pushed(&source).await), [0; 0]);
    fs::write(session.path("native/main.c"), format!("// one more\n{SOURCE}")).unwrap();
    session.close(&source).await;
    assert_eq!(lines(&session.pushed(&source).await), [0; 0]);
    assert_eq!(lines(&session.pushed(&source).await), [2]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_hidden_line_finds_it_again() {
    let mut session = Session::new([fails(LOG)]).await;
    session.open_source(SOURCE).await;
    session.fails().await;
    let source = session.source.clone();
    assert_eq!(lines(&session.pushed(&source).await), [1]);
    let key = |version: i32, line: u32, end: u32, text: &str| {
        let range = json!({"start": {"line": line, "character": 0}, "end": {"line": line, "character": end}});
        json!({"textDocument": {"uri": source, "version": version}, "contentChanges": [{"range": range, "text": text}]})
    };
    session.client.notify("textDocument/didChange", key(2, 1, 1, "")).await;
    assert_eq!(lines(&session.pushed(&source).await), [0; 0]);
    session.client.notify("textDocument/didChange", key(3, 0, 0, "// one more\n")).await;
    session.client.notify("textDocument/didChange", key(4, 2, 0, "i")).await;
    assert_eq!(lines(&session.pushed(&source).await), [2]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_build_said_goes_with_its_dockerfile() {
    let mut session = Session::new([fails(LOG)]).await;
    session.fails().await;
    let (source, dockerfile) = (session.source.clone(), session.dockerfile.clone());
    assert_eq!(session.pushed(&source).await.len(), 1);
    session.close(&dockerfile).await;
    assert_eq!(session.pushed(&dockerfile).await, Vec::<Value>::new());
    fs::rename(session.path("Dockerfile"), session.path("Containerfile")).unwrap();
    let changes = json!({"changes": [{"uri": dockerfile, "type": 3}]});
    session.client.notify("workspace/didChangeWatchedFiles", changes).await;
    assert_eq!(session.pushed(&source).await, Vec::<Value>::new());
    session.client.finish().await;
}

/// A tool that names a file that is analysed too.
const PYTHON: &str = "Traceback (most recent call last):\n  File \"/srv/deep/c/compose.yaml\", line 2, in <module>\n    services: x\nValueError: no service\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_analysis_of_a_file_and_what_a_build_says_of_it_stand_side_by_side() {
    let mut session = Session::of([fails(PYTHON)], json!({})).await;
    let compose = session.source.replace("main.c", "compose.yaml");
    let text = "name: y\nservices: x\n";
    fs::write(session.path("native/compose.yaml"), text).unwrap();
    let document = json!({"uri": compose, "languageId": "yaml", "version": 1, "text": text});
    session.client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    assert_eq!(session.pushed(&compose).await, Vec::<Value>::new());
    session.build().await;
    session.client.notification("window/showMessage").await;
    let [found] = &session.pushed(&compose).await[..] else { panic!() };
    assert_eq!(found["message"], "ValueError: no service (python)");
    // Analysing it anew takes nothing away, and closing it neither.
    let edit = json!({"textDocument": {"uri": compose, "version": 2}, "contentChanges": [{"text": format!("# x\n{text}")}]});
    session.client.notify("textDocument/didChange", edit).await;
    assert_eq!(lines(&session.pushed(&compose).await), [2]);
    session.close(&compose).await;
    assert_eq!(session.pushed(&compose).await, Vec::<Value>::new());
    assert_eq!(lines(&session.pushed(&compose).await), [2]);
    assert_eq!(lines(&session.pushed(&compose).await), [1]);
    let id = session.client.request("shutdown", Value::Null).await;
    session.client.result(id).await;
}
