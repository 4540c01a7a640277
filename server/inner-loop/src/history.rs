//! The last builds of a target, with what each step was made of: what a prediction is compared with, and where a build's time went.
//!
//! Names of files, variables and images are in it; values and contents only as sealed digests. Logs are kept beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::inputs::StepInputs;
use crate::record::StepState;
use crate::sent::Sent;

/// Older builds than this many are forgotten.
pub const MOST_BUILDS: usize = 20;

/// The last builds of one Dockerfile, target and platform in one context, the newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// The builds.
    pub builds: Vec<PastBuild>,
}

/// A build that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastBuild {
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// The builder's own name.
    pub engine: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// Seconds from the request to the end.
    pub seconds: f64,
    /// The steps of the target, in order.
    pub steps: Vec<PastStep>,
    /// Of each secret that is a file, its size and times, sealed: its content was never looked at.
    #[serde(default)]
    pub secrets: BTreeMap<String, Digest>,
    /// Whether it made an image, where it ran nothing and the builder told of its results when it was over: a result gets another name when
    /// it is first used again, or something is laid upon it.
    #[serde(default)]
    pub told_with_image: Option<bool>,
    /// Whether a prediction since then missed a result of it: the next build asks the builder again, even where it runs nothing.
    #[serde(default)]
    pub is_doubted: bool,
    /// What it sent of the main context, and why; absent where it sent nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
}

/// Why a step ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// One short sentence that names the thing.
    pub text: String,
    /// The paths or names that it is about.
    pub because: Vec<String>,
}

/// A step of a build that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastStep {
    /// What it was made of.
    pub inputs: StepInputs,
    /// Its key; absent where files changed while the build went on, so that nobody knows.
    pub key: Option<Digest>,
    /// How it ended.
    pub state: StepState,
    /// Whether the builder did not have to run it.
    pub cached: bool,
    /// Seconds that it ran in this build, all its intervals.
    pub seconds: f64,
    /// Seconds that it took when it last ran, in this build or before.
    pub last_seconds: Option<f64>,
    /// Bytes of its layer, where known.
    pub bytes: Option<u64>,
    /// When it last ran, in seconds since 1970; absent where nobody knows.
    #[serde(default)]
    pub ran_at: Option<u64>,
    /// Why it ran, where that was not another step alone.
    #[serde(default)]
    pub cause: Option<Cause>,
}

impl PastBuild {
    /// The same build once more, which ran nothing: all that is new is when it was, and what it sent.
    #[must_use]
    pub fn again(&self, at: u64, seconds: f64, sent: Option<Sent>) -> Self {
        let cached = |step: &PastStep| PastStep { cached: true, seconds: 0.0, cause: None, ..step.clone() };
        Self { at, seconds, sent, steps: self.steps.iter().map(cached).collect(), ..self.clone() }
    }

    /// Whether every step was taken from the cache.
    #[must_use]
    pub fn ran_nothing(&self) -> bool {
        self.steps.iter().all(|step| step.state == StepState::Done && step.cached)
    }

    /// Whether another build came of the very same: the same steps with the same keys.
    fn is_of_the_same(&self, other: &Self) -> bool {
        let made_of =
            |step: &PastStep, other: &PastStep| step.key == other.key && step.inputs == other.inputs;
        self.secrets == other.secrets
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(step, other)| made_of(step, other))
    }
}

impl History {
    /// The newest build on a builder; on any, where its name is not known.
    #[must_use]
    pub fn last_on(&self, engine: Option<&str>) -> Option<&PastBuild> {
        self.builds.iter().rev().find(|build| engine.is_none_or(|engine| build.engine == engine))
    }

    /// Adds the newest build, and forgets the oldest. Of a builder's builds of the same that ran nothing, one after the other, the newest
    /// stays: or they would push out all that there is to compare with.
    pub fn add(&mut self, build: PastBuild) {
        let last = self.builds.iter().rposition(|other| other.engine == build.engine);
        if let Some(at) = last
            && self.builds[at].ran_nothing()
            && build.ran_nothing()
            && self.builds[at].is_of_the_same(&build)
        {
            self.builds.remove(at);
        }
        self.builds.push(build);
        let n_forgotten = self.builds.len().saturating_sub(MOST_BUILDS);
        self.builds.drain(..n_forgotten);
    }
}

/// Which step of a past build each step stands for: the same instruction of the same stage where it is still there, else the one that stood
/// in its place.
#[must_use]
pub fn counterparts(past: &PastBuild, steps: &[StepInputs]) -> Vec<Option<usize>> {
    let mut found = vec![None; steps.len()];
    let mut stages: Vec<&str> = steps.iter().map(|step| step.stage.as_str()).collect();
    stages.dedup();
    for stage in stages {
        let is_mine = |step: &StepInputs| step.stage.eq_ignore_ascii_case(stage);
        let new: Vec<usize> = (0..steps.len()).filter(|at| is_mine(&steps[*at])).collect();
        let old: Vec<usize> = (0..past.steps.len()).filter(|at| is_mine(&past.steps[*at].inputs)).collect();
        let same = |new_at: usize, old_at: usize| {
            let (new, old) = (&steps[new[new_at]], &past.steps[old[old_at]].inputs);
            new.keyword == old.keyword && new.text == old.text
        };
        let pairs = longest_common(new.len(), old.len(), same);
        let mut bounds = pairs.clone();
        bounds.push((new.len(), old.len()));
        let (mut new_at, mut old_at) = (0, 0);
        for (new_end, old_end) in bounds {
            // What stands between two steps that stayed: those of the same keyword stand for each other, in order.
            while new_at < new_end && old_at < old_end {
                let keyword = &steps[new[new_at]].keyword;
                let alike = |at: &usize| past.steps[old[*at]].inputs.keyword == *keyword;
                if let Some(at) = (old_at..old_end).find(alike) {
                    found[new[new_at]] = Some(old[at]);
                    old_at = at + 1;
                }
                new_at += 1;
            }
            (new_at, old_at) = (new_end + 1, old_end + 1);
        }
        for (new_at, old_at) in pairs {
            found[new[new_at]] = Some(old[old_at]);
        }
    }
    found
}

/// The longest pairing of two lists that keeps their order.
fn longest_common(n_new: usize, n_old: usize, same: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let width = n_old + 1;
    let mut lengths = vec![0_u32; (n_new + 1) * width];
    for new in (0..n_new).rev() {
        for old in (0..n_old).rev() {
            lengths[new * width + old] = if same(new, old) {
                lengths[(new + 1) * width + old + 1] + 1
            } else {
                lengths[(new + 1) * width + old].max(lengths[new * width + old + 1])
            };
        }
    }
    let (mut new, mut old) = (0, 0);
    let mut pairs = Vec::new();
    while new < n_new && old < n_old {
        if same(new, old) {
            pairs.push((new, old));
            (new, old) = (new + 1, old + 1);
        } else if lengths[(new + 1) * width + old] >= lengths[new * width + old + 1] {
            new += 1;
        } else {
            old += 1;
        }
    }
    pairs
}
