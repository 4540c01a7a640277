//! A build that did what the one before it did. Where nothing has changed a build must cost nothing but itself, so all that is kept of such
//! a one is when it was: beside the record, which is neither read nor written for it.

use inner_loop::digest::{Digest, Seal};
use inner_loop::history::PastBuild;
use inner_loop::memory::Memory;
use inner_loop::results::description;
use inner_loop::{BuildRecord, Sent, StepState};
use serde::{Deserialize, Serialize};

use super::remember::noted_lately;
use super::{Foresight, Known};

/// When a build was repeated.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Again {
    /// The build that was repeated, sealed.
    of: Option<Digest>,
    /// When the repetition ended, in seconds since 1970.
    pub(super) at: u64,
    /// How long it took.
    pub(super) seconds: f64,
    /// What it sent: files that only have other times, or that the builder had lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent: Option<Sent>,
}

impl Again {
    pub(super) fn new(of: &PastBuild, at: u64, seconds: f64, sent: Option<Sent>, seal: &Seal) -> Self {
        Self { of: Some(name(of, seal)), at, seconds, sent }
    }

    /// The name under which it is kept.
    pub(super) fn file(history: &str) -> String {
        format!("{history}-again")
    }
}

/// What tells one build from another.
fn name(build: &PastBuild, seal: &Seal) -> Digest {
    let keys = build.steps.iter().map(|step| step.key.map(|key| key.to_string()).unwrap_or_default());
    seal.digest([build.engine.clone(), build.at.to_string()].into_iter().chain(keys))
}

impl Foresight {
    /// When a build was last repeated, if it was.
    pub(super) fn again(&self, history: &str, build: &PastBuild) -> Option<Again> {
        let again: Again = self.kept.read(&Again::file(history));
        again.of.is_some_and(|of| of == name(build, &self.seal)).then_some(again)
    }
}

impl Known {
    /// The last build of all, where the one that is over did the same: it ran nothing, was made of the same, and would teach nothing. That
    /// its results may have other names by now is found out by whoever asks for them.
    pub(super) fn repeated(&self, record: &BuildRecord, at: u64) -> Option<&PastBuild> {
        let last = self.recalled.history.builds.last()?;
        let is_repeated = record.ok
            && last.ok
            && !last.is_doubted
            && last.engine == self.recalled.engine
            && last.secrets == self.secrets
            && ran_nothing(record)
            && self.is_of(record)
            && self.inputs.iter().eq(last.steps.iter().map(|step| &step.inputs))
            && last.steps.iter().all(|step| noted_lately(step.key, &self.recalled.memory, at))
            && (last.told_with_image == Some(self.exports)
                || self.finds_results(last, &self.recalled.memory));
        is_repeated.then_some(last)
    }

    /// Whether a record is of these steps.
    fn is_of(&self, record: &BuildRecord) -> bool {
        let lines = record.steps.iter().map(|step| (&step.stage, step.line));
        self.inputs.iter().map(|step| (&step.stage, step.line)).eq(lines)
    }

    /// Whether all results of a build are found again where they get another name.
    fn finds_results(&self, build: &PastBuild, memory: &Memory) -> bool {
        self.plan.steps.iter().zip(&build.steps).filter(|(planned, _)| !planned.is_parent).all(
            |(planned, step)| {
                let result = step.key.and_then(|key| memory.known(key)?.results.last());
                result.is_some_and(|result| description(planned, result, self.is_old_builder).is_some())
            },
        )
    }
}

/// Whether every step was taken from the cache.
pub(super) fn ran_nothing(record: &BuildRecord) -> bool {
    record.steps.iter().all(|step| step.state == StepState::Done && step.cached)
}
