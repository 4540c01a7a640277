//! What rules found in stages, kept from one version of a file to the next.
//!
//! A rule that looks at one stage at a time finds the same again in a stage that was taken over from the version before: only the
//! places have moved. It looks again where the stage was lowered anew or stands in another way among the others; where lines moved
//! and it had found something, as its message may name a line; where any ARG above the first FROM changed; where it has to look again in a
//! stage that this one builds on, or that moved another way; and always in the last one, behind which the end of the file moves.

use rewrites::Input;
use semantic::{Base, Model, StageIdentity, Value};

use crate::catalogue::REGISTRY;
use crate::report::{each_stage, run};
use crate::rule::{Check, Finding, Findings, Rule, StageInput};
use crate::settings::Settings;

/// What rules found in the stages of one version of a file. It holds for the facts that it was made with.
#[derive(Debug, Default)]
pub struct Memory {
    /// The ARGs above the first FROM.
    globals: Vec<(String, Value)>,
    stages: Vec<Remembered>,
}

/// What is wanted of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All.
    Findings,
    /// All but fixes, which nobody asks for while text is typed and which are most of what there is to copy.
    Messages,
}

/// What rules found in one stage.
#[derive(Debug)]
struct Remembered {
    identity: StageIdentity,
    is_shipped: bool,
    is_built_on: bool,
    /// Where the stage stands, and on which line.
    start: u32,
    line: u32,
    looked: Numbers,
    /// What each rule found that found something, by its number.
    found: Vec<(usize, Vec<Finding>)>,
}

/// Numbers of rules, which are their positions in the registry.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers([u64; REGISTRY.len().div_ceil(64)]);

impl Memory {
    /// What still holds for another version of the file.
    #[must_use]
    pub fn carried(self, input: &Input<'_>) -> Self {
        let globals = globals(input.model);
        let known = if globals == self.globals { self.stages } else { Vec::new() };
        let mut known = known.into_iter();
        let mut stages = Vec::with_capacity(input.model.stages.len());
        // How far each stage moved that is the same.
        let mut kept: Vec<Option<u32>> = Vec::with_capacity(input.model.stages.len());
        each_stage(input, |input| {
            let known = known.next().filter(|known| known.is_of(input));
            let distance = known.as_ref().map(|known| known.distance(input));
            let distance = distance.filter(|distance| match input.stage.base {
                Base::Stage(below) => kept.get(below) == Some(&Some(*distance)),
                _ => true,
            });
            let known = known.filter(|_| distance.is_some());
            stages.push(known.map_or_else(|| Remembered::new(input), |known| known.moved_to(input)));
            kept.push(distance);
        });
        Self { globals, stages }
    }

    /// What one rule finds in the version that this was carried to, as [`run`] says it, at the cost of what has changed.
    pub fn run(
        &mut self,
        rule: &'static Rule,
        input: &Input<'_>,
        settings: &Settings,
        wanted: Wanted,
    ) -> Vec<Finding> {
        let number = REGISTRY.iter().position(|known| std::ptr::eq(*known, rule));
        let (Check::Stage(check), Some(number)) = (rule.check, number) else {
            return run(rule, input, settings);
        };
        let mut all = Vec::new();
        for (stage, known) in input.model.stages.iter().zip(&mut self.stages) {
            if !known.looked.contains(number) {
                let Remembered { is_shipped, is_built_on, .. } = *known;
                let mut findings = Findings::new(rule);
                // Where the rule panics, nothing is remembered.
                check(&StageInput { file: input, stage, is_shipped, is_built_on }, &mut findings);
                known.remember(number, findings.into_vec());
            }
            if let Some((_, found)) = known.found.iter().find(|(of, _)| *of == number) {
                match wanted {
                    Wanted::Findings => all.extend_from_slice(found),
                    Wanted::Messages => all.extend(found.iter().map(Finding::without_fixes)),
                }
            }
        }
        all
    }
}

fn globals(model: &Model) -> Vec<(String, Value)> {
    let all = model.scopes.globals().iter();
    all.map(|definition| (definition.name.clone(), definition.value.clone())).collect()
}

impl Remembered {
    fn new(input: &StageInput<'_>) -> Self {
        let StageInput { file, stage, is_shipped, is_built_on } = *input;
        Self {
            identity: file.model.identity(stage),
            is_shipped,
            is_built_on,
            start: stage.from.start,
            line: stage.from.line,
            looked: Numbers::default(),
            found: Vec::new(),
        }
    }

    /// Whether all that a rule may know of this stage is as it was.
    fn is_of(&self, input: &StageInput<'_>) -> bool {
        let StageInput { file, stage, is_shipped, is_built_on } = *input;
        let is_last = stage.index + 1 == file.model.stages.len();
        !is_last
            && self.identity == file.model.identity(stage)
            && (self.is_shipped, self.is_built_on) == (is_shipped, is_built_on)
    }

    /// How far the stage has moved; wraps around where it has moved up.
    const fn distance(&self, input: &StageInput<'_>) -> u32 {
        input.stage.from.start.wrapping_sub(self.start)
    }

    fn remember(&mut self, number: usize, mut found: Vec<Finding>) {
        self.looked.insert(number);
        if !found.is_empty() {
            found.shrink_to_fit();
            self.found.push((number, found));
        }
    }

    /// The same where the stage stands now, less what rules may not find so again.
    fn moved_to(mut self, input: &StageInput<'_>) -> Self {
        let from = &input.stage.from;
        if self.line != from.line {
            for (number, _) in self.found.drain(..) {
                self.looked.remove(number);
            }
        }
        let distance = self.distance(input);
        if distance != 0 {
            let places = self.found.iter_mut().flat_map(|(_, found)| found).flat_map(|finding| {
                let edits =
                    finding.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.range);
                edits.chain(std::iter::once(&mut finding.range))
            });
            places.for_each(|range| {
                range.start = range.start.wrapping_add(distance);
                range.end = range.end.wrapping_add(distance);
            });
        }
        (self.start, self.line) = (from.start, from.line);
        self
    }
}

impl Numbers {
    const fn contains(&self, number: usize) -> bool {
        self.0[number / 64] & 1 << (number % 64) != 0
    }

    const fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    const fn remove(&mut self, number: usize) {
        self.0[number / 64] &= !(1 << (number % 64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_number() {
        let mut numbers = Numbers::default();
        for number in 0..REGISTRY.len() {
            assert!(!numbers.contains(number), "{number}");
            numbers.insert(number);
            assert!(numbers.contains(number), "{number}");
        }
        numbers.remove(REGISTRY.len() - 1);
        assert!(numbers.contains(0) && !numbers.contains(REGISTRY.len() - 1));
    }
}
