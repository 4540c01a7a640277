//! Which steps the next build would run, and why: a plan against what is known of the builder's cache and of the last build.
//!
//! BuildKit works backwards from the target: a step whose key it knows is taken from the cache, and nothing that it was made of is looked
//! at (`solver/edge.go`). What a step reads from another stage counts by content, so a stage that runs again may give the same files, and
//! then what reads them stays: nobody can know that before, and it is called [`Verdict::Maybe`].

mod reason;

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;

use crate::digest::{Digest, Seal};
use crate::history::{PastBuild, counterparts};
use crate::inputs::{Listings, ParentInputs, SourceInputs, StepInputs};
use crate::memory::{KnownKey, Memory};
use crate::plan::{Parent, Plan};
use crate::results::ResultsLeft;

/// What will become of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The builder has its result.
    Cached,
    /// It runs.
    Rebuild,
    /// It runs only if what an earlier step gives is different from last time.
    Maybe,
    /// It was never built here, so that nothing is known.
    Unknown,
}

/// A step's fate with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// What will become of it.
    pub verdict: Verdict,
    /// Why, in one short sentence; absent for what stays cached.
    pub reason: Option<String>,
    /// What the reason is about: paths, names of arguments and images.
    pub because: Vec<String>,
    /// Seconds that it took when it last ran.
    pub last_seconds: Option<f64>,
}

/// All that a prediction is made from.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What is built.
    pub plan: &'a Plan,
    /// The same, sealed.
    pub inputs: &'a [StepInputs],
    /// What the builder is known to have.
    pub memory: &'a Memory,
    /// The last build of the same target on the same builder.
    pub past: Option<&'a PastBuild>,
    /// The files as they are.
    pub listings: &'a Listings,
    /// The files as the last build had them; empty where nobody knows.
    pub past_listings: &'a Listings,
    /// The seal of all digests.
    pub seal: &'a Seal,
    /// The results that the builder still has; absent where it was not asked.
    pub results: Option<&'a ResultsLeft>,
}

/// Keys by what they are without what other steps gave.
type Shapes = HashMap<Digest, Vec<Digest>>;

/// More combinations of what steps may give are not followed: what depends on them is then open.
const MOST_COMBINATIONS: usize = 24;

impl Question<'_> {
    /// What will become of every step, in order.
    #[must_use]
    pub fn answer(&self) -> Vec<Prediction> {
        self.predictions(&self.settled(self.fates()))
    }

    /// The fates of the steps in words.
    #[must_use]
    pub fn predictions(&self, fates: &[Fate]) -> Vec<Prediction> {
        let counterparts =
            self.past.map_or_else(|| vec![None; self.inputs.len()], |past| counterparts(past, self.inputs));
        (0..self.inputs.len())
            .map(|at| {
                let (reason, because) = reason::reason(self, fates, &counterparts, at);
                let known = fates[at].keys.iter().find_map(|key| self.memory.known(*key)?.seconds);
                let past = || self.past.and_then(|past| past.steps[counterparts[at]?].last_seconds);
                Prediction { verdict: fates[at].verdict, reason, because, last_seconds: known.or_else(past) }
            })
            .collect()
    }

    /// The fates of the steps by their keys alone.
    #[must_use]
    pub fn fates(&self) -> Vec<Fate> {
        let mut fates: Vec<Fate> = Vec::with_capacity(self.inputs.len());
        let shapes = LazyCell::new(|| self.memory.by_shape());
        for at in 0..self.inputs.len() {
            let fate = self.fate(at, &fates, &shapes);
            fates.push(fate);
        }
        fates
    }

    /// The fates by the results that the builder still has too, and by which vertices BuildKit makes of the steps.
    #[must_use]
    pub fn settled(&self, mut fates: Vec<Fate>) -> Vec<Fate> {
        if let Some(results) = self.results {
            self.miss_what_is_gone(&mut fates, results);
        }
        for at in self.twins() {
            if matches!(fates[at].verdict, Verdict::Rebuild | Verdict::Maybe) {
                fates[at] = Fate {
                    verdict: Verdict::Cached,
                    why: Why::Twin,
                    keys: std::mem::take(&mut fates[at].keys),
                };
            }
        }
        fates
    }

    /// The steps that are the same as another one of the same build. BuildKit makes one vertex of them, which goes by the name of the one
    /// that it comes to last on its way from the target's result: what a step starts from comes before what it reads
    /// (`client/llb/state.go`, `marshal`).
    fn twins(&self) -> Vec<usize> {
        let mut last: HashMap<Digest, usize> = HashMap::new();
        let mut twins = Vec::new();
        let mut names: Vec<Digest> = vec![Digest::from_bytes([0; 16]); self.inputs.len()];
        for at in self.marshal_order() {
            let inputs = &self.inputs[at];
            let read: Vec<Digest> = inputs.read_steps().map(|step| names[step]).collect();
            names[at] = inputs.key(self.seal, inputs.parent_step().map(|step| names[step]), &read);
            if !inputs.is_parent {
                twins.extend(last.insert(names[at], at));
            }
        }
        twins
    }

    /// The steps in the order in which BuildKit comes to them, each after all that it is made of.
    fn marshal_order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut is_seen = vec![false; self.inputs.len()];
        let mut open: Vec<(usize, bool)> = self.plan.result.into_iter().map(|at| (at, false)).collect();
        while let Some((at, is_complete)) = open.pop() {
            if is_complete {
                order.push(at);
            } else if !std::mem::replace(&mut is_seen[at], true) {
                open.push((at, true));
                let inputs = &self.inputs[at];
                let before: Vec<usize> =
                    inputs.parent_step().into_iter().chain(inputs.read_steps()).collect();
                open.extend(before.into_iter().rev().map(|before| (before, false)));
            }
        }
        order
    }

    /// The results that decide whether steps with known keys are taken from the cache, by the builder's names of them.
    #[must_use]
    pub fn needed_results(&self, fates: &[Fate]) -> BTreeSet<String> {
        let keys = fates.iter().flat_map(|fate| &fate.keys);
        let known = keys.filter_map(|key| self.memory.known(*key));
        known.flat_map(|known| &known.results).map(|result| result.id.clone()).collect()
    }

    fn fate(&self, at: usize, before: &[Fate], shapes: &impl Deref<Target = Shapes>) -> Fate {
        let (planned, inputs) = (&self.plan.steps[at], &self.inputs[at]);
        let never_built = self.past.is_none();
        if inputs.is_parent {
            let keys = match inputs.parent_step().and_then(|step| before.get(step)) {
                Some(parent) => parent.keys.clone(),
                None => vec![inputs.key(self.seal, None, &[])],
            };
            let is_stored = match &planned.parent {
                Parent::Image(image) => image.layers.is_some(),
                _ => true,
            };
            let is_known = keys.iter().any(|key| self.memory.known(*key).is_some());
            let verdict = match (is_known, never_built) {
                (true, _) => Verdict::Cached,
                (false, true) => Verdict::Unknown,
                (false, false) if is_stored => Verdict::Cached,
                (false, false) => Verdict::Rebuild,
            };
            return Fate { verdict, keys, why: Why::Key };
        }
        let (keys, parents) = self.possible_keys(inputs, before);
        if planned.is_forced {
            return Fate { verdict: Verdict::Rebuild, keys, why: Why::Forced };
        }
        let n_known = keys.iter().filter(|key| self.memory.known(**key).is_some()).count();
        let reads_remote = inputs.sources.iter().any(|source| matches!(source, SourceInputs::Remote(_)));
        if n_known == keys.len() && !keys.is_empty() && !reads_remote {
            let keys = keys.iter().map(|key| self.memory.canonical(*key)).collect();
            return Fate { verdict: Verdict::Cached, keys, why: Why::Key };
        }
        if n_known > 0 {
            let mut keys: Vec<Digest> = keys.iter().map(|key| self.memory.canonical(*key)).collect();
            if reads_remote {
                // What is fetched may be new, and then so is the key.
                keys.push(self.seal.digest(["fetched anew".as_bytes(), keys[0].bytes()]));
            }
            let why = if reads_remote { Why::Remote } else { Why::Open };
            return Fate { verdict: Verdict::Maybe, keys, why };
        }
        // The files of other steps may be the same although these steps run again.
        let same: Vec<Digest> = parents
            .iter()
            .filter_map(|parent| inputs.shape(self.seal, *parent))
            .flat_map(|shape| shapes.get(&shape).into_iter().flatten().copied())
            .collect();
        if !same.is_empty() {
            let keys = keys.into_iter().take(1).chain(same).collect();
            return Fate { verdict: Verdict::Maybe, keys, why: Why::Content };
        }
        let verdict = if never_built { Verdict::Unknown } else { Verdict::Rebuild };
        Fate { verdict, keys, why: Why::Key }
    }

    /// The keys that a step may come to have, one for each thing that the steps before it may give; and the keys of its parent.
    fn possible_keys(&self, inputs: &StepInputs, before: &[Fate]) -> (Vec<Digest>, Vec<Option<Digest>>) {
        let parents: Vec<Option<Digest>> = match inputs.parent {
            ParentInputs::Step(step) => {
                before.get(step).map_or_else(Vec::new, |fate| fate.keys.iter().copied().map(Some).collect())
            }
            _ => vec![None],
        };
        let mut combinations: Vec<Vec<Digest>> = vec![Vec::new()];
        for step in inputs.read_steps() {
            let keys = before.get(step).map_or(&[][..], |fate| &fate.keys);
            combinations = combinations
                .iter()
                .flat_map(|combination| {
                    keys.iter().map(move |key| combination.iter().copied().chain([*key]).collect())
                })
                .take(MOST_COMBINATIONS)
                .collect();
        }
        let mut keys = Vec::new();
        for parent in &parents {
            for read in &combinations {
                let key = inputs.key(self.seal, *parent, read);
                if !keys.contains(&key) && keys.len() < MOST_COMBINATIONS {
                    keys.push(key);
                }
            }
        }
        (keys, parents)
    }

    /// Goes back from the target's result: a result that the builder needs and no longer has is made again, and then what it is made
    /// from is needed too. What is not needed stays as it is, whether or not the builder still has it.
    fn miss_what_is_gone(&self, fates: &mut [Fate], results: &ResultsLeft) {
        let mut needs = vec![Need::None; fates.len()];
        if let Some(result) = self.plan.result {
            needs[result] = Need::Certain;
        }
        for at in (0..fates.len()).rev() {
            let (need, inputs) = (needs[at], &self.inputs[at]);
            if need == Need::None {
                continue;
            }
            if fates[at].verdict == Verdict::Cached && !inputs.is_parent {
                let known = fates[at].keys.iter().filter_map(|key| self.memory.known(*key));
                let missed: Vec<&KnownKey> =
                    known.filter(|known| !has_result(known, &results.there)).collect();
                if missed.is_empty() {
                    continue;
                }
                let is_doubted = missed.iter().any(|known| has_result(known, &results.doubted));
                let is_certain = need == Need::Certain && !is_doubted;
                fates[at].verdict = if is_certain { Verdict::Rebuild } else { Verdict::Maybe };
                fates[at].why = Why::Gone;
            }
            // A step that only may run certainly has what it reads compared, and may not need what it is laid upon.
            let is_open = fates[at].verdict == Verdict::Maybe;
            let of_parent = if is_open { Need::Possible.min(need) } else { need };
            let of_sources = if fates[at].why == Why::Gone && is_open { Need::Possible } else { need };
            let mut ask = |step: usize, need: Need| needs[step] = needs[step].max(need);
            inputs.read_steps().for_each(|step| ask(step, of_sources));
            if let Some(parent) = inputs.parent_step() {
                ask(parent, of_parent);
                // BuildKit may compare what the step below reads once more, in search of another key of it.
                self.inputs[parent].read_steps().for_each(|step| ask(step, Need::Possible));
            }
        }
    }
}

/// Whether a build needs the result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// It does not.
    None,
    /// It may.
    Possible,
    /// It does.
    Certain,
}

/// Whether the builder has the result of a key, as far as its own name is known.
#[must_use]
pub fn has_result(known: &KnownKey, results: &BTreeSet<String>) -> bool {
    known.results.is_empty() || known.results.iter().any(|result| results.contains(&result.id))
}

/// What will become of a step, before it is put into words.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// What.
    pub verdict: Verdict,
    /// The keys that it may have; one where nothing is open.
    pub keys: Vec<Digest>,
    why: Why,
}

impl Fate {
    /// Whether the builder is taken to have thrown its result away.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.why == Why::Gone
    }
}

/// What decided a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its key is known, or is not.
    Key,
    /// It depends on a step that is open itself.
    Open,
    /// What it reads of other steps may be the same.
    Content,
    /// What it fetches may be new.
    Remote,
    /// The builder has thrown the result away.
    Gone,
    /// The builder was told to run it.
    Forced,
    /// Another step is the same, and stands for both.
    Twin,
}

#[cfg(test)]
mod tests;
