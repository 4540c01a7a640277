//! The tests in what the steps of a running build write, and in the reports that they leave.

use std::collections::BTreeMap;

use super::go::{self, GoEvents};
use super::tap::Tap;
use super::{ReportFile, TestResults, junit, libtest, with_findings};
use crate::event::LogStream;
use crate::problems::{clipped_after, plain};
use crate::progress::{StepProblem, Update};
use crate::request::BuildRequest;

/// Reads the updates of one build, whoever else does.
#[derive(Debug, Default)]
pub struct TestLog {
    /// By the first line of the step and the stream.
    readers: BTreeMap<(u32, bool), Reader>,
    reports: Vec<ReportFile>,
    problem: Option<StepProblem>,
    /// The first line of the last RUN of what is built: reports of a build that succeeds are told there.
    last_run: Option<u32>,
}

/// What the steps of a build ran.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestedSteps {
    /// By the first line of the step; steps that ran no test are left out.
    pub steps: BTreeMap<u32, TestResults>,
    /// What could not be read, a sentence each.
    pub notices: Vec<String>,
}

#[derive(Debug, Default)]
struct Reader {
    events: GoEvents,
    tap: Tap,
    results: TestResults,
}

impl TestLog {
    /// For a build of this request.
    #[must_use]
    pub fn of(request: &BuildRequest) -> Self {
        let model = request.model();
        let target = request.target.as_deref().map_or_else(|| model.final_stage(), |name| model.target(name));
        let lineage = target.map(|target| model.lineage(target.index)).unwrap_or_default();
        let mut runs =
            lineage.iter().flat_map(|stage| &stage.instructions).filter(|item| item.as_run().is_some());
        Self { last_run: runs.next_back().map(|item| item.instruction.line + 1), ..Self::default() }
    }

    /// Takes in an update.
    pub fn take(&mut self, update: &Update) {
        match update {
            Update::Log { line: Some(line), stream, text } => {
                let key = (*line, *stream == LogStream::Stderr);
                self.readers.entry(key).or_default().read(text);
            }
            // One file may be meant by two paths.
            Update::Report(report) if self.reports.iter().any(|known| known.path == report.path) => {}
            Update::Report(report) => self.reports.push(report.clone()),
            Update::Problem(problem) => self.problem = Some(problem.clone()),
            _ => {}
        }
    }

    /// What each step ran.
    #[must_use]
    pub fn finish(self) -> TestedSteps {
        let mut steps: BTreeMap<u32, TestResults> = BTreeMap::new();
        for ((line, _), mut reader) in self.readers {
            reader.tap.finish(&mut reader.results);
            steps.entry(line).or_default().extend(reader.results);
        }
        let mut notices = Vec::new();
        let mut reported = TestResults::default();
        for ReportFile { path, content } in &self.reports {
            match content.as_ref().map_err(String::clone).and_then(|bytes| junit::parse(bytes)) {
                Ok(results) => reported.extend(results),
                Err(reason) => notices.push(format!("the report {path} was not read: {reason}")),
            }
        }
        let failed = self.problem.as_ref().map(|problem| problem.line);
        if let Some(line) = failed.or(self.last_run)
            && reported.counts.all() > 0
        {
            let logged = steps.remove(&line).unwrap_or_default();
            reported.add_unreported(logged);
            steps.insert(line, reported);
        }
        if let Some(problem) = self.problem {
            let results = steps.remove(&problem.line).unwrap_or_default();
            steps.insert(problem.line, with_findings(results, &problem.findings.list));
        }
        if steps.values().any(|results| results.is_clipped) {
            notices.push(
                "the builder left out output of the tests: those that it does not show are not counted; \
                 a JUnit report has all of them"
                    .to_owned(),
            );
        }
        steps.retain(|_, results| results.counts.all() > 0);
        TestedSteps { steps, notices }
    }
}

impl Reader {
    fn read(&mut self, line: &str) {
        let Self { events, tap, results } = self;
        results.is_clipped |= clipped_after(line).is_some();
        if events.read(line, results) {
            return;
        }
        let line = plain(line);
        if tap.read(&line, results) {
            return;
        }
        if let Some(test) = libtest::read(&line).or_else(|| go::verbose(&line)) {
            results.add(test);
        }
    }
}
