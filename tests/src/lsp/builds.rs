//! Builds from the editor, with a builder that follows a script.

use std::sync::Arc;

use serde_json::{Value, json};
use test_support::{Act, Gate, ScriptedBuilder};

use super::client::{Client, Setup, URI};

const TEXT: &str = "FROM alpine AS base\nRUN apk add curl\nCOPY . .\nRUN make\n";
const FROM: &str = "[base 1/4] FROM docker.io/library/alpine";
const APK: &str = "[base 2/4] RUN apk add curl";
const COPY: &str = "[base 3/4] COPY . .";
const MAKE: &str = "[base 4/4] RUN make";

pub(super) fn able() -> Value {
    json!({"window": {"workDoneProgress": true}, "textDocument": {"diagnostic": {}, "inlayHint": {}},
        "workspace": {"inlayHint": {"refreshSupport": true}}})
}

/// The names as BuildKit writes them for a file with one stage: without the stage's name.
fn single(name: &str) -> String {
    name.replace("[base ", "[")
}

fn succeeds() -> Vec<Act> {
    vec![
        Act::started(),
        Act::cached(&single(FROM)),
        Act::cached(&single(APK)),
        Act::begins(&single(COPY), 0.1),
        Act::ends(&single(COPY), 0.1, 0.2),
        Act::begins(&single(MAKE), 0.2),
        Act::ends(&single(MAKE), 0.2, 4.4),
    ]
}

async fn session(scripts: impl IntoIterator<Item = Vec<Act>>) -> (Client, Arc<ScriptedBuilder>) {
    let builder = Arc::new(ScriptedBuilder::new(scripts));
    let setup = Setup { capabilities: able(), builder: Arc::clone(&builder) as _, ..Setup::default() };
    let mut client = Client::with(setup).await;
    client.open(TEXT).await;
    (client, builder)
}

fn command(name: &str, argument: Value) -> Value {
    json!({"command": name, "arguments": [argument]})
}

async fn ask_build(client: &mut Client, argument: Value) -> Value {
    let id = client.request("workspace/executeCommand", command("layerwise.build", argument)).await;
    let created = client.answer("window/workDoneProgress/create", Value::Null).await;
    assert_eq!(client.result(id).await, Value::Null);
    created["token"].clone()
}

/// Reads the progress of a token up to its end, and returns the messages: of begin, reports and end.
pub(super) async fn progress(client: &mut Client, token: &Value) -> Vec<String> {
    let mut messages = Vec::new();
    loop {
        let is_it =
            |message: &Value| message["method"] == "$/progress" && message["params"]["token"] == *token;
        let message = client.take(is_it, "progress").await;
        let value = &message["params"]["value"];
        let kind = value["kind"].as_str().unwrap();
        assert_eq!(kind == "begin", messages.is_empty(), "{message}");
        if kind == "begin" {
            assert_eq!(value["cancellable"], true);
            messages.push(value["title"].as_str().unwrap().to_owned());
        }
        messages.extend(value["message"].as_str().map(str::to_owned));
        if kind == "end" {
            return messages;
        }
    }
}

async fn hints(client: &mut Client) -> Vec<(u64, String)> {
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let hints =
        client.ask("textDocument/inlayHint", json!({"textDocument": {"uri": URI}, "range": range})).await;
    let hint = |hint: &Value| {
        (hint["position"]["line"].as_u64().unwrap(), hint["label"].as_str().unwrap().to_owned())
    };
    hints.as_array().unwrap().iter().map(hint).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_reports_its_progress_and_leaves_hints() {
    let (mut client, builder) = session([succeeds()]).await;
    assert_eq!(hints(&mut client).await, []);
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    let messages = progress(&mut client, &token).await;
    assert_eq!(messages[0], "Building Dockerfile");
    assert_eq!(messages.last().unwrap(), "built in 1.0 s, 2 of 4 steps cached", "{messages:?}");
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let expected = [(0, "cached"), (1, "cached"), (2, "100 ms"), (3, "4.2 s")];
    assert_eq!(hints(&mut client).await, expected.map(|(line, label)| (line, label.to_owned())));
    let request = &builder.requests()[0];
    assert_eq!(
        (request.context.as_str(), request.dockerfile_text.as_str(), &request.target),
        ("/no/such/folder", TEXT, &None)
    );
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_follow_their_instructions_and_leave_with_them() {
    let (mut client, _builder) = session([succeeds()]).await;
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    progress(&mut client, &token).await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let edited = TEXT.replace("RUN apk add curl", "# tools\nRUN apk add curl jq");
    client.change(2, json!([{"text": edited}])).await;
    let expected = [(0, "cached"), (3, "100 ms"), (4, "4.2 s")];
    assert_eq!(hints(&mut client).await, expected.map(|(line, label)| (line, label.to_owned())));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_step_is_a_diagnostic_with_the_end_of_its_log() {
    let mut script = succeeds();
    script.truncate(6);
    script.push(Act::logs(&single(MAKE), "cc main.c\nmain.c:3: error: expected ';'\n"));
    script.push(Act::fails(&single(MAKE), "RUN make: exit code 2"));
    let (mut client, _builder) = session([script, succeeds()]).await;
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    assert_eq!(progress(&mut client, &token).await.last().unwrap(), "failed");
    let shown = client.notification("window/showMessage").await;
    assert_eq!(shown, json!({"type": 1, "message": "The build failed: RUN make: exit code 2"}));
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let diagnostics = client.pushed(1).await;
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0]["source"], "layerwise build");
    assert_eq!(
        diagnostics[0]["message"],
        "RUN make: exit code 2\n\ncc main.c\nmain.c:3: error: expected ';'"
    );
    let range = json!({"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 8}});
    assert_eq!(diagnostics[0]["range"], range);
    // The pulled layers are another channel, and neither wipes the other.
    client.change(2, json!([{"text": format!("{TEXT}FETCH x\n")}])).await;
    assert_eq!(client.pull().await[0]["source"], "layerwise");
    // A step that is edited has no result any more.
    client.change(3, json!([{"text": TEXT.replace("make", "make all")}])).await;
    assert_eq!(client.pushed(3).await, Vec::<Value>::new());
    client.change(4, json!([{"text": TEXT}])).await;
    assert_eq!(client.pushed(4).await.len(), 1);
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    progress(&mut client, &token).await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    assert_eq!(client.pushed(4).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_pull_gets_both_layers_in_one_push() {
    let script =
        vec![Act::started(), Act::begins(&single(MAKE), 0.0), Act::fails(&single(MAKE), "exit code 2")];
    let setup = Setup { builder: Arc::new(ScriptedBuilder::new([script])), ..Setup::default() };
    let mut client = Client::with(setup).await;
    client.open(&format!("{TEXT}FETCH x\n")).await;
    let analysis = client.pushed(1).await.len();
    assert_ne!(analysis, 0);
    client.ask("workspace/executeCommand", command("layerwise.build", json!({"uri": URI}))).await;
    client.notification("window/showMessage").await;
    let both = client.pushed(1).await;
    assert!(both[..analysis].iter().all(|found| found["source"] == "layerwise"), "{both:?}");
    assert_eq!((both.len(), &both[analysis]["source"]), (analysis + 1, &json!("layerwise build")));
    client.change(2, json!([{"text": TEXT}])).await;
    let build = |found: &&Value| found["source"] == "layerwise build";
    assert_eq!(client.pushed(2).await.iter().filter(build).count(), 1);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_build_wins() {
    let (mut client, builder) = session([vec![Act::started(), Act::WaitForCancel], succeeds()]).await;
    let first = ask_build(&mut client, json!({"uri": URI})).await;
    client.change(2, json!([{"text": TEXT.replace("curl", "jq")}])).await;
    let second = ask_build(&mut client, json!({"uri": URI})).await;
    assert_eq!(progress(&mut client, &first).await.last().unwrap(), "stopped");
    assert!(progress(&mut client, &second).await.last().unwrap().starts_with("built in"));
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let texts: Vec<_> = builder.requests().into_iter().map(|request| request.dockerfile_text).collect();
    assert_eq!(texts, [TEXT.to_owned(), TEXT.replace("curl", "jq")]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_build_waits_and_a_later_one_takes_its_place() {
    let gate = Gate::new();
    let (mut client, builder) = session([vec![Act::Wait(gate.clone())]]).await;
    let other = |name: &str| format!("file:///{name}/Dockerfile");
    for name in ["b", "c"] {
        client.open_as(&other(name), "FROM scratch\n").await;
    }
    let first = ask_build(&mut client, json!({"uri": URI})).await;
    let second = ask_build(&mut client, json!({"uri": other("b")})).await;
    let third = ask_build(&mut client, json!({"uri": other("c")})).await;
    assert_eq!(progress(&mut client, &second).await.last().unwrap(), "not started");
    gate.open();
    progress(&mut client, &first).await;
    progress(&mut client, &third).await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let contexts: Vec<_> = builder.requests().into_iter().map(|request| request.context).collect();
    assert_eq!(contexts, ["/no/such/folder", "/c"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_is_canceled_by_command_and_by_the_button_of_its_progress() {
    let endless = || vec![Act::started(), Act::WaitForCancel];
    let (mut client, _builder) = session([endless(), endless()]).await;
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    client.ask("workspace/executeCommand", command("layerwise.cancel", json!({"uri": URI}))).await;
    assert_eq!(progress(&mut client, &token).await.last().unwrap(), "stopped");
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    client.notify("window/workDoneProgress/cancel", json!({"token": token})).await;
    assert_eq!(progress(&mut client, &token).await.last().unwrap(), "stopped");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_steps_is_told_ten_times_a_second_at_most() {
    const STEPS: u32 = 1000;
    let flood = (2..=STEPS + 1).map(|number| Act::begins(&format!("[{number:>4}/1001] RUN x"), 0.0));
    let (mut client, _builder) = session([std::iter::once(Act::started()).chain(flood).collect()]).await;
    let steps: String = (0..STEPS).map(|_| "RUN x\n").collect();
    client.change(2, json!([{"text": format!("FROM alpine\n{steps}")}])).await;
    let started = std::time::Instant::now();
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    let messages = progress(&mut client, &token).await;
    let tenths = usize::try_from(started.elapsed().as_millis() / 100).unwrap();
    assert!(messages.len() <= tenths + 5, "{} messages in {tenths} tenths of a second", messages.len());
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pulls_is_pushed_what_a_build_said_and_nothing_else() {
    let script = vec![Act::begins(&single(MAKE), 0.0), Act::fails(&single(MAKE), "exit code 2")];
    let (mut client, _builder) = session([script]).await;
    client.change(2, json!([{"text": format!("{TEXT}FETCH x\n")}])).await;
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    progress(&mut client, &token).await;
    client.notification("window/showMessage").await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let sources: Vec<_> = client.pushed(2).await.iter().map(|found| found["source"].clone()).collect();
    assert_eq!(sources, ["layerwise build"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_session_stops_the_build() {
    let (mut client, _builder) = session([vec![Act::started(), Act::WaitForCancel]]).await;
    let token = ask_build(&mut client, json!({"uri": URI})).await;
    let id = client.request("shutdown", Value::Null).await;
    client.result(id).await;
    assert_eq!(progress(&mut client, &token).await.last().unwrap(), "stopped");
    client.notify("exit", Value::Null).await;
    client.exit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_is_built_by_name_by_number_or_by_a_line_in_it() {
    let (mut client, builder) = session([]).await;
    let text = "ARG X\nFROM alpine AS Base\nRUN a\nFROM base\nRUN b\n";
    client.change(2, json!([{"text": text}])).await;
    for (argument, target) in [
        (json!({"uri": URI, "target": "BASE"}), Some("BASE")),
        (json!({"uri": URI, "target": "1"}), Some("1")),
        (json!({"uri": URI, "line": 2}), Some("base")),
        (json!({"uri": URI, "line": 4}), Some("1")),
        (json!({"uri": URI}), None),
    ] {
        let token = ask_build(&mut client, argument.clone()).await;
        progress(&mut client, &token).await;
        client.answer("workspace/inlayHint/refresh", Value::Null).await;
        assert_eq!(builder.requests().last().unwrap().target.as_deref(), target, "{argument}");
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_are_an_error_at_once() {
    let (mut client, builder) = session([]).await;
    client.open_as("untitled:Dockerfile", "FROM scratch\n").await;
    for (params, says) in [
        (json!({"command": "layerwise.build"}), "takes one object"),
        (command("layerwise.build", json!(URI)), "takes one object"),
        (command("layerwise.build", json!({"uri": 7})), "takes one object"),
        (command("layerwise.cancel", json!({"target": "base"})), "takes one object"),
        (command("layerwise.build", json!({"uri": URI, "target": "bas"})), "there are base"),
        (command("layerwise.build", json!({"uri": "file:///nowhere/Dockerfile"})), "open it first"),
        (command("layerwise.build", json!({"uri": "untitled:Dockerfile"})), "save it first"),
        (command("layerwise.fly", json!({"uri": URI})), "layerwise.build"),
    ] {
        let id = client.request("workspace/executeCommand", params).await;
        let error = client.error(id).await;
        assert_eq!(error["code"], -32602, "{error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    assert_eq!(builder.requests().len(), 0);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_from_has_a_build_lens_with_a_listed_command() {
    let mut client = Client::silent(Setup::default());
    let result = client.ask("initialize", json!({"capabilities": {}})).await;
    let listed = result["capabilities"]["executeCommandProvider"]["commands"].clone();
    client.notify("initialized", json!({})).await;
    client.open("FROM alpine AS Base\nFROM scratch\n").await;
    client.pushed(1).await;
    let lenses = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await;
    let command = |target: &str| json!({"title": "Build", "command": "layerwise.build", "arguments": [{"uri": URI, "target": target}]});
    assert_eq!((&lenses[0]["command"], &lenses[1]["command"]), (&command("base"), &command("1")));
    assert!(listed.as_array().unwrap().contains(&json!("layerwise.build")), "{listed}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_builds_only_where_that_is_switched_on() {
    for (on_save, builds) in [(false, 0), (true, 1)] {
        let builder = Arc::new(ScriptedBuilder::default());
        let initialization_options =
            json!({"build": {"onSave": on_save, "args": {"A": "b"}, "secrets": ["id=npm,env=NPM_TOKEN"]}});
        let setup = Setup {
            capabilities: able(),
            builder: Arc::clone(&builder) as _,
            initialization_options,
            ..Setup::default()
        };
        let mut client = Client::with(setup).await;
        client.open(TEXT).await;
        client.notify("textDocument/didSave", json!({"textDocument": {"uri": URI}})).await;
        if on_save {
            let token = client.answer("window/workDoneProgress/create", Value::Null).await["token"].clone();
            progress(&mut client, &token).await;
            client.answer("workspace/inlayHint/refresh", Value::Null).await;
        }
        let requests = builder.requests();
        assert_eq!(requests.len(), builds);
        if let Some(request) = requests.first() {
            assert_eq!((request.build_args["A"].as_str(), request.secrets[0].id.as_str()), ("b", "npm"));
        }
        client.finish().await;
    }
}
