//! What is kept of the last build, for those who ask why it took so long.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use inner_loop::digest::Digest;
use inner_loop::history::{History, PastBuild, PastStep};
use inner_loop::{BuildRequest, SecretSource};
use semantic::Step;

use super::place::Place;
use super::{Foresight, steps};

/// The last build of a target, and what was before it.
#[derive(Debug, Clone, PartialEq)]
pub struct LastBuild {
    /// The build.
    pub build: PastBuild,
    /// The one before it on the same builder.
    pub before: Option<PastBuild>,
    /// Its steps in the Dockerfile as it is now, where they are the same still.
    pub steps: Vec<Option<Step>>,
}

impl Foresight {
    /// The last build of what a request builds, on whatever builder that was.
    #[must_use]
    pub fn last_build(&self, request: &BuildRequest) -> Option<LastBuild> {
        let mut history: History = self.kept.read(&Place::of(request).history);
        let build = history.builds.pop()?;
        let (build, before) = match self.again(&Place::of(request).history, &build) {
            Some(again) => (build.again(again.at, again.seconds, again.sent), Some(build)),
            None => {
                let before = history.last_on(Some(&build.engine)).cloned();
                (build, before)
            }
        };
        let now = steps(request);
        let same = |past: &PastStep| {
            let is_same = |step: &&Step| {
                step.line == past.inputs.line && self.seal.digest([&step.instruction]) == past.inputs.text
            };
            now.iter().find(is_same).cloned()
        };
        let steps = build.steps.iter().map(same).collect();
        Some(LastBuild { build, before, steps })
    }

    /// What tells one state of a secret's file from another, without a look at what is in it.
    pub(super) fn secrets(&self, request: &BuildRequest) -> BTreeMap<String, Digest> {
        let stamped = request.secrets.iter().filter_map(|secret| {
            let SecretSource::File(path) = &secret.source else { return None };
            let file = path.metadata().ok()?;
            let modified = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            let stamp = format!("{} {}", file.len(), modified.as_nanos());
            Some((secret.id.clone(), self.seal.digest([stamp])))
        });
        stamped.collect()
    }
}
