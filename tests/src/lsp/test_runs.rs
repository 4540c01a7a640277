//! Tests from the editor, with a builder that follows a script.

use std::fs;
use std::sync::Arc;

use inner_loop::BuildEvent;
use inner_loop::test_results::ReportFile;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, ScriptedBuilder};

use super::builds::{able, progress};
use super::client::{Client, Setup};

const DOCKERFILE: &str =
    "FROM golang AS build\nFROM golang AS Test\nWORKDIR /srv\nCOPY api .\nRUN go test\nFROM build\n";
const COPY: &str = "[test 3/4] COPY api .";
const RUN: &str = "[test 4/4] RUN go test";
const SOURCE: &str = "package sum\n\nfunc TestSum(t *testing.T) {\n\tt.Error(\"größe\")\n}\n";
const PASSED: &str =
    "{\"Action\":\"pass\",\"Package\":\"example.com/app/sum\",\"Test\":\"TestFine\",\"Elapsed\":0}\n";
const FAILED: &str = "{\"Action\":\"output\",\"Package\":\"example.com/app/sum\",\"Test\":\"TestSum\",\"Output\":\"    sum_test.go:4: größe\\n\"}\n{\"Action\":\"fail\",\"Package\":\"example.com/app/sum\",\"Test\":\"TestSum\",\"Elapsed\":0.1}\n";

fn runs(log: &str) -> Vec<Act> {
    vec![
        Act::started(),
        Act::begins(COPY, 0.0),
        Act::ends(COPY, 0.0, 0.1),
        Act::begins(RUN, 0.1),
        Act::logs(RUN, log),
    ]
}

fn passes(log: &str) -> Vec<Act> {
    let mut script = runs(log);
    script.push(Act::ends(RUN, 0.1, 1.0));
    script
}

fn fails(log: &str) -> Vec<Act> {
    let mut script = runs(log);
    script.push(Act::fails(RUN, "RUN go test: exit code 1"));
    script
}

struct Session {
    client: Client,
    builder: Arc<ScriptedBuilder>,
    dockerfile: String,
    source: String,
    _folder: TempDir,
}

impl Session {
    async fn new(text: &str, scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("api/sum")).unwrap();
        fs::write(folder.path().join("api/sum/sum_test.go"), SOURCE).unwrap();
        fs::write(folder.path().join("Dockerfile"), text).unwrap();
        let uri = |name: &str| format!("file://{}", folder.path().join(name).display());
        let (dockerfile, source) = (uri("Dockerfile"), uri("api/sum/sum_test.go"));
        let builder = Arc::new(ScriptedBuilder::new(scripts).named("scripted"));
        let setup = Setup {
            capabilities: able(),
            builder: Arc::clone(&builder) as _,
            cache_folder: Some(folder.path().join("cache")),
            ..Setup::default()
        };
        let mut client = Client::with(setup).await;
        client.open_as(&dockerfile, text).await;
        Self { client, builder, dockerfile, source, _folder: folder }
    }

    /// Runs the tests to the end, and returns the last word of the progress and the message.
    async fn test(&mut self) -> (String, Value) {
        let argument = json!({"uri": self.dockerfile});
        let params = json!({"command": "layerwise.test", "arguments": [argument]});
        let id = self.client.request("workspace/executeCommand", params).await;
        let created = self.client.answer("window/workDoneProgress/create", Value::Null).await;
        assert_eq!(self.client.result(id).await, Value::Null);
        let said = progress(&mut self.client, &created["token"]).await;
        assert_eq!(said[0], "Testing test of Dockerfile");
        let shown = self.client.notification("window/showMessage").await;
        (said.last().unwrap().clone(), shown)
    }

    async fn lenses(&mut self) -> Vec<(String, String)> {
        let params = json!({"textDocument": {"uri": self.dockerfile}});
        let lenses = self.client.ask("textDocument/codeLens", params).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lens = |lens: &Value| (text(&lens["command"]["command"]), text(&lens["command"]["title"]));
        lenses
            .as_array()
            .unwrap()
            .iter()
            .map(lens)
            .filter(|(command, _)| command == "layerwise.test")
            .collect()
    }

    /// What a file is told next.
    async fn pushed(&mut self, uri: &str) -> Vec<Value> {
        let is_it = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri
        };
        let mut message = self.client.take(is_it, uri).await;
        message["params"]["diagnostics"].take().as_array().unwrap().clone()
    }
}

fn lens(title: &str) -> Vec<(String, String)> {
    vec![("layerwise.test".to_owned(), title.to_owned())]
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_are_told_in_one_message_and_on_the_lens() {
    let mut session = Session::new(DOCKERFILE, [passes(PASSED)]).await;
    assert_eq!(session.lenses().await, lens("Test"));
    let (_, shown) = session.test().await;
    assert_eq!(shown["type"], 3);
    assert!(shown["message"].as_str().unwrap().starts_with("Tests: 1 passed in "), "{shown}");
    assert_eq!(session.lenses().await, lens("Test · last 1 passed"));
    assert_eq!(session.builder.requests()[0].target.as_deref(), Some("test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_is_named_and_shown_on_its_line() {
    let mut session = Session::new(DOCKERFILE, [fails(&format!("{PASSED}{FAILED}"))]).await;
    let (last, shown) = session.test().await;
    assert_eq!(last, "failed");
    assert_eq!(shown, json!({"type": 1, "message": "Tests: 1 failed, 1 passed: TestSum"}));
    let source = session.source.clone();
    let [found] = &session.pushed(&source).await[..] else { panic!() };
    assert_eq!(found["range"]["start"]["line"], 3);
    assert!(found["message"].as_str().unwrap().contains("größe"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_a_build_that_succeeds_is_shown_on_its_line_too() {
    let report = b"<testsuite><testcase name=\"adds\"><failure message=\"2 != 3\">sum/sum_test.go:4: x</failure></testcase></testsuite>";
    let report = ReportFile { path: "/srv/r.xml".to_owned(), content: Ok(report.to_vec()) };
    let mut script = passes("");
    script.push(Act::Say(BuildEvent::Report(report)));
    let mut session = Session::new(DOCKERFILE, [script]).await;
    let (_, shown) = session.test().await;
    assert_eq!(shown, json!({"type": 1, "message": "Tests: 1 failed: adds"}));
    let source = session.source.clone();
    let [found] = &session.pushed(&source).await[..] else { panic!() };
    assert_eq!(
        (&found["range"]["start"]["line"], &found["message"]),
        (&json!(3), &json!("adds: 2 != 3 (test)"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_that_are_cached_stay_as_they_were() {
    let cached = vec![Act::started(), Act::cached(COPY), Act::cached(RUN)];
    let mut session = Session::new(DOCKERFILE, [passes(PASSED), cached]).await;
    session.test().await;
    let (_, shown) = session.test().await;
    assert_eq!(
        shown,
        json!({"type": 3, "message": "Tests: 1 passed, in an earlier build: nothing has changed"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tested_is_an_error_at_once() {
    let mut session = Session::new("FROM a AS größe\nRUN x\n", []).await;
    assert_eq!(session.lenses().await, []);
    let uri = session.dockerfile.clone();
    for (argument, expected) in [
        (json!({"uri": uri}), "no stage is called `test`"),
        (json!({"uri": uri, "target": "x"}), "there is no stage `x`; there are größe"),
        (json!({"uri": uri, "line": "3"}), "\"uri\": …"),
        (json!("x"), "another type"),
        (json!({"uri": "file:///nowhere/Dockerfile"}), "no Dockerfile is open"),
    ] {
        let params = json!({"command": "layerwise.test", "arguments": [argument]});
        let id = session.client.request("workspace/executeCommand", params).await;
        let error = session.client.error(id).await;
        assert!(error["message"].as_str().unwrap().contains(expected), "{error}");
    }
    session.client.finish().await;
}
