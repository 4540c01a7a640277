//! Signature help: labels as the client takes them, and nothing while a command is typed.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

async fn client(information: &Value, encoding: &str) -> Client {
    let capabilities = json!({"general": {"positionEncodings": [encoding]}, "textDocument": {"diagnostic": {},
        "signatureHelp": {"signatureInformation": information}}});
    Client::with(Setup { capabilities, ..Setup::default() }).await
}

async fn help(client: &mut Client, line: u32, character: u32, trigger: Option<&str>) -> Value {
    let context = match trigger {
        Some(typed) => json!({"triggerKind": 2, "triggerCharacter": typed, "isRetrigger": false}),
        None => json!({"triggerKind": 1, "isRetrigger": false}),
    };
    let position = json!({"line": line, "character": character});
    let params = json!({"textDocument": {"uri": URI}, "position": position, "context": context});
    client.ask("textDocument/signatureHelp", params).await
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_texts_or_places_as_the_client_takes_them() {
    let text = "FROM scratch\nCOPY 😀 \n";
    for (information, encoding, end, label) in [
        (json!({}), "utf-8", 10, json!("destination")),
        (json!({"parameterInformation": {"labelOffsetSupport": true}}), "utf-16", 8, json!([121, 132])),
    ] {
        let mut client = client(&information, encoding).await;
        client.open(text).await;
        let found = help(&mut client, 1, end, Some(" ")).await;
        let signature = &found["signatures"][0];
        let active = usize::try_from(found["activeParameter"].as_u64().unwrap()).unwrap();
        assert_eq!(signature["parameters"][active]["label"], label, "{found}");
        assert_eq!(signature["activeParameter"], found["activeParameter"]);
        let units: Vec<u16> = signature["label"].as_str().unwrap().encode_utf16().collect();
        if let (Some(start), Some(end)) = (label[0].as_u64(), label[1].as_u64()) {
            let range = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
            assert_eq!(String::from_utf16(&units[range]).unwrap(), "destination");
        }
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_typed_shows_nothing_unless_it_is_asked_for() {
    let mut client = client(&json!({"documentationFormat": ["markdown"]}), "utf-16").await;
    client.open("FROM scratch\nRUN apt-get \n# \n").await;
    assert_eq!(help(&mut client, 1, 12, Some(" ")).await, Value::Null);
    let asked = help(&mut client, 1, 12, None).await;
    assert_eq!(asked["signatures"][0]["documentation"]["kind"], "markdown");
    assert_eq!(help(&mut client, 2, 2, None).await, Value::Null);
    client.finish().await;
}
