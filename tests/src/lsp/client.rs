//! A client for tests: strict about what it is sent. Messages that no test has read are a failure.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use inner_loop::Builder;
use lsp::{Exit, Options, RequestHook};
use serde_json::{Value, json};
use test_support::ScriptedBuilder;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

/// No message takes this long, even on a machine with other work to do.
const DEADLINE: Duration = Duration::from_secs(180);

/// The document of most tests.
pub(crate) const URI: &str = "file:///no/such/folder/Dockerfile";

/// A client with its server.
pub(crate) struct Client {
    to_server: Option<DuplexStream>,
    from_server: UnboundedReceiver<Value>,
    unread: VecDeque<Value>,
    server: JoinHandle<Exit>,
    last_id: i64,
}

/// What a session starts with.
pub(crate) struct Setup {
    pub(crate) capabilities: Value,
    pub(crate) builder: Arc<dyn Builder>,
    pub(crate) cache_folder: Option<PathBuf>,
    pub(crate) program_path: Option<OsString>,
    pub(crate) on_request: Option<RequestHook>,
    pub(crate) initialization_options: Value,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            capabilities: json!({}),
            builder: Arc::new(ScriptedBuilder::default()),
            cache_folder: None,
            program_path: None,
            on_request: None,
            initialization_options: Value::Null,
        }
    }
}

/// Capabilities of a client that pulls diagnostics.
pub(crate) fn pulls() -> Value {
    json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}})
}

impl Client {
    /// A server and a client that have not spoken yet.
    pub(crate) fn silent(setup: Setup) -> Self {
        let (to_server, input) = tokio::io::duplex(1 << 16);
        let (output, from_server) = tokio::io::duplex(1 << 16);
        let Setup { builder, cache_folder, program_path, on_request, .. } = setup;
        let options = Options { builder, cache_folder, program_path, on_request };
        let server = tokio::spawn(lsp::run_with(input, output, options));
        let (sender, messages) = unbounded_channel();
        tokio::spawn(async move {
            let mut stream = BufReader::new(from_server);
            while let Some(message) = read(&mut stream).await {
                let _ = sender.send(message);
            }
        });
        Self {
            to_server: Some(to_server),
            from_server: messages,
            unread: VecDeque::new(),
            server,
            last_id: 0,
        }
    }

    /// A session that is ready.
    pub(crate) async fn with(setup: Setup) -> Self {
        let capabilities = setup.capabilities.clone();
        let initialization_options = setup.initialization_options.clone();
        let mut client = Self::silent(setup);
        let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities,
            "initializationOptions": initialization_options});
        let id = client.request("initialize", params).await;
        client.result(id).await;
        client.notify("initialized", json!({})).await;
        client
    }

    /// A session of a client that can do nothing special: diagnostics are pushed.
    pub(crate) async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// A session of a client that pulls diagnostics.
    pub(crate) async fn pulling() -> Self {
        Self::with(Setup { capabilities: pulls(), ..Setup::default() }).await
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_body(message.to_string().as_bytes()).await;
    }

    pub(crate) async fn send_body(&mut self, body: &[u8]) {
        let mut bytes = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        bytes.extend_from_slice(body);
        self.send_bytes(&bytes).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        let to_server = self.to_server.as_mut().expect("the input is closed");
        let sent = tokio::time::timeout(DEADLINE, to_server.write_all(bytes)).await;
        sent.expect("the server reads no more").expect("the server is gone");
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    /// Sends a request and returns its id.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params})).await;
        self.last_id
    }

    /// The whole response to a request.
    pub(crate) async fn response(&mut self, id: i64) -> Value {
        self.take(|message| message.get("method").is_none() && message["id"] == id, &format!("response {id}"))
            .await
    }

    /// The result of a request that must succeed.
    pub(crate) async fn result(&mut self, id: i64) -> Value {
        let mut response = self.response(id).await;
        assert!(response.get("error").is_none(), "{response}");
        response["result"].take()
    }

    /// The error of a request that must fail.
    pub(crate) async fn error(&mut self, id: i64) -> Value {
        let mut response = self.response(id).await;
        assert!(response.get("result").is_none(), "{response}");
        response["error"].take()
    }

    /// Asks and waits for the result.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params).await;
        self.result(id).await
    }

    /// The parameters of the next notification of a method.
    pub(crate) async fn notification(&mut self, method: &str) -> Value {
        let is_it = |message: &Value| message["method"] == method && message.get("id").is_none();
        self.take(is_it, method).await["params"].take()
    }

    /// Waits for a request of the server and answers it.
    pub(crate) async fn answer(&mut self, method: &str, result: Value) -> Value {
        let mut request =
            self.take(|message| message["method"] == method && message.get("id").is_some(), method).await;
        self.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).await;
        request["params"].take()
    }

    /// The next message that `is_it` takes; others stay unread.
    pub(crate) async fn take(&mut self, is_it: impl Fn(&Value) -> bool, what: &str) -> Value {
        if let Some(index) = self.unread.iter().position(&is_it) {
            return self.unread.remove(index).expect("found above");
        }
        loop {
            let Ok(message) = tokio::time::timeout(DEADLINE, self.from_server.recv()).await else {
                panic!("no {what} came; unread: {:#?}", self.unread);
            };
            let message = message
                .unwrap_or_else(|| panic!("the server ended before {what}; unread: {:#?}", self.unread));
            if is_it(&message) {
                return message;
            }
            self.unread.push_back(message);
        }
    }

    /// The next of the messages that have come and were not read, that `is_it` takes.
    pub(crate) fn take_unread(&mut self, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        let index = self.unread.iter().position(is_it)?;
        self.unread.remove(index)
    }

    pub(crate) async fn open(&mut self, text: &str) {
        self.open_as(URI, text).await;
    }

    pub(crate) async fn open_as(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "dockerfile", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    /// Sends changes as one message.
    pub(crate) async fn change(&mut self, version: i32, changes: Value) {
        let params = json!({"textDocument": {"uri": URI, "version": version}, "contentChanges": changes});
        self.notify("textDocument/didChange", params).await;
    }

    /// The diagnostics of the next push for a version; pushes for earlier versions may come before or be left out.
    pub(crate) async fn pushed(&mut self, version: i32) -> Vec<Value> {
        loop {
            let mut params = self.notification("textDocument/publishDiagnostics").await;
            let got = params["version"].as_i64().unwrap_or(i64::MAX);
            assert!(got <= i64::from(version), "{params}");
            if got == i64::from(version) {
                return params["diagnostics"].take().as_array().expect("a list").clone();
            }
        }
    }

    /// The diagnostics that a pull brings.
    pub(crate) async fn pull(&mut self) -> Vec<Value> {
        let mut report = self.ask("textDocument/diagnostic", json!({"textDocument": {"uri": URI}})).await;
        assert_eq!(report["kind"], "full", "{report}");
        report["items"].take().as_array().expect("a list").clone()
    }

    /// Ends the session as a good client does; nothing may be left unread.
    pub(crate) async fn finish(mut self) {
        let id = self.request("shutdown", Value::Null).await;
        self.result(id).await;
        self.notify("exit", Value::Null).await;
        assert_eq!(self.exit().await, Exit::AfterShutdown);
    }

    /// How the session ends, now that it must. Nothing may be left unread.
    pub(crate) async fn exit(mut self) -> Exit {
        let exit = tokio::time::timeout(DEADLINE, &mut self.server).await;
        let exit = exit.expect("the server does not end").expect("the server panicked");
        while let Ok(Some(message)) = tokio::time::timeout(DEADLINE, self.from_server.recv()).await {
            self.unread.push_back(message);
        }
        assert!(self.unread.is_empty(), "unread messages: {:#?}", self.unread);
        exit
    }

    /// Closes the server's input.
    pub(crate) fn close_input(&mut self) {
        self.to_server = None;
    }
}

async fn read(stream: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut header = String::new();
    stream.read_line(&mut header).await.ok().filter(|read| *read > 0)?;
    let length: usize =
        header.strip_prefix("Content-Length: ").expect("one header").trim().parse().expect("a number");
    let mut body = vec![0; length + 2];
    stream.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body[2..]).expect("JSON"))
}
