//! Builds that the editor asked for: from the command to the record, step by step as the builder's events come in.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ide::{CalledBuild, Document, DocumentId, LastBuild};
use inner_loop::queue::Action;
use inner_loop::{
    BuildEvent, BuildHandle, BuildId, BuildQueue, BuildRequest, Builder, Change, Progress as Reducer,
    SecretSource, SecretSpec, Staleness, StepProblem, StepState, Update,
};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::request::{CodeLensRefresh, InlayHintRefreshRequest, WorkDoneProgressCreate};
use tower_lsp::ls_types::{
    ExecuteCommandParams, LSPAny, MessageType, ProgressToken, WorkDoneProgressCreateParams,
};
use workspace::surroundings::{context_root, copied_paths, default_platform};

use crate::commands::{self, Arguments, Command};
use crate::from_proto;
use crate::main_loop::{Event, MainLoop};
use crate::progress::{self, Progress, Reported};
use crate::recording::Recording;
use crate::surroundings::file_path;

/// The queue and what belongs to its builds.
pub(crate) struct Builds {
    builder: Arc<dyn Builder>,
    /// Where it is kept how builds went.
    cache_folder: Option<PathBuf>,
    pub(crate) queue: BuildQueue<DocumentId, Planned>,
    running: Option<Running>,
    /// Progress that the client has not made a token for, or whose end it has not been told.
    progress: HashMap<BuildId, Progress>,
}

/// A build that was asked for.
pub(crate) struct Planned {
    document_id: DocumentId,
    document: Document,
    pub(crate) request: BuildRequest,
    reducer: Reducer,
    staleness: Staleness,
    /// What its callers differ in.
    notice: Option<String>,
}

/// The build that runs.
struct Running {
    id: BuildId,
    document_id: DocumentId,
    document: Document,
    reducer: Reducer,
    staleness: Staleness,
    problem: Option<StepProblem>,
    recording: Option<Recording>,
    handle: Option<Box<dyn BuildHandle>>,
}

impl Builds {
    pub(crate) fn new(builder: Arc<dyn Builder>, cache_folder: Option<PathBuf>) -> Self {
        Self { builder, cache_folder, queue: BuildQueue::new(), running: None, progress: HashMap::new() }
    }

    /// The Dockerfile's text of a document's running build.
    pub(crate) fn text_in_work(&self, id: &DocumentId) -> Option<String> {
        let running = self.running.as_ref().filter(|running| running.document_id == *id)?;
        Some(running.document.text())
    }

    /// Notes what has changed since a document's running build began.
    pub(crate) fn add_changes(&mut self, id: &DocumentId, changes: &[Change]) {
        if let Some(running) = self.running.as_mut().filter(|running| running.document_id == *id) {
            running.staleness.add(changes);
        }
    }

    /// The running build, where it is not worth its time any more.
    pub(crate) fn pointless(&self) -> Option<BuildId> {
        let running = self.running.as_ref()?;
        running.staleness.is_pointless(&running.reducer).then_some(running.id)
    }

    /// The builder.
    pub(crate) fn builder(&self) -> Arc<dyn Builder> {
        Arc::clone(&self.builder)
    }
}

impl Planned {
    fn title(&self) -> String {
        let name = self.request.dockerfile.file_name().unwrap_or_default().to_string_lossy();
        match &self.request.target {
            Some(target) => format!("Building {target} of {name}"),
            None => format!("Building {name}"),
        }
    }
}

/// The secrets of the settings; files are named from the build context.
fn secrets(specs: &[String], context: &Path) -> std::result::Result<Vec<SecretSpec>, String> {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let secrets = specs.iter().map(|spec| SecretSpec::parse(spec, is_set));
    let placed = secrets.map(|secret| {
        let SecretSpec { id, source } = secret?;
        let source = match source {
            SecretSource::File(path) => SecretSource::File(context.join(path)),
            environment @ SecretSource::Environment(_) => environment,
        };
        Ok(SecretSpec { id, source })
    });
    placed.collect()
}

impl MainLoop {
    /// `workspace/executeCommand`. The answer says that the build was asked for; how it goes is told by progress.
    pub(crate) fn execute(&mut self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        match commands::read(params)? {
            Command::Build(arguments) => {
                let planned = self.plan(&arguments)?;
                self.enqueue(planned);
            }
            Command::Cancel(arguments) => {
                let document_id = from_proto::document_id(&arguments.uri);
                let actions = self.builds.queue.cancel(|key| *key == document_id);
                self.act(actions);
            }
        }
        Ok(None)
    }

    pub(crate) fn plan(&self, arguments: &Arguments) -> Result<Planned> {
        let snapshot = self.host.snapshot();
        let document_id = from_proto::document_id(&arguments.uri);
        let (Some(document), Some(model)) = (snapshot.document(&document_id), snapshot.model(&document_id))
        else {
            return Err(Error::invalid_params(format!(
                "no Dockerfile is open as {document_id}; open it first"
            )));
        };
        let path = file_path(&arguments.uri).ok_or_else(|| {
            Error::invalid_params(format!(
                "{document_id} is no file on disk, so it has no build context; save it first"
            ))
        })?;
        let build = &snapshot.settings(&document_id).build;
        let named =
            arguments.target.as_deref().or(build.target.as_deref().filter(|_| arguments.line.is_none()));
        let line = arguments.line.map(|line| from_proto::buildkit_line(document, line));
        let target = snapshot.build_target(&document_id, named, line).map_err(Error::invalid_params)?;
        if model.stages.is_empty() {
            return Err(Error::invalid_params(
                "the Dockerfile has no FROM yet, so there is nothing to build",
            ));
        }
        let called = snapshot
            .called_build(&document_id, arguments.caller.as_deref(), target.as_deref())
            .map_err(Error::invalid_params)?;
        // What callers name outside of the Dockerfile is for those alone who trust the folder.
        let called = if self.untrusted {
            CalledBuild { context: called.context, target: called.target, ..CalledBuild::default() }
        } else {
            called
        };
        // A stage of the Dockerfile as it is now: the caller may name one that is gone.
        let called_target = called.target.filter(|target| model.target(target).is_some());
        let target = target.or(called_target);
        let copied = copied_paths(model);
        let context = called.context.map(PathBuf::from);
        let context = context.unwrap_or_else(|| context_root(&copied, &path, self.boundary(&path)));
        let specs: Vec<String> = build.secrets.iter().chain(&called.secrets).cloned().collect();
        let mut secrets = secrets(&specs, &context).map_err(Error::invalid_params)?;
        let mut seen = HashSet::new();
        secrets.retain(|secret| seen.insert(secret.id.clone()));
        let mut platforms = called.platforms;
        if platforms.is_empty() {
            platforms.extend(default_platform());
        }
        let request = BuildRequest {
            context: context.to_string_lossy().into_owned(),
            dockerfile: path,
            dockerfile_text: document.text(),
            target: target.clone(),
            build_args: called.args.into_iter().chain(build.args.clone()).collect(),
            secrets,
            ssh: called.ssh,
            named_contexts: called.contexts,
            platforms,
            ..BuildRequest::default()
        };
        let reducer = Reducer::of(model, target);
        let staleness = Staleness::of(request.reads(model));
        let notice = called.notice;
        Ok(Planned { document_id, document: document.clone(), request, reducer, staleness, notice })
    }

    /// Queues a build that the user asked for, and shows that it waits if it has to.
    fn enqueue(&mut self, planned: Planned) {
        let title = planned.title();
        let (id, actions) = self.builds.queue.request(planned.document_id.clone(), planned);
        if !matches!(actions.as_slice(), [Action::Start(..)]) {
            self.show_progress(id, title);
            self.report(id, "waiting for the running build to end".to_owned());
        }
        self.act(actions);
    }

    /// Asks the client for a place to show the progress of a build in, once.
    fn show_progress(&mut self, id: BuildId, title: String) {
        if !self.profile.work_done_progress || self.builds.progress.contains_key(&id) {
            return;
        }
        self.builds.progress.insert(id, Progress::new(id, title));
        let params = WorkDoneProgressCreateParams { token: progress::token(id) };
        self.client.request::<WorkDoneProgressCreate>(params, move |answer| Event::ProgressCreated {
            id,
            ok: answer.is_ok(),
        });
    }

    pub(crate) fn act(&mut self, actions: Vec<Action<Planned>>) {
        for action in actions {
            match action {
                Action::Start(id, planned) => self.start(id, planned),
                Action::Cancel(id) => {
                    let running = self.builds.running.as_ref().filter(|running| running.id == id);
                    if let Some(handle) = running.and_then(|running| running.handle.as_ref()) {
                        handle.cancel();
                    }
                }
                Action::Drop(id, _) => self.end_progress(id, "not started"),
            }
        }
    }

    fn start(&mut self, id: BuildId, planned: Planned) {
        self.show_progress(id, planned.title());
        let Planned { document_id, document, request, reducer, staleness, notice } = planned;
        if let Some(notice) = notice {
            self.client.log(MessageType::WARNING, notice);
        }
        let folder = self.builds.cache_folder.as_deref();
        let recording = folder.map(|folder| Recording::start(folder, &request, &self.builds.builder));
        self.builds.running = Some(Running {
            id,
            document_id,
            document,
            reducer,
            staleness,
            problem: None,
            recording,
            handle: None,
        });
        let events = self.events.clone();
        let sink = Box::new(move |event| drop(events.send(Event::Build(id, event))));
        let builder = Arc::clone(&self.builds.builder);
        let started = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.start(request, sink)));
        match started {
            Ok(handle) => {
                if let Some(running) = &mut self.builds.running {
                    running.handle = Some(handle);
                }
            }
            Err(_) => {
                let message =
                    "the builder failed to start; the log of the language server says more".to_owned();
                let outcome = inner_loop::BuildOutcome::Failed(inner_loop::BuildFailure {
                    message,
                    ..inner_loop::BuildFailure::default()
                });
                let _ = self.events.send(Event::Build(id, BuildEvent::Finished { outcome, seconds: 0.0 }));
            }
        }
    }

    /// Takes in what the builder says. What an earlier build says is stale.
    pub(crate) fn build_event(&mut self, id: BuildId, event: BuildEvent) {
        let Some(running) = self.builds.running.as_mut().filter(|running| running.id == id) else { return };
        for update in running.reducer.apply(event) {
            self.build_update(id, update);
        }
        self.stop_if_pointless();
    }

    fn build_update(&mut self, id: BuildId, update: Update) {
        let Some(running) = self.builds.running.as_mut() else { return };
        match update {
            Update::Started { builder } => self.report(id, format!("on {builder}")),
            Update::Step(step) if step.state == StepState::Running => {
                let steps = running.reducer.steps();
                let closed = steps.iter().filter(|step| step.state.is_closed()).count();
                let message = format!("{}/{} {}", closed + 1, steps.len(), step.instruction);
                self.report(id, message);
            }
            Update::Step(_) | Update::Log { .. } | Update::Context(_) => {}
            Update::Notice { text } => self.client.log(MessageType::INFO, text),
            Update::Problem(problem) => running.problem = Some(problem),
            Update::Finished { ok, canceled, image, seconds, steps, cached } => {
                let record = running.reducer.record(ok, image.as_ref(), seconds);
                let vertices = running.reducer.vertex_names();
                let Some(Running { document_id, document, problem, recording, .. }) =
                    self.builds.running.take()
                else {
                    return;
                };
                let outcome = match (ok, canceled) {
                    (true, _) => {
                        format!("built in {}, {cached} of {steps} steps cached", ide::seconds(seconds))
                    }
                    (false, true) => "stopped".to_owned(),
                    (false, false) => "failed".to_owned(),
                };
                self.end_progress(id, &outcome);
                if let Some(problem) = &problem {
                    let first_line = problem.message.lines().next().unwrap_or_default();
                    self.client.show(MessageType::ERROR, format!("The build failed: {first_line}"));
                }
                if let Some(recording) = recording {
                    drop(recording.finish(record.clone(), vertices));
                }
                if !canceled {
                    self.host.set_last_build(&document_id, LastBuild { document, record, problem });
                    self.diagnose(&document_id);
                    self.refresh_marks();
                }
                let actions = self.builds.queue.finished(id);
                self.act(actions);
            }
        }
    }

    /// Asks the client for hints and lenses again.
    pub(crate) fn refresh_marks(&self) {
        self.refresh_hints();
        if self.profile.refreshes_code_lenses {
            self.client.ask::<CodeLensRefresh>(());
        }
    }

    /// Asks the client for hints alone again.
    pub(crate) fn refresh_hints(&self) {
        if self.profile.refreshes_inlay_hints {
            self.client.ask::<InlayHintRefreshRequest>(());
        }
    }

    fn report(&mut self, id: BuildId, message: String) {
        let Some(progress) = self.builds.progress.get_mut(&id) else { return };
        if let Reported::Later(time) = progress.report(&self.client, message) {
            let events = self.events.clone();
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                let _ = events.send(Event::ProgressDue(id));
            });
        }
    }

    fn end_progress(&mut self, id: BuildId, message: &str) {
        if let Some(progress) = self.builds.progress.get_mut(&id)
            && progress.end(&self.client, message.to_owned())
        {
            self.builds.progress.remove(&id);
        }
    }

    /// The client made a token, or would not: then nothing is reported.
    pub(crate) fn progress_created(&mut self, id: BuildId, ok: bool) {
        let Some(progress) = self.builds.progress.get_mut(&id) else { return };
        if !ok || progress.begin(&self.client) {
            self.builds.progress.remove(&id);
        }
    }

    pub(crate) fn progress_due(&mut self, id: BuildId) {
        if let Some(progress) = self.builds.progress.get_mut(&id) {
            progress.flush(&self.client);
        }
    }

    /// The user pressed the button of the progress.
    pub(crate) fn cancel_progress(&mut self, token: &ProgressToken) {
        if let Some(id) = progress::build_of(token) {
            let actions = self.builds.queue.cancel_id(id);
            self.act(actions);
        }
    }

    /// The session ends: nothing is left running.
    pub(crate) fn stop_all_builds(&mut self) {
        let actions = self.builds.queue.cancel(|_| true);
        self.act(actions);
    }
}
