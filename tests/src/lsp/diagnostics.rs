//! Diagnostics: pulled or pushed, never both; versioned; in layers.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI, pulls};

const BROKEN: &str = "FROM scratch\nFETCH x\n";

fn messages(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic["message"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_pull_is_pushed_with_versions() {
    let mut client = Client::new().await;
    client.open(BROKEN).await;
    let diagnostics = client.pushed(1).await;
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert_eq!(diagnostics[0]["source"], "layerwise");
    assert_eq!(diagnostics[0]["code"], "syntax-problem");
    let href = diagnostics[0]["codeDescription"]["href"].as_str().unwrap();
    assert!(href.contains("syntax-problem"), "{href}");
    assert_eq!(diagnostics[0]["severity"], 1);
    assert_eq!(diagnostics[0]["range"]["start"], json!({"line": 1, "character": 0}));
    client.change(2, json!([{"text": "FROM scratch\n"}])).await;
    assert_eq!(client.pushed(2).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pulls_is_not_pushed() {
    let mut client = Client::silent(Setup { capabilities: pulls(), ..Setup::default() });
    let result = client.ask("initialize", json!({"capabilities": pulls()})).await;
    assert_eq!(result["capabilities"]["diagnosticProvider"]["identifier"], "layerwise");
    client.notify("initialized", json!({})).await;
    client.open(BROKEN).await;
    assert_eq!(client.pull().await.len(), 1);
    client.change(2, json!([{"text": "FROM scratch\n"}])).await;
    assert_eq!(client.pull().await, Vec::<Value>::new());
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}})).await;
    // `finish` fails on any push.
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_pull_is_not_offered_it() {
    let mut client = Client::silent(Setup::default());
    let result = client.ask("initialize", json!({"capabilities": {}})).await;
    assert_eq!(result["capabilities"].get("diagnosticProvider"), None);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let mut client = Client::pulling().await;
    client.open(BROKEN).await;
    let params = json!({"textDocument": {"uri": URI}});
    let first = client.ask("textDocument/diagnostic", params.clone()).await;
    let again = json!({"textDocument": {"uri": URI}, "previousResultId": first["resultId"]});
    assert_eq!(client.ask("textDocument/diagnostic", again.clone()).await["kind"], "unchanged");
    client.change(2, json!([{"text": BROKEN}])).await;
    assert_eq!(client.ask("textDocument/diagnostic", again).await["kind"], "full");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_half_typed_file_keeps_its_diagnostics() {
    let mut client = Client::pulling().await;
    for half in
        ["COPY", "COPY --fro", "RUN <<EOF", "FROM", "FRM x", "ENV", "RUN [\"a", "HEALTHCHECK", "ONBUILD"]
    {
        client.open(&format!("FROM scratch\nFETCH x\n{half}")).await;
        let diagnostics = client.pull().await;
        assert_eq!(diagnostics[0]["range"]["start"]["line"], 1, "{half}: {:?}", messages(&diagnostics));
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_have_open_documents_looked_at_again() {
    let mut client = Client::new().await;
    client.open(BROKEN).await;
    client.pushed(1).await;
    let settings = json!({"settings": {"layerwise": {"ignore": ["syntax-problem"]}}});
    client.notify("workspace/didChangeConfiguration", settings.clone()).await;
    assert_eq!(client.pushed(1).await, Vec::<Value>::new());
    // The same settings again change nothing.
    client.notify("workspace/didChangeConfiguration", settings).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pulls_is_told_to_after_new_settings() {
    let capabilities = json!({"textDocument": {"diagnostic": {}},
        "workspace": {"configuration": true, "diagnostics": {"refreshSupport": true}, "didChangeConfiguration": {"dynamicRegistration": true}}});
    let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
    client.answer("client/registerCapability", Value::Null).await;
    let asked = client.answer("workspace/configuration", json!([null])).await;
    assert_eq!(asked["items"], json!([{"section": "layerwise"}]));
    client.open(BROKEN).await;
    client.notify("workspace/didChangeConfiguration", json!({"settings": null})).await;
    client.answer("workspace/configuration", json!([{"severity": {"syntax-problem": "info"}}])).await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    assert_eq!(client.pull().await[0]["severity"], 3);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_the_wrong_type_are_named_in_the_log() {
    let initialization_options = json!({"layerwise": {"ignore": "DL3008"}});
    let mut client = Client::with(Setup { initialization_options, ..Setup::default() }).await;
    let logged = client.notification("window/logMessage").await;
    assert!(logged["message"].as_str().unwrap().contains("`layerwise.ignore`"), "{logged}");
    client.finish().await;
}
