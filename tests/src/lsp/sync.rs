//! Text synchronisation: what a request sees is what the wire said before it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

/// The stages' names, by their `Build` lenses: they show what text the server holds.
async fn stages(client: &mut Client) -> Vec<String> {
    let id = ask_stages(client).await;
    names(&client.result(id).await)
}

async fn ask_stages(client: &mut Client) -> i64 {
    client.request("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await
}

fn names(lenses: &Value) -> Vec<String> {
    let name = |lens: &Value| lens["command"]["arguments"][0]["target"].as_str().unwrap().to_owned();
    lenses.as_array().unwrap().iter().map(name).collect()
}

fn range(from: (u32, u32), to: (u32, u32)) -> Value {
    json!({"start": {"line": from.0, "character": from.1}, "end": {"line": to.0, "character": to.1}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_rapid_edits_and_then_a_request_sees_the_last_text() {
    let mut client = Client::new().await;
    client.open("FROM scratch AS s\n").await;
    let mut length = 1;
    for version in 2..=1001 {
        let name = format!("s{version}");
        client.change(version, json!([{"range": range((0, 16), (0, 16 + length)), "text": name}])).await;
        length = u32::try_from(name.len()).unwrap();
    }
    assert_eq!(stages(&mut client).await, ["s1001"]);
    assert_eq!(client.pushed(1001).await, Vec::<Value>::new());
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_between_two_requests_is_seen_by_the_second_alone() {
    let mut client = Client::pulling().await;
    client.open("FROM scratch AS s0\n").await;
    let mut asked = Vec::new();
    for version in 1..=200 {
        client.change(version, json!([{"text": format!("FROM scratch AS s{version}\n")}])).await;
        asked.push((version, ask_stages(&mut client).await));
    }
    for (version, id) in asked {
        assert_eq!(names(&client.result(id).await), [format!("s{version}")]);
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_changes_in_one_message_build_on_each_other() {
    let mut client = Client::pulling().await;
    client.open("FROM scratch AS a\nFROM scratch AS b\n").await;
    let changes = json!([
        {"range": range((0, 0), (1, 0)), "text": ""},
        {"range": range((0, 16), (0, 17)), "text": "one"},
        {"range": range((1, 0), (1, 0)), "text": "FROM scratch AS two\n"},
        {"range": range((99, 0), (99, 99)), "text": "FROM scratch AS three"},
    ]);
    client.change(2, changes).await;
    assert_eq!(stages(&mut client).await, ["one", "two", "three"]);
    client
        .change(
            3,
            json!([{"text": "FROM scratch AS all\n"}, {"range": range((0, 19), (0, 16)), "text": "none"}]),
        )
        .await;
    assert_eq!(stages(&mut client).await, ["none"]);
    client.change(4, json!([])).await;
    assert_eq!(stages(&mut client).await, ["none"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_typed_files_are_answered_at_every_prefix() {
    let text = "# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=$BUILDPLATFORM node:${V} AS build\n\
        RUN --mount=type=cache,target=/x <<EOF\nnpm ci\nEOF\nCOPY --from=build [\"a b\", \"/ü/\"]\n\
        ONBUILD RUN a \\\n  # why\n  && b\nHEALTHCHECK --interval=3s CMD x\nENV A=\"b c\" D='😀'\n";
    let mut client = Client::new().await;
    client.open("").await;
    client.pushed(1).await;
    let mut version = 1;
    for (end, character) in text.char_indices() {
        version += 1;
        let line = u32::try_from(text[..end].matches('\n').count()).unwrap();
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let column = u32::try_from(text[start..end].encode_utf16().count()).unwrap();
        client
            .change(version, json!([{"range": range((line, column), (line, column)), "text": character}]))
            .await;
        client.pushed(version).await;
    }
    assert_eq!(stages(&mut client).await, ["build"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_closed_or_no_dockerfile_gets_no_answers() {
    let mut client = Client::new().await;
    let document = json!({"uri": URI.replace("Dockerfile", "notes.md"), "languageId": "markdown", "version": 1, "text": "FROM x"});
    client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    client.open("FROM scratch AS a\n").await;
    client.pushed(1).await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}})).await;
    assert_eq!(client.notification("textDocument/publishDiagnostics").await["diagnostics"], json!([]));
    assert_eq!(client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await, Value::Null);
    client.open("FROM scratch AS b\n").await;
    assert_eq!(stages(&mut client).await, ["b"]);
    client.pushed(1).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_of_clients_with_odd_json_are_not_lost() {
    let mut client = Client::pulling().await;
    let uri = "file:///with space/Dockerfile";
    client
        .notify("textDocument/didOpen", json!({"textDocument": {"uri": uri, "text": "FROM scratch AS a\n"}}))
        .await;
    let change = json!({"textDocument": {"uri": uri, "version": null},
        "contentChanges": [{"range": {"start": {"line": 0.0, "character": 16.0}, "end": {"line": 0.0, "character": 17.0}},
            "rangeLength": 1.0, "text": "b"}]});
    client.notify("textDocument/didChange", change).await;
    let lenses = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": uri}})).await;
    assert_eq!(names(&lenses), ["b"]);
    client.finish().await;
}

/// Replays edits on a plain string of characters, with UTF-32 positions.
fn replay(text: &mut Vec<char>, (at, length, new): &(usize, usize, String)) -> Value {
    let start = at % (text.len() + 1);
    let end = (start + length).min(text.len());
    let position = |offset: usize| {
        let line = text[..offset].iter().filter(|character| **character == '\n').count();
        let line_start =
            text[..offset].iter().rposition(|character| *character == '\n').map_or(0, |at| at + 1);
        (u32::try_from(line).unwrap(), u32::try_from(offset - line_start).unwrap())
    };
    let change = json!({"range": range(position(start), position(end)), "text": new});
    text.splice(start..end, new.chars());
    change
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_edits_leave_the_text_that_the_client_has(
        edits in prop::collection::vec((0_usize..400, 0_usize..30, "(FROM x AS [a-c]{1,3}\n|RUN y\n|\n|[a-z😀é #\\\\]{0,6}){0,3}"), 1..30)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let capabilities = json!({"general": {"positionEncodings": ["utf-32"]}, "textDocument": {"diagnostic": {}}});
            let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
            let mut text: Vec<char> = "FROM scratch AS first\nRUN true\n".chars().collect();
            client.open(&text.iter().collect::<String>()).await;
            for (version, edit) in (2..).zip(&edits) {
                let change = replay(&mut text, edit);
                client.change(version, json!([change])).await;
            }
            let incremental = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await;
            let reported = client.pull().await;
            client.change(1000, json!([{"text": text.iter().collect::<String>()}])).await;
            let fresh = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await;
            assert_eq!(incremental, fresh);
            assert_eq!(reported, client.pull().await);
            client.finish().await;
        });
    }
}
