//! One server process and its open files: sends as an editor does, and times what comes back.
//!
//! The clock starts before a message is written and stops when the answer's last byte is read, before it is decoded.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Where the file stands that is typed in; nothing needs to be there.
const FOLDER: &str = "/tmp/layerwise-bench";
const PATIENCE: Duration = Duration::from_secs(60);
/// A server whose diagnostics carry no version may publish twice; what follows an answer this soon belongs to it.
const SETTLING: Duration = Duration::from_millis(25);

/// One change of one place, in LSP's units.
pub struct Edit {
    /// Line, from 0.
    pub line: usize,
    /// Column in UTF-16 units, from 0.
    pub column: usize,
    /// UTF-16 units that go.
    pub removed: usize,
    /// What comes.
    pub inserted: &'static str,
    /// The whole text after the change, for servers that take nothing less.
    pub text: String,
}

/// A running server.
pub struct Session {
    child: Child,
    folder: String,
    uri: String,
    settings: Value,
    input: ChildStdin,
    frames: Receiver<(Instant, Vec<u8>)>,
    next_id: i64,
    version: i64,
    pulls: bool,
    takes_changes: bool,
    capabilities: Value,
}

impl Session {
    /// Starts the server, program and arguments; also returns the time from spawn to the answer of `initialize`.
    ///
    /// # Errors
    /// One line: it does not start, or answers with an error.
    pub fn start(command: &[String]) -> Result<(Self, Duration), String> {
        Self::start_in(FOLDER, command, &Value::Null)
    }

    /// The same in a folder, whose Dockerfile is the file, and with these settings.
    ///
    /// # Errors
    /// As for [`Session::start`].
    pub fn start_in(folder: &str, command: &[String], settings: &Value) -> Result<(Self, Duration), String> {
        let started = Instant::now();
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", command[0]))?;
        let input = child.stdin.take().ok_or("no stdin")?;
        let output = child.stdout.take().ok_or("no stdout")?;
        let frames = read_frames(output);
        let mut session = Self {
            child,
            folder: folder.to_owned(),
            uri: format!("file://{folder}/Dockerfile"),
            settings: settings.clone(),
            input,
            frames,
            next_id: 0,
            version: 0,
            pulls: false,
            takes_changes: false,
            capabilities: Value::Null,
        };
        let id = session.request("initialize", &initialize_parameters())?;
        let (arrived, mut result) = session.answer(id)?;
        session.capabilities = result["capabilities"].take();
        let capabilities = &session.capabilities;
        session.pulls = capabilities["diagnosticProvider"].is_object();
        let sync = &capabilities["textDocumentSync"];
        session.takes_changes = sync.as_i64().or_else(|| sync["change"].as_i64()) == Some(2);
        session.notify("initialized", &json!({}))?;
        Ok((session, arrived - started))
    }

    /// The server's process.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Opens the file; the time to its diagnostics.
    ///
    /// # Errors
    /// One line: the server ended, answers with an error, or says nothing for a minute.
    pub fn open(&mut self, text: &str) -> Result<Duration, String> {
        let started = Instant::now();
        self.version += 1;
        let document =
            json!({"uri": self.uri, "languageId": "dockerfile", "version": self.version, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}))?;
        self.diagnostics(started)
    }

    /// Opens many files at once; the time until all of them have diagnostics.
    ///
    /// # Errors
    /// One line: the server ended, answers with an error, or says nothing for a minute.
    pub fn open_all(&mut self, texts: &[String]) -> Result<Duration, String> {
        let started = Instant::now();
        let uris: Vec<String> =
            (0..texts.len()).map(|index| format!("file://{}/{index}/Dockerfile", self.folder)).collect();
        for (uri, text) in uris.iter().zip(texts) {
            let document = json!({"uri": uri, "languageId": "dockerfile", "version": 1, "text": text});
            self.notify("textDocument/didOpen", &json!({"textDocument": document}))?;
        }
        if self.pulls {
            let asked = |uri| json!({"textDocument": {"uri": uri}});
            let ids: Result<Vec<i64>, String> =
                uris.iter().map(|uri| self.request("textDocument/diagnostic", &asked(uri))).collect();
            return Ok(self.answers(ids?.into_iter().collect())? - started);
        }
        let mut missing: HashSet<String> = uris.into_iter().collect();
        loop {
            let (arrived, message) = self.next(PATIENCE)?;
            if message["method"] == "textDocument/publishDiagnostics" {
                missing.remove(message["params"]["uri"].as_str().unwrap_or_default());
            }
            if missing.is_empty() {
                return Ok(arrived - started);
            }
        }
    }

    /// Whether the server said at the start that it can do this: a JSON pointer into its capabilities.
    pub fn offers(&self, pointer: &str) -> bool {
        self.capabilities.pointer(pointer).is_some_and(|value| !value.is_null() && *value != json!(false))
    }

    /// Asks something about the open file; the answer and the time to it.
    ///
    /// # Errors
    /// One line: the server ended, answers with an error, or says nothing for a minute.
    pub fn ask(&mut self, method: &str, mut parameters: Value) -> Result<(Duration, Value), String> {
        parameters["textDocument"] = json!({"uri": self.uri});
        let started = Instant::now();
        let id = self.request(method, &parameters)?;
        let (arrived, result) = self.answer(id)?;
        Ok((arrived - started, result))
    }

    /// Types one key; the time to its diagnostics.
    ///
    /// # Errors
    /// One line: the server ended, answers with an error, or says nothing for a minute.
    pub fn edit(&mut self, edit: &Edit) -> Result<Duration, String> {
        let started = Instant::now();
        self.type_key(edit)?;
        self.diagnostics(started)
    }

    /// Types one key and waits for nothing.
    ///
    /// # Errors
    /// One line: the server ended, answers with an error, or says nothing for a minute.
    pub fn type_key(&mut self, edit: &Edit) -> Result<(), String> {
        self.version += 1;
        let change = if self.takes_changes {
            let place = |column| json!({"line": edit.line, "character": column});
            let range = json!({"start": place(edit.column), "end": place(edit.column + edit.removed)});
            json!({"range": range, "text": edit.inserted})
        } else {
            json!({"text": edit.text})
        };
        let document = json!({"uri": self.uri, "version": self.version});
        let parameters = json!({"textDocument": document, "contentChanges": [change]});
        self.notify("textDocument/didChange", &parameters)
    }

    /// Saves the file as it is, with this text; nothing is waited for.
    ///
    /// # Errors
    /// One line: the server reads no more.
    pub fn save(&mut self, text: &str) -> Result<(), String> {
        self.version += 1;
        let document = json!({"uri": self.uri, "version": self.version});
        self.notify(
            "textDocument/didChange",
            &json!({"textDocument": document, "contentChanges": [{"text": text}]}),
        )?;
        self.notify("textDocument/didSave", &json!({"textDocument": {"uri": self.uri}}))
    }

    /// Waits for a report of progress that `is_it`; when it came.
    ///
    /// # Errors
    /// One line: there was none for a minute.
    pub fn progress(&mut self, mut is_it: impl FnMut(&Value) -> bool) -> Result<Instant, String> {
        loop {
            let (arrived, message) = self.next(PATIENCE)?;
            if message["method"] == "$/progress" && is_it(&message["params"]["value"]) {
                return Ok(arrived);
            }
        }
    }

    /// Ends the server politely, and else by its process id.
    pub fn end(mut self) {
        if let Ok(id) = self.request("shutdown", &Value::Null)
            && self.answer(id).is_ok()
            && self.notify("exit", &Value::Null).is_ok()
        {
            let deadline = Instant::now() + Duration::from_secs(2);
            while Instant::now() < deadline {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn diagnostics(&mut self, started: Instant) -> Result<Duration, String> {
        if self.pulls {
            return self.pulled(started);
        }
        loop {
            let (arrived, message) = self.next(PATIENCE)?;
            if message["method"] != "textDocument/publishDiagnostics" || message["params"]["uri"] != self.uri
            {
                continue;
            }
            match message["params"]["version"].as_i64() {
                Some(version) if version < self.version => {}
                Some(_) => return Ok(arrived - started),
                None => {
                    while self.next(SETTLING).is_ok() {}
                    return Ok(arrived - started);
                }
            }
        }
    }

    /// A server that cancels a pull wants it again; the clock goes on.
    fn pulled(&mut self, started: Instant) -> Result<Duration, String> {
        loop {
            let id = self.request("textDocument/diagnostic", &json!({"textDocument": {"uri": self.uri}}))?;
            match self.answer(id) {
                Ok((arrived, _)) => return Ok(arrived - started),
                Err(error) if error.contains("-32802") || error.contains("-32801") => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn request(&mut self, method: &str, parameters: &Value) -> Result<i64, String> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}))?;
        Ok(id)
    }

    fn notify(&mut self, method: &str, parameters: &Value) -> Result<(), String> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": parameters}))
    }

    fn answer(&mut self, id: i64) -> Result<(Instant, Value), String> {
        loop {
            let (arrived, mut message) = self.next(PATIENCE)?;
            if message["id"].as_i64() == Some(id) && message["method"].is_null() {
                return match message.get("error") {
                    Some(error) => Err(format!("the server answers {error}")),
                    None => Ok((arrived, message["result"].take())),
                };
            }
        }
    }

    /// Waits for all of these answers; when the last one came.
    fn answers(&mut self, mut ids: HashSet<i64>) -> Result<Instant, String> {
        loop {
            let (arrived, message) = self.next(PATIENCE)?;
            if message["method"].is_null()
                && message["id"].as_i64().is_some_and(|id| ids.remove(&id))
                && ids.is_empty()
            {
                return Ok(arrived);
            }
        }
    }

    /// The next message; requests of the server are answered as by an editor with these settings.
    fn next(&mut self, patience: Duration) -> Result<(Instant, Value), String> {
        let (arrived, body) = self.frames.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("no answer within {} s", patience.as_secs()),
            RecvTimeoutError::Disconnected => "the server ended".to_owned(),
        })?;
        let message: Value = serde_json::from_slice(&body).map_err(|error| format!("not JSON: {error}"))?;
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = if method == "workspace/configuration" {
                json!(vec![self.settings.clone(); items])
            } else {
                Value::Null
            };
            self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}))?;
        }
        Ok((arrived, message))
    }

    fn send(&mut self, message: &Value) -> Result<(), String> {
        let body = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.input
            .write_all(frame.as_bytes())
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("the server reads no more: {error}"))
    }
}

/// A session that failed leaves no process behind.
impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn initialize_parameters() -> Value {
    json!({
        "processId": std::process::id(),
        "rootUri": null,
        "capabilities": {
            "window": {"workDoneProgress": true},
            "workspace": {"configuration": true, "didChangeConfiguration": {"dynamicRegistration": true}},
            "textDocument": {
                "synchronization": {"dynamicRegistration": false},
                "publishDiagnostics": {"versionSupport": true, "relatedInformation": true},
                "diagnostic": {"dynamicRegistration": false},
                "hover": {"contentFormat": ["markdown"]},
                "semanticTokens": {
                    "requests": {"full": {"delta": true}, "range": true},
                    "tokenTypes": ["namespace", "keyword", "comment", "string", "variable", "parameter", "property", "operator", "macro", "function"],
                    "tokenModifiers": ["declaration", "readonly"],
                    "formats": ["relative"],
                },
            },
        },
    })
}

/// Reads frames on a thread of its own and stamps each when its last byte is there.
fn read_frames(output: ChildStdout) -> Receiver<(Instant, Vec<u8>)> {
    let (sender, frames) = channel();
    thread::spawn(move || {
        let mut output = BufReader::with_capacity(1 << 16, output);
        while let Some(body) = read_frame(&mut output) {
            if sender.send((Instant::now(), body)).is_err() {
                break;
            }
        }
    });
    frames
}

fn read_frame(output: &mut BufReader<ChildStdout>) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    Some(body)
}
