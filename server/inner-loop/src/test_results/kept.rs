//! The tests of steps, kept beyond the build that ran them: a step that is cached now has the results of the build that ran it.

use serde::{Deserialize, Serialize};

use super::TestResults;
use crate::digest::Digest;
use crate::history::{PastBuild, PastStep};
use crate::record::StepState;

/// The steps whose tests are kept of one target. The oldest go first.
const MOST_STEPS: usize = 12;

/// The tests of a target's steps, the oldest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TestRecord {
    steps: Vec<KeptTests>,
}

/// The tests that a step ran when it last did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptTests {
    /// The step's key; absent where nobody knows.
    key: Option<Digest>,
    /// Its instruction, sealed.
    text: Digest,
    /// When the build ended that ran it, in seconds since 1970.
    pub at: u64,
    /// The tests.
    pub results: TestResults,
}

impl TestRecord {
    /// Adds what a step of a build ran.
    pub fn add(&mut self, step: &PastStep, build: &PastBuild, results: TestResults) {
        if step.cached || !matches!(step.state, StepState::Done | StepState::Failed) {
            return;
        }
        let (key, text) = (step.key, step.inputs.text);
        self.steps.retain(|kept| kept.key.is_none() || kept.key != key);
        self.steps.push(KeptTests { key, text, at: build.at, results });
        let n_forgotten = self.steps.len().saturating_sub(MOST_STEPS);
        self.steps.drain(..n_forgotten);
    }

    /// What a step ran in the build that it was cached from.
    #[must_use]
    pub fn of(&self, step: &PastStep) -> Option<&KeptTests> {
        let is_of_key = |kept: &&KeptTests| kept.key.is_some() && kept.key == step.key;
        let is_of_run = |kept: &&KeptTests| kept.text == step.inputs.text && Some(kept.at) == step.ran_at;
        let mut newest_first = self.steps.iter().rev();
        newest_first.clone().find(is_of_key).or_else(|| newest_first.find(is_of_run))
    }
}
