//! The tests that the steps of a build ran, as one list: from `go test -json`, TAP, the lines of libtest and `go test -v`, JUnit's XML, and
//! from what [`problems`](crate::problems) found.
//!
//! Lines come in as the steps write them ([`TestLog`]), reports as whole texts ([`junit`]); [`merge`] puts together what they say of the same
//! tests. All of it is other people's text: names and messages are bounded and made plain here, and what is too much is counted.
//! Where a place is in the user's files is [`source_map`](crate::source_map)'s to say.

mod go;
pub mod junit;
mod kept;
mod libtest;
mod log;
mod merge;
mod places;
mod report;
mod stage;
mod tap;
mod text;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::problems::{Finding, Frame, Severity};

pub(crate) use go::output_in;
pub use kept::{KeptTests, TestRecord};
pub use log::{TestLog, TestedSteps};
pub use merge::with_findings;
pub(crate) use report::leaves_reports;
pub use report::{ReportFile, ReportPath, report_paths};
pub use stage::test_stage;

/// So many tests of a step are listed; all are counted.
const MOST_TESTS: usize = 10_000;

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed, or could not be run.
    Failed,
    /// It was not run.
    Skipped,
}

impl Outcome {
    /// The name in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A test that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Its name within its suite.
    pub name: String,
    /// What it belongs to: a package, a class, a file.
    pub suite: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, where that is said.
    pub seconds: Option<f64>,
    /// Why it failed; a line or a few, and nothing where that is not said.
    pub message: String,
    /// Where it failed, in the container, the innermost place first; nothing where that is not said.
    pub frames: Vec<Frame>,
}

impl Test {
    /// A test of this name, made plain. Nothing is known of why it failed.
    fn new(name: &str, outcome: Outcome) -> Self {
        let name = text::name(name);
        Self { name, suite: None, outcome, seconds: None, message: String::new(), frames: Vec::new() }
    }

    /// The failure as a problem of a step, for the [source map](crate::source_map). None where no place is known.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        let behind = if self.message.is_empty() { String::new() } else { format!(": {}", self.message) };
        (!self.frames.is_empty()).then(|| Finding {
            frames: self.frames.clone(),
            severity: Severity::Error,
            message: format!("{}{behind}", self.name),
            title: Some(self.name.clone()),
            source: "test",
        })
    }
}

/// The tests that a step ran.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TestResults {
    /// The tests in the order in which they ended, as many as are listed.
    pub tests: Vec<Test>,
    /// How many there were of each kind.
    pub counts: Counts,
    /// Whether the builder left out some of the output that they were read from.
    #[serde(default)]
    pub is_clipped: bool,
}

/// How many tests ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not run.
    pub skipped: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn all(self) -> usize {
        self.passed + self.failed + self.skipped
    }

    fn count(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Skipped => &mut self.skipped,
        }
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// `2 failed, 11 passed, 1 skipped`.
impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [(self.failed, "failed"), (self.passed, "passed"), (self.skipped, "skipped")];
        let named = all.into_iter().filter(|(count, _)| *count > 0);
        let named: Vec<String> = named.map(|(count, what)| format!("{count} {what}")).collect();
        formatter.write_str(if named.is_empty() { "no tests" } else { "" })?;
        formatter.write_str(&named.join(", "))
    }
}

impl TestResults {
    /// Adds a test. Of too many, those that failed stay.
    fn add(&mut self, test: Test) {
        *self.counts.count(test.outcome) += 1;
        if self.tests.len() < MOST_TESTS {
            self.tests.push(test);
        } else if test.outcome == Outcome::Failed
            && let Some(at) = self.tests.iter().rposition(|test| test.outcome != Outcome::Failed)
        {
            self.tests.remove(at);
            self.tests.push(test);
        }
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: Self) {
        let listed = other.tests.iter().fold(Counts::default(), |mut counts, test| {
            *counts.count(test.outcome) += 1;
            counts
        });
        self.is_clipped |= other.is_clipped;
        other.tests.into_iter().for_each(|test| self.add(test));
        // Those that the other one counted and did not list.
        self.counts.passed += other.counts.passed - listed.passed;
        self.counts.failed += other.counts.failed - listed.failed;
        self.counts.skipped += other.counts.skipped - listed.skipped;
    }
}

#[cfg(test)]
mod tests;
