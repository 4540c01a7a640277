//! Answers that are JSON already when they reach tower-lsp.
//!
//! tower-lsp makes a tree of values of every answer before it makes text of it. For a list of thousands of diagnostics that costs
//! more than finding them. So a handler may leave its answer here as text, written on the worker that found it; what it then
//! returns to tower-lsp stands in its place only, and order, cancelling and panics stay what they are for every other request.

use std::cell::Cell;

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::jsonrpc::{Error, Response, Result};

use crate::frames::Body;
use crate::service::send;

tokio::task_local! {
    /// The text of the answer to the request that this task handles.
    static READY: Cell<Option<String>>;
}

/// Leaves the text of a handler's answer. What comes back is for the handler to return: the stand-in, if the text is left.
pub(crate) fn leave<T: DeserializeOwned>(json: String, stand_in: T) -> Result<T> {
    let mut json = Some(json);
    if READY.try_with(|ready| ready.set(json.take())).is_ok() {
        return Ok(stand_in);
    }
    // Called outside of any request, where nobody would take the text.
    serde_json::from_str(&json.unwrap_or_default()).map_err(|_| Error::internal_error())
}

/// Waits for a response and sends it, or the text that was left for it.
pub(crate) async fn sending(response: BoxFuture<'static, Option<Response>>, outgoing: UnboundedSender<Body>) {
    let answered = READY.scope(Cell::default(), async {
        let response = response.await;
        (response, READY.with(Cell::take))
    });
    let (Some(response), json) = answered.await else { return };
    match json {
        // Cancelling puts an error in the place of an answer that may just have been left.
        Some(json) if response.is_ok() => {
            let id = serde_json::to_string(response.id()).unwrap_or_default();
            let before = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#);
            let _ = outgoing.send(Body::around(before, json, "}"));
        }
        _ => send(&outgoing, &response),
    }
}
