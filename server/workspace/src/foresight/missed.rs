//! Results that are not there under the names that they are known by: thrown away, or named anew.
//!
//! A result gets another name when it is first used again, or something is laid upon it: in a build that runs nothing, after which nobody
//! asks for it. So whoever misses one looks for it by what made it.

use std::collections::BTreeSet;

use inner_loop::digest::Digest;
use inner_loop::memory::{KnownResult, Memory};
use inner_loop::prediction::{Fate, Question, has_result};
use inner_loop::results::{description, renamed};
use inner_loop::{Builder, ResultName};

/// A result that a prediction misses.
pub(super) struct Missed<'a> {
    /// The key that it is kept under.
    pub(super) key: Digest,
    /// Under its newest name.
    pub(super) result: &'a KnownResult,
    /// What made it, where that is known.
    description: Option<String>,
}

/// The results that decide fates and are not there.
pub(super) fn missed<'a>(
    question: &Question<'a>,
    fates: &[Fate],
    there: &BTreeSet<String>,
    is_old_builder: bool,
) -> Vec<Missed<'a>> {
    let mut missed = Vec::new();
    for (planned, fate) in question.plan.steps.iter().zip(fates).filter(|(_, fate)| fate.is_gone()) {
        for key in &fate.keys {
            if let Some(known) = question.memory.known(*key)
                && !has_result(known, there)
                && let Some(result) = known.results.last()
            {
                let description = description(planned, result, is_old_builder);
                missed.push(Missed { key: *key, result, description });
            }
        }
    }
    missed
}

/// Those that the builder has under another name, with that.
pub(super) fn found_again<'a, 'b>(
    missed: &'a [Missed<'b>],
    memory: &Memory,
    builder: &dyn Builder,
) -> Vec<(&'a Missed<'b>, KnownResult)> {
    let mut names: Vec<ResultName> =
        missed.iter().filter_map(|missed| missed.description.clone()).map(ResultName::Description).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Vec::new();
    }
    let Some(all) = builder.results(&names) else { return Vec::new() };
    let taken = memory.result_ids();
    let again = |missed: &'a Missed<'b>| {
        let description = missed.description.as_ref()?;
        Some((missed, renamed(missed.result, description, &all, &taken)?))
    };
    let mut found: Vec<_> = missed.iter().filter_map(again).collect();
    // What two are taken for belongs to nobody knows which.
    let is_claimed_by_one = |id: &str, found: &[(&Missed<'_>, KnownResult)]| {
        found.iter().filter(|(_, result)| result.id == id).count() == 1
    };
    let sure: Vec<bool> = found.iter().map(|(_, result)| is_claimed_by_one(&result.id, &found)).collect();
    let mut sure = sure.into_iter();
    found.retain(|_| sure.next().unwrap_or(false));
    found
}
