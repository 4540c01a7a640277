//! `layerwise watch`: builds, and builds again whenever something changes that the build reads.

mod changed;

use std::fs;
use std::sync::{Arc, mpsc};

use anyhow::bail;
use inner_loop::queue::Action;
use inner_loop::staleness::first_changed_line;
use inner_loop::{
    BuildEvent, BuildHandle, BuildId, BuildOutcome, BuildQueue, BuildRequest, Builder, EndedBuild, Progress,
    Staleness, StepState, Update, is_remote,
};
use semantic::Change;
use workspace::recorder::{Recorder, Recording};
use workspace::watch::{Told, Watch};

use super::build::{STOP_LIMIT, unreachable_builder};
use crate::arguments::BuildArguments;
use crate::commands::network_notices::NetworkNotices;
use crate::commands::printer::Printer;
use crate::commands::request;
use crate::commands::test::{Format, Telling};
use crate::exit::{self, Outcome};
use crate::interrupts::Interrupts;

/// What happens, from three sides.
enum Message {
    Disk(Told),
    Build(BuildId, BuildEvent),
    Interrupted,
}

pub(crate) fn run(arguments: BuildArguments) -> anyhow::Result<Outcome> {
    run_loop(arguments, None, |_| Ok(()))
}

/// The same for the tests of the stage that `prepare` asks for.
pub(super) fn run_tests(
    arguments: BuildArguments,
    format: Format,
    prepare: impl FnOnce(&mut BuildRequest) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    run_loop(arguments, Some(format), prepare)
}

fn run_loop(
    arguments: BuildArguments,
    tests: Option<Format>,
    prepare: impl FnOnce(&mut BuildRequest) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let format = arguments.progress;
    let host = arguments.request.host.clone();
    let (mut request, notice) = request::from_arguments(arguments.request)?;
    prepare(&mut request)?;
    if is_remote(&request.context) {
        bail!("{} is no folder whose files could be followed: name one", request.context);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let builder = crate::outside::builder(&runtime, host.as_deref());
    let recorder = crate::outside::recorder(&builder);
    let (sender, inbox) = mpsc::channel();
    let disk = sender.clone();
    let watch =
        Watch::start(request.inputs(&request.model()), move |told| drop(disk.send(Message::Disk(told))))?;
    let interrupted = sender.clone();
    let interrupts = Interrupts::of(&runtime);
    let _listening = interrupts.tell(move || drop(interrupted.send(Message::Interrupted)));
    let printer = Printer::new(format, &request).of_loop();
    let mut looping = Loop {
        builder,
        recorder,
        watch,
        sender,
        queue: BuildQueue::new(),
        running: None,
        unbuilt: Vec::new(),
        request,
        notice,
        printer,
        tests,
        has_built: false,
    };
    looping.ask_for_build()?;
    while let Ok(message) = inbox.recv() {
        let ended = match message {
            Message::Disk(told) => looping.disk(told).map(|()| None),
            Message::Build(id, event) => looping.build_event(id, event),
            Message::Interrupted => {
                looping.stop(&inbox)?;
                return Ok(Outcome::Interrupted);
            }
        }?;
        if let Some(outcome) = ended {
            return Ok(outcome);
        }
    }
    bail!("the watch ended by itself; run it again with LAYERWISE_LOG=debug")
}

/// The one owner of all that changes.
struct Loop {
    builder: Arc<dyn Builder>,
    recorder: Option<Recorder>,
    watch: Watch,
    sender: mpsc::Sender<Message>,
    queue: BuildQueue<(), ()>,
    running: Option<Running>,
    /// What has changed since the last build began.
    unbuilt: Vec<Change>,
    /// With the Dockerfile's text as it was read last.
    request: BuildRequest,
    /// What is to be told once a builder was found.
    notice: Option<String>,
    printer: Printer,
    /// How tests are told, where they are.
    tests: Option<Format>,
    /// A builder has taken a request. From then on one that is gone does not end the loop: it may be started again.
    has_built: bool,
}

struct Running {
    id: BuildId,
    progress: Progress,
    staleness: Staleness,
    network: NetworkNotices,
    recording: Option<Recording>,
    /// What tells of the tests, where they are.
    telling: Option<Telling>,
    handle: Box<dyn BuildHandle>,
}

impl Loop {
    /// Something has changed on disk.
    fn disk(&mut self, told: Told) -> anyhow::Result<()> {
        let mut changes = match told {
            Told::Changed(changes) => changes,
            Told::Failed(error) => {
                return self.printer.print(&Update::Notice { text: error.to_string() });
            }
        };
        let names_dockerfile = |change: &Change| matches!(change, Change::Dockerfile(_));
        if changes.iter().any(names_dockerfile) {
            changes.retain(|change| !names_dockerfile(change));
            // One that is gone for the moment is told of again when it is back.
            if let Ok(text) = fs::read_to_string(&self.request.dockerfile)
                && let Some(line) = first_changed_line(&self.request.dockerfile_text, &text)
            {
                changes.push(Change::Dockerfile(line));
                self.request.dockerfile_text = text;
                self.watch.follow(self.request.inputs(&self.request.model()));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        if let Some(running) = &mut self.running {
            running.staleness.add(&changes);
        }
        self.unbuilt.extend(changes);
        self.ask_for_build()?;
        self.stop_if_pointless();
        Ok(())
    }

    fn ask_for_build(&mut self) -> anyhow::Result<()> {
        let (_, actions) = self.queue.request_after((), ());
        self.act(actions)
    }

    fn act(&mut self, actions: Vec<Action<()>>) -> anyhow::Result<()> {
        for action in actions {
            match action {
                Action::Start(id, ()) => self.start(id)?,
                Action::Cancel(_) => {
                    if let Some(running) = &self.running {
                        running.handle.cancel();
                    }
                }
                Action::Drop(..) => {}
            }
        }
        Ok(())
    }

    fn start(&mut self, id: BuildId) -> anyhow::Result<()> {
        let changes = std::mem::take(&mut self.unbuilt);
        if !changes.is_empty() {
            self.printer.print_changes(&changed::files(&changes, &self.request))?;
        }
        let model = self.request.model();
        let sender = self.sender.clone();
        let sink = Box::new(move |event| drop(sender.send(Message::Build(id, event))));
        self.printer.begin(&self.request);
        self.running = Some(Running {
            id,
            progress: Progress::of(&model, self.request.target.clone()),
            staleness: Staleness::of(self.request.reads(&model)),
            network: NetworkNotices::of(&self.request, &self.builder),
            recording: self.recorder.as_ref().map(|recorder| recorder.start(&self.request)),
            telling: self.tests.map(|format| Telling::new(format, &self.request)),
            handle: self.builder.start(self.request.clone(), sink),
        });
        Ok(())
    }

    /// Takes in what the builder says; what an earlier build says is stale. How the program ends, if it does.
    fn build_event(&mut self, id: BuildId, event: BuildEvent) -> anyhow::Result<Option<Outcome>> {
        let Some(running) = self.running.as_mut().filter(|running| running.id == id) else { return Ok(None) };
        if !self.has_built
            && let Some(message) = unreachable_builder(&event)
        {
            self.printer.print_without_builder()?;
            exit::say(&message);
            return Ok(Some(Outcome::Unreadable));
        }
        let mut ended = None;
        for update in running.progress.apply(event) {
            if let Update::Finished { ok, image, seconds, .. } = &update {
                ended = Some(running.progress.ended(*ok, image.as_ref(), *seconds));
            }
            let is_known = matches!(update, Update::Started { .. }) && self.has_built;
            self.has_built |= matches!(update, Update::Started { .. });
            for text in running.network.before(&update) {
                self.printer.print(&Update::Notice { text })?;
            }
            // People know the builder by now.
            if !(is_known && self.printer.is_for_people()) {
                match &mut running.telling {
                    Some(telling) => telling.tell(&update)?,
                    None => self.printer.print(&update)?,
                }
            }
            if let Some(text) = self.notice.take_if(|_| self.has_built) {
                self.printer.print(&Update::Notice { text })?;
            }
        }
        if let Some(ended) = ended {
            if let Some(Running { recording, telling, .. }) = self.running.take() {
                self.end(ended, recording, telling)?;
            }
            let actions = self.queue.finished(id);
            self.act(actions)?;
        } else {
            self.stop_if_pointless();
        }
        Ok(None)
    }

    /// Keeps a build that is over, and tells of its tests.
    fn end(
        &self,
        mut ended: EndedBuild,
        recording: Option<Recording>,
        mut telling: Option<Telling>,
    ) -> anyhow::Result<()> {
        if let Some(telling) = &mut telling {
            telling.add_tests(&mut ended);
        }
        let record = ended.record.clone();
        let kept = self.recorder.as_ref().zip(recording).map(|(recorder, recording)| {
            let (sender, kept) = mpsc::channel();
            recorder.finish(recording, ended, move |_| {
                let _ = sender.send(());
            });
            kept
        });
        let Some(telling) = telling else { return Ok(()) };
        // Those of cached steps are looked up in what is kept.
        if let Some(kept) = kept {
            let _ = kept.recv();
        }
        let is_canceled = record.steps.iter().any(|step| step.state == StepState::Canceled)
            && !record.steps.iter().any(|step| step.state == StepState::Failed);
        telling.conclude(&self.request, &record, is_canceled).map(drop)
    }

    /// Stops the running build where the next one will not need what it does now.
    fn stop_if_pointless(&mut self) {
        let Some(running) = &self.running else { return };
        if running.staleness.is_pointless(&running.progress) {
            for action in self.queue.cancel_id(running.id) {
                if let Action::Cancel(_) = action {
                    running.handle.cancel();
                }
            }
        }
    }

    /// Stops what runs and tells of its end, if that comes soon.
    fn stop(&mut self, inbox: &mpsc::Receiver<Message>) -> anyhow::Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        running.handle.cancel();
        let deadline = std::time::Instant::now() + STOP_LIMIT;
        loop {
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            let event = match inbox.recv_timeout(left) {
                Ok(Message::Build(id, event)) if id == running.id => event,
                Ok(Message::Build(..) | Message::Disk(_)) => continue,
                // A second interrupt, or a builder that does not answer the first one.
                Ok(Message::Interrupted) | Err(_) => {
                    BuildEvent::Finished { outcome: BuildOutcome::Canceled, seconds: 0.0 }
                }
            };
            let is_last = matches!(event, BuildEvent::Finished { .. });
            for update in running.progress.apply(event) {
                self.printer.print(&update)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }
}
