//! The tests of a build that is over: put together beside the main loop, told in one message, and shown on the lines where they failed.

use std::sync::Arc;
use std::time::SystemTime;

use ide::DocumentId;
use inner_loop::test_results::TestedSteps;
use inner_loop::{BuildId, BuildRecord, BuildRequest, StepProblem};
use tower_lsp::ls_types::MessageType;
use workspace::foresight::Foresight;
use workspace::source_errors::LocatedProblem;
use workspace::test_run::TestRun;

use crate::main_loop::{Event, MainLoop};
use crate::source_errors::spelled;

/// So many failed tests are named in the message.
const MOST_NAMED: usize = 3;

/// A build of the test stage that is over.
pub(crate) struct EndedTests {
    pub(crate) build: BuildId,
    pub(crate) request: Arc<BuildRequest>,
    pub(crate) tested: TestedSteps,
    pub(crate) record: BuildRecord,
    pub(crate) began: SystemTime,
}

/// What its tests come to.
pub(crate) struct TestsTold {
    build: BuildId,
    id: DocumentId,
    run: TestRun,
    is_ok: bool,
    seconds: f64,
    /// The step that failed, in one line.
    failure: Option<String>,
    /// Where tests failed, where that is not told by the step's tools.
    places: Vec<LocatedProblem>,
}

impl MainLoop {
    /// What is to be done once a build is kept: those of its tests that were cached are looked up there, and files are read.
    pub(crate) fn conclude_tests(
        &self,
        id: DocumentId,
        ended: EndedTests,
        problem: Option<&StepProblem>,
    ) -> impl FnOnce() + Send + 'static + use<> {
        let events = self.events.clone();
        let folder = self.builds.cache_folder.clone();
        let folders = self.folders_around(&id);
        let failure = problem.map(|problem| problem.message.lines().next().unwrap_or_default().to_owned());
        let is_shown = problem.is_some_and(|problem| !problem.findings.list.is_empty());
        move || {
            let EndedTests { build, request, tested, record, began } = ended;
            let foresight = folder.and_then(|folder| Foresight::open(&folder).ok());
            let (is_ok, seconds) = (record.ok, record.seconds);
            let run = TestRun::of(&request, tested, &record, foresight.as_ref(), began);
            let places = if is_shown {
                Vec::new()
            } else {
                run.failed().filter_map(|failed| failed.place.clone()).collect()
            };
            let places = spelled(places, &folders);
            let told = TestsTold { build, id, run, is_ok, seconds, failure, places };
            let _ = events.send(Event::Tests(Box::new(told)));
        }
    }

    /// The tests of a build are known.
    pub(crate) fn tests_told(&mut self, told: TestsTold) {
        let TestsTold { build, id, run, is_ok, .. } = &told;
        for notice in &run.notices {
            self.client.log(MessageType::WARNING, notice.clone());
        }
        let is_passed = *is_ok && run.counts.failed == 0;
        let kind = if is_passed { MessageType::INFO } else { MessageType::ERROR };
        self.client.show(kind, told.message());
        self.host.set_last_tests(id, run.counts);
        if !told.places.is_empty() {
            self.set_source_errors(*build, id, told.places.clone());
        }
        self.refresh_marks();
    }
}

impl TestsTold {
    fn message(&self) -> String {
        let Self { run, is_ok, failure, seconds, .. } = self;
        let counts = run.counts;
        let after = ide::seconds(*seconds);
        match (is_ok, counts.failed, counts.all()) {
            (true, 0, 0) if run.is_cached => {
                "The tests passed in an earlier build, and nothing has changed".to_owned()
            }
            (true, 0, 0) => format!("The tests passed in {after}"),
            (true, 0, _) if run.is_cached => {
                format!("Tests: {counts}, in an earlier build: nothing has changed")
            }
            (true, 0, _) => format!("Tests: {counts} in {after}"),
            (false, 0, _) => {
                format!("The tests could not be run: {}", failure.as_deref().unwrap_or("the build failed"))
            }
            _ => format!("Tests: {counts}: {}", self.failed_names()),
        }
    }

    fn failed_names(&self) -> String {
        let names: Vec<&str> = self.run.failed().take(MOST_NAMED).map(|failed| &*failed.test.name).collect();
        match self.run.counts.failed.saturating_sub(names.len()) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}
