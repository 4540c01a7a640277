//! The events of builds, told to a client that gave a token for them.

use std::sync::Arc;

use serde_json::{Value, json};
use test_support::{Act, ScriptedBuilder};

use super::builds::progress;
use super::client::{Client, Setup, URI};

const TEXT: &str = "FROM scratch AS größe\r\nCOPY \\\r\n  . /\r\n";
const COPY: &str = "[1/1] COPY   . /";

/// Builds to the end, and returns what was told under the token that the client gave.
async fn told(options: Value) -> Vec<Value> {
    let acts = vec![
        Act::started(),
        Act::begins(COPY, 0.1),
        Act::logs(COPY, "eins 😀\nzwei\n"),
        Act::ends(COPY, 0.1, 0.2),
    ];
    let setup = Setup {
        builder: Arc::new(ScriptedBuilder::new([acts])),
        initialization_options: options,
        capabilities: json!({"window": {"workDoneProgress": true}, "textDocument": {"diagnostic": {}}}),
        ..Setup::default()
    };
    let mut client = Client::with(setup).await;
    client.open(TEXT).await;
    let params = json!({"command": "layerwise.build", "arguments": [{"uri": URI}]});
    let id = client.request("workspace/executeCommand", params).await;
    let created = client.answer("window/workDoneProgress/create", Value::Null).await;
    client.result(id).await;
    progress(&mut client, &created["token"]).await;
    let mut told = Vec::new();
    let is_ours =
        |message: &Value| message["method"] == "$/progress" && message["params"]["token"] == "builds";
    while let Some(mut message) = client.take_unread(is_ours) {
        told.push(message["params"]["value"].take());
    }
    client.finish().await;
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_gives_a_token_is_told_every_event_of_a_build() {
    let told = told(json!({"buildEvents": "builds", "workspaceTrusted": true})).await;
    assert!(told.iter().all(|told| told["uri"] == URI && told["build"] == 1), "{told:?}");
    let events: Vec<&Value> = told.iter().flat_map(|told| told["events"].as_array().unwrap()).collect();
    assert_eq!(events[0]["event"], "started");
    assert_eq!((&events[0]["target"], &events[0]["builder"]), (&json!("größe"), &json!("scripted 1.0")));
    let of_copy = events.iter().filter(|event| event["line"] == 2);
    let said = of_copy.map(|event| event["state"].as_str().or(event["text"].as_str()));
    assert_eq!(said.flatten().collect::<Vec<_>>(), ["running", "eins 😀", "zwei", "done"]);
    assert_eq!(events.last().unwrap()["event"], "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_gives_none_is_told_none() {
    assert_eq!(told(json!({"buildEvents": {"no": "token"}})).await, [Value::Null; 0]);
    assert_eq!(told(Value::Null).await, [Value::Null; 0]);
}
