//! Builds that the editor asked for: from the command to the record, step by step as the builder's events come in.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use ide::{Document, DocumentId, LastBuild};
use inner_loop::queue::Action;
use inner_loop::test_results::TestLog;
use inner_loop::{
    BuildEvent, BuildHandle, BuildId, BuildQueue, BuildRequest, Builder, Change, NetworkNeeds,
    Progress as Reducer, Staleness, StepProblem, StepState, Update,
};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::request::{CodeLensRefresh, InlayHintRefreshRequest, WorkDoneProgressCreate};
use tower_lsp::ls_types::{
    ExecuteCommandParams, LSPAny, MessageType, ProgressToken, WorkDoneProgressCreateParams,
};
use workspace::recorder::{Recorder, Recording};

use crate::build_events::BuildEvents;
use crate::build_plan::Planned;
use crate::commands::{self, Arguments, Command};
use crate::event::Reply;
use crate::from_proto;
use crate::main_loop::{Event, MainLoop};
use crate::progress::{self, Progress, Reported};
use crate::test_runs::EndedTests;

/// Why nothing is known of builds before.
pub(crate) const NO_CACHE_FOLDER: &str =
    "there is no cache folder to keep builds in: set HOME or XDG_CACHE_HOME";

/// The queue and what belongs to its builds.
pub(crate) struct Builds {
    builder: Arc<dyn Builder>,
    /// Where it is kept how builds went.
    pub(crate) cache_folder: Option<PathBuf>,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) queue: BuildQueue<DocumentId, Planned>,
    running: Option<Running>,
    /// Progress that the client has not made a token for, or whose end it has not been told.
    progress: HashMap<BuildId, Progress>,
    /// What the client is told of builds beside progress, where it asked for that.
    pub(crate) told_events: Option<BuildEvents>,
    /// What was last said of the network, and of which document's build.
    said_of_network: Option<(DocumentId, String)>,
}

/// The build that runs.
struct Running {
    id: BuildId,
    document_id: DocumentId,
    document: Document,
    request: Arc<BuildRequest>,
    began: SystemTime,
    reducer: Reducer,
    staleness: Staleness,
    problem: Option<StepProblem>,
    network: NetworkNeeds,
    recording: Option<Recording>,
    /// Reads what its steps say of tests, where that is what it is for.
    tests: Option<TestLog>,
    handle: Option<Box<dyn BuildHandle>>,
}

impl Builds {
    pub(crate) fn new(builder: Arc<dyn Builder>, cache_folder: Option<PathBuf>) -> Self {
        let recorder = cache_folder.clone().map(|folder| Recorder::new(folder, Arc::clone(&builder)));
        let queue = BuildQueue::new();
        Self {
            builder,
            cache_folder,
            recorder,
            queue,
            running: None,
            progress: HashMap::new(),
            told_events: None,
            said_of_network: None,
        }
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

impl MainLoop {
    /// `workspace/executeCommand`. The answer to a build says that it was asked for; how it goes is told by progress.
    pub(crate) fn execute(&mut self, params: ExecuteCommandParams, reply: Reply<Option<LSPAny>>) {
        let done = match commands::read(params) {
            Ok(Command::Builder) => return self.answer_builder(reply),
            Ok(Command::Graph(arguments)) => return self.answer_graph(arguments, reply),
            Ok(Command::OpenShell(arguments)) => return self.open_shell(arguments, reply),
            Ok(Command::Predict(arguments)) => return self.predict(arguments, reply),
            Ok(Command::Rewrites(arguments)) => {
                let id = from_proto::document_id(&arguments.uri);
                let rewrites = self.host.snapshot().offered_rewrites(&id);
                let none = || Error::invalid_params(format!("no Dockerfile is open as {id}; open it first"));
                return drop(reply.send(rewrites.map(Some).ok_or_else(none)));
            }
            Ok(Command::ShowBuildLog(arguments)) => return self.show_build_log(arguments, reply),
            Ok(Command::ShowGraph(arguments)) => return self.show_graph(arguments, reply),
            Ok(Command::Build(arguments)) => self.plan(&arguments).map(|planned| {
                self.forecasts.choose(&planned, arguments.caller);
                self.enqueue(planned);
            }),
            Ok(Command::Test(arguments)) => self.plan_tests(&arguments).map(|planned| self.enqueue(planned)),
            Ok(Command::Prove(arguments)) => self.prove(arguments),
            Ok(Command::Cancel(arguments)) => {
                let document_id = from_proto::document_id(&arguments.uri);
                self.cancel_proof(&document_id);
                let actions = self.builds.queue.cancel(|key| *key == document_id);
                self.act(actions);
                Ok(())
            }
            Err(error) => Err(error),
        };
        let _ = reply.send(done.map(|()| None));
    }

    /// Plans a build of a document as it is now.
    pub(crate) fn plan(&self, arguments: &Arguments) -> Result<Planned> {
        self.planner().plan(arguments)
    }

    fn plan_tests(&self, arguments: &Arguments) -> Result<Planned> {
        self.planner().plan_tests(arguments)
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
        self.builds.progress.insert(id, Progress::new(progress::token(id), title));
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
        let Planned { document_id, document, request, reducer, staleness, notice, network, tests } = planned;
        if let Some(notice) = notice {
            self.client.log(MessageType::WARNING, notice);
        }
        self.say_of_network(&document_id, &network);
        self.begin_build_events(id, &document_id, &request);
        let recording = self.builds.recorder.as_ref().map(|recorder| recorder.start(&request));
        self.builds.running = Some(Running {
            id,
            document_id,
            document,
            request: Arc::new(request.clone()),
            began: SystemTime::now(),
            reducer,
            staleness,
            problem: None,
            network,
            recording,
            tests,
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
        let file = running.request.dockerfile.display().to_string();
        for update in running.reducer.apply(event) {
            self.tell_build_event(&update, &file);
            self.build_update(id, update);
        }
        self.stop_if_pointless();
    }

    fn build_update(&mut self, id: BuildId, update: Update) {
        let Some(running) = self.builds.running.as_mut() else { return };
        if let Some(tests) = &mut running.tests {
            tests.take(&update);
        }
        match update {
            Update::Started { builder } => {
                let network = running.network.notice();
                let network = network.map(|notice| format!(", {notice}")).unwrap_or_default();
                self.report(id, format!("on {builder}{network}"));
            }
            Update::Step(step) if step.state == StepState::Running => {
                let steps = running.reducer.steps();
                let closed = steps.iter().filter(|step| step.state.is_closed()).count();
                let message = format!("{}/{} {}", closed + 1, steps.len(), step.instruction);
                self.report(id, message);
            }
            Update::Step(_) | Update::Log { .. } | Update::Context(_) | Update::Report(_) => {}
            Update::Notice { text } => self.client.log(MessageType::INFO, text),
            Update::Problem(problem) => {
                let commands = running.network.commands_notice();
                if let Some(notice) = commands.filter(|_| problem.is_want_of_network()) {
                    self.client.log(MessageType::INFO, notice);
                }
                if !problem.findings.list.is_empty() {
                    let (document_id, request) = (running.document_id.clone(), Arc::clone(&running.request));
                    let began = running.began;
                    self.find_source_errors(id, document_id, request, problem.clone(), began);
                }
                if let Some(running) = &mut self.builds.running {
                    running.problem = Some(problem);
                }
            }
            Update::Finished { ok, canceled, image, seconds, steps, cached } => {
                let mut ended = running.reducer.ended(ok, image.as_ref(), seconds);
                let record = ended.record.clone();
                let Some(Running {
                    document_id, document, request, began, problem, recording, tests, ..
                }) = self.builds.running.take()
                else {
                    return;
                };
                let tested = tests.map(TestLog::finish);
                if let Some(tested) = &tested {
                    ended.tests.clone_from(&tested.steps);
                }
                let outcome = match (ok, canceled) {
                    (true, _) => {
                        format!("built in {}, {cached} of {steps} steps cached", ide::seconds(seconds))
                    }
                    (false, true) => "stopped".to_owned(),
                    (false, false) => "failed".to_owned(),
                };
                self.end_progress(id, &outcome);
                if let Some(problem) = problem.as_ref().filter(|_| tested.is_none()) {
                    let first_line = problem.message.lines().next().unwrap_or_default();
                    self.client.show(MessageType::ERROR, format!("The build failed: {first_line}"));
                }
                let conclude = tested.filter(|_| !canceled).map(|tested| {
                    let ended = EndedTests { build: id, request, tested, record: record.clone(), began };
                    self.conclude_tests(document_id.clone(), ended, problem.as_ref())
                });
                let then = recording.is_some().then(|| self.forecast_after(&document_id));
                match (recording, &self.builds.recorder) {
                    (Some(recording), Some(recorder)) => {
                        recorder.finish(recording, ended, move |_| {
                            then.into_iter().for_each(|then| then());
                            conclude.into_iter().for_each(|conclude| conclude());
                        });
                    }
                    _ => conclude.into_iter().for_each(|conclude| self.workers.disk(conclude, |_| {})),
                }
                if !canceled {
                    if problem.as_ref().is_none_or(|problem| problem.findings.list.is_empty()) {
                        self.set_source_errors(id, &document_id, Vec::new());
                    }
                    // What was foreseen has come true or has not.
                    self.host.set_forecast(&document_id, None);
                    self.host.set_last_build(&document_id, LastBuild { document, record, problem });
                    self.diagnose(&document_id);
                    self.refresh_marks();
                }
                let actions = self.builds.queue.finished(id);
                self.act(actions);
            }
        }
    }

    /// Says what a build will ask the network for, once for builds that ask for the same.
    fn say_of_network(&mut self, id: &DocumentId, needs: &NetworkNeeds) {
        let said = needs.notice().map(|notice| (id.clone(), notice));
        if let Some((_, notice)) = said.as_ref().filter(|_| said != self.builds.said_of_network) {
            self.client.log(MessageType::INFO, format!("the build {notice}"));
        }
        self.builds.said_of_network = said;
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
        self.cancel_proof_of(token);
    }

    /// The session ends: nothing is left running.
    pub(crate) fn stop_all_builds(&mut self) {
        let actions = self.builds.queue.cancel(|_| true);
        self.act(actions);
    }
}
