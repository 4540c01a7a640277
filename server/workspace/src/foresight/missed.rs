//! Results that are not there under the names that they are known by: thrown away, or named anew.
//!
//! A result goes by another name once no build holds it any more, and again when it is next used or something is laid upon it, after which
//! nobody asks for it. So whoever misses one looks for it by what made it.

use std::collections::{BTreeMap, BTreeSet};

use inner_loop::digest::Digest;
use inner_loop::memory::{KnownResult, Memory};
use inner_loop::prediction::{Fate, Question, has_result};
use inner_loop::results::{Missing, description, look_for};
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

/// What was found out about results that are missed.
pub(super) struct Found<'a, 'b> {
    /// Those that the builder has under another name, with that.
    pub(super) renamed: Vec<(&'a Missed<'b>, KnownResult)>,
    /// Those that it may have under another name.
    pub(super) doubted: Vec<&'a Missed<'b>>,
}

/// Looks for missed results under other names.
pub(super) fn look_again<'a, 'b>(
    missed: &'a [Missed<'b>],
    memory: &Memory,
    builder: &dyn Builder,
) -> Found<'a, 'b> {
    let mut names: Vec<ResultName> =
        missed.iter().filter_map(|missed| missed.description.clone()).map(ResultName::Description).collect();
    names.sort();
    names.dedup();
    let all = if names.is_empty() { None } else { builder.results(&names) };
    let taken = memory.result_ids();
    let mut found = Found { renamed: Vec::new(), doubted: Vec::new() };
    for missed in missed {
        // Without an answer, or words to look for, nobody knows.
        let looked = missed.description.as_ref().zip(all.as_ref());
        match looked.map(|(description, all)| look_for(missed.result, description, all, &taken)) {
            Some(Missing::Renamed(result)) => found.renamed.push((missed, result)),
            Some(Missing::Gone) => {}
            Some(Missing::Doubted) | None => found.doubted.push(missed),
        }
    }
    // What two are taken for belongs to nobody knows which.
    let mut claims: BTreeMap<String, usize> = BTreeMap::new();
    for (_, result) in &found.renamed {
        *claims.entry(result.id.clone()).or_default() += 1;
    }
    let (sure, unsure): (Vec<_>, Vec<_>) =
        found.renamed.into_iter().partition(|(_, result)| claims[&result.id] == 1);
    found.renamed = sure;
    found.doubted.extend(unsure.into_iter().map(|(missed, _)| missed));
    found
}
