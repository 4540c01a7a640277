//! The tests that the steps of a build ran, kept for those builds that find the steps in the cache.

use std::collections::BTreeMap;
use std::io;

use inner_loop::history::PastBuild;
use inner_loop::test_results::{TestRecord, TestResults};
use inner_loop::{BuildRequest, StepState};

use super::Foresight;
use super::place::Place;

/// A step of the last build that was cached then.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CachedTests {
    /// When the build ended that ran it, in seconds since 1970, as far as that is known.
    pub at: Option<u64>,
    /// The tests that it ran there; none where it ran none, or nobody looked.
    pub results: TestResults,
}

impl Foresight {
    /// The RUN steps of the last build that were cached, by their first lines. None where no build is kept.
    #[must_use]
    pub fn cached_tests(&self, request: &BuildRequest) -> Option<BTreeMap<u32, CachedTests>> {
        let build = self.last_build(request)?.build;
        let record: TestRecord = self.kept.read(&tests_name(&Place::of(request).history));
        let is_cached_run = |step: &&inner_loop::history::PastStep| {
            step.cached && step.state == StepState::Done && step.inputs.keyword == "RUN"
        };
        let cached = build.steps.iter().filter(is_cached_run).map(|step| {
            let kept = record.of(step);
            let at = kept.map(|kept| kept.at).or(step.ran_at);
            let results = kept.map(|kept| kept.results.clone()).unwrap_or_default();
            (step.inputs.line, CachedTests { at, results })
        });
        Some(cached.collect())
    }

    /// Keeps the tests that the steps of a build ran.
    pub(super) fn keep_tests(
        &self,
        history: &str,
        build: &PastBuild,
        tests: &BTreeMap<u32, TestResults>,
    ) -> io::Result<()> {
        if tests.is_empty() {
            return Ok(());
        }
        self.kept.change(&tests_name(history), |record: &mut TestRecord| {
            for step in &build.steps {
                if let Some(results) = tests.get(&step.inputs.line) {
                    record.add(step, build, results.clone());
                }
            }
        })
    }
}

/// Where the tests of a target's steps are kept.
fn tests_name(history: &str) -> String {
    format!("{history}-tests")
}
