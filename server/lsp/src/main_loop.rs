//! The one owner of everything mutable: events in, one at a time, in the order of the wire.
//!
//! No turn waits for anything: computing goes to `workers`, requests to the client come back as events. A turn that panics
//! costs what it was about; the state is changed as a whole or not at all.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ide::settings::Layer;
use ide::{Document, DocumentId, Host, Settings, Snapshot};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::ls_types::notification::PublishDiagnostics;
use tower_lsp::ls_types::request::{RegisterCapability, WorkspaceConfiguration, WorkspaceDiagnosticRefresh};
use tower_lsp::ls_types::{
    ConfigurationItem, ConfigurationParams, DidChangeTextDocumentParams, DidOpenTextDocumentParams,
    MessageType, Registration, RegistrationParams, Uri,
};

use workspace::settings::SettingsFile;

use crate::build_events::BuildEvents;
use crate::builds::Builds;
use crate::client::ClientHandle;
use crate::diagnosing::TextOfCallers;
pub(crate) use crate::event::{Event, Notice};
use crate::forecasts::Forecasts;
use crate::profile::Profile;
use crate::proofs::Proofs;
use crate::save_builds::Followed;
use crate::semantic_tokens::Sent;
use crate::shell_checks::ShellQuestions;
use crate::source_errors::{SourceErrors, Touched};
use crate::symbols_on_disk::SymbolsOnDisk;
use crate::workers::{Once, Workers};
use crate::{Options, RequestHook, diagnostics, from_proto, initialize, settings, surroundings};

/// A turn that takes longer is logged.
const SLOW_TURN: Duration = Duration::from_millis(50);

/// A request that only reads.
pub(crate) struct Reading {
    pub(crate) method: &'static str,
    pub(crate) run: Box<dyn FnOnce(Context) + Send>,
}

/// What a reading request sees. It never changes.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) snapshot: Snapshot,
    pub(crate) profile: Arc<Profile>,
    /// The client's version of each open document.
    pub(crate) versions: Arc<HashMap<DocumentId, i32>>,
    /// The folders that the client has open.
    pub(crate) folders: Arc<[PathBuf]>,
    /// What is known of the symbols in them.
    pub(crate) symbols: SymbolsOnDisk,
    /// The tokens that went out last, of each open document that they were asked for.
    pub(crate) sent_tokens: Arc<HashMap<DocumentId, Sent>>,
}

/// What the loop remembers of an open document beside the host.
pub(crate) struct OpenDocument {
    pub(crate) uri: Uri,
    /// Its diagnostics are being computed.
    pub(crate) computing: Once,
    /// What is wrong in a file of callers is being looked at, for a client that pulls.
    pub(crate) checking: Once,
    /// What was wrong when that was looked at last, as a JSON list, with the text that it was said of.
    pub(crate) checked: Option<(TextOfCallers, String)>,
    /// Different for each time that a document was opened.
    pub(crate) opened: u64,
    /// What lies around it is being read.
    pub(crate) reading: Once,
    /// The requests that wait for the first such reading; nothing once it has ended.
    pub(crate) waiting: Option<Vec<Reading>>,
    /// Its settings files are being read.
    pub(crate) reading_settings: Once,
    /// What these set and what is wrong in them, the nearest first.
    pub(crate) settings_files: Vec<SettingsFile<Layer>>,
    /// ShellCheck is being asked about it.
    pub(crate) asking_shell: Once,
    /// How often it was to be asked.
    pub(crate) shell_asked: u64,
    /// What went over the push channel last: a JSON list.
    pub(crate) pushed: String,
    /// The version of the text for which it did.
    pub(crate) pushed_for: Option<i32>,
}

/// See the module.
pub(crate) struct MainLoop {
    pub(crate) client: ClientHandle,
    pub(crate) events: UnboundedSender<Event>,
    pub(crate) host: Host,
    pub(crate) profile: Arc<Profile>,
    pub(crate) builds: Builds,
    pub(crate) proofs: Proofs,
    pub(crate) source_errors: SourceErrors,
    pub(crate) followed: Followed,
    pub(crate) forecasts: Forecasts,
    pub(crate) workers: Workers,
    pub(crate) versions: Arc<HashMap<DocumentId, i32>>,
    sent_tokens: Arc<HashMap<DocumentId, Sent>>,
    pub(crate) open: HashMap<DocumentId, OpenDocument>,
    /// The folders that the client has open.
    pub(crate) folders: Arc<[PathBuf]>,
    symbols: SymbolsOnDisk,
    /// How often files of callers were to be looked at again because of a Dockerfile.
    pub(crate) callers_asked: u64,
    /// What the client's section sets.
    pub(crate) client_settings: Layer,
    /// What is known of scripts.
    pub(crate) shell_questions: ShellQuestions,
    /// The user does not trust what the folders hold.
    pub(crate) untrusted: bool,
    /// The client runs the command lines that it is answered.
    pub(crate) opens_terminals: bool,
    on_request: Option<RequestHook>,
}

impl MainLoop {
    pub(crate) fn new(client: ClientHandle, options: Options, events: UnboundedSender<Event>) -> Self {
        Self {
            client,
            builds: Builds::new(options.builder, options.cache_folder),
            proofs: Proofs::default(),
            source_errors: SourceErrors::default(),
            followed: Followed::default(),
            forecasts: Forecasts::default(),
            events,
            host: Host::new(),
            profile: Arc::default(),
            workers: Workers::new(),
            versions: Arc::default(),
            sent_tokens: Arc::default(),
            open: HashMap::new(),
            folders: Arc::default(),
            symbols: SymbolsOnDisk::default(),
            callers_asked: 0,
            client_settings: Layer::default(),
            shell_questions: ShellQuestions::new(options.program_path),
            untrusted: false,
            opens_terminals: false,
            on_request: options.on_request,
        }
    }

    /// Handles events until the session ends.
    pub(crate) async fn run(mut self, mut inbox: UnboundedReceiver<Event>) {
        while let Some(event) = inbox.recv().await {
            let name = event.name();
            let started = Instant::now();
            if let Event::Exit(stopped) = event {
                self.stop_all_builds();
                let _ = stopped.send(());
                return;
            }
            let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| self.handle(event)));
            if outcome.is_err() {
                tracing::error!("{name} failed; the session goes on");
            }
            let elapsed = started.elapsed();
            if elapsed > SLOW_TURN {
                tracing::warn!("{name} took {} ms of the main loop", elapsed.as_millis());
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Initialize(params, reply) => {
                self.profile = Arc::new(Profile::new(&params));
                self.folders = surroundings::folders(&params).into();
                if let Some(options) = &params.initialization_options {
                    self.untrusted = settings::is_untrusted(options);
                    self.opens_terminals = settings::opens_terminals(options);
                    self.builds.told_events = settings::build_events_token(options).map(BuildEvents::new);
                    self.set_settings(settings::section(options));
                }
                let _ = reply.send(Ok(initialize::result(&self.profile)));
            }
            Event::Notice(notice) => self.notice(notice),
            Event::Read(reading) => self.read(reading),
            Event::ReadWithSurroundings(id, reading) => self.read_with_surroundings(&id, reading),
            Event::Execute(params, reply) => self.execute(params, reply),
            Event::Diagnostics { id, revision, found } => self.diagnosed(&id, revision, found),
            Event::CallersDue(number) => self.callers_due(number),
            Event::CallersChecked { id, text, found } => self.callers_checked(&id, text, found),
            Event::Surroundings { id, facts } => self.surroundings_read(&id, facts),
            Event::SurroundingsOverdue(id) => self.stop_waiting(&id),
            Event::SettingsFiles { id, files } => self.settings_files_read(&id, files),
            Event::ShellCheckDue { id, number } => self.ask_shellcheck(&id, number),
            Event::ShellCheckAsked { id, asked } => self.shellcheck_asked(&id, asked),
            Event::TokensSent { id, sent } => {
                if self.open.contains_key(&id) {
                    Arc::make_mut(&mut self.sent_tokens).insert(id, sent);
                }
            }
            Event::Configuration(section) => self.set_settings(&section),
            Event::ProgressCreated { id, ok } => self.progress_created(id, ok),
            Event::ProgressDue(id) => self.progress_due(id),
            Event::Build(id, event) => self.build_event(id, event),
            Event::BuildEventsDue => self.build_events_due(),
            Event::SourceErrors(told) => self.source_errors_told(told),
            Event::Tests(told) => self.tests_told(*told),
            Event::Proof(id, told) => self.proof_told(id, told),
            Event::Inputs(id, heard) => self.inputs_heard(&id, heard),
            Event::Forecast(id, told) => self.forecast_told(&id, told),
            Event::File(told) => self.file_told(told),
            Event::Shutdown(reply) => {
                self.stop_all_builds();
                self.end_proofs(reply);
            }
            // The loop itself ends on it.
            Event::Exit(_) => {}
        }
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Initialized => self.initialized(),
            Notice::DidOpen(params) => self.did_open(params),
            Notice::DidChange(params) => self.did_change(params),
            Notice::DidSave(params) => self.did_save(&params.text_document.uri),
            Notice::DidClose(params) => self.did_close(&from_proto::document_id(&params.text_document.uri)),
            Notice::DidChangeConfiguration(params) => {
                if self.profile.configuration {
                    self.request_configuration();
                } else if !params.settings.is_null() {
                    self.set_settings(settings::section(&params.settings));
                }
            }
            Notice::DiskChanged(params) => {
                self.symbols.forget_files(params.changes.iter().map(|change| &change.uri));
                self.disk_changed();
            }
            Notice::FoldersChanged(params) => self.folders_changed(&params),
            Notice::CancelProgress(token) => self.cancel_progress(&token),
        }
    }

    /// Has a worker answer a request with the snapshot of this turn.
    pub(crate) fn read(&self, Reading { method, run }: Reading) {
        let (context, hook) = (self.context(), self.on_request.clone());
        self.workers.answer(move || {
            if let Some(hook) = hook {
                hook(method);
            }
            run(context);
        });
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            snapshot: self.host.snapshot(),
            profile: Arc::clone(&self.profile),
            versions: Arc::clone(&self.versions),
            folders: Arc::clone(&self.folders),
            symbols: self.symbols.clone(),
            sent_tokens: Arc::clone(&self.sent_tokens),
        }
    }

    fn initialized(&mut self) {
        if self.profile.registers_configuration {
            let registration = Registration {
                id: "layerwise/configuration".to_owned(),
                method: "workspace/didChangeConfiguration".to_owned(),
                register_options: Some(serde_json::json!({"section": settings::SECTION})),
            };
            self.client.ask::<RegisterCapability>(RegistrationParams { registrations: vec![registration] });
        }
        if self.profile.watches_files {
            self.watch_files();
        }
        if self.profile.configuration {
            self.request_configuration();
        }
    }

    fn request_configuration(&self) {
        let item = ConfigurationItem { scope_uri: None, section: Some(settings::SECTION.to_owned()) };
        self.client.request::<WorkspaceConfiguration>(ConfigurationParams { items: vec![item] }, |answer| {
            let first = answer.ok().and_then(|sections| sections.into_iter().next());
            Event::Configuration(first.unwrap_or_default())
        });
    }

    fn set_settings(&mut self, section: &Value) {
        let (layer, complaints) = settings::read(section);
        for complaint in complaints {
            self.client.log(MessageType::WARNING, complaint);
        }
        if layer == self.client_settings {
            return;
        }
        self.host.set_settings(Settings::merged([&layer]));
        self.client_settings = layer;
        let ids: Vec<DocumentId> = self.open.keys().cloned().collect();
        for id in &ids {
            self.merge_settings(id);
            // Another profile may want other files.
            self.read_settings_files(id);
            self.ask_shellcheck_soon(id);
            self.follow_inputs(id);
            self.forecast_soon(id);
            self.diagnose(id);
        }
        if !ids.is_empty() {
            self.refresh_diagnostics();
            self.refresh_hints();
        }
    }

    /// Asks a client that pulls to do so again.
    pub(crate) fn refresh_diagnostics(&self) {
        if self.profile.pulls_diagnostics && self.profile.refreshes_diagnostics {
            self.client.ask::<WorkspaceDiagnosticRefresh>(());
        }
    }

    fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let id = from_proto::document_id(&document.uri);
        let kind = from_proto::document_kind(&document.language_id, &document.uri);
        self.host.open(id.clone(), kind, &document.text);
        Arc::make_mut(&mut self.versions).insert(id.clone(), document.version);
        let opened = self.host.snapshot().revision(&id).map_or(0, |(document, _)| document);
        let open = self.open.entry(id.clone()).or_insert_with(|| OpenDocument {
            uri: document.uri.clone(),
            computing: Once::default(),
            checking: Once::default(),
            checked: None,
            opened,
            reading: Once::default(),
            waiting: None,
            reading_settings: Once::default(),
            settings_files: Vec::new(),
            asking_shell: Once::default(),
            shell_asked: 0,
            pushed: diagnostics::NONE.to_owned(),
            pushed_for: None,
        });
        open.uri.clone_from(&document.uri);
        self.follow_source_errors(&document.uri, &Touched::ALL);
        self.diagnose(&id);
        self.tell_callers(&id, Some(kind));
        self.read_settings_files(&id);
        self.ask_shellcheck_soon(&id);
        self.read_first_surroundings(&id);
        self.follow_inputs(&id);
        self.forecast_soon(&id);
    }

    fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let id = from_proto::document_id(&params.text_document.uri);
        if !self.open.contains_key(&id) {
            tracing::warn!("a change of a document that is not open: {id}");
            return;
        }
        let encoding = self.profile.encoding;
        let changes = params.content_changes.into_iter();
        let mut touched = Touched::NOTHING;
        self.host.edit(&id, |document| {
            for change in changes {
                match change.range {
                    Some(range) => {
                        touched.replace(range, &change.text);
                        document.edit(from_proto::range(document, range, encoding), &change.text);
                    }
                    None => {
                        touched = Touched::ALL;
                        *document = Document::new(&change.text);
                    }
                }
            }
        });
        Arc::make_mut(&mut self.versions).insert(id.clone(), params.text_document.version);
        self.follow_source_errors(&params.text_document.uri, &touched);
        self.diagnose(&id);
        self.ask_shellcheck_soon(&id);
        self.forecast_soon(&id);
        let kind = self.host.snapshot().kind(&id);
        self.tell_ignore_files(kind);
        self.tell_callers(&id, kind);
    }

    fn did_save(&mut self, uri: &Uri) {
        self.symbols.forget_files([uri]);
        self.disk_changed();
        self.build_on_save(uri);
    }

    fn did_close(&mut self, id: &DocumentId) {
        let kind = self.host.snapshot().kind(id);
        self.stop_following(id);
        self.forecasts.forget(id);
        self.host.close(id);
        Arc::make_mut(&mut self.versions).remove(id);
        self.stop_waiting(id);
        Arc::make_mut(&mut self.sent_tokens).remove(id);
        let Some(closed) = self.open.remove(id) else { return };
        self.symbols.forget_files([&closed.uri]);
        // A client that pulls forgets by itself; what was pushed stays until it is taken back.
        if closed.pushed != diagnostics::NONE || !self.profile.pulls_diagnostics {
            let params = diagnostics::publication(&closed.uri, diagnostics::NONE, None);
            self.client.notify_json::<PublishDiagnostics>(params);
        }
        self.source_file_closed(&closed.uri);
        self.tell_ignore_files(kind);
        self.tell_callers(id, kind);
    }
}
