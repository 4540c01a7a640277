//! Positions in all three encodings, with everything that makes characters wide: emoji, combining marks, CRLF, a BOM.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

/// A line with a character outside the BMP (4 bytes, 2 UTF-16 units), a combining mark (2 bytes) and an umlaut (2 bytes).
const WIDE: &str = "😀e\u{301}ü";

async fn with_encodings(encodings: &[&str]) -> (Client, Value) {
    let mut client = Client::silent(Setup::default());
    let capabilities =
        json!({"general": {"positionEncodings": encodings}, "textDocument": {"diagnostic": {}}});
    let result = client.ask("initialize", json!({"capabilities": capabilities})).await;
    client.notify("initialized", json!({})).await;
    (client, result["capabilities"]["positionEncoding"].clone())
}

async fn lenses(client: &mut Client) -> Vec<Value> {
    let lenses = client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await;
    lenses.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_encoding_is_the_first_of_the_clients_that_is_known() {
    for (offered, chosen) in [
        (&["utf-8", "utf-16"][..], "utf-8"),
        (&["utf-16"], "utf-16"),
        (&["utf-9", "utf-32", "utf-8"], "utf-32"),
        (&["utf-9"], "utf-16"),
        (&[], "utf-16"),
    ] {
        let (client, encoding) = with_encodings(offered).await;
        assert_eq!(encoding, chosen, "{offered:?}");
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_behind_wide_characters_land_where_the_client_means() {
    for (encoding, units) in [("utf-8", 9), ("utf-16", 5), ("utf-32", 4)] {
        let (mut client, _) = with_encodings(&[encoding]).await;
        client.open(&format!("FROM {WIDE} AS a\r\nRUN {WIDE}\r\nFROM {WIDE} AS b\r\n")).await;
        let start = 5 + units + 4;
        let edit = |line: u32, text: &str| json!({"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + 1}}, "text": text});
        client.change(2, json!([edit(0, "one"), edit(2, "two")])).await;
        let lenses = lenses(&mut client).await;
        let targets: Vec<_> =
            lenses.iter().map(|lens| lens["command"]["arguments"][0]["target"].clone()).collect();
        assert_eq!(targets, ["one", "two"], "{encoding}");
        let end = json!({"line": 2, "character": start + 3});
        assert_eq!(
            lenses[1]["range"],
            json!({"start": {"line": 2, "character": 0}, "end": end}),
            "{encoding}"
        );
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bom_counts_as_the_character_that_it_is() {
    for (encoding, bom) in [("utf-8", 3), ("utf-16", 1), ("utf-32", 1)] {
        let (mut client, _) = with_encodings(&[encoding]).await;
        client.open("\u{feff}FROM x AS a\nFROM y AS b\n").await;
        let at = bom + 10;
        let range = json!({"start": {"line": 0, "character": at}, "end": {"line": 0, "character": at + 1}});
        client.change(2, json!([{"range": range, "text": "c"}])).await;
        let lenses = lenses(&mut client).await;
        assert_eq!(lenses[0]["command"]["arguments"][0]["target"], "c", "{encoding}");
        assert_eq!(lenses[0]["range"]["start"], json!({"line": 0, "character": bom}), "{encoding}");
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_between_two_halves_of_a_character_or_beyond_the_text_do_no_harm() {
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let (mut client, _) = with_encodings(&[encoding]).await;
        client.open(&format!("FROM {WIDE}\r\n")).await;
        for (version, (line, character)) in
            (2..).zip([(0, 6), (0, 7), (0, 99), (0, u32::MAX), (7, 0), (u32::MAX, 3)])
        {
            let position = json!({"line": line, "character": character});
            client
                .change(version, json!([{"range": {"start": position, "end": position}, "text": "x"}]))
                .await;
        }
        assert_eq!(lenses(&mut client).await.len(), 1, "{encoding}");
        client.finish().await;
    }
}
