//! Hovers, in the markup and with the positions that the client understands.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

async fn client(formats: &[&str], encoding: &str) -> Client {
    let capabilities = json!({
        "general": {"positionEncodings": [encoding]},
        "textDocument": {"diagnostic": {}, "hover": {"contentFormat": formats}},
    });
    Client::with(Setup { capabilities, ..Setup::default() }).await
}

async fn hover(client: &mut Client, line: u32, character: u32) -> Value {
    let position = json!({"line": line, "character": character});
    client.ask("textDocument/hover", json!({"textDocument": {"uri": URI}, "position": position})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_markup_is_the_clients_favourite_and_plain_text_where_it_names_none() {
    let markdown = "**`NAME`** = `x`\n\nFrom here on, in stages built on this one, and in containers.";
    let plain = "NAME = x\nFrom here on, in stages built on this one, and in containers.";
    for (formats, kind, value) in [
        (&["markdown", "plaintext"][..], "markdown", markdown),
        (&["plaintext", "markdown"], "plaintext", plain),
        (&["plaintext"], "plaintext", plain),
        (&[], "plaintext", plain),
    ] {
        let mut client = client(formats, "utf-16").await;
        client.open("FROM scratch\nENV NAME=x\n").await;
        let found = hover(&mut client, 1, 5).await;
        assert_eq!(found["contents"], json!({"kind": kind, "value": value}), "{formats:?}");
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_count_as_the_client_counts() {
    // An emoji has 4 bytes, 2 units of UTF-16 and 1 code point; a combining mark is one of its own.
    for (encoding, units) in [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)] {
        let mut client = client(&["markdown"], encoding).await;
        client.open("FROM scratch\r\nENV A=1\r\nLABEL x=\"😀e\u{301}\" y=$A\r\n").await;
        let start = 9 + units + 4;
        let found = hover(&mut client, 2, start).await;
        let place = |character: u32| json!({"line": 2, "character": character});
        assert_eq!(found["range"], json!({"start": place(start), "end": place(start + 2)}), "{encoding}");
        assert!(found["contents"]["value"].as_str().unwrap().starts_with("**`A`** = `1`"), "{found}");
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_null_and_so_is_a_document_that_is_not_open() {
    let mut client = client(&["markdown"], "utf-16").await;
    assert_eq!(hover(&mut client, 0, 0).await, Value::Null);
    client.open("FROM scratch\n# a comment\n\n").await;
    for (line, character) in [(1, 4), (2, 0), (0, 99), (99, 0)] {
        let found = hover(&mut client, line, character).await;
        let is_last_word = (line, character) == (0, 99);
        assert_eq!(found.is_null(), !is_last_word, "{line}:{character} {found}");
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hover_follows_the_edits() {
    let mut client = client(&["plaintext"], "utf-16").await;
    client.open("FROM scratch\nENV A=1\nWORKDIR /$A\n").await;
    let range = json!({"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 7}});
    client.change(2, json!([{"range": range, "text": "two"}])).await;
    let found = hover(&mut client, 2, 9).await;
    assert!(found["contents"]["value"].as_str().unwrap().starts_with("A = two\n"), "{found}");
    client.finish().await;
}
