//! The thin layer around tower-lsp's service: order, cancel, panics and the end of the session.
//!
//! tower-lsp (0.23 of its continuation, measured) polls its handlers in any order, so that 134 of 200 requests saw the text of
//! another edit; runs four at a time, so that four slow ones stop all others and their cancellations; dies with the first
//! panic or malformed message; and knows no exit code. Hence its `Server` is not used. Its service, router, types and trait
//! are, and around them:
//! - each call is polled once, in wire order, before the next message is read; the handlers forward to the main loop in that
//!   first poll (see `backend`), so the main loop sees the order of the wire;
//! - what is not ready then goes on in a task of its own, any number of them; `$/cancelRequest` aborts it, and its answer
//!   (-32800) goes out at once whatever the workers do;
//! - a panic becomes the error of that one request;
//! - a malformed message is answered with an error, and reading goes on;
//! - the session ends with `exit` or the end of the input.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::io::AsyncRead;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tower::Service as _;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};

use crate::frames::{Body, Frame, FrameReader};
use crate::{Exit, ready_answer, tolerance};

/// How long requests may take to finish after the client closed its end without `exit`: a client that pipes its messages in
/// still gets its answers, and no server stays behind a dead editor.
const DRAIN: Duration = Duration::from_secs(1);

/// Reads messages and hands them to the service until the session ends.
pub(crate) async fn serve<S: LanguageServer>(
    input: impl AsyncRead + Unpin,
    service: LspService<S>,
    socket: ClientSocket,
    outgoing: UnboundedSender<Body>,
) -> Exit {
    let (mut requests_to_client, mut responses_of_client) = socket.split();
    let mut session = Session {
        service,
        outgoing: outgoing.clone(),
        running: JoinSet::new(),
        initialized: false,
        shut_down: false,
    };
    let mut forwarding = JoinSet::new();
    forwarding.spawn(async move {
        while let Some(request) = requests_to_client.next().await {
            send(&outgoing, &request);
        }
    });
    let mut frames = FrameReader::new(input);
    loop {
        let frame = match frames.next().await {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(error) => {
                tracing::warn!("reading from the client: {error}");
                break;
            }
        };
        match Incoming::read(frame) {
            Ok(Incoming::Request(request)) if request.method() == "exit" => return session.exit(),
            Ok(Incoming::Request(request)) => session.call(request).await,
            Ok(Incoming::Response(response)) => {
                let _ = responses_of_client.send(response).await;
            }
            Err(error) => session.answer(&Response::from_error(Id::Null, error)),
        }
        // Tasks that have ended are let go of here; waiting for them is never needed.
        while session.running.try_join_next().is_some() {}
    }
    let drained = async { while session.running.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DRAIN, drained).await;
    session.exit()
}

struct Session<S: LanguageServer> {
    service: LspService<S>,
    outgoing: UnboundedSender<Body>,
    running: JoinSet<()>,
    initialized: bool,
    shut_down: bool,
}

impl<S: LanguageServer> Session<S> {
    async fn call(&mut self, request: Request) {
        let id = request.id().cloned();
        let method = request.method().to_owned();
        self.shut_down |= method == "shutdown" && self.initialized;
        let Ok(future) = std::panic::catch_unwind(AssertUnwindSafe(|| self.service.call(request))) else {
            self.answer_panic(id, &method);
            return;
        };
        let future = without_panic(future, id, method.clone());
        if method == "initialize" {
            // The main loop answers at once; clients that do not wait for the answer keep their next messages this way.
            let response = future.await;
            self.initialized |= response.as_ref().is_some_and(Response::is_ok);
            self.answer_maybe(response);
            return;
        }
        let outgoing = self.outgoing.clone();
        let mut answering = ready_answer::sending(future, outgoing).boxed();
        if futures::poll!(&mut answering).is_pending() {
            self.running.spawn(answering);
        }
    }

    fn answer_maybe(&self, response: Option<Response>) {
        if let Some(response) = response {
            self.answer(&response);
        }
    }

    fn answer(&self, response: &Response) {
        send(&self.outgoing, response);
    }

    fn answer_panic(&self, id: Option<Id>, method: &str) {
        self.answer_maybe(id.map(|id| Response::from_error(id, crate::backend::failed(method))));
    }

    fn exit(&self) -> Exit {
        if self.shut_down { Exit::AfterShutdown } else { Exit::WithoutShutdown }
    }
}

/// The answer to a request, also where its handler panics.
fn without_panic(
    future: BoxFuture<'static, Result<Option<Response>, ExitedError>>,
    id: Option<Id>,
    method: String,
) -> BoxFuture<'static, Option<Response>> {
    AssertUnwindSafe(future)
        .catch_unwind()
        .map(move |result| match result {
            Ok(Ok(response)) => response,
            Ok(Err(_exited)) => None,
            Err(_panic) => id.map(|id| Response::from_error(id, crate::backend::failed(&method))),
        })
        .boxed()
}

/// Queues a message for the writer. Where the writer is gone, the client is too, and the end of the input follows.
pub(crate) fn send(outgoing: &UnboundedSender<Body>, message: &impl serde::Serialize) {
    match serde_json::to_string(message) {
        Ok(body) => drop(outgoing.send(body.into())),
        Err(error) => tracing::error!("a message that cannot be written: {error}"),
    }
}

enum Incoming {
    Request(Request),
    Response(Response),
}

impl Incoming {
    fn read(frame: Frame) -> Result<Self, Error> {
        let Frame::Body(body) = frame else { return Err(Error::parse_error()) };
        let mut message: Value = serde_json::from_slice(&body).map_err(|error| {
            tracing::warn!("a message that is no JSON: {error}");
            Error::parse_error()
        })?;
        drop(body);
        tolerance::mend(&mut message);
        let read = if message.get("method").is_some() {
            Request::deserialize(message).map(Self::Request)
        } else {
            Response::deserialize(message).map(Self::Response)
        };
        read.map_err(|error| {
            tracing::warn!("a message that is no JSON-RPC: {error}");
            Error::invalid_request()
        })
    }
}
