//! One build of a proof: its events passed on, its figures kept.

use std::sync::{Arc, Mutex, PoisonError};

use inner_loop::proof::{ProofEvent, ProofSink, Side};
use inner_loop::{BuildEvent, BuildOutcome, BuildRequest, BuiltImage, Export, Progress, Update};
use tokio_util::sync::CancellationToken;

use super::Stop;
use crate::build;
use crate::buildkit::Shared;
use crate::report::Reporter;

/// A build that succeeded. Where it exports none, the image has no id.
#[derive(Debug, Clone, Default)]
pub(super) struct Built {
    pub(super) image: BuiltImage,
    pub(super) seconds: f64,
    pub(super) steps: usize,
    pub(super) cached: usize,
    /// All that its steps wrote.
    pub(super) log: String,
}

struct Followed {
    progress: Progress,
    built: Built,
    problem: Option<String>,
}

/// Builds to the end, or until the user stops it.
pub(super) async fn build(
    shared: &Shared,
    request: BuildRequest,
    side: Side,
    sink: &ProofSink,
    cancel: &CancellationToken,
) -> Result<Built, Stop> {
    let progress = Progress::of(&request.model(), request.target.clone());
    let followed = Arc::new(Mutex::new(Followed { progress, built: Built::default(), problem: None }));
    let (updates, mut told) = tokio::sync::mpsc::unbounded_channel();
    let follow = Arc::clone(&followed);
    let reporter = Arc::new(Reporter::new(Box::new(move |event: BuildEvent| {
        let mut followed = follow.lock().unwrap_or_else(PoisonError::into_inner);
        for update in followed.progress.apply(event) {
            followed.take(&update);
            let _ = updates.send(update);
        }
    })));
    let work = async {
        let outcome = Box::pin(build::run(shared, &request, &reporter, cancel)).await;
        reporter.finish(outcome.clone());
        // With the reporter the sender goes, and with that the loop below ends.
        drop(reporter);
        outcome
    };
    let pass_on = async {
        while let Some(update) = told.recv().await {
            sink(ProofEvent::Build { side, update });
        }
    };
    let (outcome, ()) = tokio::join!(work, pass_on);
    let mut followed = followed.lock().unwrap_or_else(PoisonError::into_inner);
    let (built, problem) = (std::mem::take(&mut followed.built), followed.problem.take());
    match outcome {
        BuildOutcome::Canceled => Err(Stop::Canceled),
        BuildOutcome::Failed(failure) => Err(Stop::NotBuilt(problem.unwrap_or(failure.message))),
        BuildOutcome::Succeeded { image: None } if request.export == Export::Image => {
            Err(Stop::NotBuilt("the engine does not know the image that it made".to_owned()))
        }
        BuildOutcome::Succeeded { image } => Ok(Built { image: image.unwrap_or_default(), ..built }),
    }
}

impl Followed {
    fn take(&mut self, update: &Update) {
        match update {
            Update::Log { text, .. } => {
                self.built.log.push_str(text);
                self.built.log.push('\n');
            }
            Update::Problem(problem) => {
                self.problem = Some(format!("line {}: {}", problem.line, problem.message));
            }
            Update::Finished { seconds, steps, cached, .. } => {
                (self.built.seconds, self.built.steps, self.built.cached) = (*seconds, *steps, *cached);
            }
            _ => {}
        }
    }
}
