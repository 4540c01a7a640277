//! The client as the main loop sees it: messages go out without waiting, answers come back as events.

use std::fmt::Debug;

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::Client;
use tower_lsp::jsonrpc;
use tower_lsp::ls_types::notification::{LogMessage, Notification, ShowMessage};
use tower_lsp::ls_types::request::Request;
use tower_lsp::ls_types::{LogMessageParams, MessageType, ShowMessageParams};

use crate::frames::Body;
use crate::main_loop::Event;
use crate::service::send;

/// Sends to the client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ClientHandle {
    client: Client,
    outgoing: UnboundedSender<Body>,
    events: UnboundedSender<Event>,
}

#[derive(Serialize)]
struct Message<P> {
    jsonrpc: &'static str,
    method: &'static str,
    params: P,
}

impl ClientHandle {
    pub(crate) fn new(
        client: Client,
        outgoing: UnboundedSender<Body>,
        events: UnboundedSender<Event>,
    ) -> Self {
        Self { client, outgoing, events }
    }

    /// Queues a notification.
    pub(crate) fn notify<N: Notification>(&self, params: N::Params) {
        send(&self.outgoing, &Message { jsonrpc: "2.0", method: N::METHOD, params });
    }

    /// Queues a notification whose parameters are JSON already.
    pub(crate) fn notify_json<N: Notification>(&self, params: String) {
        let before = format!(r#"{{"jsonrpc":"2.0","method":"{}","params":"#, N::METHOD);
        let _ = self.outgoing.send(Body::around(before, params, "}"));
    }

    /// Sends a request whose answer matters to nobody; a refusal is logged.
    pub(crate) fn ask<R: Request>(&self, params: R::Params)
    where
        R::Params: Send + 'static,
        R::Result: Send + Debug,
    {
        let client = self.client.clone();
        tokio::spawn(async move {
            if let Err(error) = client.send_request::<R>(params).await {
                tracing::warn!("the client refused {}: {error}", R::METHOD);
            }
        });
    }

    /// Sends a request; its answer comes back as the event that `then` makes of it.
    pub(crate) fn request<R: Request>(
        &self,
        params: R::Params,
        then: impl FnOnce(jsonrpc::Result<R::Result>) -> Event + Send + 'static,
    ) where
        R::Params: Send + 'static,
        R::Result: Send,
    {
        let (client, events) = (self.client.clone(), self.events.clone());
        tokio::spawn(async move {
            let answer = client.send_request::<R>(params).await;
            let _ = events.send(then(answer));
        });
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<ShowMessage>(ShowMessageParams { typ, message: message.into() });
    }

    /// Writes a line into the client's log of this server.
    pub(crate) fn log(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<LogMessage>(LogMessageParams { typ, message: message.into() });
    }
}
