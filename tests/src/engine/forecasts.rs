//! What the editor tells of the next build, against what real engines then do.

use serde_json::{Value, json};

use super::harness::{Context, Engine, TODAYS, on_each};
use crate::lsp::client::{Client, Setup};

const TEXT: &str = "FROM scratch\nCOPY a /a\nCOPY b /b\n";

#[test]
fn the_editor_tells_the_build_that_follows() {
    on_each(&TODAYS, |engine| engine.runtime.block_on(told_and_built(engine)));
}

async fn told_and_built(engine: &Engine) {
    let nonce = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos().to_string();
    let context = Context::new(&[("Dockerfile", TEXT), ("a", &nonce), ("b", &nonce)]);
    let setup = Setup {
        capabilities: json!({"textDocument": {"diagnostic": {}, "inlayHint": {}},
            "workspace": {"inlayHint": {"refreshSupport": true}}}),
        builder: std::sync::Arc::new(engine.builder()),
        cache_folder: engine.surroundings.cache_folder.clone(),
        ..Setup::default()
    };
    let mut client = Client::with(setup).await;
    let uri = format!("file://{}/Dockerfile", context.path().display());
    client.open_as(&uri, TEXT).await;
    let command = |name: &str| json!({"command": name, "arguments": [{"uri": uri}]});

    build(&mut client, command("layerwise.build")).await;
    let told = client.ask("workspace/executeCommand", command("layerwise.predict")).await;
    assert_eq!(verdicts(&told), ["cached"; 3], "{told}");
    client.notification("window/showMessage").await;

    context.write("b", &format!("{nonce}!"));
    let told = client.ask("workspace/executeCommand", command("layerwise.predict")).await;
    assert_eq!(verdicts(&told), ["cached", "cached", "rebuild"], "{told}");
    client.notification("window/showMessage").await;
    client.answer("workspace/inlayHint/refresh", Value::Null).await;
    let told = labels(&mut client, &uri).await;
    assert!(told[2].starts_with("rebuild · "), "{told:?}");

    build(&mut client, command("layerwise.build")).await;
    let built = labels(&mut client, &uri).await;
    assert!(built[..2].iter().all(|label| label.starts_with("cached")), "{built:?}");
    assert!(!built[2].contains("rebuild") && !built[2].starts_with("cached"), "{built:?}");
    client.finish().await;
}

async fn build(client: &mut Client, command: Value) {
    client.ask("workspace/executeCommand", command).await;
    // For what it said, and, once it is kept, for what the next one would do.
    for _ in 0..2 {
        client.answer("workspace/inlayHint/refresh", Value::Null).await;
    }
}

fn verdicts(told: &Value) -> Vec<&str> {
    told["steps"].as_array().unwrap().iter().map(|step| step["prediction"].as_str().unwrap()).collect()
}

async fn labels(client: &mut Client, uri: &str) -> Vec<String> {
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let params = json!({"textDocument": {"uri": uri}, "range": range});
    let hints = client.ask("textDocument/inlayHint", params).await;
    let label = |hint: &Value| hint["label"].as_str().unwrap().to_owned();
    hints.as_array().unwrap().iter().map(label).collect()
}
