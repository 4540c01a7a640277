//! Compose and Bake files beside a Dockerfile: shown on its lines, and the defaults of its builds.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use inner_loop::BuildRequest;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::ScriptedBuilder;

use super::client::{Client, Setup};

const DOCKERFILE: &str =
    "ARG TAG=20\r\nFROM node:${TAG} AS base\r\nFROM base AS run # 🐳\r\nCOPY package.json .\r\n";

struct Session {
    client: Client,
    builder: Arc<ScriptedBuilder>,
    folder: TempDir,
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Session {
    /// A workspace of these files beside a Dockerfile, which is open, and its surroundings are known.
    async fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (name, text) in [("api/Dockerfile", DOCKERFILE), ("api/package.json", "{}")].iter().chain(files) {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        let builder = Arc::new(ScriptedBuilder::default());
        let mut client = Client::silent(Setup { builder: Arc::clone(&builder) as _, ..Setup::default() });
        let capabilities = json!({"textDocument": {"diagnostic": {}, "inlayHint": {}, "codeLens": {}},
            "workspace": {"diagnostics": {"refreshSupport": true}}});
        let folders = json!([{"uri": uri(&root), "name": "project"}]);
        client.ask("initialize", json!({"capabilities": capabilities, "workspaceFolders": folders})).await;
        client.notify("initialized", json!({})).await;
        client.open_as(&uri(&root.join("api/Dockerfile")), DOCKERFILE).await;
        client.answer("workspace/diagnostic/refresh", Value::Null).await;
        Self { client, builder, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().canonicalize().unwrap().join(name).display().to_string()
    }

    fn dockerfile(&self) -> String {
        format!("file://{}", self.path("api/Dockerfile"))
    }

    async fn lenses(&mut self) -> Vec<String> {
        let params = json!({"textDocument": {"uri": self.dockerfile()}});
        let lenses = self.client.ask("textDocument/codeLens", params).await;
        let shown = |lens: &Value| {
            format!("{} {}", lens["range"]["start"]["line"], lens["command"]["title"].as_str().unwrap())
        };
        lenses.as_array().unwrap().iter().map(shown).collect()
    }

    async fn hints(&mut self) -> Vec<String> {
        let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
        let params = json!({"textDocument": {"uri": self.dockerfile()}, "range": range});
        let hints = self.client.ask("textDocument/inlayHint", params).await;
        let shown =
            |hint: &Value| format!("{} {}", hint["position"]["line"], hint["label"].as_str().unwrap());
        hints.as_array().unwrap().iter().map(shown).collect()
    }

    async fn build(&mut self, mut argument: Value) {
        argument["uri"] = json!(self.dockerfile());
        let params = json!({"command": "layerwise.build", "arguments": [argument]});
        self.client.ask("workspace/executeCommand", params).await;
    }

    /// What the builder was asked for, counted from 0. A build begins once the one before has ended, some turns later.
    async fn built(&mut self, index: usize) -> BuildRequest {
        for _ in 0..10_000 {
            if let Some(request) = self.builder.requests().get(index) {
                return request.clone();
            }
            self.hints().await;
        }
        panic!("build {index} never began");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_goes_as_the_only_caller_says() {
    let compose = "services:
  web:
    build: {context: ., dockerfile: api/Dockerfile, target: run, args: {TAG: '22'}, secrets: [npm]}
secrets: {npm: {file: .npmrc}}
";
    let mut session = Session::new(&[("compose.yaml", compose)]).await;
    assert_eq!(session.lenses().await, ["1 Build", "2 Build", "2 Build as compose.yaml:web"]);
    assert_eq!(session.hints().await, ["0 compose.yaml: web=22"]);
    session.build(json!({})).await;
    let request = session.built(0).await;
    assert_eq!(request.context, session.path("").trim_end_matches('/'));
    assert_eq!(request.target.as_deref(), Some("run"));
    assert_eq!(request.build_args["TAG"], "22");
    assert_eq!(request.secrets[0].id, "npm");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_differ_are_shown_and_one_can_be_chosen() {
    let compose = "services:
  web: {build: {context: api, args: {TAG: '22'}}}
  worker: {build: {context: api, target: base, args: {TAG: '20'}}}
";
    let mut session = Session::new(&[("compose.yaml", compose)]).await;
    assert_eq!(session.hints().await, ["0 compose.yaml: web=22, worker=20"]);
    session.build(json!({})).await;
    let notice = session.client.notification("window/logMessage").await;
    assert_eq!(
        notice["message"],
        "compose.yaml:web, compose.yaml:worker differ in target, TAG, so the build goes without"
    );
    let request = session.built(0).await;
    assert_eq!((request.target, request.build_args.len()), (None, 0));
    session.build(json!({"caller": "compose.yaml:worker"})).await;
    let request = session.built(1).await;
    assert_eq!((request.target.as_deref(), request.build_args["TAG"].as_str()), (Some("base"), "20"));
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_callers_shows_none() {
    let other = "services: {db: {image: postgres}, web: {build: ./elsewhere}}\n";
    let mut session = Session::new(&[("compose.yaml", other), ("docker-bake.hcl", "target \"x\" {")]).await;
    assert_eq!(session.lenses().await, ["1 Build", "2 Build"]);
    assert_eq!(session.hints().await, [""; 0]);
    session.client.finish().await;
}

impl Session {
    /// Where the definition at `$0` of a file is: file and line; the Dockerfile is open, and nothing else on disk need be.
    async fn definition(&mut self, name: &str, marked: &str) -> Vec<String> {
        let uri = format!("file://{}", self.path(name));
        let before = &marked[..marked.find("$0").unwrap()];
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
        let item =
            json!({"uri": uri, "languageId": "yaml", "version": 1, "text": marked.replacen("$0", "", 1)});
        self.client.notify("textDocument/didOpen", json!({"textDocument": item})).await;
        let params =
            json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let found = self.client.ask("textDocument/definition", params).await;
        self.client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}})).await;
        let shown = |place: &Value| {
            let file = place["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            format!("{file} {}:{}", place["range"]["start"]["line"], place["range"]["start"]["character"])
        };
        found.as_array().map(|places| places.iter().map(shown).collect()).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_and_an_argument_lead_to_the_dockerfile() {
    let compose =
        "# 🐳\r\nservices:\r\n  web:\r\n    build: {context: api, target: run, args: {TAG: '22', NO: x}}\r\n";
    let bake = "target \"app\" {\n  context = \"api\"\n  target = \"base\"\n  args = { TAG = \"22\" }\n}\n";
    let mut session = Session::new(&[("compose.yaml", compose), ("docker-bake.hcl", bake)]).await;
    let at = |text: &str, needle: &str| text.replacen(needle, &format!("$0{needle}"), 1);
    assert_eq!(session.definition("compose.yaml", &at(compose, "run")).await, ["Dockerfile 2:13"]);
    assert_eq!(session.definition("compose.yaml", &at(compose, "TAG")).await, ["Dockerfile 0:4"]);
    // What is typed counts before what is saved.
    let typed = at(compose, "run").replace("run", "base");
    assert_eq!(session.definition("compose.yaml", &typed).await, ["Dockerfile 1:20"]);
    assert_eq!(session.definition("compose.yaml", &at(compose, "NO")).await, [""; 0]);
    assert_eq!(session.definition("compose.yaml", "services: {web: {build: {target: $0").await, [""; 0]);
    assert_eq!(session.definition("docker-bake.hcl", &at(bake, "base")).await, ["Dockerfile 1:20"]);
    assert_eq!(session.definition("docker-bake.hcl", &at(bake, "TAG")).await, ["Dockerfile 0:4"]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_context_is_completed_shown_and_led_to() {
    let compose = "services:
  web: {build: {context: api, additional_contexts: {shared: ./libs}}}
";
    let mut session = Session::new(&[("compose.yaml", compose), ("libs/größe.txt", "12345")]).await;
    let uri = session.dockerfile();
    let text = "FROM scratch\r\nCOPY --from=shared / /\r\n";
    let edit = json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]});
    session.client.notify("textDocument/didChange", edit).await;
    let at = |character: u32| json!({"textDocument": {"uri": uri}, "position": {"line": 1, "character": character}});
    let list = session.client.ask("textDocument/completion", at(20)).await;
    assert_eq!(list["items"][0]["label"], "größe.txt", "{list}");
    let list = session.client.ask("textDocument/completion", at(12)).await;
    assert_eq!(list["items"][0]["detail"], "Named context: libs, by compose.yaml:web", "{list}");
    let hover = session.client.ask("textDocument/hover", at(14)).await;
    let said = hover["contents"]["value"].as_str().unwrap();
    assert!(said.contains("compose.yaml:web gives the folder libs"), "{said}");
    let places = session.client.ask("textDocument/definition", at(14)).await;
    assert_eq!(places[0]["range"]["start"]["line"], 1, "{places}");
    assert!(places[0]["uri"].as_str().unwrap().ends_with("/compose.yaml"), "{places}");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hovers_name_the_callers_of_arguments_and_stages() {
    let compose = "services:
  web: {build: {context: api, args: {TAG: '22'}}}
  worker: {build: {context: api, target: base}}
";
    let mut session = Session::new(&[("compose.yaml", compose)]).await;
    let uri = session.dockerfile();
    let mut said = Vec::new();
    for (line, character) in [(0, 5), (1, 21), (2, 1)] {
        let at = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let hover = session.client.ask("textDocument/hover", at).await;
        said.push(hover["contents"]["value"].as_str().unwrap().to_owned());
    }
    assert!(
        said[0].contains("- 22 for compose.yaml:web\n- 20, its default, for compose.yaml:worker"),
        "{}",
        said[0]
    );
    assert!(said[1].contains("- Built by compose.yaml:worker"), "{}", said[1]);
    assert!(!said[2].contains("compose.yaml"), "{}", said[2]);
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_and_arguments_are_offered_in_compose_and_bake_files() {
    let bake = "target \"é\" {\r\n  context = \"api\"\r\n  target = \r\n}\r\n";
    let compose = "services:\n  web:\n    build:\n      context: api\n      ";
    let (target, args) =
        (format!("{compose}target: ba\n"), format!("{compose}args:\n        OTHER: 1\n        T\n"));
    let mut session = Session::new(&[("compose.yaml", compose), ("docker-bake.hcl", bake)]).await;
    for (name, text, line, character, expected) in [
        ("compose.yaml", target.as_str(), 4, 16, json!([["run", "run"], ["base", "base"]])),
        ("compose.yaml", args.as_str(), 6, 9, json!([["TAG", "TAG: "]])),
        ("docker-bake.hcl", bake, 2, 11, json!([["run", "\"run\""], ["base", "\"base\""]])),
        ("compose.yaml", target.as_str(), 3, 18, json!([])),
    ] {
        let uri = format!("file://{}", session.path(name));
        let document = json!({"uri": uri, "languageId": "", "version": 1, "text": text});
        session.client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
        let at = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let list = session.client.ask("textDocument/completion", at).await;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        let shown: Vec<_> =
            items.iter().map(|item| json!([item["label"], item["textEdit"]["newText"]])).collect();
        assert_eq!(json!(shown), expected, "{name}:{line} {list}");
        let closed = json!({"textDocument": {"uri": uri}});
        session.client.notify("textDocument/didClose", closed).await;
    }
    session.client.finish().await;
}
