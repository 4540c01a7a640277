//! The language server: the only crate that knows LSP types and tower-lsp.
//!
//! A message's way: `frames` (the base protocol) → `tolerance` (odd shapes) → `service` (order, cancel, panics, exit) →
//! `backend` (the protocol's methods, which only forward) → `main_loop` (the one owner of everything mutable). Reading
//! requests run on `workers` with an immutable snapshot; each feature is a file that converts with `from_proto` and `to_proto`
//! and asks `ide`. Nothing about Dockerfiles is decided here.

mod backend;
mod build_events;
mod build_log;
mod build_plan;
mod builder_answer;
mod builds;
mod caller_completion;
mod caller_definition;
mod caller_diagnostics;
mod client;
mod code_actions;
mod code_lens;
mod commands;
mod completion;
mod definition;
mod diagnosing;
mod diagnostics;
mod document_links;
mod document_symbol;
mod event;
mod failed_shell;
mod folding_range;
mod forecasts;
mod formatting;
mod frames;
mod from_proto;
mod graph;
mod hover;
mod ignore_files;
mod initialize;
mod inlay_hints;
mod lines;
mod looking_ahead;
mod main_loop;
mod profile;
mod progress;
mod proofs;
mod ready_answer;
mod references;
mod rename;
mod save_builds;
mod selection_range;
mod semantic_tokens;
mod service;
mod settings;
mod settings_files;
mod shell_checks;
mod shown_file;
mod signature_help;
mod source_errors;
mod surroundings;
mod symbols_on_disk;
mod test_runs;
mod to_proto;
mod tolerance;
mod workers;
mod workspace_symbol;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use inner_loop::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tower_lsp::LspService;

use crate::backend::Backend;
use crate::main_loop::MainLoop;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The client asked for `shutdown` first.
    AfterShutdown,
    /// It did not: `exit` alone, or the end of the input.
    WithoutShutdown,
}

impl Exit {
    /// The process's exit code that the protocol asks for.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::AfterShutdown => 0,
            Self::WithoutShutdown => 1,
        }
    }
}

/// Called on the worker with the method's name before each reading request; tests hold or break requests with it.
pub type RequestHook = Arc<dyn Fn(&str) + Send + Sync>;

/// What a session is given.
pub struct Options {
    /// Runs the builds.
    pub builder: Arc<dyn Builder>,
    /// Where it is kept how builds went; nowhere where absent.
    pub cache_folder: Option<PathBuf>,
    /// The folders that ShellCheck is looked for in, as `PATH` has them.
    pub program_path: Option<OsString>,
    /// See [`RequestHook`].
    pub on_request: Option<RequestHook>,
}

/// Serves one client until it says `exit` or closes its end.
///
/// The process should end with [`Exit::code`] as soon as this returns, by `std::process::exit`: reading standard input cannot
/// be interrupted, so a runtime that is dropped in the ordinary way would wait for it.
pub async fn run<I, O>(input: I, output: O, builder: Arc<dyn Builder>, cache_folder: Option<PathBuf>) -> Exit
where
    I: AsyncRead + Unpin + Send,
    O: AsyncWrite + Unpin + Send + 'static,
{
    run_with(
        input,
        output,
        Options { builder, cache_folder, program_path: std::env::var_os("PATH"), on_request: None },
    )
    .await
}

/// [`run`] with all its options.
pub async fn run_with<I, O>(input: I, output: O, options: Options) -> Exit
where
    I: AsyncRead + Unpin + Send,
    O: AsyncWrite + Unpin + Send + 'static,
{
    let (outgoing, bodies) = mpsc::unbounded_channel();
    let writer = tokio::spawn(frames::write_frames(output, bodies));
    let (events, inbox) = mpsc::unbounded_channel();
    let (service, socket) = LspService::build(|client| {
        let client = client::ClientHandle::new(client, outgoing.clone(), events.clone());
        tokio::spawn(MainLoop::new(client, options, events.clone()).run(inbox));
        Backend::new(events.clone())
    })
    .custom_method("window/workDoneProgress/cancel", Backend::work_done_progress_cancel)
    .finish();
    let exit = service::serve(input, service, socket, outgoing).await;
    let (stopped, stops) = tokio::sync::oneshot::channel();
    let _ = events.send(main_loop::Event::Exit(stopped));
    let _ = stops.await;
    // What was answered before the end still goes out, unless the client has stopped reading.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(500), writer).await;
    exit
}
