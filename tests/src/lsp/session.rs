//! The session itself: order, cancel, panics, odd messages, and its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lsp::Exit;
use serde_json::{Value, json};
use test_support::{Act, Gate, ScriptedBuilder};

use super::client::{Client, Setup, URI};

const HINTS: &str = "textDocument/inlayHint";

fn hints() -> Value {
    json!({"textDocument": {"uri": URI}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}})
}

/// A session whose inlay hints wait at a gate.
async fn with_slow_hints(gate: &Gate) -> Client {
    let gate = gate.clone();
    let hold = move |method: &str| {
        if method == HINTS {
            gate.wait();
        }
    };
    Client::with(Setup { on_request: Some(Arc::new(hold)), ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_request_is_answered_at_once() {
    let gate = Gate::new();
    let mut client = with_slow_hints(&gate).await;
    let slow = client.request(HINTS, hints()).await;
    client.notify("$/cancelRequest", json!({"id": slow})).await;
    assert_eq!(client.error(slow).await["code"], -32800);
    gate.open();
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_slow_requests_hold_up_no_other_and_no_cancel() {
    let gate = Gate::new();
    let mut client = with_slow_hints(&gate).await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(client.request(HINTS, hints()).await);
    }
    client.ask("textDocument/codeLens", json!({"textDocument": {"uri": URI}})).await;
    client.notify("$/cancelRequest", json!({"id": slow[7]})).await;
    assert_eq!(client.error(slow[7]).await["code"], -32800);
    gate.open();
    for id in &slow[..7] {
        client.result(*id).await;
    }
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_of_nothing_changes_nothing() {
    let mut client = Client::new().await;
    for id in [json!(77), json!("x"), json!(1.0), json!(null), json!({})] {
        client.notify("$/cancelRequest", json!({"id": id})).await;
    }
    client.ask(HINTS, hints()).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_that_request_alone() {
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = {
        let broken = Arc::clone(&broken);
        move |method: &str| {
            assert!(method != HINTS || !broken.load(Ordering::SeqCst), "a test breaks this request");
        }
    };
    let mut client = Client::with(Setup { on_request: Some(Arc::new(breaks)), ..Setup::default() }).await;
    for _ in 0..20 {
        let id = client.request(HINTS, hints()).await;
        let error = client.error(id).await;
        assert_eq!(error["code"], -32603);
        assert_eq!(error["message"], "textDocument/inlayHint failed; the session goes on");
    }
    broken.store(false, Ordering::SeqCst);
    client.ask(HINTS, hints()).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_main_loop_costs_its_turn_alone() {
    let builder = ScriptedBuilder::new([vec![Act::Panic]]);
    let mut client = Client::with(Setup { builder: Arc::new(builder), ..Setup::default() }).await;
    client.open("FROM scratch\n").await;
    client.pushed(1).await;
    client
        .ask("workspace/executeCommand", json!({"command": "layerwise.build", "arguments": [{"uri": URI}]}))
        .await;
    let shown = client.notification("window/showMessage").await;
    assert!(shown["message"].as_str().unwrap().contains("the builder failed to start"), "{shown}");
    assert_eq!(client.pushed(1).await.len(), 1);
    client.ask(HINTS, hints()).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_are_answered_and_reading_goes_on() {
    let mut client = Client::new().await;
    for (body, code) in [
        (&b"{nonsense"[..], -32700),
        (b"\xff\xfe\x00", -32700),
        (b"[]", -32600),
        (b"17", -32600),
        (br#"{"jsonrpc":"1.0","method":"x"}"#, -32600),
        (br#"{"jsonrpc":"2.0","id":1.5,"method":"x"}"#, -32600),
        (br#"{"jsonrpc":"2.0","id":{},"method":"x"}"#, -32600),
        (br#"{"jsonrpc":"2.0","method":5}"#, -32600),
    ] {
        client.send_body(body).await;
        let answer = client.take(|message| message["id"].is_null(), &String::from_utf8_lossy(body)).await;
        assert_eq!(answer["error"]["code"], code, "{}", String::from_utf8_lossy(body));
    }
    client.send_bytes(b"no header at all\r\n\r\n").await;
    client.take(|message| message["error"]["code"] == -32700, "an error").await;
    client.ask(HINTS, hints()).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_refused_or_ignored() {
    let mut client = Client::new().await;
    let id = client.request("textDocument/teleport", json!({})).await;
    assert_eq!(client.error(id).await["code"], -32601);
    let id = client.request(HINTS, json!({"textDocument": 3})).await;
    assert_eq!(client.error(id).await["code"], -32602);
    client.notify("$/setTrace", json!({"value": "verbose"})).await;
    client.notify("$/whatever", json!([1, 2])).await;
    client.notify("textDocument/didChange", json!({"what": "ever"})).await;
    client.notify("window/workDoneProgress/cancel", json!({"token": 3})).await;
    client.change(2, json!([{"text": "not open"}])).await;
    client.send(&json!({"jsonrpc": "2.0", "id": 4711, "result": "nobody asked"})).await;
    client.ask(HINTS, hints()).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_capabilities_do_not_keep_a_client_out() {
    for capabilities in [
        json!({"textDocument": {"semanticTokens": {}}}),
        json!({"textDocument": {"semanticTokens": null, "codeAction": {"resolveSupport": {}}}}),
        json!({"textDocument": []}),
        json!({"workspace": {"workspaceEdit": {"resourceOperations": "all", "documentChanges": true}}}),
        json!({"general": {"positionEncodings": ["utf-9", 8, "utf-8"]}}),
        json!({"general": {"positionEncodings": "utf-8"}}),
        json!({"experimental": {"anything": [{}]}, "unheardOf": {"x": 1}}),
        json!(null),
        json!([]),
    ] {
        let client = Client::with(Setup { capabilities, ..Setup::default() }).await;
        client.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_wait_for_initialize_loses_nothing() {
    let mut client = Client::silent(Setup::default());
    let initialize = client.request("initialize", json!({"capabilities": {}})).await;
    client.notify("initialized", json!({})).await;
    client.open("FROM scratch\n").await;
    client.result(initialize).await;
    client.pushed(1).await;
    client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_before_initialize_and_after_shutdown_are_refused() {
    let mut client = Client::silent(Setup::default());
    let early = client.request(HINTS, hints()).await;
    assert_eq!(client.error(early).await["code"], -32002);
    client.ask("initialize", json!({"capabilities": {}})).await;
    client.ask("shutdown", Value::Null).await;
    let late = client.request(HINTS, hints()).await;
    assert_eq!(client.error(late).await["code"], -32600);
    client.notify("exit", Value::Null).await;
    assert_eq!(client.exit().await, Exit::AfterShutdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_without_shutdown_ends_with_one() {
    let gate = Gate::new();
    let mut client = with_slow_hints(&gate).await;
    let _slow = client.request(HINTS, hints()).await;
    client.notify("exit", Value::Null).await;
    let exit = client.exit().await;
    assert_eq!((exit, exit.code()), (Exit::WithoutShutdown, 1));
    gate.open();
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_after_shutdown_ends_with_zero() {
    let mut client = Client::new().await;
    client.ask("shutdown", Value::Null).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(client.exit().await.code(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_input_ends_the_session_after_its_answers() {
    let mut client = Client::new().await;
    let id = client.request(HINTS, hints()).await;
    client.close_input();
    client.result(id).await;
    assert_eq!(client.exit().await, Exit::WithoutShutdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_input_ends_the_session_with_a_request_that_never_ends() {
    let gate = Gate::new();
    let mut client = with_slow_hints(&gate).await;
    client.request(HINTS, hints()).await;
    client.send_bytes(b"Content-Length: 100\r\n\r\n{\"half").await;
    client.close_input();
    assert_eq!(client.exit().await, Exit::WithoutShutdown);
    gate.open();
}
