//! `layerwise build`: one build on the local builder, told step by step on the Dockerfile's lines.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use inner_loop::{BuildEvent, BuildOutcome, BuildRequest, Builder, EndedBuild, Progress, Sent, Update};
use tokio::runtime::Runtime;

use crate::arguments::{BuildArguments, OneBuildArguments};
use crate::commands::network_notices::NetworkNotices;
use crate::commands::printer::Printer;
use crate::commands::{request, shell_on_failure};
use crate::exit::{self, Outcome};
use crate::interrupts::Interrupts;
use crate::outside;

/// A second interrupt ends the program at once; the first one asks the builder to stop, which takes some milliseconds.
pub(super) const STOP_LIMIT: Duration = Duration::from_millis(900);

pub(crate) fn run(arguments: OneBuildArguments) -> anyhow::Result<Outcome> {
    let OneBuildArguments { build: arguments, shell_on_failure } = arguments;
    if shell_on_failure {
        shell_on_failure::check_terminal()?;
    }
    let host = arguments.request.host.clone();
    let session = Session::open(host.as_deref())?;
    let Built { outcome, failure, .. } = session.build(arguments)?;
    if let Some((request, line)) = failure.filter(|_| shell_on_failure) {
        shell_on_failure::open(&session, &request, line, host.as_deref())?;
    }
    Ok(outcome)
}

/// What came of a build.
pub(crate) struct Built {
    pub(crate) outcome: Outcome,
    /// The Id of the image that was made, where one was.
    pub(crate) image: Option<String>,
    /// What was asked for, and the first line of the step that failed, where one did.
    pub(crate) failure: Option<(BuildRequest, u32)>,
}

/// What a command needs that builds.
pub(crate) struct Session {
    pub(crate) runtime: Runtime,
    pub(crate) interrupts: Interrupts,
    pub(super) builder: Arc<dyn Builder>,
}

impl Session {
    /// With the builder at `host`, else the one that is found; it is reached from now on.
    pub(crate) fn open(host: Option<&str>) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let builder = outside::builder(&runtime, host);
        let interrupts = Interrupts::of(&runtime);
        // It is reached while the disk is searched for the Dockerfile's callers.
        builder.prepare();
        Ok(Self { runtime, interrupts, builder })
    }

    /// Builds, tells of it and keeps how it went.
    pub(crate) fn build(&self, arguments: BuildArguments) -> anyhow::Result<Built> {
        let (request, mut notice) = request::from_arguments(arguments.request)?;
        let printer = Printer::new(arguments.progress, &request);
        let mut network = NetworkNotices::of(&request, &self.builder);
        let show = |update: &Update| {
            for text in network.before(update) {
                printer.print(&Update::Notice { text })?;
            }
            printer.print(update)?;
            let notice = notice.take_if(|_| matches!(update, Update::Started { .. }));
            notice.map_or(Ok(()), |text| printer.print(&Update::Notice { text }))
        };
        let (finished, sent) = self.build_and_keep(request.clone(), show, |_| {})?;
        if let Some(sent) = sent {
            printer.print_sent(&sent)?;
        }
        if let Some(message) = &finished.unreachable {
            printer.print_without_builder()?;
            exit::say(message);
        }
        let image = finished.ended.as_ref().and_then(|ended| ended.record.image.clone());
        // Without a builder no step has failed.
        let line = finished.failed_line.filter(|_| finished.unreachable.is_none());
        let failure = line.map(|line| (request, line));
        Ok(Built { outcome: finished.outcome(), image, failure })
    }

    /// Builds, tells of it with `show`, and keeps how it went, with what `add` adds to that. What it sent, where that is known.
    pub(super) fn build_and_keep(
        &self,
        request: BuildRequest,
        show: impl FnMut(&Update) -> anyhow::Result<()>,
        add: impl FnOnce(&mut EndedBuild),
    ) -> anyhow::Result<(Finished, Option<Sent>)> {
        // What the build is made of is read beside it: the builder starts at once.
        let recorder = outside::recorder(&self.builder);
        let recording = recorder.as_ref().map(|recorder| recorder.start(&request));
        let mut finished = run_build(&self.interrupts, self.builder.as_ref(), request, show)?;
        let Some(ended) = &mut finished.ended else { return Ok((finished, None)) };
        add(ended);
        // Who interrupts a build waits for nothing more.
        let mut sent = None;
        if !finished.canceled
            && let Some((recorder, recording)) = recorder.as_ref().zip(recording)
        {
            let (sender, kept) = mpsc::channel();
            recorder.finish(recording, ended.clone(), move |sent| drop(sender.send(sent)));
            sent = kept.recv().ok().flatten();
        }
        Ok((finished, sent))
    }
}

/// How a build ended.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    /// It succeeded.
    pub(crate) ok: bool,
    /// The user stopped it.
    pub(crate) canceled: bool,
    /// Why there was no builder to ask, in one line.
    pub(crate) unreachable: Option<String>,
    /// The first line of the step that failed.
    pub(crate) failed_line: Option<u32>,
    /// What became of each step, where a builder took the request.
    pub(crate) ended: Option<EndedBuild>,
}

impl Finished {
    /// How the program ends that asked for the build.
    pub(super) fn outcome(&self) -> Outcome {
        match (self.unreachable.is_some(), self.ok, self.canceled) {
            (true, ..) => Outcome::Unreadable,
            (_, true, _) => Outcome::Fine,
            (_, false, true) => Outcome::Interrupted,
            (_, false, false) => Outcome::Findings,
        }
    }
}

enum Message {
    Event(BuildEvent),
    Interrupted,
}

/// Runs a build to its end, or to an interrupt.
pub(crate) fn run_build(
    interrupts: &Interrupts,
    builder: &dyn Builder,
    request: BuildRequest,
    mut show: impl FnMut(&Update) -> anyhow::Result<()>,
) -> anyhow::Result<Finished> {
    let model = request.model();
    let mut progress = Progress::of(&model, request.target.clone());
    let (sender, receiver) = mpsc::channel();
    let interrupted = sender.clone();
    let _listening = interrupts.tell(move || drop(interrupted.send(Message::Interrupted)));
    let handle = builder.start(request, Box::new(move |event| drop(sender.send(Message::Event(event)))));
    let mut finished = Finished::default();
    let mut stopping = false;
    loop {
        let message = match next(&receiver, stopping) {
            Some(Message::Event(event)) => event,
            Some(Message::Interrupted) if !stopping => {
                stopping = true;
                handle.cancel();
                continue;
            }
            // A second interrupt, or a builder that does not answer the first one.
            _ if stopping => BuildEvent::Finished { outcome: BuildOutcome::Canceled, seconds: 0.0 },
            _ => anyhow::bail!("the build ended without a result; run it again with LAYERWISE_LOG=debug"),
        };
        finished.unreachable = unreachable_builder(&message).or(finished.unreachable);
        for update in progress.apply(message) {
            // Where nothing was asked to build there is nothing to tell of steps.
            if finished.unreachable.is_none() {
                show(&update)?;
            }
            if let Update::Problem(problem) = &update {
                finished.failed_line = Some(problem.line);
            }
            if let Update::Finished { ok, canceled, image, seconds, .. } = &update {
                let ended =
                    finished.unreachable.is_none().then(|| progress.ended(*ok, image.as_ref(), *seconds));
                let canceled = *canceled || stopping;
                finished = Finished { ok: *ok, canceled, ended, ..finished };
                return Ok(finished);
            }
        }
    }
}

fn next(receiver: &mpsc::Receiver<Message>, stopping: bool) -> Option<Message> {
    if stopping { receiver.recv_timeout(STOP_LIMIT).ok() } else { receiver.recv().ok() }
}

/// A failure before the builder took the request: there is none, or it does not answer.
pub(super) fn unreachable_builder(event: &BuildEvent) -> Option<String> {
    match event {
        BuildEvent::Finished { outcome: BuildOutcome::Failed(failure), .. } if failure.no_builder => {
            Some(failure.message.clone())
        }
        _ => None,
    }
}
