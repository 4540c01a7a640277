//! What Compose files, Bake files and devcontainers name of a Dockerfile that is not there: told in their own documents, as they and the
//! Dockerfiles change.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup, pulls};

const DOCKERFILE: &str = "ARG TAG=20\r\nFROM node:${TAG} AS base\r\nFROM base AS run # 🐳\r\n";

struct Session {
    client: Client,
    root: PathBuf,
    _folder: TempDir,
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Session {
    /// A workspace with a Dockerfile in `api`, of which nothing is open, and a client that chose the rules for files that call it.
    async fn new(capabilities: Value) -> Self {
        let rules =
            json!({"unknown-target": "error", "unused-build-arg": "warning", "missing-dockerfile": "error"});
        Self::with(capabilities, json!({"severity": rules})).await
    }

    async fn with(capabilities: Value, options: Value) -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("api")).unwrap();
        fs::write(root.join("api/Dockerfile"), DOCKERFILE).unwrap();
        let mut client = Client::silent(Setup::default());
        let folders = json!([{"uri": uri(&root), "name": "project"}]);
        let params = json!({"capabilities": capabilities, "workspaceFolders": folders, "initializationOptions": options});
        client.ask("initialize", params).await;
        client.notify("initialized", json!({})).await;
        Self { client, root, _folder: folder }
    }

    fn uri(&self, name: &str) -> String {
        uri(&self.root.join(name))
    }

    async fn open(&mut self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let document = json!({"uri": uri(&path), "languageId": "yaml", "version": 1, "text": text});
        self.client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    async fn edit(&mut self, name: &str, version: i32, text: &str) {
        let document = json!({"uri": self.uri(name), "version": version});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.client.notify("textDocument/didChange", params).await;
    }

    /// `line:start-end code` of what a pull brings.
    async fn pull(&mut self, name: &str) -> Vec<String> {
        let params = json!({"textDocument": {"uri": self.uri(name)}});
        let report = self.client.ask("textDocument/diagnostic", params).await;
        report["items"].as_array().unwrap_or_else(|| panic!("{report}")).iter().map(shown).collect()
    }

    /// The fixes at a place, each with the text that it writes and where.
    async fn fixes(&mut self, name: &str, line: u32, character: u32) -> Vec<String> {
        let place = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": self.uri(name)}, "range": {"start": place, "end": place},
            "context": {"diagnostics": []}});
        let actions = self.client.ask("textDocument/codeAction", params).await;
        let shown = |action: &Value| {
            let edit = &action["edit"]["changes"][self.uri(name)][0];
            let title = action["title"].as_str().unwrap().split(" (check").next().unwrap().to_owned();
            format!("{title}: {} {}", range(&edit["range"]), edit["newText"])
        };
        actions.as_array().unwrap().iter().map(shown).collect()
    }
}

fn range(range: &Value) -> String {
    let (start, end) = (&range["start"], &range["end"]);
    format!("{}:{}-{}", start["line"], start["character"], end["character"])
}

fn shown(item: &Value) -> String {
    format!("{} {}", range(&item["range"]), item["code"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_compose_file_names_and_is_not_there_is_told_and_mended() {
    let mut session = Session::new(pulls()).await;
    let compose = "# é 🐳\r\nservices:\r\n  '🐳':\r\n    build: {context: api, target: \"rnu\", args: {TAGS: '1', TAG: '2'}}\r\n  list:\r\n    build: {context: api, args: [TAG=1, OTHER=2]}\r\n  gone: {build: ./nowhere}\r\n  other: {build: {context: api, dockerfile: Dokcerfile}}\r\n";
    session.open("compose.yaml", compose).await;
    assert_eq!(
        session.pull("compose.yaml").await,
        [
            "3:35-38 unknown-target",
            "3:48-52 unused-build-arg",
            "5:40-45 unused-build-arg",
            "6:16-25 missing-dockerfile",
            "7:44-54 missing-dockerfile"
        ]
    );
    assert_eq!(
        session.fixes("compose.yaml", 3, 36).await,
        [r#"Change to `run`: 3:35-38 "run""#, r#"Change to `base`: 3:35-38 "base""#]
    );
    assert_eq!(session.fixes("compose.yaml", 3, 50).await, [r#"Change to `TAG`: 3:48-52 "TAG""#]);
    assert_eq!(
        session.fixes("compose.yaml", 7, 50).await,
        [r#"Change to `Dockerfile`: 7:44-54 "Dockerfile""#]
    );
    assert_eq!(session.fixes("compose.yaml", 6, 17).await, [""; 0]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_files_of_other_tools_by_default() {
    let mut session = Session::with(pulls(), json!({})).await;
    session.open("compose.yaml", "services: {web: {build: {context: api, target: rnu}}}\n").await;
    assert_eq!(session.pull("compose.yaml").await, [""; 0]);
    assert_eq!(session.fixes("compose.yaml", 0, 48).await, [""; 0]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bake_files_and_devcontainers_are_looked_at_too() {
    let mut session = Session::new(pulls()).await;
    let bake = "variable \"STAGE\" { default = \"nope\" }\ntarget \"_common\" { args = { NO = 1 } }\ntarget \"é\" {\n  inherits = [\"_common\"]\n  context = \"api\"\n  target = \"bsae\"\n  args = { TAG = \"1\", \"ü\" = 2 }\n}\ntarget \"y\" {\n  context = \"api\"\n  target = STAGE\n}\n";
    session.open("docker-bake.hcl", bake).await;
    assert_eq!(
        session.pull("docker-bake.hcl").await,
        ["5:12-16 unknown-target", "6:23-24 unused-build-arg", "10:11-16 unknown-target"]
    );
    assert_eq!(
        session.fixes("docker-bake.hcl", 5, 13).await,
        [r#"Change to `base`: 5:12-16 "base""#, r#"Change to `run`: 5:12-16 "run""#]
    );
    // Another name in the place of a variable would be another thing.
    assert_eq!(session.fixes("docker-bake.hcl", 10, 12).await, [""; 0]);
    let container = "{\n  // c\n  \"build\": {\"dockerfile\": \"../api/Dockerfile\", \"target\": \"dev\", \"args\": {\"A\": \"1\"}}\n}\n";
    session.open(".devcontainer/devcontainer.json", container).await;
    assert_eq!(
        session.pull(".devcontainer/devcontainer.json").await,
        ["2:58-61 unknown-target", "2:74-75 unused-build-arg"]
    );
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_not_known_or_set_elsewhere_is_left_alone() {
    let mut session = Session::new(pulls()).await;
    fs::write(
        session.root.join("compose.override.yaml"),
        "services: {laid: {build: {target: base, dockerfile: Dockerfile}}}\n",
    )
    .unwrap();
    let compose = "services:
  web: {build: {context: api, target: RUN, args: {TAG: '2', HTTP_PROXY: x, FROM_SHELL: }}}
  number: {build: {context: api, target: '1'}}
  laid: {build: {context: api, target: nope, dockerfile: Nope}}
  inline: {build: {context: api, dockerfile_inline: \"FROM a AS x\", target: x}}
  remote: {build: 'https://github.com/acme/x.git'}
  outside: {build: ../..}
  image: {image: x}
";
    session.open("compose.yaml", compose).await;
    assert_eq!(session.pull("compose.yaml").await, [""; 0]);
    session.edit("compose.yaml", 2, "services:\n  web: {build: {context: api, target: ").await;
    assert_eq!(session.pull("compose.yaml").await, [""; 0]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pulls_is_told_when_the_dockerfile_changes_the_answer() {
    let mut session = Session::new(pulls()).await;
    session.open("compose.yaml", "services: {web: {build: {context: api, target: run}}}\n").await;
    assert_eq!(session.pull("compose.yaml").await, [""; 0]);
    session.open("api/Dockerfile", DOCKERFILE).await;
    session.client.answer("workspace/diagnostic/refresh", Value::Null).await;
    // Unsaved.
    session.edit("api/Dockerfile", 2, &DOCKERFILE.replace("AS run", "AS ran")).await;
    session.client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(session.pull("compose.yaml").await, ["0:47-50 unknown-target"]);
    session.edit("api/Dockerfile", 3, DOCKERFILE).await;
    session.client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(session.pull("compose.yaml").await, [""; 0]);
    // On disk.
    let closed = json!({"textDocument": {"uri": session.uri("api/Dockerfile")}});
    session.client.notify("textDocument/didClose", closed).await;
    fs::remove_file(session.root.join("api/Dockerfile")).unwrap();
    session.client.notify("workspace/didChangeWatchedFiles", json!({"changes": []})).await;
    session.client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(session.pull("compose.yaml").await, ["0:34-37 missing-dockerfile"]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_pull_is_pushed_what_callers_name() {
    let mut session = Session::new(json!({})).await;
    session.open("compose.yaml", "services: {web: {build: {context: api, target: rnu}}}\n").await;
    let pushed = session.client.notification("textDocument/publishDiagnostics").await;
    assert_eq!(shown(&pushed["diagnostics"][0]), "0:47-50 unknown-target", "{pushed}");
    assert!(pushed["diagnostics"][0]["message"].as_str().unwrap().contains("Did you mean `run`?"));
    session.edit("compose.yaml", 2, "services: {web: {build: {context: api, target: run}}}\n").await;
    let pushed = session.client.notification("textDocument/publishDiagnostics").await;
    assert_eq!((&pushed["version"], &pushed["diagnostics"]), (&json!(2), &json!([])), "{pushed}");
    session.client.finish().await;
}
