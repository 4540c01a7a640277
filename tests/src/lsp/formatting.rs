//! Layout over the protocol: edits in the client's units, by its options and the user's settings.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

fn params(more: Value) -> Value {
    let mut params = json!({"textDocument": {"uri": URI}, "options": {"tabSize": 2, "insertSpaces": true}});
    for (name, value) in more.as_object().unwrap() {
        params[name.as_str()] = value.clone();
    }
    params
}

fn place(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

/// `line:character-line:character "text"`, one edit a line.
fn show(edits: &Value) -> String {
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    let edits = edits.as_array().unwrap().iter();
    edits
        .map(|edit| {
            format!(
                "{}-{} {}\n",
                place(&edit["range"]["start"]),
                place(&edit["range"]["end"]),
                edit["newText"]
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_and_a_range_are_laid_out() {
    let mut client = Client::pulling().await;
    client.open("FROM a as b\r\nLABEL 😀=1  é=2 \\\r\nc=3 \r\nrun x").await;
    let edits = client.ask("textDocument/formatting", params(json!({}))).await;
    let expected = "0:7-0:9 \"AS\"\n1:10-1:12 \" \"\n2:0-2:0 \"  \"\n2:3-2:4 \"\"\n3:0-3:3 \"RUN\"\n3:5-3:5 \"\\r\\n\"\n";
    assert_eq!(show(&edits), expected);
    let range = json!({"range": {"start": place(1, 0), "end": place(1, 5)}});
    assert_eq!(show(&client.ask("textDocument/rangeFormatting", params(range)).await), "");
    let range = json!({"range": {"start": place(2, 0), "end": place(3, 1)}});
    let edits = client.ask("textDocument/rangeFormatting", params(range)).await;
    assert_eq!(show(&edits), "2:0-2:0 \"  \"\n2:3-2:4 \"\"\n3:0-3:3 \"RUN\"\n");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_layout_and_the_indent_are_the_users() {
    let options = json!({"format": {"layout": "align"}});
    let setup =
        Setup { initialization_options: options, capabilities: super::client::pulls(), ..Setup::default() };
    let mut client = Client::with(setup).await;
    client.open("FROM a\nRUN b \\\n&& c\n").await;
    let tabs = json!({"options": {"tabSize": 8, "insertSpaces": false}});
    let edits = client.ask("textDocument/formatting", params(tabs)).await;
    assert_eq!(show(&edits), "2:0-2:0 \"\\t\"\n");
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_indents_a_line_that_goes_on_and_no_other() {
    let mut client = Client::pulling().await;
    client.open("FROM a\nRUN b \\\n\n").await;
    let typed = |line| params(json!({"position": place(line, 0), "ch": "\n"}));
    let edits = client.ask("textDocument/onTypeFormatting", typed(2)).await;
    assert_eq!(show(&edits), "2:0-2:0 \"  \"\n");
    assert_eq!(client.ask("textDocument/onTypeFormatting", typed(1)).await, Value::Null);
    client.finish().await;
}
