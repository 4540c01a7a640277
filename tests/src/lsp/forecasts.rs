//! What the next build would do, told in the editor: by hints as one types, and by the command `layerwise.predict`.

use std::fs;
use std::sync::Arc;

use inner_loop::CacheResult;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, ScriptedBuilder};

use super::client::{Client, Setup};

const TEXT: &str = "FROM alpine\nCOPY src /src\nRUN make\n";
const FROM: &str = "[1/3] FROM docker.io/library/alpine";
const COPY: &str = "[2/3] COPY src /src";
const MAKE: &str = "[3/3] RUN make";

/// A build that runs all of it.
fn builds() -> Vec<Act> {
    vec![
        Act::started(),
        Act::cached(FROM),
        Act::begins(COPY, 0.1),
        Act::ends(COPY, 0.1, 0.2),
        Act::begins(MAKE, 0.2),
        Act::ends(MAKE, 0.2, 4.4),
    ]
}

/// A folder with a Dockerfile that is open, and what is kept of builds.
struct Session {
    client: Client,
    builder: Arc<ScriptedBuilder>,
    folder: TempDir,
    version: i32,
    refreshes: bool,
}

impl Session {
    async fn new(refreshes: bool, options: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("project/src")).unwrap();
        Self::in_folder(folder, refreshes, options).await
    }

    async fn in_folder(folder: TempDir, refreshes: bool, options: Value) -> Self {
        let builder = ScriptedBuilder::new([builds()]).with_images(["alpine"]).named("scripted");
        let builder = Arc::new(builder);
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}, "inlayHint": {}},
                "workspace": {"inlayHint": {"refreshSupport": refreshes}}}),
            builder: Arc::clone(&builder) as _,
            cache_folder: Some(folder.path().join("cache")),
            initialization_options: options,
            ..Setup::default()
        };
        let client = Client::with(setup).await;
        let mut session = Self { client, builder, folder, version: 1, refreshes };
        for (name, text) in [("Dockerfile", TEXT), ("src/größe", "0")] {
            session.write(name, text);
        }
        let uri = session.uri();
        session.client.open_as(&uri, TEXT).await;
        session
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join("project").join(name), text).unwrap();
    }

    fn uri(&self) -> String {
        format!("file://{}/project/Dockerfile", self.folder.path().display())
    }

    async fn edit(&mut self, text: &str) {
        self.version += 1;
        let document = json!({"uri": self.uri(), "version": self.version});
        let changes = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.client.notify("textDocument/didChange", changes).await;
    }

    async fn execute(&mut self, command: &str) -> i64 {
        let params = json!({"command": command, "arguments": [{"uri": self.uri()}]});
        self.client.request("workspace/executeCommand", params).await
    }

    /// Builds, and waits until that is kept: then the next build is told.
    async fn build(&mut self) {
        let id = self.execute("layerwise.build").await;
        self.client.result(id).await;
        // The first is for what the build said, the second for what the next one would do.
        self.refreshed().await;
        self.refreshed().await;
    }

    async fn refreshed(&mut self) {
        assert!(self.refreshes);
        self.client.answer("workspace/inlayHint/refresh", Value::Null).await;
    }

    /// The hints: line, label and tooltip.
    async fn hints(&mut self) -> Vec<String> {
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
        let params = json!({"textDocument": {"uri": self.uri()}, "range": range});
        let hints = self.client.ask("textDocument/inlayHint", params).await;
        let text = |hint: &Value| {
            let line = hint["position"]["line"].as_u64().unwrap() + 1;
            format!("{line}: {} | {}", hint["label"].as_str().unwrap(), hint["tooltip"].as_str().unwrap())
        };
        hints.as_array().unwrap().iter().map(text).collect()
    }

    async fn labels(&mut self) -> Vec<String> {
        let hints = self.hints().await;
        hints.iter().map(|hint| hint.split(" | ").next().unwrap().to_owned()).collect()
    }
}

/// The verdicts of an answer to `layerwise.predict`.
fn verdicts(answer: &Value) -> Vec<&str> {
    answer["steps"].as_array().unwrap().iter().map(|step| step["prediction"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_in_the_editor_is_kept_and_the_next_one_is_told_as_one_types() {
    let mut session = Session::new(true, Value::Null).await;
    session.build().await;
    assert_eq!(session.labels().await, ["1: cached", "2: 100 ms", "3: 4.2 s"]);
    session.edit("FROM alpine\n# größe 😀\r\nCOPY src /src\nRUN make all\n").await;
    session.refreshed().await;
    assert_eq!(
        session.hints().await[1..],
        [
            "3: 100 ms | Next build: from the cache\nLast build: 100 ms",
            "4: rebuild · 4.2 s | Next build: runs again: the instruction changed; it took 4.2 s last time"
        ]
    );
    session.edit(TEXT).await;
    session.refreshed().await;
    session.write("src/größe", "1");
    session.client.notify("workspace/didChangeWatchedFiles", json!({"changes": []})).await;
    session.refreshed().await;
    let hints = session.hints().await;
    assert_eq!(
        hints[1],
        "2: rebuild · 100 ms | Next build: runs again: src/größe changed (content); it took 100 ms last time\nLast build: 100 ms"
    );
    assert!(hints[2].starts_with("3: rebuild · 4.2 s"), "{hints:?}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_answers_what_the_program_prints_and_says_it_in_a_line() {
    let mut session = Session::new(true, Value::Null).await;
    let id = session.execute("layerwise.predict").await;
    let before = session.client.result(id).await;
    assert_eq!((&before["known_build"], verdicts(&before)), (&Value::Null, vec!["unknown"; 3]));
    let said = session.client.notification("window/showMessage").await;
    assert_eq!(said["message"], "The next build: nothing is known of this build yet: build it once.");
    assert_eq!(session.labels().await, Vec::<String>::new());
    session.build().await;
    session.write("src/größe", "1");
    let id = session.execute("layerwise.predict").await;
    let after = session.client.result(id).await;
    assert_eq!(verdicts(&after), ["cached", "rebuild", "rebuild"]);
    assert_eq!((&after["version"], &after["rebuild_seconds"]), (&json!(1), &json!(4.3)));
    assert_eq!(after["steps"][1]["because"], json!(["src/größe"]));
    let said = session.client.notification("window/showMessage").await;
    assert_eq!(said, json!({"type": 3, "message": "The next build: 2 of 3 steps would run, about 4.3 s."}));
    session.refreshed().await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_the_build_reads_are_followed() {
    let mut session = Session::new(true, Value::Null).await;
    session.build().await;
    let folder = session.folder;
    // In another session, of a client that is not asked to refresh.
    session.client.finish().await;
    let mut session = Session::in_folder(folder, false, Value::Null).await;
    // From some moment on, of which nobody tells.
    for number in 0.. {
        session.write("src/größe", &number.to_string());
        tokio::task::yield_now().await;
        let labels = session.labels().await;
        if labels == ["1: cached", "2: rebuild · 100 ms", "3: rebuild · 4.2 s"] {
            break;
        }
        assert!(labels.is_empty() || labels == ["1: cached", "2: cached", "3: cached"], "{labels:?}");
    }
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_workspace_is_not_trusted_the_record_alone_is_asked() {
    let mut session = Session::new(true, Value::Null).await;
    session.build().await;
    let folder = session.folder;
    session.client.finish().await;
    let mut session = Session::in_folder(folder, true, json!({"workspaceTrusted": false})).await;
    session.refreshed().await;
    assert_eq!(session.labels().await, ["1: cached", "2: cached", "3: cached"]);
    assert_eq!(session.builder.n_asked(), 0);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_switches_predictions_off() {
    let mut session = Session::new(true, Value::Null).await;
    session.build().await;
    session.edit(&TEXT.replace("make", "make all")).await;
    session.refreshed().await;
    assert_eq!(session.labels().await[2], "3: rebuild · 4.2 s");
    let settings = json!({"settings": {"layerwise": {"hints": {"prediction": false}}}});
    session.client.notify("workspace/didChangeConfiguration", settings).await;
    // For the settings, and for what is shown no more.
    session.refreshed().await;
    session.refreshed().await;
    assert_eq!(session.labels().await, ["1: cached", "2: 100 ms"]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_half_typed_has_hints_as_far_as_it_stands() {
    let mut session = Session::new(true, Value::Null).await;
    session.build().await;
    session.edit("FROM alpine\nCOPY src /src\nRUN <<E\nmake").await;
    session.refreshed().await;
    assert_eq!(session.labels().await, ["1: cached", "2: 100 ms", "3: rebuild · 4.2 s"]);
    session.edit("FR").await;
    session.refreshed().await;
    assert_eq!(session.labels().await, Vec::<String>::new());
    let id = session.execute("layerwise.predict").await;
    let error = session.client.error(id).await;
    assert!(error["message"].as_str().unwrap().contains("no FROM"), "{error}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forecast_that_was_not_checked_against_the_builders_cache_says_so_once() {
    let mut session = Session::new(true, Value::Null).await;
    let result = |id: &str, description: &str| CacheResult {
        id: id.to_owned(),
        description: description.to_owned(),
        ..CacheResult::default()
    };
    let make = result("made", "mount / from exec /bin/sh -c make");
    session.builder.keeps([result("copied", COPY), make]);
    session.build().await;
    // It answered.
    session.builder.falls_silent();
    session.edit("FROM alpine\nCOPY src /src\nRUN make all\n").await;
    session.refreshed().await;
    let said = session.client.notification("window/logMessage").await;
    let notice = "the next build: the builder did not say in time what is left in its cache: told from its last build alone";
    assert_eq!(said["message"], notice);
    session.edit("FROM alpine\nCOPY src /src\nRUN make\n").await;
    session.refreshed().await;
    session.client.finish().await;
}
