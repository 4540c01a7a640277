//! What several sources say of the same tests, put together: a report and the log, and the problems that were found in the log.

use super::{Outcome, Test, TestResults, text};
use crate::problems::{Finding, Frame};

impl TestResults {
    /// Adds what a log says of tests that these results, which are a report's, do not know.
    pub fn add_unreported(&mut self, log: Self) {
        let known: Vec<Test> =
            self.tests.iter().filter(|test| test.outcome == Outcome::Failed).cloned().collect();
        // Where a report tells of as many tests, the log told of the same ones.
        if self.counts.all() >= log.counts.all() {
            for test in log.tests.into_iter().filter(|test| test.outcome == Outcome::Failed) {
                if !known.iter().any(|known| is_same(&known.name, &test.name)) {
                    self.add(test);
                }
            }
            return;
        }
        let known = std::mem::take(self);
        *self = log;
        for test in known.tests {
            match self.tests.iter_mut().find(|own| is_same(&own.name, &test.name)) {
                Some(own) => own.learn(&test.message, &test.frames),
                None => self.add(test),
            }
        }
    }
}

/// The results of a failed step with what the matchers of its log found: the place and the message of a test that lacks them, and tests
/// that nothing else told of.
#[must_use]
pub fn with_findings(mut results: TestResults, findings: &[Finding]) -> TestResults {
    for finding in findings {
        // As the names of the other tests are.
        let Some(title) = finding.title.as_deref().map(text::name) else { continue };
        let mut failed = results.tests.iter_mut().filter(|test| test.outcome == Outcome::Failed);
        match failed.find(|test| is_same(&test.name, &title)) {
            Some(test) => test.learn(finding.message_alone(), &finding.frames),
            None => {
                let mut test = Test::new(&title, Outcome::Failed);
                test.suite = Some(finding.source.to_owned());
                test.learn(finding.message_alone(), &finding.frames);
                results.add(test);
            }
        }
    }
    results
}

impl Test {
    /// Takes in what somebody else says of its failure.
    fn learn(&mut self, message: &str, frames: &[Frame]) {
        if self.message.is_empty() {
            self.message = text::message(message.lines());
        }
        // Matchers know the text of the line too, so that it is found where the file was edited.
        let has_text = |frames: &[Frame]| frames.iter().any(|frame| frame.text.is_some());
        if self.frames.is_empty() || (has_text(frames) && !has_text(&self.frames)) {
            self.frames = frames.to_vec();
        }
    }
}

/// Whether two tools mean one test, each with as much of its suite as it says: `TestSum.test_adds` and `test_adds`.
fn is_same(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    let short = short.trim();
    !short.is_empty()
        && long
            .trim()
            .strip_suffix(short)
            .is_some_and(|before| before.is_empty() || before.ends_with(['.', ':', '/', ' ', '>', '›', '#']))
}
