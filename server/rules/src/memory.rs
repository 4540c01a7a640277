//! What rules found in stages, kept from one version of a file to the next.
//!
//! A rule that looks at one stage at a time finds the same again in a stage that was taken over from the version before: only the
//! places have moved. It looks again where the stage was lowered anew or stands in another way among the others; where lines moved
//! and it had found something, as its message may name a line; always in a stage that builds on another one, of which it may know
//! anything; and always in the last one, behind which the end of the file moves.

use std::collections::HashMap;

use rewrites::Input;
use semantic::{Base, StageIdentity};

use crate::report::{each_stage, run};
use crate::rule::{Check, Finding, Findings, Rule, StageInput};

/// What rules found in the stages of one version of a file. It holds for the facts that it was made with.
#[derive(Debug, Default)]
pub struct Memory {
    /// By rule, by the stage's index.
    found: HashMap<&'static str, Vec<Option<Remembered>>>,
}

/// What one rule found in one stage.
#[derive(Debug)]
struct Remembered {
    identity: StageIdentity,
    is_shipped: bool,
    is_built_on: bool,
    /// Where the stage stood, and on which line.
    start: u32,
    line: u32,
    found: Vec<Finding>,
}

impl Memory {
    /// What one rule finds, as [`run`] says it, at the cost of what has changed.
    pub fn run(&mut self, rule: &'static Rule, input: &Input<'_>) -> Vec<Finding> {
        let Check::Stage(check) = rule.check else { return run(rule, input) };
        // Where the rule panics, nothing is remembered.
        let mut before = self.found.remove(rule.code).unwrap_or_default().into_iter();
        let mut now = Vec::with_capacity(input.model.stages.len());
        let mut all = Vec::new();
        each_stage(input, |input| {
            let known = before.next().flatten().and_then(|known| known.moved_to(input));
            let remembered = known.unwrap_or_else(|| {
                let mut findings = Findings::new(rule);
                check(input, &mut findings);
                Remembered::new(input, findings.into_vec())
            });
            all.extend_from_slice(&remembered.found);
            now.push(Some(remembered).filter(|_| is_memorable(input)));
        });
        self.found.insert(rule.code, now);
        all
    }
}

/// Whether all that a rule may know of the stage is looked at in [`Remembered::moved_to`].
fn is_memorable(input: &StageInput<'_>) -> bool {
    let is_last = input.stage.index + 1 == input.file.model.stages.len();
    !is_last && !matches!(input.stage.base, Base::Stage(_))
}

impl Remembered {
    fn new(input: &StageInput<'_>, found: Vec<Finding>) -> Self {
        let StageInput { file, stage, is_shipped, is_built_on } = *input;
        let identity = file.model.identity(stage);
        Self { identity, is_shipped, is_built_on, start: stage.from.start, line: stage.from.line, found }
    }

    /// The same where the stage stands now, if the rule would find it again.
    fn moved_to(mut self, input: &StageInput<'_>) -> Option<Self> {
        let StageInput { file, stage, is_shipped, is_built_on } = *input;
        let is_same = is_memorable(input)
            && self.identity == file.model.identity(stage)
            && (self.is_shipped, self.is_built_on) == (is_shipped, is_built_on)
            && (self.line == stage.from.line || self.found.is_empty());
        if !is_same {
            return None;
        }
        let distance = stage.from.start.wrapping_sub(self.start);
        if distance != 0 {
            let places = self.found.iter_mut().flat_map(|finding| {
                let edits =
                    finding.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.range);
                edits.chain(std::iter::once(&mut finding.range))
            });
            places.for_each(|range| {
                range.start = range.start.wrapping_add(distance);
                range.end = range.end.wrapping_add(distance);
            });
        }
        (self.start, self.line) = (stage.from.start, stage.from.line);
        Some(self)
    }
}
