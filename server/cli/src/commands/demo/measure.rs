//! A build with all that the demo tells of it.

use anyhow::Context;
use inner_loop::{BuildRequest, Builder, BuiltImage, ContextTransfer, Update};

use crate::commands::build::run_build;
use crate::interrupts::Interrupts;
use crate::output::build_text::BuildText;
use crate::output::{events, print};

/// What a build gave and cost.
#[derive(Debug, Default)]
pub(super) struct Measured {
    image: Option<BuiltImage>,
    pub(super) seconds: f64,
    steps: usize,
    cached: usize,
    context: ContextTransfer,
    /// Every event as JSON, logs included.
    pub(super) log: String,
    /// What a record of the build would keep.
    pub(super) record: String,
}

impl Measured {
    pub(super) fn image(&self) -> anyhow::Result<&BuiltImage> {
        self.image.as_ref().context("the builder made an image but cannot inspect it: use a Docker engine")
    }

    /// One line of the comparison after an edit.
    pub(super) fn rebuild_row(&self, name: &str) -> String {
        let seconds = ide::seconds(self.seconds);
        format!(
            "  {name}: {seconds}, {} of {} steps cached, {}\n",
            self.cached,
            self.steps,
            super::sent(self.context)
        )
    }
}

/// Builds, and prints a line a step.
pub(super) fn build(
    interrupts: &Interrupts,
    builder: &dyn Builder,
    request: BuildRequest,
    name: &str,
) -> anyhow::Result<Measured> {
    let text = BuildText::new(name.to_owned(), false);
    let mut measured = Measured::default();
    let mut problem = None;
    let finished = run_build(interrupts, builder, request, |update| {
        measured.log.extend(events::line(update, "Dockerfile", name));
        match update {
            Update::Step(step) if step.state.is_closed() => measured.record += &serde_json::to_string(step)?,
            Update::Context(sent) => measured.context = *sent,
            Update::Problem(found) => problem = Some(found.message.clone()),
            Update::Finished { image, seconds, steps, cached, .. } => {
                measured.image.clone_from(image);
                (measured.seconds, measured.steps, measured.cached) = (*seconds, *steps, *cached);
            }
            _ => {}
        }
        text.line(update).map_or(Ok(()), |line| print(&format!("  {line}")))
    })?;
    if !finished.ok {
        let reason = finished.unreachable.or(problem).unwrap_or_else(|| "it was stopped".to_owned());
        anyhow::bail!("the {name} Dockerfile could not be built: {reason}");
    }
    Ok(measured)
}
