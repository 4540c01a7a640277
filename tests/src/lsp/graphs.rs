//! The graph as a picture that the client opens and as an answer, and the other answers of what stands in no text: builder and rewrites.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, ScriptedBuilder};

use super::client::{Client, Setup};

const TEXT: &str =
    "FROM alpine AS base\r\n# größe 🐳\r\nRUN make \\\r\n  all\r\nFROM scratch\r\nCOPY --from=base /x /\r\n";
const MAKE: &str = "[base 2/2] RUN make   all";
const COPY: &str = "[stage-1 1/1] COPY --from=base /x /";

struct Session {
    client: Client,
    folder: TempDir,
}

impl Session {
    async fn new(shows_documents: bool, has_cache_folder: bool, scripts: Vec<Vec<Act>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), TEXT).unwrap();
        let builder = ScriptedBuilder::new(scripts).with_images(["alpine"]).named("scripted");
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}},
                "window": {"workDoneProgress": true, "showDocument": {"support": shows_documents}}}),
            builder: Arc::new(builder),
            cache_folder: has_cache_folder.then(|| folder.path().join("cache")),
            ..Setup::default()
        };
        let mut session = Self { client: Client::with(setup).await, folder };
        let uri = session.uri();
        session.client.open_as(&uri, TEXT).await;
        session
    }

    fn uri(&self) -> String {
        format!("file://{}/Dockerfile", self.folder.path().display())
    }

    async fn execute(&mut self, command: &str, more: Value) -> i64 {
        let mut argument = json!({"uri": self.uri()});
        for (name, value) in more.as_object().into_iter().flatten() {
            argument[name] = value.clone();
        }
        let params = json!({"command": command, "arguments": [argument]});
        self.client.request("workspace/executeCommand", params).await
    }

    async fn answer(&mut self, command: &str, more: Value) -> Value {
        let id = self.execute(command, more).await;
        self.client.result(id).await
    }

    /// The picture that the client is asked to open.
    async fn picture(&mut self, more: Value) -> String {
        let id = self.execute("layerwise.showGraph", more).await;
        let shown = self.client.answer("window/showDocument", json!({"success": true})).await;
        self.client.result(id).await;
        assert_eq!(shown["external"], true);
        let path = shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap().to_owned();
        assert!(
            path.starts_with(self.folder.path().join("cache").to_str().unwrap()) && path.ends_with(".svg")
        );
        fs::read_to_string(path).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_the_document_as_it_stands_is_opened_with_the_last_build_s_times() {
    let builds = vec![
        Act::started(),
        Act::begins(MAKE, 0.1),
        Act::ends(MAKE, 0.1, 4.1),
        Act::begins(COPY, 4.1),
        Act::ends(COPY, 4.1, 4.2),
    ];
    let mut session = Session::new(true, true, vec![builds]).await;
    let svg = session.picture(json!({})).await;
    assert!(svg.contains("Dockerfile → stage-1</text>") && svg.contains("not built yet"), "{svg}");
    assert!(svg.contains("data-line=\"3\" data-end-line=\"4\""), "{svg}");

    let id = session.execute("layerwise.build", json!({})).await;
    session.client.answer("window/workDoneProgress/create", Value::Null).await;
    session.client.result(id).await;
    while session.client.notification("$/progress").await["value"]["kind"] != "end" {}
    // At once: what has just ended is waited for.
    let svg = session.picture(json!({})).await;
    assert!(svg.contains(">4.0 s</text>") && svg.contains("critical path"), "{svg}");
    // A line means its stage.
    let svg = session.picture(json!({"line": 2})).await;
    assert!(svg.contains("Dockerfile → base</text>"), "{svg}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_no_files_is_told_where_the_picture_is() {
    let mut session = Session::new(false, true, Vec::new()).await;
    let id = session.execute("layerwise.showGraph", json!({})).await;
    session.client.result(id).await;
    let said = session.client.notification("window/showMessage").await["message"].clone();
    let path = said.as_str().unwrap().strip_prefix("The graph is in ").unwrap();
    assert!(fs::read_to_string(path).unwrap().starts_with("<svg "));
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_drawn_is_an_error() {
    let mut session = Session::new(true, true, Vec::new()).await;
    for (more, said) in [
        (json!({"target": "größe"}), "there is no stage `größe`"),
        (json!({"rewrite": "x"}), "\"rewrite\" is for"),
    ] {
        let id = session.execute("layerwise.showGraph", more).await;
        let error = session.client.error(id).await;
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    session.client.finish().await;
    let mut session = Session::new(true, false, Vec::new()).await;
    let id = session.execute("layerwise.showGraph", json!({})).await;
    let error = session.client.error(id).await;
    assert!(error["message"].as_str().unwrap().contains("no cache folder"), "{error}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_answered_as_data_and_in_other_formats() {
    let builds = vec![Act::started(), Act::begins(MAKE, 0.1), Act::ends(MAKE, 0.1, 4.1)];
    let mut session = Session::new(true, true, vec![builds]).await;
    let graph = session.answer("layerwise.graph", json!({})).await;
    assert_eq!((&graph["version"], &graph["target"]), (&json!(1), &json!("stage-1")));
    let make = &graph["stages"][0]["steps"][1];
    assert_eq!((&make["line"], &make["seconds"], &make["reason"]), (&json!(3), &Value::Null, &Value::Null));

    let id = session.execute("layerwise.build", json!({"target": "base"})).await;
    session.client.answer("window/workDoneProgress/create", Value::Null).await;
    session.client.result(id).await;
    while session.client.notification("$/progress").await["value"]["kind"] != "end" {}
    // What was last built is drawn, and what became of it.
    let edited = TEXT.replace("all", "größer");
    let changes =
        json!({"textDocument": {"uri": session.uri(), "version": 2}, "contentChanges": [{"text": edited}]});
    session.client.notify("textDocument/didChange", changes).await;
    let graph = session.answer("layerwise.graph", json!({})).await;
    assert_eq!(graph["target"], "base");
    let make = &graph["stages"][0]["steps"][1];
    assert_eq!(
        (&make["prediction"], &make["reason"]),
        (&json!("rebuild"), &json!("the instruction changed"))
    );
    for (format, start) in [("svg", "<svg "), ("mermaid", "flowchart "), ("dot", "digraph ")] {
        let text = session.answer("layerwise.graph", json!({"format": format})).await;
        assert!(text.as_str().unwrap().starts_with(start), "{text}");
    }
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graph_is_answered_without_a_cache_folder_and_in_no_unknown_format() {
    let mut session = Session::new(true, false, Vec::new()).await;
    let graph = session.answer("layerwise.graph", json!({"target": "base"})).await;
    assert_eq!((&graph["target"], &graph["last_build"]), (&json!("base"), &Value::Null));
    for (more, said) in [
        (json!({"format": "png"}), "unknown variant `png`"),
        (json!({"target": "größe"}), "there is no stage `größe`"),
    ] {
        let id = session.execute("layerwise.graph", more).await;
        let error = session.client.error(id).await;
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_builder_and_the_rewrites_are_answered() {
    let mut session = Session::new(true, false, Vec::new()).await;
    let builder = session.answer("layerwise.builder", json!({})).await;
    assert_eq!(builder["kind"], "scripted");
    let rewrites = session.answer("layerwise.rewrites", json!({})).await;
    assert_eq!(rewrites, json!({"version": 1, "rewrites": []}));
    let other = json!({"command": "layerwise.rewrites", "arguments": [{"uri": "file:///größe"}]});
    let id = session.client.request("workspace/executeCommand", other).await;
    let error = session.client.error(id).await;
    assert!(error["message"].as_str().unwrap().contains("open it first"), "{error}");
    session.client.finish().await;
}
