//! Whole sessions: edits, requests and cancels in any order. Every request has one answer, no answer is a breakdown, and in the end the
//! server says of the edited document what it says of the same text opened anew.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lsp::{Exit, Options};
use serde_json::{Value, json};
use syntax::{Document, Encoding, Position, TextRange};
use test_support::ScriptedBuilder;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::runtime::Runtime;

use super::bytes::Choices;

const URI: &str = "file:///no/such/folder/Dockerfile";
const SAME_TEXT: &str = "file:///no/such/folder/Dockerfile.same";
/// No session takes this long.
const DEADLINE: Duration = Duration::from_secs(180);
const EXIT: &str = "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";
/// Longer texts are not edited any more.
const LONGEST: u32 = 4000;

/// What is asked about a place or a range of a document. What the server does not know it refuses by name.
const REQUESTS: [&str; 21] = [
    "textDocument/diagnostic",
    "textDocument/codeAction",
    "textDocument/inlayHint",
    "textDocument/codeLens",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/range",
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/onTypeFormatting",
    "textDocument/documentLink",
];

/// Reads bytes as a session and runs it to its end.
pub(crate) fn check(data: &[u8]) {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
    let mut session = Session::new(Choices::new(data));
    session.write();
    let Session { bytes, last_id, text, .. } = session;
    let run = async { tokio::time::timeout(DEADLINE, run(bytes, last_id)).await };
    let answers = runtime.block_on(run).unwrap_or_else(|_| panic!("the session hangs: {text:?}"));
    check_answers(&answers, last_id, &text);
}

/// The messages of a session, and what the client knows of it.
struct Session<'a> {
    choices: Choices<'a>,
    bytes: Vec<u8>,
    last_id: i64,
    version: i32,
    text: String,
}

impl<'a> Session<'a> {
    const fn new(choices: Choices<'a>) -> Self {
        Self { choices, bytes: Vec::new(), last_id: 0, version: 1, text: String::new() }
    }

    fn write(&mut self) {
        let capabilities =
            json!({"textDocument": {"diagnostic": {}, "codeAction": {"codeActionLiteralSupport": {}}}});
        self.request("initialize", json!({"capabilities": capabilities}));
        self.notify("initialized", json!({}));
        self.text = self.choices.text(16);
        self.open(URI);
        while let Some(kind) = self.choices.byte() {
            match kind % 16 {
                0..=6 => self.change(),
                7..=12 => self.ask(kind),
                13 => {
                    let id = self.choices.below(usize::try_from(self.last_id + 2).unwrap_or(1));
                    self.notify("$/cancelRequest", json!({"id": id}));
                }
                14 => {
                    self.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
                    self.open(URI);
                }
                _ => self.notify("textDocument/didSave", json!({"textDocument": {"uri": URI}})),
            }
        }
        self.open(SAME_TEXT);
        for uri in [URI, SAME_TEXT] {
            self.request("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}));
        }
        self.request("shutdown", Value::Null);
    }

    fn open(&mut self, uri: &str) {
        let document =
            json!({"uri": uri, "languageId": "dockerfile", "version": self.version, "text": self.text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn change(&mut self) {
        let document = Document::new(&self.text);
        let range = self.range();
        let new_text = if document.len() > LONGEST { String::new() } else { self.choices.text(3) };
        let offset = |at: &str| {
            let part =
                |name: &str| u32::try_from(range[at][name].as_u64().unwrap_or_default()).unwrap_or_default();
            document.offset(Position { line: part("line"), character: part("character") }, Encoding::Utf16)
        };
        let (start, end) = (offset("start"), offset("end"));
        let mut changed = document;
        changed.edit(TextRange::new(start.min(end), start.max(end)), &new_text);
        self.text = changed.text();
        self.version += 1;
        let change = json!({"range": range, "text": new_text});
        self.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": URI, "version": self.version}, "contentChanges": [change]}),
        );
    }

    /// A request, sometimes twice, the second canceled at once.
    fn ask(&mut self, kind: u8) {
        let method = REQUESTS[self.choices.below(REQUESTS.len())];
        let range = self.range();
        let params = json!({
            "textDocument": {"uri": URI}, "position": range["start"], "positions": [range["start"]], "range": range,
            "context": {"diagnostics": [], "includeDeclaration": true}, "newName": "x", "ch": "\n",
            "options": {"tabSize": 4, "insertSpaces": true},
        });
        self.request(method, params.clone());
        if kind >= 192 {
            self.request(method, params);
            self.notify("$/cancelRequest", json!({"id": self.last_id}));
        }
    }

    /// Some range, now and then behind the end of a line or of the text.
    fn range(&mut self) -> Value {
        let n_lines = self.text.split('\n').count() + 1;
        let (line, character) = (self.choices.below(n_lines), self.choices.below(40));
        let further = self.choices.byte().unwrap_or(0);
        let (lines, characters) = (usize::from(further >> 6) / 2, usize::from(further % 16));
        json!({"start": {"line": line, "character": character},
            "end": {"line": line + lines, "character": character + characters}})
    }

    fn request(&mut self, method: &str, params: Value) {
        self.last_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}));
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }
}

/// Sends a session and reads what comes back. As clients do, it ends the server only when the last request is answered, and all before.
async fn run(bytes: Vec<u8>, last_id: i64) -> Vec<Value> {
    let (mut to_server, input) = tokio::io::duplex(1 << 16);
    let (output, from_server) = tokio::io::duplex(1 << 16);
    let options = Options {
        builder: Arc::new(ScriptedBuilder::default()),
        cache_folder: None,
        program_path: None,
        on_request: None,
    };
    let server = tokio::spawn(lsp::run_with(input, output, options));
    let writer = tokio::spawn(async move {
        to_server.write_all(&bytes).await.expect("the server reads to the end");
        to_server
    });
    let mut stream = BufReader::new(from_server);
    let mut messages = Vec::new();
    let mut n_answers = 0;
    while n_answers < last_id {
        let message = read(&mut stream).await.expect("the server does not end before the client");
        n_answers += i64::from(message.get("method").is_none());
        messages.push(message);
    }
    let mut to_server = writer.await.expect("the session was sent");
    to_server.write_all(EXIT.as_bytes()).await.expect("the server reads to the end");
    while let Some(message) = read(&mut stream).await {
        messages.push(message);
    }
    assert_eq!(server.await.expect("the server panicked"), Exit::AfterShutdown);
    messages
}

async fn read(stream: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut header = String::new();
    stream.read_line(&mut header).await.ok().filter(|read| *read > 0)?;
    let length = header.strip_prefix("Content-Length: ").expect("one header").trim();
    let mut body = vec![0; length.parse::<usize>().expect("a number") + 2];
    stream.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body[2..]).expect("JSON"))
}

fn check_answers(messages: &[Value], last_id: i64, text: &str) {
    let mut answers = BTreeMap::new();
    for message in messages.iter().filter(|message| message.get("method").is_none()) {
        let id = message["id"].as_i64().expect("the id of a request");
        assert!(answers.insert(id, message).is_none(), "two answers to request {id}: {text:?}");
        // What breaks down inside is answered so.
        assert_ne!(message["error"]["code"], -32603, "{message} {text:?}");
    }
    let ids: Vec<i64> = answers.keys().copied().collect();
    assert_eq!(ids, (1..=last_id).collect::<Vec<_>>(), "{text:?}");
    let items = |id: i64| answers.get(&id).map(|answer| &answer["result"]["items"]);
    assert_eq!(items(last_id - 2), items(last_id - 1), "edited and opened anew: {text:?}");
}
