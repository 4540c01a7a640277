//! Of a build that is over: why each step ran, as chains from what changed through each step to the seconds; and which results of the
//! cache may be stale although BuildKit's keys are the same.

mod stale;

use crate::history::{Cause, PastBuild, PastStep, counterparts};
use crate::inputs::{SourceInputs, StepInputs};
use crate::prediction::{Prediction, Verdict};
use crate::record::StepState;

pub use stale::{Stale, stale};

/// One thing that changed, and all that ran because of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// What changed.
    pub cause: Cause,
    /// The steps that ran, by their position in the build.
    pub steps: Vec<usize>,
    /// Their seconds.
    pub seconds: f64,
}

/// Puts down why steps ran, as it was predicted right before: a prediction compares with what was there before the build.
pub fn explain(build: &mut PastBuild, before: Option<&PastBuild>, predictions: &[Prediction]) {
    let followed = followed(build, before);
    for (at, step) in build.steps.iter_mut().enumerate() {
        if !ran(step) || followed[at].is_some() {
            continue;
        }
        let said = predictions.get(at).filter(|prediction| prediction.verdict != Verdict::Cached);
        step.cause = Some(match said {
            Some(Prediction { reason: Some(text), because, .. }) => {
                Cause { text: text.clone(), because: because.clone() }
            }
            _ => Cause { text: "no longer in the builder's cache".to_owned(), because: Vec::new() },
        });
    }
}

/// The chains of a build, in the order of their first steps; none where all was cached.
#[must_use]
pub fn chains(build: &PastBuild, before: Option<&PastBuild>) -> Vec<Chain> {
    let followed = followed(build, before);
    let mut chains: Vec<Chain> = Vec::new();
    for (at, step) in build.steps.iter().enumerate().filter(|(_, step)| ran(step)) {
        let mut origin = at;
        while let Some(earlier) = followed[origin] {
            origin = earlier;
        }
        let unknown = || Cause { text: "the reason was not recorded".to_owned(), because: Vec::new() };
        let cause = build.steps[origin].cause.clone().unwrap_or_else(unknown);
        match chains.iter_mut().find(|chain| chain.cause == cause) {
            Some(chain) => {
                chain.steps.push(at);
                chain.seconds += step.seconds;
            }
            None => chains.push(Chain { cause, steps: vec![at], seconds: step.seconds }),
        }
    }
    chains
}

fn ran(step: &PastStep) -> bool {
    !step.cached && matches!(step.state, StepState::Done | StepState::Failed)
}

/// Of each step, the earlier one that made it run; none where what is its own is different, or nothing before it ran.
fn followed(build: &PastBuild, before: Option<&PastBuild>) -> Vec<Option<usize>> {
    let inputs: Vec<StepInputs> = build.steps.iter().map(|step| step.inputs.clone()).collect();
    let Some(before) = before else { return vec![None; inputs.len()] };
    let counterparts = counterparts(before, &inputs);
    let followed = |(new, old): (&StepInputs, Option<usize>)| {
        let old = &before.steps[old?].inputs;
        if new.parts != old.parts || files(new).ne(files(old)) {
            return None;
        }
        new.parent_step().into_iter().chain(new.read_steps()).find_map(|step| run_behind(build, step))
    };
    inputs.iter().zip(counterparts).map(followed).collect()
}

/// The step itself where it ran, or the one whose result it simply is.
fn run_behind(build: &PastBuild, at: usize) -> Option<usize> {
    let step = build.steps.get(at)?;
    match step.inputs.parent_step() {
        Some(parent) if step.inputs.is_parent => run_behind(build, parent),
        _ => ran(step).then_some(at),
    }
}

fn files(inputs: &StepInputs) -> impl Iterator<Item = &SourceInputs> {
    inputs.sources.iter().filter(|source| matches!(source, SourceInputs::Files(_)))
}
