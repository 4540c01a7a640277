//! Document links, with tooltips for clients that show them.

use serde_json::{Value, json};

use super::client::{Client, Setup, URI};

async fn links(client: &mut Client) -> Value {
    client.ask("textDocument/documentLink", json!({"textDocument": {"uri": URI}})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn links_count_as_the_client_counts_and_have_tooltips_where_it_shows_them() {
    for shows in [false, true] {
        let capabilities =
            json!({"textDocument": {"diagnostic": {}, "documentLink": {"tooltipSupport": shows}}});
        let mut client = Client::with(Setup { capabilities, ..Setup::default() }).await;
        assert_eq!(links(&mut client).await, Value::Null);
        client.open("FROM scratch\r\nADD [\"/😀\", \"https://example.com/a%20b?x=1\", \"/x/\"]\r\n").await;
        let place = |character: u32| json!({"line": 1, "character": character});
        let mut expected = json!([{
            "range": {"start": place(13), "end": place(42)},
            "target": "https://example.com/a%20b?x=1",
        }]);
        if shows {
            expected[0]["tooltip"] = json!("What is fetched");
        }
        assert_eq!(links(&mut client).await, expected);
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_named_by_its_uri() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a b.txt"), "x").unwrap();
    let uri = format!("file://{}/Dockerfile", folder.path().display());
    let setup = Setup { capabilities: super::client::pulls(), ..Setup::default() };
    let mut client = Client::with(setup).await;
    client.open_as(&uri, "FROM scratch\nCOPY [\"a b.txt\", \"/x\"]\n").await;
    // What lies around the file has been read when the server asks for a new pull.
    client.answer("workspace/diagnostic/refresh", Value::Null).await;
    let links = client.ask("textDocument/documentLink", json!({"textDocument": {"uri": uri}})).await;
    let target = format!("file://{}/a%20b.txt", folder.path().display());
    assert_eq!(links[0]["target"], target, "{links}");
    client.finish().await;
}
