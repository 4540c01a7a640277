//! All that can happen to the main loop.

use ide::settings::Layer;
use ide::{DocumentId, Facts};
use inner_loop::{BuildEvent, BuildId};
use serde_json::Value;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, ExecuteCommandParams, InitializeParams, InitializeResult, LSPAny,
    ProgressToken,
};
use workspace::settings::SettingsFile;

use crate::diagnosing::TextOfCallers;
use crate::forecasts::Told;
use crate::main_loop::Reading;
use crate::proofs::{self, ProofId};
use crate::save_builds::Heard;
use crate::semantic_tokens::Sent;
use crate::shell_checks::Asked;
use crate::test_runs::TestsTold;
use crate::{shown_file, source_errors};

/// Where the answer to a request goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T>>;

/// All that can happen.
pub(crate) enum Event {
    Initialize(Box<InitializeParams>, Reply<InitializeResult>),
    Notice(Notice),
    /// A request that only reads: it runs on a worker with the snapshot of this turn.
    Read(Reading),
    /// One that also needs what lies around its document: it runs as soon as that was read for the first time.
    ReadWithSurroundings(DocumentId, Reading),
    Execute(ExecuteCommandParams, Reply<Option<LSPAny>>),
    /// What a worker found for the push channel, as a JSON list; nothing where it failed.
    Diagnostics {
        id: DocumentId,
        revision: (u64, u64),
        found: Option<String>,
    },
    /// What is wrong in a file of callers as it was then, as a JSON list; nothing where looking failed.
    CallersChecked {
        id: DocumentId,
        text: TextOfCallers,
        found: Option<String>,
    },
    /// The pause after this change of a Dockerfile is over: files of callers are looked at again.
    CallersDue(u64),
    /// What lies around a document; nothing where reading it failed.
    Surroundings {
        id: DocumentId,
        facts: Option<Facts>,
    },
    /// Reading what lies around a document has taken long enough; requests no longer wait for it.
    SurroundingsOverdue(DocumentId),
    /// The settings files that speak for a document; nothing where reading them failed.
    SettingsFiles {
        id: DocumentId,
        files: Option<Vec<SettingsFile<Layer>>>,
    },
    /// The pause after this question about a document's scripts is over.
    ShellCheckDue {
        id: DocumentId,
        number: u64,
    },
    /// ShellCheck has been asked about a document; nothing where that failed.
    ShellCheckAsked {
        id: DocumentId,
        asked: Option<Asked>,
    },
    /// These tokens go out now.
    TokensSent {
        id: DocumentId,
        sent: Sent,
    },
    /// The client answered with the section of settings.
    Configuration(Value),
    /// The client made a build's progress token, or would not.
    ProgressCreated {
        id: BuildId,
        ok: bool,
    },
    /// A held-back report of progress is due.
    ProgressDue(BuildId),
    Build(BuildId, BuildEvent),
    /// Held-back events of builds are due.
    BuildEventsDue,
    /// What a build's tools say is found on files of the user, or these were looked at again.
    SourceErrors(source_errors::Told),
    /// The tests of a build that is over are known.
    Tests(Box<TestsTold>),
    Proof(ProofId, proofs::Told),
    /// What a document's build reads is followed, or has changed.
    Inputs(DocumentId, Heard),
    /// What the next build of a document would do is asked, found out, or may be another.
    Forecast(DocumentId, Told),
    /// A file for the user was written, or opened.
    File(shown_file::Told),
    Shutdown(Reply<()>),
    Exit(oneshot::Sender<()>),
}

/// The client's notifications.
pub(crate) enum Notice {
    Initialized,
    DidOpen(DidOpenTextDocumentParams),
    DidChange(DidChangeTextDocumentParams),
    DidSave(DidSaveTextDocumentParams),
    DidClose(DidCloseTextDocumentParams),
    DidChangeConfiguration(DidChangeConfigurationParams),
    /// Files that the client watches have changed.
    DiskChanged(DidChangeWatchedFilesParams),
    /// Folders were opened or closed.
    FoldersChanged(DidChangeWorkspaceFoldersParams),
    CancelProgress(ProgressToken),
}

impl Event {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Initialize(..) => "initialize",
            Self::Notice(notice) => notice.name(),
            Self::Read(reading) | Self::ReadWithSurroundings(_, reading) => reading.method,
            Self::Execute(..) => "workspace/executeCommand",
            Self::Diagnostics { .. } | Self::CallersChecked { .. } | Self::CallersDue(_) => {
                "publishing diagnostics"
            }
            Self::Surroundings { .. } | Self::SurroundingsOverdue(_) => "what lies around a document",
            Self::ShellCheckDue { .. } | Self::ShellCheckAsked { .. } => "what ShellCheck says",
            Self::TokensSent { .. } => "tokens that went out",
            Self::SettingsFiles { .. } | Self::Configuration(_) => "settings",
            Self::ProgressCreated { .. } | Self::ProgressDue(_) => "progress",
            Self::Build(..) | Self::BuildEventsDue => "a build's event",
            Self::SourceErrors(_) => "what a build's tools say",
            Self::Tests(_) => "the tests of a build",
            Self::Proof(..) => "a proof's event",
            Self::Inputs(..) => "what a build reads",
            Self::Forecast(..) => "what the next build would do",
            Self::File(_) => "a file for the user",
            Self::Shutdown(_) => "shutdown",
            Self::Exit(_) => "exit",
        }
    }
}

impl Notice {
    fn name(&self) -> &'static str {
        match self {
            Self::Initialized => "initialized",
            Self::DidOpen(_) => "textDocument/didOpen",
            Self::DidChange(_) => "textDocument/didChange",
            Self::DidSave(_) => "textDocument/didSave",
            Self::DidClose(_) => "textDocument/didClose",
            Self::DidChangeConfiguration(_) => "workspace/didChangeConfiguration",
            Self::DiskChanged(_) => "workspace/didChangeWatchedFiles",
            Self::FoldersChanged(_) => "workspace/didChangeWorkspaceFolders",
            Self::CancelProgress(_) => "window/workDoneProgress/cancel",
        }
    }
}
