//! What a build of the test stage comes to: the tests of the steps that ran and of those that were cached, with their places on disk.

use std::collections::BTreeMap;
use std::time::SystemTime;

use inner_loop::test_results::{Counts, Outcome, Test, TestResults, TestedSteps};
use inner_loop::{BuildRecord, BuildRequest, StepState};

use crate::foresight::Foresight;
use crate::foresight::tested::CachedTests;
use crate::source_errors::{LocatedProblem, locate_each};

/// So many failures are looked for on disk.
const MOST_LOCATED: usize = 200;

/// The tests of a build.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestRun {
    /// The tests; those that failed come first, each kind in its own order.
    pub tests: Vec<RanTest>,
    /// How many there were of each kind, those included that are not listed.
    pub counts: Counts,
    /// Whether nothing of it was run in this build.
    pub is_cached: bool,
    /// When the build ended that ran it last, in seconds since 1970, where nothing was run in this one and that is known.
    pub at: Option<u64>,
    /// What could not be read, a sentence each.
    pub notices: Vec<String>,
}

/// A test of a build.
#[derive(Debug, Clone, PartialEq)]
pub struct RanTest {
    /// The test.
    pub test: Test,
    /// Where it failed, where that is in one of the user's files.
    pub place: Option<LocatedProblem>,
    /// The first line of the step that ran it, from 1.
    pub dockerfile_line: u32,
    /// Whether its step was cached: then it ran in an earlier build.
    pub is_cached: bool,
    /// When that one ended, in seconds since 1970, where that is known.
    pub at: Option<u64>,
}

impl TestRun {
    /// Puts together what a build that is over ran, and what is kept of the steps that it did not have to run. Reads files; `began` is when
    /// the build did.
    #[must_use]
    pub fn of(
        request: &BuildRequest,
        tested: TestedSteps,
        record: &BuildRecord,
        foresight: Option<&Foresight>,
        began: SystemTime,
    ) -> Self {
        let runs: Vec<_> = record.steps.iter().filter(|step| step.instruction.starts_with("RUN")).collect();
        let is_cached =
            !runs.is_empty() && runs.iter().all(|step| step.state == StepState::Done && step.cached);
        // Where no step was cached there is nothing to look up.
        let kept = foresight.filter(|_| runs.iter().any(|step| step.cached));
        let mut kept = kept.and_then(|foresight| foresight.cached_tests(request)).unwrap_or_default();
        let mut steps: BTreeMap<u32, (TestResults, bool, Option<u64>)> = BTreeMap::new();
        for (line, results) in tested.steps {
            let is_cached = runs.iter().any(|step| step.line == line && step.cached);
            let at = kept.remove(&line).and_then(|kept: CachedTests| kept.at);
            steps.insert(line, (results, is_cached, at));
        }
        let last = kept.values().filter_map(|kept| kept.at).max();
        for (line, CachedTests { at, results }) in
            kept.into_iter().filter(|(_, kept)| kept.results.counts.all() > 0)
        {
            steps.insert(line, (results, true, at));
        }
        let counts = steps.values().fold(Counts::default(), |all, (results, ..)| all.and(results.counts));
        let at = steps.values().filter_map(|(_, _, at)| *at).max().or(last).filter(|_| is_cached);
        let mut tests = Vec::new();
        for (line, (results, is_cached, at)) in steps {
            tests.extend(located(request, line, results, began).map(|(test, place)| RanTest {
                test,
                place,
                dockerfile_line: line,
                is_cached,
                at,
            }));
        }
        tests.sort_by_key(|ran: &RanTest| ran.test.outcome != Outcome::Failed);
        Self { tests, counts, is_cached, at, notices: tested.notices }
    }

    /// Those that failed.
    pub fn failed(&self) -> impl Iterator<Item = &RanTest> {
        self.tests.iter().take_while(|ran| ran.test.outcome == Outcome::Failed)
    }
}

/// The tests of a step, each with its place where it failed at one.
fn located(
    request: &BuildRequest,
    line: u32,
    results: TestResults,
    began: SystemTime,
) -> impl Iterator<Item = (Test, Option<LocatedProblem>)> {
    let findings: Vec<_> = results.tests.iter().filter_map(Test::finding).take(MOST_LOCATED).collect();
    let mut places = locate_each(request, line, &findings, began).into_iter();
    results.tests.into_iter().map(move |test| {
        let place = if test.frames.is_empty() { None } else { places.next().flatten() };
        (test, place.filter(|place| place.is_exact))
    })
}
