//! Inlay hints over the protocol: the client's units, tooltips when they are asked for, and the settings that switch them off.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

const TEXT: &str = "ARG TAG=22\nARG O\nFROM nöde😀:$TAG\n";

async fn hints(client: &mut Client) -> Value {
    let place = |line: u32| json!({"line": line, "character": 0});
    let range = json!({"start": place(0), "end": place(9)});
    client.ask("textDocument/inlayHint", json!({"textDocument": {"uri": URI}, "range": range})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tooltips_come_with_the_hints_or_when_they_are_asked_for() {
    let mut client = Client::pulling().await;
    client.open(TEXT).await;
    let eager = hints(&mut client).await;
    assert_eq!(
        (&eager[0]["label"], &eager[0]["position"]),
        (&json!("→ nöde😀:22"), &json!({"line": 2, "character": 16}))
    );
    assert!(eager[0]["tooltip"].as_str().unwrap().starts_with("TAG=22, by ARG in line 1"), "{eager}");
    client.finish().await;

    let mut capabilities = super::client::pulls();
    capabilities["textDocument"]["inlayHint"] = json!({"resolveSupport": {"properties": ["tooltip"]}});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open(TEXT).await;
    let lazy = hints(&mut client).await[0].clone();
    assert_eq!(lazy.get("tooltip"), None, "{lazy}");
    let resolved = client.ask("inlayHint/resolve", lazy.clone()).await;
    assert_eq!(resolved["tooltip"], eager[0]["tooltip"]);
    client.change(2, json!([{"text": "FROM x\n"}])).await;
    assert_eq!(client.ask("inlayHint/resolve", lazy).await.get("tooltip"), None);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_switches_them_off_and_the_client_asks_again() {
    let mut capabilities = super::client::pulls();
    capabilities["workspace"]["inlayHint"] = json!({"refreshSupport": true});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.open(TEXT).await;
    assert_eq!(hints(&mut client).await.as_array().unwrap().len(), 1);
    let settings = json!({"settings": {"layerwise": {"hints": {"variables": false}}}});
    client.notify("workspace/didChangeConfiguration", settings).await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(hints(&mut client).await, json!([]));
    client.finish().await;
}
