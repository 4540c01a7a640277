//! Semantic tokens over the protocol: full, delta and range, in all three encodings.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

/// A session, with the legend's types.
async fn session(encoding: &str) -> (Client, Vec<String>) {
    let mut client = Client::silent(Setup::default());
    // `semanticTokens: {}` is what some clients say.
    let capabilities = json!({"general": {"positionEncodings": [encoding]},
        "textDocument": {"semanticTokens": {}, "diagnostic": {}}});
    let result = client.ask("initialize", json!({"capabilities": capabilities})).await;
    client.notify("initialized", json!({})).await;
    let provider = &result["capabilities"]["semanticTokensProvider"];
    assert_eq!((&provider["full"]["delta"], &provider["range"]), (&json!(true), &json!(true)));
    let types = provider["legend"]["tokenTypes"].as_array().unwrap();
    (client, types.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}

/// `line:character+length type`, one a line.
fn show(data: &Value, types: &[String]) -> String {
    let numbers: Vec<u64> = data.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    let (mut line, mut character) = (0, 0);
    let mut shown = String::new();
    for token in numbers.chunks(5) {
        character = if token[0] > 0 { token[1] } else { character + token[1] };
        line += token[0];
        let kind = &types[usize::try_from(token[3]).unwrap()];
        shown += &format!(
            "{line}:{character}+{} {kind}{}\n",
            token[2],
            ["", "*", "!"][usize::try_from(token[4]).unwrap()]
        );
    }
    shown
}

async fn full(client: &mut Client) -> Value {
    client.ask("textDocument/semanticTokens/full", json!({"textDocument": {"uri": URI}})).await
}

async fn delta(client: &mut Client, previous: &Value) -> Value {
    let params = json!({"textDocument": {"uri": URI}, "previousResultId": previous});
    client.ask("textDocument/semanticTokens/full/delta", params).await
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_in_the_clients_units() {
    for (encoding, name, value) in
        [("utf-8", "0:13+2", "1:11+9"), ("utf-16", "0:11+1", "1:9+5"), ("utf-32", "0:10+1", "1:8+4")]
    {
        let (mut client, types) = session(encoding).await;
        client.open("FROM 😀 AS ü\r\nLABEL 😀=😀e\u{301}ü\r\n").await;
        let shown = show(&full(&mut client).await["data"], &types);
        for expected in [format!("{name} class*\n"), format!("{value} string\n")] {
            assert!(shown.contains(&expected), "{encoding}: {shown}");
        }
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_makes_the_new_tokens_of_the_old_ones() {
    let (mut client, _) = session("utf-16").await;
    client.open("FROM a AS b\n# c\nCOPY --from=b x y\nRUN ls -l\n").await;
    let mut before = full(&mut client).await;
    let mut changed = Vec::new();
    for (version, (line, character, text)) in
        (2..).zip([(3, 9, "a"), (1, 0, "ENV A=1\n"), (2, 0, "#"), (1, 3, ""), (0, 10, "x"), (5, 0, "USER u")])
    {
        let place = json!({"line": line, "character": character});
        client.change(version, json!([{"range": {"start": place, "end": place}, "text": text}])).await;
        let answer = delta(&mut client, &before["resultId"]).await;
        let mut data = before["data"].as_array().unwrap().clone();
        let edits = answer["edits"].as_array().unwrap();
        assert!(edits.len() <= 1, "{answer}");
        for edit in edits {
            let number = |name: &str| usize::try_from(edit[name].as_u64().unwrap()).unwrap();
            let (start, deleted) = (number("start"), number("deleteCount"));
            let inserted = edit["data"].as_array().cloned().unwrap_or_default();
            changed.push((deleted, inserted.len()));
            data.splice(start..start + deleted, inserted);
        }
        before = full(&mut client).await;
        assert_eq!(json!(data), before["data"]);
        assert_eq!(answer["resultId"], before["resultId"]);
    }
    // The name of the stage makes the reference below it one of an image: all between the two is sent.
    assert_eq!(changed, [(5, 5), (0, 20), (5, 5), (50, 50), (0, 10)]);
    assert_eq!(delta(&mut client, &before["resultId"]).await["edits"], json!([]));
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_not_the_last_one_brings_all_tokens() {
    let (mut client, _) = session("utf-8").await;
    client.open("FROM a\n").await;
    let first = full(&mut client).await;
    client.change(2, json!([{"text": "FROM a\nRUN b\n"}])).await;
    full(&mut client).await;
    let whole = full(&mut client).await;
    for stale in [&first["resultId"], &json!("nonsense")] {
        let answer = delta(&mut client, stale).await;
        assert_eq!((&answer["data"], answer.get("edits")), (&whole["data"], None));
    }
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}})).await;
    assert_eq!(full(&mut client).await, Value::Null);
    client.open("FROM a\nRUN b\n").await;
    assert_eq!(delta(&mut client, &whole["resultId"]).await["data"], whole["data"]);
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_begins_with_its_own_first_place() {
    let (mut client, types) = session("utf-16").await;
    client.open("FROM a AS b\n\n  RUN ls\nFROM b\n").await;
    let range = json!({"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 5}});
    let params = json!({"textDocument": {"uri": URI}, "range": range});
    let tokens = client.ask("textDocument/semanticTokens/range", params).await;
    assert_eq!(show(&tokens["data"], &types), "2:2+3 keyword\n2:6+2 function\n");
    client.finish().await;
}
