//! Editors with builds on save on a real engine: a storm of saves, and two editors on one project.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use builder::BuildKit;
use inner_loop::{
    BuildEvent, BuildHandle, BuildOutcome, BuildRequest, Builder, BuilderDescription, EventSink,
};
use serde_json::{Value, json};

use super::harness::{ALL, Context, DEADLINE, Engine, on_each};
use super::program_build::nonce;
use crate::lsp::client::{Client, Setup};

/// The engine's builder, which tells how each build ended, and counts those that run at once.
struct Watched {
    builder: BuildKit,
    ended: Mutex<Sender<Ended>>,
    running: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

struct Ended {
    text: String,
    outcome: BuildOutcome,
}

impl Builder for Watched {
    fn start(&self, request: BuildRequest, sink: EventSink) -> Box<dyn BuildHandle> {
        let (ended, text) = (self.ended.lock().unwrap().clone(), request.dockerfile_text.clone());
        let running = Arc::clone(&self.running);
        self.most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        self.builder.start(
            request,
            Box::new(move |event| {
                if let BuildEvent::Finished { outcome, .. } = &event {
                    running.fetch_sub(1, Ordering::SeqCst);
                    let _ = ended.send(Ended { text: text.clone(), outcome: outcome.clone() });
                }
                sink(event);
            }),
        )
    }

    fn describe(&self) -> Result<BuilderDescription, String> {
        self.builder.describe()
    }
}

struct Editor {
    client: Client,
    ended: Receiver<Ended>,
    most: Arc<AtomicUsize>,
    uri: String,
    version: i32,
}

impl Editor {
    async fn open(engine: &Engine, context: &Context, text: &str) -> Self {
        let (sender, ended) = channel();
        let most = Arc::new(AtomicUsize::new(0));
        let builder = Watched {
            builder: engine.builder(),
            ended: Mutex::new(sender),
            running: Arc::default(),
            most: Arc::clone(&most),
        };
        let setup = Setup {
            capabilities: json!({"textDocument": {"diagnostic": {}}}),
            builder: Arc::new(builder),
            initialization_options: json!({"build": {"onSave": true}}),
            ..Setup::default()
        };
        let mut client = Client::with(setup).await;
        let uri = format!("file://{}/Dockerfile", context.path().display());
        client.open_as(&uri, text).await;
        Self { client, ended, most, uri, version: 1 }
    }

    async fn save(&mut self, context: &Context, text: &str) {
        self.version += 1;
        let document = json!({"uri": self.uri, "version": self.version});
        let changes = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.client.notify("textDocument/didChange", changes).await;
        fs::write(context.path().join("Dockerfile"), text).unwrap();
        self.client.notify("textDocument/didSave", json!({"textDocument": {"uri": self.uri}})).await;
    }

    /// Waits for the build of this text; all others must have been stopped or have succeeded.
    fn until_built(&self, text: &str) -> usize {
        let mut n_ended = 0;
        loop {
            let build = self.ended.recv_timeout(DEADLINE).expect("the last build ends");
            n_ended += 1;
            let is_good = matches!(build.outcome, BuildOutcome::Succeeded { .. } | BuildOutcome::Canceled);
            assert!(is_good, "{:?}", build.outcome);
            if build.text == text && matches!(build.outcome, BuildOutcome::Succeeded { .. }) {
                return n_ended;
            }
        }
    }

    async fn close(mut self) {
        let id = self.client.request("shutdown", Value::Null).await;
        self.client.result(id).await;
    }
}

async fn storm(engine: &Engine) {
    let context = Context::new(&[("a", "a")]);
    let nonce = nonce();
    let text = |turn: usize| {
        let seconds = if turn < 100 { 30 } else { 0 };
        format!("FROM debian:bookworm-slim\nCOPY a /\nRUN echo {nonce} {turn} && sleep {seconds}\n")
    };
    fs::write(context.path().join("Dockerfile"), text(0)).unwrap();
    let mut editor = Editor::open(engine, &context, &text(0)).await;
    for turn in 1..=100 {
        editor.save(&context, &text(turn)).await;
    }
    let n_ended = editor.until_built(&text(100));
    println!("{n_ended} builds for 100 saves");
    assert!(n_ended <= 100);
    assert_eq!(editor.most.load(Ordering::SeqCst), 1, "builds that ran at once");
    editor.close().await;
}

#[test]
fn a_hundred_saves_leave_the_build_of_the_last_one() {
    on_each(&ALL, |engine| engine.runtime.block_on(storm(engine)));
}

async fn side_by_side(engine: &Engine) {
    let context = Context::new(&[("a", "a")]);
    let nonce = nonce();
    let text = |who: &str, turn: usize| {
        format!("FROM debian:bookworm-slim\nCOPY a /\nRUN echo {nonce} {who} {turn} && test -f /a\n")
    };
    fs::write(context.path().join("Dockerfile"), text("one", 0)).unwrap();
    let mut one = Editor::open(engine, &context, &text("one", 0)).await;
    let mut two = Editor::open(engine, &context, &text("two", 0)).await;
    for turn in 1..=10 {
        one.save(&context, &text("one", turn)).await;
        context.write("a", &turn.to_string());
        two.save(&context, &text("two", turn)).await;
    }
    one.until_built(&text("one", 10));
    two.until_built(&text("two", 10));
    one.close().await;
    two.close().await;
}

#[test]
fn two_editors_on_one_project_do_not_disturb_each_other() {
    on_each(&ALL, |engine| engine.runtime.block_on(side_by_side(engine)));
}
