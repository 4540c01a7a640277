//! Which result in the builder's cache belongs to which step.
//!
//! A builder throws results away when its cache grows, or when it is told to; then a step whose key is known runs all the same. BuildKit names
//! results at random and tells what made them: the vertex's name for files, the command for RUN (`solver/llbsolver/ops`).

use std::collections::BTreeSet;

use crate::memory::KnownResult;
use crate::plan::{Plan, PlannedStep};
use crate::record::{BuildRecord, StepRecord, StepState};
use crate::request::{CacheResult, ResultName};

/// What BuildKit said of all results that are no RUN's, before it gave them the vertex's name (0.11).
const OLD_DESCRIPTION: &str = "fileop target";

/// How many seconds more than its step took may lie between the times at which a result and its other name were made.
const RENAMED_WITHIN: f64 = 0.5;

/// A result that was made alike within this many seconds of a missing one may be it. On a loaded machine writing down takes long.
const DOUBTED_WITHIN: f64 = 30.0;

/// How many names are asked at once at most; a build with more steps is told without looking at its results.
const MOST_NAMES: usize = 400;

/// The descriptions under which the results of a build may be found, step by step. `vertices` are the names of the steps' vertices.
fn descriptions(plan: &Plan, vertices: &[Option<String>], is_old: bool) -> Vec<Option<String>> {
    let of_step = |(at, planned): (usize, &PlannedStep)| match &planned.command {
        _ if planned.is_parent => None,
        Some(command) => Some(of_command(command)),
        None if is_old => Some(OLD_DESCRIPTION.to_owned()),
        None => vertices.get(at)?.clone(),
    };
    plan.steps.iter().enumerate().map(of_step).collect()
}

/// What is kept of the description of a step's result: nothing of a RUN, whose plan tells it, and nothing that may hold the value of a
/// variable or the text of a file.
fn kept_description(planned: &PlannedStep, description: Option<&String>) -> Option<String> {
    let instruction = &planned.step.instruction;
    let is_plain = planned.command.is_none() && !instruction.contains('$') && !instruction.contains("<<");
    description.filter(|_| is_plain).cloned()
}

/// Under which description the result of a step is found again, once it has another name.
#[must_use]
pub fn description(planned: &PlannedStep, known: &KnownResult, is_old: bool) -> Option<String> {
    match &planned.command {
        Some(command) => Some(of_command(command)),
        None if is_old => Some(OLD_DESCRIPTION.to_owned()),
        None => known.description.clone(),
    }
}

fn of_command(command: &str) -> String {
    format!("mount / from exec {command}")
}

/// What a builder has of the results that a prediction needs, by its own names of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResultsLeft {
    /// Those that it has.
    pub there: BTreeSet<String>,
    /// Those that it may have under other names; nobody can say for certain.
    pub doubted: BTreeSet<String>,
}

/// What became of a result that is not there under the name that it was known by.
#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    /// This is its name now.
    Renamed(KnownResult),
    /// One of those that were made alike may be it.
    Doubted,
    /// Nothing that is there can be it.
    Gone,
}

/// Looks for a missing result among those that were made alike and that nobody else goes by.
#[must_use]
pub fn look_for(
    known: &KnownResult,
    description: &str,
    all: &[CacheResult],
    taken: &BTreeSet<&str>,
) -> Missing {
    let is_alike =
        |result: &&CacheResult| result.description == description && !taken.contains(result.id.as_str());
    let alike: Vec<&CacheResult> =
        all.iter().filter(is_alike).filter(|result| is_near(known, result, DOUBTED_WITHIN)).collect();
    let mut renamed = alike.iter().filter(|result| is_renamed(known, result));
    match (renamed.next(), renamed.next()) {
        (Some(only), None) => {
            Missing::Renamed(KnownResult { id: only.id.clone(), made: only.made, ..known.clone() })
        }
        _ if alike.is_empty() => Missing::Gone,
        _ => Missing::Doubted,
    }
}

/// A result has two names: one from when its step began, and one from when the step had ended. BuildKit goes by the second while a build holds
/// it and from when something is laid upon it, by the first in between (`cache/refs.go`, `equalMutable`).
fn is_renamed(known: &KnownResult, result: &CacheResult) -> bool {
    is_near(known, result, RENAMED_WITHIN)
}

fn is_near(known: &KnownResult, result: &CacheResult, seconds: f64) -> bool {
    (result.made - known.made).abs() < known.seconds + seconds
}

/// Finds the results of a build that is over. `known` is what was known of them before, `ask` asks the builder. None where it does not say.
pub fn find(
    plan: &Plan,
    vertices: &[Option<String>],
    record: &BuildRecord,
    known: &[Option<KnownResult>],
    is_old: bool,
    ask: impl Fn(&[ResultName]) -> Option<Vec<CacheResult>>,
) -> Option<Vec<Option<KnownResult>>> {
    let descriptions = descriptions(plan, vertices, is_old);
    let mut names: Vec<ResultName> =
        known.iter().flatten().map(|result| ResultName::Id(result.id.clone())).collect();
    let known_descriptions = known.iter().flatten().filter_map(|result| result.description.as_ref());
    names.extend(
        descriptions.iter().flatten().chain(known_descriptions).cloned().map(ResultName::Description),
    );
    names.sort();
    names.dedup();
    if names.is_empty() || names.len() > MOST_NAMES {
        return None;
    }
    let results = ask(&names)?;
    let mut found: Vec<Option<KnownResult>> = Vec::new();
    for (at, planned) in plan.steps.iter().enumerate() {
        let parent = planned.parent_step().and_then(|step| found.get(step)?.clone());
        let step = record.steps.get(at).filter(|step| step.state == StepState::Done);
        let result = match step {
            _ if planned.is_parent => parent,
            None => None,
            Some(step) => {
                let known = known.get(at).cloned().flatten();
                // A result goes by the words of the build that made it, whatever stood beside its step then.
                let made_by = known.as_ref().and_then(|known| known.description.clone());
                let description = made_by.filter(|_| step.cached).or_else(|| descriptions[at].clone());
                let is_alike = |result: &&CacheResult| Some(&result.description) == description.as_ref();
                let alike: Vec<&CacheResult> = results.iter().filter(is_alike).collect();
                let found = one_of(&alike, &results, step, known, parent.as_ref());
                found.map(|found| KnownResult {
                    description: kept_description(planned, description.as_ref()),
                    ..found
                })
            }
        };
        found.push(result);
    }
    Some(found)
}

/// The result of one step, of those that were made alike.
fn one_of(
    alike: &[&CacheResult],
    all: &[CacheResult],
    step: &StepRecord,
    known: Option<KnownResult>,
    parent: Option<&KnownResult>,
) -> Option<KnownResult> {
    let named = |result: &CacheResult| KnownResult {
        id: result.id.clone(),
        made: result.made,
        seconds: step.seconds,
        description: None,
    };
    let newest = |results: &mut dyn Iterator<Item = &&CacheResult>| {
        results.max_by(|a, b| a.made.total_cmp(&b.made)).map(|result| named(result))
    };
    if !step.cached {
        let is_above =
            |result: &&&CacheResult| parent.is_some_and(|parent| result.parents.contains(&parent.id));
        let above = newest(&mut alike.iter().filter(is_above));
        // Without a parent to tell them apart, the results of old builders are all alike.
        let is_telling = alike.first().is_some_and(|result| result.description != OLD_DESCRIPTION);
        return above.or_else(|| newest(&mut alike.iter()).filter(|_| is_telling));
    }
    match known {
        None => match alike {
            [only] => Some(named(only)),
            _ => None,
        },
        Some(known) if all.iter().any(|result| result.id == known.id) => Some(known),
        Some(known) => {
            let renamed = newest(&mut alike.iter().filter(|result| is_renamed(&known, result)));
            Some(renamed.map(|renamed| KnownResult { seconds: known.seconds, ..renamed }).unwrap_or(known))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(id: &str, description: &str, made: f64) -> CacheResult {
        CacheResult { id: id.to_owned(), description: description.to_owned(), made, parents: Vec::new() }
    }

    fn step(cached: bool) -> StepRecord {
        StepRecord {
            stage: "stage-0".to_owned(),
            line: 2,
            end_line: 2,
            instruction: "RUN make".to_owned(),
            state: StepState::Done,
            cached,
            seconds: 2.0,
            bytes: None,
        }
    }

    fn check(all: &[CacheResult], cached: bool, known: Option<(&str, f64)>, expected: Option<&str>) {
        let alike: Vec<&CacheResult> = all.iter().filter(|result| result.description == "make").collect();
        let known =
            known.map(|(id, made)| KnownResult { id: id.to_owned(), made, seconds: 2.0, description: None });
        let found = one_of(&alike, all, &step(cached), known, None);
        assert_eq!(found.as_ref().map(|found| found.id.as_str()), expected);
    }

    #[test]
    fn what_ran_made_the_newest_of_its_kind() {
        let all = [result("old", "make", 1.0), result("new", "make", 9.0), result("other", "test", 10.0)];
        check(&all, false, Some(("old", 1.0)), Some("new"));
        check(&[], false, None, None);
        check(&[result("x", "fileop target", 1.0)], false, None, None);
    }

    #[test]
    fn what_was_cached_keeps_its_result_and_an_unknown_one_is_not_guessed() {
        let all = [result("old", "make", 1.0), result("new", "make", 9.0)];
        check(&all, true, Some(("old", 1.0)), Some("old"));
        check(&all, true, None, None);
        check(&all[..1], true, None, Some("old"));
        // Thrown away: not taken for one that was made later.
        check(&all[1..], true, Some(("old", 1.0)), Some("old"));
        // Named anew when its step had ended, or by the name from when it began.
        check(&[result("again", "make", 3.1)], true, Some(("old", 1.0)), Some("again"));
        check(&[result("first", "make", 1.0)], true, Some(("old", 3.1)), Some("first"));
    }

    #[test]
    fn a_missing_result_is_the_only_one_that_was_made_alike_when_its_step_ran() {
        let known = KnownResult { id: "old".to_owned(), made: 10.0, seconds: 2.0, description: None };
        let look = |all: &[CacheResult]| match look_for(&known, "make", all, &BTreeSet::from(["taken"])) {
            Missing::Renamed(result) => result.id,
            Missing::Doubted => "doubted".to_owned(),
            Missing::Gone => "gone".to_owned(),
        };
        assert_eq!(look(&[result("began", "make", 8.1), result("taken", "make", 11.9)]), "began");
        assert_eq!(look(&[result("ended", "make", 12.1), result("other", "test", 11.9)]), "ended");
        assert_eq!(look(&[result("one", "make", 8.1), result("two", "make", 12.1)]), "doubted");
        assert_eq!(look(&[result("late", "make", 30.0)]), "doubted");
        assert_eq!(look(&[result("later", "make", 99.0), result("taken", "make", 11.0)]), "gone");
    }
}
