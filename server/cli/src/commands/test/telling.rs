//! One build of the test stage as it is told: the steps as they run, and the tests in the place of the failed step's output.

use std::time::SystemTime;

use anyhow::Context;
use inner_loop::test_results::{TestLog, TestedSteps};
use inner_loop::{BuildRecord, BuildRequest, EndedBuild, StepProblem, Update};
use workspace::test_run::TestRun;

use crate::arguments::{AnswerFormat, ProgressFormat};
use crate::commands::printer::Printer;
use crate::output::{print, tests_json, tests_text};
use crate::outside;

/// How tests and the build are printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    pub(crate) answer: AnswerFormat,
    pub(crate) progress: ProgressFormat,
}

/// Reads the updates of a build for tests, and tells of both.
pub(crate) struct Telling {
    format: Format,
    target: String,
    printer: Printer,
    began: SystemTime,
    log: TestLog,
    tested: TestedSteps,
    /// What is told once the tests are known.
    problem: Option<StepProblem>,
    finished: Option<Update>,
}

impl Telling {
    pub(crate) fn new(format: Format, request: &BuildRequest) -> Self {
        Self {
            format,
            target: request.target.clone().unwrap_or_default(),
            printer: Printer::new(format.progress, request).of_loop(),
            began: SystemTime::now(),
            log: TestLog::of(request),
            tested: TestedSteps::default(),
            problem: None,
            finished: None,
        }
    }

    /// Takes in an update, and prints it unless it has to wait for the tests.
    pub(crate) fn tell(&mut self, update: &Update) -> anyhow::Result<()> {
        self.log.take(update);
        match update {
            Update::Problem(problem) => self.problem = Some(problem.clone()),
            Update::Finished { .. } => self.finished = Some(update.clone()),
            _ if self.format.answer == AnswerFormat::Json => {}
            _ => return self.printer.print(update),
        }
        Ok(())
    }

    /// Adds to a build that is over what its steps tested.
    pub(crate) fn add_tests(&mut self, ended: &mut EndedBuild) {
        self.tested = std::mem::take(&mut self.log).finish();
        ended.tests.clone_from(&self.tested.steps);
    }

    /// Programs wait for the last event, whatever happens; people are told by the error.
    pub(crate) fn print_without_builder(&self) -> anyhow::Result<()> {
        self.printer.print_without_builder()
    }

    /// Prints the tests, with what has waited for them, once the build is kept.
    pub(crate) fn conclude(
        self,
        request: &BuildRequest,
        record: &BuildRecord,
        is_canceled: bool,
    ) -> anyhow::Result<TestRun> {
        let foresight = outside::foresight().ok();
        let tests = TestRun::of(request, self.tested, record, foresight.as_ref(), self.began);
        let (answer, progress) = (self.format.answer, self.format.progress);
        let problem = self.problem.as_ref();
        let text = if answer == AnswerFormat::Json {
            format!("{}\n", tests_json::object(&tests, record, &self.target, problem))
        } else if progress == ProgressFormat::Json {
            problem.map_or(Ok(()), |problem| self.printer.print(&Update::Problem(problem.clone())))?;
            tests_json::events(&tests)
        } else {
            // Where the failures are told test by test, the output of the step says nothing more.
            let unexplained = problem.filter(|_| tests.counts.failed == 0);
            unexplained.map_or(Ok(()), |problem| self.printer.print(&Update::Problem(problem.clone())))?;
            tests_text::text(&tests, record, is_canceled)
        };
        print(&text).context("cannot write to stdout")?;
        if progress == ProgressFormat::Json {
            self.finished.iter().try_for_each(|finished| self.printer.print(finished))?;
        }
        Ok(tests)
    }
}
