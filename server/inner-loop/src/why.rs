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
    let changed = changed(build, before);
    let followed = followed(build, &changed);
    let above = changed_above(build, &changed);
    for at in 0..build.steps.len() {
        if !ran(&build.steps[at]) || followed[at].is_some() {
            continue;
        }
        // What changed may be a step that the builder had from elsewhere after all: it did not run, but what follows it did.
        let origin = if changed[at] { at } else { above[at].unwrap_or(at) };
        let said = predictions.get(origin).filter(|prediction| prediction.verdict != Verdict::Cached);
        build.steps[at].cause = Some(match said {
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
    let followed = followed(build, &changed(build, before));
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

/// Of each step, whether what is its own is different from before: what it does, or the files on disk that it reads.
fn changed(build: &PastBuild, before: Option<&PastBuild>) -> Vec<bool> {
    let inputs: Vec<StepInputs> = build.steps.iter().map(|step| step.inputs.clone()).collect();
    let Some(before) = before else { return vec![true; inputs.len()] };
    let is_changed = |(new, old): (&StepInputs, Option<usize>)| {
        let old = old.map(|old| &before.steps[old].inputs);
        old.is_none_or(|old| new.parts != old.parts || files(new).ne(files(old)))
    };
    inputs.iter().zip(counterparts(before, &inputs)).map(is_changed).collect()
}

/// Of each step, the earlier one that made it run; none where what is its own is different, or nothing before it ran.
fn followed(build: &PastBuild, changed: &[bool]) -> Vec<Option<usize>> {
    let followed = |(step, changed): (&PastStep, &bool)| {
        if *changed { None } else { sources(step).find_map(|step| run_behind(build, step)) }
    };
    build.steps.iter().zip(changed).map(followed).collect()
}

/// Of each step, the nearest earlier one of whose result it is made and whose own things are different: first along what it starts from, then
/// along what it reads. All that a step is made of stands before it.
fn changed_above(build: &PastBuild, changed: &[bool]) -> Vec<Option<usize>> {
    let mut above: Vec<Option<usize>> = Vec::with_capacity(build.steps.len());
    for step in &build.steps {
        let nearest =
            sources(step).find_map(|step| if *changed.get(step)? { Some(step) } else { *above.get(step)? });
        above.push(nearest);
    }
    above
}

/// The steps that a step starts from and reads: earlier ones all.
fn sources(step: &PastStep) -> impl Iterator<Item = usize> {
    step.inputs.parent_step().into_iter().chain(step.inputs.read_steps())
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
