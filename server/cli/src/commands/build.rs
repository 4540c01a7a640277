//! `layerwise build`: one build on the local builder, told step by step on the Dockerfile's lines.

use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;
use inner_loop::{BuildEvent, BuildOutcome, BuildRecord, BuildRequest, Builder, Progress, Update};
use semantic::{Facts, Model};
use syntax::Document;

use crate::arguments::{BuildArguments, ProgressFormat};
use crate::commands::request;
use crate::exit::{self, Outcome};
use crate::output::build_text::BuildText;
use crate::output::{events, print};
use crate::outside;

/// A second interrupt ends the program at once; the first one asks the builder to stop, which takes some milliseconds.
const STOP_LIMIT: Duration = Duration::from_millis(900);

pub(crate) fn run(arguments: BuildArguments) -> anyhow::Result<Outcome> {
    let format = arguments.progress;
    let host = arguments.request.host.clone();
    let (request, mut notice) = request::from_arguments(arguments.request)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let builder = outside::builder(&runtime, host.as_deref());
    let printer = Printer::new(format, &request);
    let show = |update: &Update| {
        printer.print(update)?;
        let notice = notice.take_if(|_| matches!(update, Update::Started { .. }));
        notice.map_or(Ok(()), |text| printer.print(&Update::Notice { text }))
    };
    let finished = std::thread::scope(|scope| {
        // What the build is made of is read beside it: the builder starts at once.
        let planning = scope.spawn(|| outside::plan(&request, builder.as_ref()));
        let finished = run_build(&runtime, builder.as_ref(), request.clone(), show);
        if let (Ok(Ok((foresight, planned))), Ok(Finished { record: Some(record), .. })) =
            (planning.join(), &finished)
            && let Err(error) = foresight.remember(&planned, record)
        {
            tracing::warn!(%error, "the build cannot be remembered");
        }
        finished
    })?;
    if let Some(message) = finished.unreachable {
        printer.print_without_builder()?;
        exit::say(&message);
        return Ok(Outcome::Unreadable);
    }
    Ok(match (finished.ok, finished.canceled) {
        (true, _) => Outcome::Fine,
        (false, true) => Outcome::Interrupted,
        (false, false) => Outcome::Findings,
    })
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
    /// What became of each step, where a builder took the request.
    pub(crate) record: Option<BuildRecord>,
}

enum Message {
    Event(BuildEvent),
    Interrupted,
}

/// Runs a build to its end, or to an interrupt.
pub(crate) fn run_build(
    runtime: &tokio::runtime::Runtime,
    builder: &dyn Builder,
    request: BuildRequest,
    mut show: impl FnMut(&Update) -> anyhow::Result<()>,
) -> anyhow::Result<Finished> {
    let document = Document::new(&request.dockerfile_text);
    let model = Model::new(&document, &Facts::default());
    let mut progress = Progress::of(&model, request.target.clone());
    let (sender, receiver) = mpsc::channel();
    let interrupts = sender.clone();
    let _watch = runtime.spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if interrupts.send(Message::Interrupted).is_err() {
                break;
            }
        }
    });
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
            if let Update::Finished { ok, canceled, image, seconds, .. } = &update {
                let record =
                    finished.unreachable.is_none().then(|| progress.record(*ok, image.as_ref(), *seconds));
                finished = Finished { ok: *ok, canceled: *canceled || stopping, record, ..finished };
                return Ok(finished);
            }
        }
    }
}

fn next(receiver: &mpsc::Receiver<Message>, stopping: bool) -> Option<Message> {
    if stopping { receiver.recv_timeout(STOP_LIMIT).ok() } else { receiver.recv().ok() }
}

/// A failure before the builder took the request: there is none, or it does not answer.
fn unreachable_builder(event: &BuildEvent) -> Option<String> {
    match event {
        BuildEvent::Finished { outcome: BuildOutcome::Failed(failure), .. } if failure.no_builder => {
            Some(failure.message.clone())
        }
        _ => None,
    }
}

/// Prints the updates of one build.
struct Printer {
    format: ProgressFormat,
    file: String,
    target: String,
    text: BuildText,
}

impl Printer {
    fn new(format: ProgressFormat, request: &BuildRequest) -> Self {
        let document = Document::new(&request.dockerfile_text);
        let model = Model::new(&document, &Facts::default());
        let target =
            request.target.clone().or_else(|| Some(model.final_stage()?.display_name())).unwrap_or_default();
        let file = request.dockerfile.display().to_string();
        let text = BuildText::new(file.clone(), format == ProgressFormat::Plain);
        Self { format, file, target, text }
    }

    /// Programs wait for the last event, whatever happens; people are told by the error.
    fn print_without_builder(&self) -> anyhow::Result<()> {
        let last =
            Update::Finished { ok: false, canceled: false, image: None, seconds: 0.0, steps: 0, cached: 0 };
        if self.format == ProgressFormat::Json { self.print(&last) } else { Ok(()) }
    }

    fn print(&self, update: &Update) -> anyhow::Result<()> {
        let text = match self.format {
            ProgressFormat::Json => {
                events::line(update, &self.file, &self.target).map(|line| format!("{line}\n"))
            }
            ProgressFormat::Auto | ProgressFormat::Plain => self.text.line(update),
        };
        text.map_or(Ok(()), |text| print(&text)).context("cannot write to stdout")
    }
}
