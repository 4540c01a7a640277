//! Completion: in the shape and with the positions that each client asks for, documentation on demand.

use std::sync::Arc;

use serde_json::{Value, json};
use test_support::{Gate, ScriptedBuilder};

use super::client::{Client, Setup, URI};

/// What a client says of completion, and which encodings it offers.
fn capabilities(item: &Value, encoding: &str) -> Value {
    json!({"general": {"positionEncodings": [encoding]}, "textDocument": {"diagnostic": {}, "completion": {"completionItem": item}},
        "workspace": {"diagnostics": {"refreshSupport": true}}})
}

async fn client(item: &Value, encoding: &str) -> Client {
    Client::with(Setup { capabilities: capabilities(item, encoding), ..Setup::default() }).await
}

async fn complete(client: &mut Client, uri: &str, line: u32, character: u32) -> Value {
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
    client.ask("textDocument/completion", params).await
}

fn item(list: &Value, label: &str) -> Value {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().find(|item| item["label"] == label).unwrap_or_else(|| panic!("no {label} in {list}")).clone()
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_client_gets_plain_text_and_a_rich_one_places_to_fill_in() {
    let mut plain = client(&json!({}), "utf-16").await;
    plain.open("FROM scratch\nCO\n").await;
    let copy = item(&complete(&mut plain, URI, 1, 2).await, "COPY");
    assert_eq!(copy["textEdit"], json!({"range": range(1, 0, 2), "newText": "COPY "}));
    assert_eq!(copy["insertTextFormat"], 1);
    let maintainer = item(&complete(&mut plain, URI, 1, 2).await, "MAINTAINER");
    assert_eq!(maintainer.get("tags"), None);
    plain.finish().await;

    let abilities =
        json!({"snippetSupport": true, "insertReplaceSupport": true, "tagSupport": {"valueSet": [1]}});
    let mut rich = client(&abilities, "utf-16").await;
    rich.open("FROM scratch\nCO\nRUN --netw=none true\n").await;
    let list = complete(&mut rich, URI, 1, 2).await;
    assert_eq!(list["isIncomplete"], false);
    let copy = item(&list, "COPY");
    let edit = json!({"newText": "COPY ${1:source} ${2:destination}", "insert": range(1, 0, 2), "replace": range(1, 0, 2)});
    assert_eq!((&copy["textEdit"], &copy["insertTextFormat"]), (&edit, &json!(2)));
    assert_eq!(item(&list, "MAINTAINER")["tags"], json!([1]));
    let flag = item(&complete(&mut rich, URI, 2, 7).await, "--network=");
    assert_eq!(flag["textEdit"]["insert"], range(2, 4, 7));
    assert_eq!(flag["textEdit"]["replace"], range(2, 4, 15));
    rich.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_are_right_in_every_encoding() {
    // Four bytes, two UTF-16 units and one code point each; `e` with a combining mark; a Windows line end.
    let text = "FROM scratch\r\nENV DIR=/a\r\nCOPY 😀e\u{301} /x-$/${DI}/y\r\n";
    for (encoding, start) in [("utf-8", 21), ("utf-16", 18), ("utf-32", 17)] {
        let mut client = client(&json!({}), encoding).await;
        client.open(text).await;
        let variable = item(&complete(&mut client, URI, 2, start).await, "DIR");
        assert_eq!(
            variable["textEdit"],
            json!({"range": range(2, start - 1, start + 1), "newText": "DIR"}),
            "{encoding}"
        );
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documentation_comes_when_it_is_asked_for() {
    for (formats, shape) in [(json!(["markdown", "plaintext"]), "markdown"), (json!(["plaintext"]), "text")] {
        let mut client = client(&json!({"documentationFormat": formats}), "utf-16").await;
        client.open("FROM scratch\nRUN --mount=type=cache,\n").await;
        let sharing = item(&complete(&mut client, URI, 1, 23).await, "sharing=");
        assert_eq!(sharing.get("documentation"), None);
        let resolved = client.ask("completionItem/resolve", sharing.clone()).await;
        let text = match shape {
            "markdown" => resolved["documentation"]["value"].as_str(),
            _ => resolved["documentation"].as_str(),
        };
        assert!(text.is_some_and(|text| text.contains("Default: shared.")), "{resolved}");
        assert_eq!(resolved["textEdit"], sharing["textEdit"]);
        // What another server made comes back as it is.
        let foreign = json!({"label": "x", "data": {"some": "thing"}});
        assert_eq!(client.ask("completionItem/resolve", foreign.clone()).await, foreign);
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_with_a_topic_has_documentation() {
    let mut client = client(&json!({"documentationFormat": ["markdown"]}), "utf-16").await;
    client.open("# \n").await;
    let texts = [
        "# ",
        "FROM a\n",
        "FROM a\nRUN --",
        "FROM a\nRUN --mount=type=secret,",
        "# check=skip=",
        "FROM a\nARG ",
        "FROM a\n# layerwise ignore=",
    ];
    let mut topics = 0;
    for (version, text) in (2..).zip(texts) {
        client.change(version, json!([{"text": text}])).await;
        let lines: Vec<_> = text.split('\n').collect();
        let (line, character) = (lines.len() - 1, lines.last().unwrap().len());
        let list =
            complete(&mut client, URI, u32::try_from(line).unwrap(), u32::try_from(character).unwrap()).await;
        for item in list["items"].as_array().unwrap().iter().filter(|item| item.get("data").is_some()) {
            let resolved = client.ask("completionItem/resolve", item.clone()).await;
            let documentation = resolved["documentation"]["value"].as_str().unwrap_or_default();
            assert!(documentation.len() > 40, "{resolved}");
            topics += 1;
        }
    }
    assert!(topics > 100, "{topics}");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_come_from_the_folder_less_what_is_ignored() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir_all(folder.path().join("src/deep")).unwrap();
    for (path, text) in
        [("package.json", "{}"), ("src/main.js", ""), ("secret.key", ""), (".dockerignore", "*.key\n")]
    {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let mut client = client(&json!({}), "utf-16").await;
    client.open_as(&uri, "FROM scratch\nCOPY src/ \nCOPY \n").await;
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let found = complete(&mut client, &uri, 1, 9).await;
    let labels: Vec<_> =
        found["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["deep/", "main.js"]);
    let found = complete(&mut client, &uri, 2, 5).await;
    assert!(!found.to_string().contains("secret.key"), "{found}");
    assert_eq!(item(&found, "src/")["textEdit"], json!({"range": range(2, 5, 5), "newText": "src/"}));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_written_the_answer_is_null() {
    let mut client = client(&json!({}), "utf-16").await;
    client.open("FROM scratch\n# a comment \nRUN a b \n").await;
    for (line, character) in [(1, 12), (2, 8), (99, 99)] {
        let found = complete(&mut client, URI, line, character).await;
        assert_eq!(found.is_null(), line != 99, "{line}: {found}");
    }
    let found = complete(&mut client, "file:///not/open", 0, 0).await;
    assert_eq!(found, Value::Null);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_asked_for_right_after_opening_wait_until_the_context_is_known() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("größe.txt"), "").unwrap();
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let gate = Gate::new();
    let builder = Arc::new(ScriptedBuilder::default().telling_after(&gate));
    let capabilities = capabilities(&json!({}), "utf-16");
    let mut client = Client::with(Setup { capabilities, builder, ..Setup::default() }).await;
    client.open_as(&uri, "FROM scratch\nCOPY \n").await;
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": 1, "character": 5}});
    let asked = client.request("textDocument/completion", params).await;
    // What needs no context does not wait.
    client.ask("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).await;
    gate.open();
    let found = client.result(asked).await;
    item(&found, "größe.txt");
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn later_completions_wait_for_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let gate = Gate::new();
    gate.open();
    let builder = Arc::new(ScriptedBuilder::default().telling_after(&gate));
    let capabilities = capabilities(&json!({}), "utf-16");
    let mut client = Client::with(Setup { capabilities, builder, ..Setup::default() }).await;
    client.open_as(&uri, "FROM scratch\nCO\n").await;
    item(&complete(&mut client, &uri, 1, 2).await, "COPY");
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    // The builder hangs from now on, so that no later reading ends.
    gate.close();
    client.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}})).await;
    item(&complete(&mut client, &uri, 1, 2).await, "COPY");
    gate.open();
    client.finish().await;
}
