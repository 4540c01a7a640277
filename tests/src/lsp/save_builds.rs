//! Builds on save in the editor: what starts one, who may switch them on, and what a storm of saves leaves.

use std::fs;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use inner_loop::{
    BuildEvent, BuildHandle, BuildOutcome, BuildRequest, Builder, BuilderDescription, EventSink, Vertex,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Setup};

const TEXT: &str = "FROM alpine\nCOPY src /src\nRUN make\n";
const MAKE: &str = "[3/3] RUN make";

const DEADLINE: Duration = Duration::from_secs(180);

/// Tells of each build that it is asked for, runs its last step, and ends when it is stopped.
struct Endless {
    told: Mutex<Sender<BuildRequest>>,
}

struct Running(Mutex<Option<EventSink>>);

impl Builder for Endless {
    fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle> {
        sink(BuildEvent::Started { builder: "endless".to_owned() });
        let (digest, name) = (MAKE.to_owned(), MAKE.to_owned());
        sink(BuildEvent::Vertex(Vertex { digest, name, started: Some(0.1), ..Vertex::default() }));
        let _ = self.told.lock().unwrap().send(request);
        Box::new(Running(Mutex::new(Some(sink))))
    }

    fn describe(&self) -> Result<BuilderDescription, String> {
        Ok(BuilderDescription::default())
    }
}

impl BuildHandle for Running {
    fn cancel(&self) {
        if let Some(sink) = self.0.lock().unwrap().take() {
            sink(BuildEvent::Finished { outcome: BuildOutcome::Canceled, seconds: 1.0 });
        }
    }
}

struct Session {
    client: Client,
    builds: Receiver<BuildRequest>,
    folder: TempDir,
    version: i32,
}

impl Session {
    /// A folder with a Dockerfile that is open, and these settings of the client's.
    async fn new(options: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        for (name, text) in [("Dockerfile", TEXT), ("src/a", "0"), ("notes.md", "0")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let (told, builds) = channel();
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}}}),
            builder: Arc::new(Endless { told: Mutex::new(told) }),
            initialization_options: options,
            ..Setup::default()
        };
        let mut session = Self { client: Client::with(setup).await, builds, folder, version: 1 };
        let uri = session.uri();
        session.client.open_as(&uri, TEXT).await;
        session
    }

    fn uri(&self) -> String {
        format!("file://{}/Dockerfile", self.folder.path().display())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Saves the document with this text, as an editor does.
    async fn save(&mut self, text: &str) {
        self.version += 1;
        let document = json!({"uri": self.uri(), "version": self.version});
        let changes = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.client.notify("textDocument/didChange", changes).await;
        self.write("Dockerfile", text);
        self.client.notify("textDocument/didSave", json!({"textDocument": {"uri": self.uri()}})).await;
    }

    /// Does something until a build comes of it: files are followed from some moment on, of which nobody tells.
    fn until_built(&self, mut act: impl FnMut(&Self, u32)) -> BuildRequest {
        let began = Instant::now();
        let mut turn = 0;
        loop {
            turn += 1;
            act(self, turn);
            match self.builds.recv_timeout(Duration::from_millis(200)) {
                Ok(request) => return request,
                Err(RecvTimeoutError::Timeout) if began.elapsed() < DEADLINE => {}
                Err(error) => panic!("no build came: {error}"),
            }
        }
    }

    async fn stop(&mut self) {
        let command = json!({"command": "layerwise.cancel", "arguments": [{"uri": self.uri()}]});
        self.client.ask("workspace/executeCommand", command).await;
    }
}

fn on_save() -> Value {
    json!({"build": {"onSave": true}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_file_that_the_build_reads_builds_and_others_do_not() {
    let mut session = Session::new(on_save()).await;
    let request = session.until_built(|session, turn| session.write("src/a", &turn.to_string()));
    assert_eq!(request.dockerfile_text, TEXT);
    // The step that runs reads what changes: the build is stopped for the next one.
    session.write("notes.md", "1");
    session.write("src/a", "once more");
    session.builds.recv_timeout(DEADLINE).expect("the next build");
    // The Dockerfile now reads something else.
    session.save(&TEXT.replace("src /src", "notes.md /")).await;
    session.builds.recv_timeout(DEADLINE).expect("the Dockerfile's build");
    session.until_built(|session, turn| session.write("notes.md", &turn.to_string()));
    session.stop().await;
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_built_in_a_folder_that_is_not_trusted() {
    let options = json!({"workspaceTrusted": false, "build": {"onSave": true}});
    let mut session = Session::new(options).await;
    session.write("src/a", "1");
    session.save(&TEXT.replace("make", "make all")).await;
    let command = json!({"command": "layerwise.build", "arguments": [{"uri": session.uri()}]});
    session.client.ask("workspace/executeCommand", command).await;
    session.builds.recv_timeout(DEADLINE).expect("the build that was asked for");
    session.stop().await;
    assert!(session.builds.try_recv().is_err(), "a save was built");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_project_cannot_switch_it_on() {
    let mut session = Session::new(json!({})).await;
    session.write("layerwise.toml", "[build]\nonSave = true\n");
    session.save(&TEXT.replace("make", "make all")).await;
    session.save(&TEXT.replace("make", "make install")).await;
    let command = json!({"command": "layerwise.build", "arguments": [{"uri": session.uri()}]});
    session.client.ask("workspace/executeCommand", command).await;
    let request = session.builds.recv_timeout(DEADLINE).expect("the build that was asked for");
    assert!(request.dockerfile_text.contains("make install"));
    session.stop().await;
    assert!(session.builds.try_recv().is_err(), "a save was built");
    session.client.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_saves_leaves_the_last_one_running() {
    let mut session = Session::new(on_save()).await;
    let last = TEXT.replace("make", "make 100");
    for turn in 1..=100 {
        session.save(&TEXT.replace("make", &format!("make {turn}"))).await;
    }
    let mut n_started = 0;
    loop {
        n_started += 1;
        let request = session.builds.recv_timeout(DEADLINE).expect("the last build");
        if request.dockerfile_text == last {
            break;
        }
    }
    assert!(n_started <= 100, "{n_started}");
    // Saved again as it is: it is being built already.
    session.save(&last).await;
    session.stop().await;
    assert!(session.builds.try_recv().is_err());
    session.client.finish().await;
}
