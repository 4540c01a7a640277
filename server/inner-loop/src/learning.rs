//! What a build teaches: which keys the builder has results for now, and which keys turned out to be the same.

use std::collections::BTreeMap;

use crate::digest::{Digest, Seal};
use crate::history::{PastBuild, PastStep, counterparts};
use crate::inputs::StepInputs;
use crate::memory::{KnownKey, KnownResult, Memory};
use crate::record::{BuildRecord, StepRecord, StepState};

/// A build that is over, with what it was made of.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'a> {
    /// What was built, step by step.
    pub inputs: &'a [StepInputs],
    /// Of each step, whether its own files are certain: they did not change while the build went on.
    pub is_certain: &'a [bool],
    /// How it went; its steps are those of the inputs.
    pub record: &'a BuildRecord,
    /// The results in the builder's cache, step by step; empty where it does not say.
    pub results: &'a [Option<KnownResult>],
    /// The builder's own name.
    pub engine: &'a str,
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// The seal of all digests.
    pub seal: &'a Seal,
}

impl Lesson<'_> {
    /// Remembers the keys of the steps that are done, and gives the build as it is kept. None where the record is of other steps.
    pub fn learn(&self, memory: &mut Memory, before: Option<&PastBuild>) -> Option<PastBuild> {
        let is_same = |(inputs, step): (&StepInputs, &StepRecord)| {
            inputs.line == step.line && inputs.stage == step.stage
        };
        if self.inputs.len() != self.record.steps.len()
            || !self.inputs.iter().zip(&self.record.steps).all(is_same)
        {
            return None;
        }
        let counterparts =
            before.map_or_else(|| vec![None; self.inputs.len()], |past| counterparts(past, self.inputs));
        let mut keys: Vec<Option<Digest>> = Vec::new();
        let mut steps = Vec::new();
        for (at, (inputs, step)) in self.inputs.iter().zip(&self.record.steps).enumerate() {
            let key = self.key(at, &keys);
            let is_done = step.state == StepState::Done;
            let key =
                key.map(|(key, shape)| if is_done { self.learn_step(memory, at, key, shape) } else { key });
            keys.push(key);
            let ran = is_done && !step.cached;
            let known = || key.and_then(|key| memory.known(key)?.seconds);
            let old = before.and_then(|past| Some(&past.steps[counterparts[at]?]));
            let ran_before = || old.filter(|old| old.key == key)?.ran_at;
            steps.push(PastStep {
                inputs: inputs.clone(),
                key,
                state: step.state,
                cached: step.cached,
                seconds: step.seconds,
                last_seconds: if ran { Some(step.seconds) } else { known().or_else(|| old?.last_seconds) },
                bytes: step.bytes,
                ran_at: if ran { Some(self.at) } else { ran_before() },
                cause: None,
            });
        }
        memory.shorten();
        Some(PastBuild {
            at: self.at,
            engine: self.engine.to_owned(),
            ok: self.record.ok,
            seconds: self.record.seconds,
            steps,
            secrets: BTreeMap::new(),
            told_with_image: None,
            is_doubted: false,
            sent: None,
        })
    }

    /// The keys of the steps as far as they are certain, before anything is learned.
    #[must_use]
    pub fn keys(&self, memory: &Memory) -> Vec<Option<Digest>> {
        let mut keys = Vec::new();
        for at in 0..self.inputs.len() {
            let key = self.key(at, &keys).map(|(key, _)| memory.canonical(key));
            keys.push(key);
        }
        keys
    }

    /// The key of a step and its shape, where all that it is made of is certain.
    fn key(&self, at: usize, keys: &[Option<Digest>]) -> Option<(Digest, Option<Digest>)> {
        let inputs = &self.inputs[at];
        if !self.is_certain.get(at).copied().unwrap_or(false) {
            return None;
        }
        let parent = match inputs.parent_step() {
            Some(step) => Some((*keys.get(step)?)?),
            None => None,
        };
        let read = inputs.read_steps().map(|step| *keys.get(step)?).collect::<Option<Vec<_>>>()?;
        Some((inputs.key(self.seal, parent, &read), inputs.shape(self.seal, parent)))
    }

    /// Remembers a step that is done, and gives the name under which its key is kept.
    fn learn_step(&self, memory: &mut Memory, at: usize, key: Digest, shape: Option<Digest>) -> Digest {
        let (inputs, step) = (&self.inputs[at], &self.record.steps[at]);
        let ran = !step.cached && !inputs.is_parent;
        if step.cached
            && memory.known(key).is_none()
            && let Some(shape) = shape
        {
            // It was taken from the cache although a step that it reads from is another: the files were the same as those of a build
            // before. Where there were several, nobody can tell which.
            let same: Vec<Digest> = memory.of_shape(shape).collect();
            if let [known] = same[..] {
                memory.learn_same(key, known, self.at);
            }
        }
        if ran {
            // It ran although the builder had a result under this name: so that is gone, and the key stands for itself.
            if memory.canonical(key) != key {
                memory.forget(key);
            }
        }
        let seconds = ran.then_some(step.seconds);
        let results = self.results.get(at).cloned().flatten().into_iter().collect();
        memory.learn(key, KnownKey { seconds, used: self.at, shape, results, same_as: None });
        memory.canonical(key)
    }
}
