//! What the next build would do with each step, laid on the text as it is now.
//!
//! A forecast holds the document that it was made for. What stands above the first instruction that is another one today is as it was:
//! instructions depend on those before them alone. Of all others nothing is said until the next forecast.

use std::sync::Arc;

use inner_loop::prediction::{Prediction, Verdict};
use syntax::{Document, Instruction};

use crate::inlay_hints::seconds;

/// What the next build would do.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// The text that it was made for. Cheap: shared with the open document.
    pub document: Document,
    /// The steps by their first line (from 1) in that text, with their fates.
    pub steps: Vec<(u32, Prediction)>,
}

impl Forecast {
    /// Whether another forecast looks the same in the editor, wherever its lines have moved to.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let fates = |forecast: &Self| -> Vec<Prediction> {
            forecast.steps.iter().map(|(_, prediction)| prediction.clone()).collect()
        };
        let count = |forecast: &Self| forecast.document.instructions().count();
        fates(self) == fates(other)
            && count(self) == count(other)
            && same_instructions(&self.document, &other.document).count() == count(self)
    }

    /// The instructions of today's text whose fate is known.
    pub(crate) fn locate(&self, today: &Document) -> Vec<(Instruction, &Prediction)> {
        let same: Vec<(Instruction, Instruction)> = same_instructions(&self.document, today).collect();
        let locate = |(line, prediction)| {
            let at = same.binary_search_by_key(&line, |(then, _)| then.line + 1).ok()?;
            Some((same[at].1.clone(), prediction))
        };
        self.steps.iter().filter_map(|(line, prediction)| locate((*line, prediction))).collect()
    }
}

/// The instructions of two texts, from the top up to the first that differs.
fn same_instructions(left: &Document, right: &Document) -> impl Iterator<Item = (Instruction, Instruction)> {
    let is_same = |(left, right): &(Instruction, Instruction)| {
        Arc::ptr_eq(&left.node, &right.node) || left.source == right.source
    };
    left.instructions().zip(right.instructions()).take_while(is_same)
}

/// What becomes of a step, why, and what it cost last time: `runs again: a.txt changed (content); it took 4.2 s last time`.
pub(crate) fn sentence(next: &Prediction) -> String {
    let what = match next.verdict {
        Verdict::Cached => "from the cache",
        Verdict::Rebuild => "runs again",
        Verdict::Maybe => "may run again",
        Verdict::Unknown => "unknown",
    };
    let runs = matches!(next.verdict, Verdict::Rebuild | Verdict::Maybe);
    let reason = next.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
    let cost = next.last_seconds.filter(|_| runs).map(seconds);
    let cost = cost.map_or(String::new(), |cost| format!("; it took {cost} last time"));
    format!("{what}{reason}{cost}")
}

/// What all of it comes to, in one line.
#[must_use]
pub fn summary<'a>(predictions: impl Iterator<Item = &'a Prediction> + Clone) -> String {
    let count = |verdict| predictions.clone().filter(|step| step.verdict == verdict).count();
    let all = predictions.clone().count();
    let (rebuilt, open, unknown) = (count(Verdict::Rebuild), count(Verdict::Maybe), count(Verdict::Unknown));
    if unknown == all {
        return "nothing is known of this build yet: build it once".to_owned();
    }
    let time: f64 = predictions
        .filter(|step| step.verdict == Verdict::Rebuild)
        .filter_map(|step| step.last_seconds)
        .sum();
    let cost = if time > 0.0 { format!(", about {}", seconds(time)) } else { String::new() };
    let open = if open > 0 { format!(", {open} more perhaps") } else { String::new() };
    let unknown = if unknown > 0 { format!(", {unknown} unknown") } else { String::new() };
    match rebuilt {
        0 if open.is_empty() && unknown.is_empty() => format!("all {all} steps are cached"),
        _ => format!("{rebuilt} of {all} steps would run{cost}{open}{unknown}"),
    }
}
