//! The code action on a step that failed, and `layerwise.openShell`.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{Act, ScriptedBuilder};

use super::client::{Client, Setup};

const TEXT: &str = "FROM alpine AS größe\nARG V\nRUN test\n\nRUN after\nFROM alpine\n";
const TEST: &str = "[größe 2/3] RUN test";

struct Session {
    client: Client,
    folder: TempDir,
}

impl Session {
    /// A failed build of the first stage.
    async fn new(options: Value) -> Self {
        let folder = tempfile::Builder::new().prefix("it's").tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), TEXT).unwrap();
        let script = vec![Act::started(), Act::begins(TEST, 0.2), Act::fails(TEST, "exit code: 1")];
        let builder = ScriptedBuilder::new([script]).with_images(["alpine"]).named("scripted");
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}}}),
            builder: Arc::new(builder),
            initialization_options: options,
            ..Setup::default()
        };
        let mut session = Self { client: Client::with(setup).await, folder };
        let uri = session.uri();
        session.client.open_as(&uri, TEXT).await;
        assert_eq!(session.actions(2).await, json!([]));
        let params = json!({"command": "layerwise.build", "arguments": [{"uri": uri, "target": "größe"}]});
        let id = session.client.request("workspace/executeCommand", params).await;
        session.client.result(id).await;
        session.client.notification("window/showMessage").await;
        session.client.notification("textDocument/publishDiagnostics").await;
        session
    }

    fn uri(&self) -> String {
        format!("file://{}/Dockerfile", self.folder.path().display())
    }

    /// The actions on a line that open a shell.
    async fn actions(&mut self, line: u32) -> Value {
        let at = json!({"line": line, "character": 1});
        let build = json!({"range": {"start": at, "end": at}, "message": "x", "source": "layerwise build"});
        let params = json!({"textDocument": {"uri": self.uri()}, "range": {"start": at, "end": at},
            "context": {"diagnostics": [build], "only": ["quickfix"]}});
        let id = self.client.request("textDocument/codeAction", params).await;
        let Value::Array(mut actions) = self.client.result(id).await else { panic!("no list") };
        actions.retain(|action| action["command"].is_object());
        Value::Array(actions)
    }

    /// Does the action of the failed step.
    async fn open(&mut self) -> i64 {
        let actions = self.actions(2).await;
        let action = &actions[0];
        assert_eq!((actions.as_array().unwrap().len(), &action["kind"]), (1, &json!("quickfix")));
        assert_eq!(action["title"], "Open a shell in the state before this step");
        assert_eq!(action["diagnostics"][0]["source"], "layerwise build");
        let (command, arguments) = (&action["command"]["command"], &action["command"]["arguments"]);
        let params = json!({"command": command, "arguments": arguments});
        self.client.request("workspace/executeCommand", params).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_terminals_is_answered_the_same_build_with_a_shell() {
    let build = json!({"args": {"V": "a b"}, "secrets": ["id=npm,env=NPM", "id=key,src=key"]});
    let mut session = Session::new(json!({"opensTerminals": true, "build": build})).await;
    assert_eq!((session.actions(0).await, session.actions(4).await), (json!([]), json!([])));
    let id = session.open().await;
    let answer = session.client.result(id).await;
    let folder = session.folder.path().display();
    let expected = json!([
        "build",
        format!("{folder}"),
        "--file",
        format!("{folder}/Dockerfile"),
        "--target",
        "größe",
        "--build-arg",
        "V=a b",
        "--secret",
        "id=npm,env=NPM",
        "--secret",
        format!("id=key,src={folder}/key"),
        "--shell-on-failure"
    ]);
    assert_eq!(answer["arguments"], expected);
    assert!(answer["program"].as_str().unwrap().starts_with('/'), "{answer}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_other_tells_the_user_a_command_line_that_shows_no_values() {
    let mut session = Session::new(json!({"build": {"args": {"V": "hunter2"}}})).await;
    let id = session.open().await;
    let said = session.client.notification("window/showMessage").await["message"].clone();
    session.client.result(id).await;
    let said = said.as_str().unwrap();
    let start = "To open the shell, run this in a terminal that has V in its environment: ";
    let line = said.strip_prefix(start).expect(said);
    let folder = session.folder.path().display().to_string().replace('\'', "'\\''");
    let end = format!(
        " build '{folder}' --file '{folder}/Dockerfile' --target 'größe' --build-arg V --shell-on-failure"
    );
    assert!(line.ends_with(&end) && !said.contains("hunter2"), "{said}");
    session.client.finish().await;
}
