//! Which stages of the version before may be taken over: those whose own instructions are the same ones.
//!
//! Instructions are shared between versions, so that being the same is being the same value in memory. What lies before an edit
//! stands where it stood, what lies behind it moved by one distance; a stage is a candidate where all of it lies on one side.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use syntax::{Instruction, Keyword, Problem};

use super::moved::Distance;
use super::outside::Asked;
use super::{Lowering, RefusedWords, State};
use crate::model::Model;
use crate::scope::Layer;
use crate::stage::Stage;

/// Tells a stage from all others that ever were: the same in two models where the later one took it over from the earlier one, moved
/// or not, and another one wherever it was lowered anew.
#[derive(Debug, Clone, Default)]
pub struct StageIdentity(Arc<()>);

impl PartialEq for StageIdentity {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for StageIdentity {}

/// What a model keeps of each stage beyond the stage itself.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    pub(crate) identity: StageIdentity,
    /// How many instructions it has, its FROM included.
    pub(super) instructions: usize,
    /// What it asked, in order: first its FROM, up to where its own name is known, then all else.
    pub(super) asked: Vec<Asked>,
    pub(super) asked_by_from: usize,
    /// What is in force at its end.
    pub(super) end: State,
    pub(super) problems: Vec<Problem>,
    pub(super) refused_words: RefusedWords,
}

/// A stage of the version before whose own instructions are the same.
pub(super) struct Candidate {
    stage: Stage,
    layer: Layer,
    carried: Carried,
    distance: Distance,
}

/// The stages of a document, each with the one of the version before that it may be.
pub(super) struct Candidates {
    /// Where each stage's FROM stands among the instructions.
    starts: Vec<usize>,
    /// How many instructions there are.
    end: usize,
    /// By the stage's index now.
    candidates: Vec<Option<Candidate>>,
}

impl Candidates {
    pub(super) fn new(instructions: &[Instruction], before: Option<Model>) -> Self {
        let end = instructions.len();
        let Some(before) = before else {
            let starts = froms(instructions, 0..end).collect();
            return Self { starts, end, candidates: Vec::new() };
        };
        let old = before.document.instruction_list();
        let same_ahead = same_ahead(old, instructions);
        let (same_behind, distance) = same_behind(&old[same_ahead..], &instructions[same_ahead..]);
        let old_behind = old.len() - same_behind;
        let to_now = |position: usize| position + end - old.len();

        let mut old_starts = Vec::with_capacity(before.stages.len());
        let mut next = before.preamble.len();
        for carried in &before.carried {
            old_starts.push(next);
            next += carried.instructions;
        }
        let ahead = old_starts.partition_point(|start| *start < same_ahead);
        let behind = old_starts.partition_point(|start| *start < old_behind);
        let mut starts = old_starts[..ahead].to_vec();
        starts.extend(froms(instructions, same_ahead..end - same_behind));
        let first_behind = starts.len();
        starts.extend(old_starts[behind..].iter().map(|start| to_now(*start)));

        let mut candidates: Vec<Option<Candidate>> = Vec::new();
        candidates.resize_with(starts.len(), || None);
        let Model { stages, scopes, carried, .. } = before;
        let olds = stages.into_iter().zip(scopes.stages).zip(carried);
        for (index, ((stage, layer), carried)) in olds.enumerate() {
            let length = carried.instructions;
            let old_end = old_starts[index] + length;
            let (now, distance) = if old_end <= same_ahead {
                (index, Distance::default())
            } else if index >= behind {
                (first_behind + index - behind, distance)
            } else {
                continue;
            };
            // An index is part of all that a stage knows of itself, and instructions may have come to its end.
            let now_end = starts.get(now + 1).copied().unwrap_or(end);
            if now == index && now_end - starts[now] == length {
                candidates[now] = Some(Candidate { stage, layer, carried, distance });
            }
        }
        Self { starts, end, candidates }
    }

    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The instructions of a stage, its FROM included.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        self.starts[index]..self.starts.get(index + 1).copied().unwrap_or(self.end)
    }

    pub(super) fn take(&mut self, index: usize) -> Option<Candidate> {
        self.candidates.get_mut(index)?.take()
    }
}

impl Lowering<'_> {
    /// Takes a stage over, if all that it asked would be answered the same.
    pub(super) fn keep(&mut self, candidate: Candidate) -> bool {
        let Candidate { stage, layer, carried, distance } = candidate;
        let (by_from, by_others) = carried.asked.split_at(carried.asked_by_from);
        if !self.hears_the_same(by_from) {
            return false;
        }
        // The others see the stage's own name and definitions.
        let name = stage.lower_name().map(Cow::into_owned);
        let hidden = name.clone().and_then(|name| self.names.insert(name, stage.index));
        self.scopes.push(layer);
        if !self.hears_the_same(by_others) {
            self.scopes.pop();
            if let Some(name) = name {
                match hidden {
                    Some(index) => self.names.insert(name, index),
                    None => self.names.remove(&name),
                };
            }
            return false;
        }
        self.stages.push(stage);
        self.carried.push(carried);
        self.move_last_stage(distance);
        true
    }
}

fn froms(instructions: &[Instruction], within: Range<usize>) -> impl Iterator<Item = usize> {
    within.filter(|position| instructions[*position].keyword == Keyword::From)
}

/// How many instructions at the start are the same and stand where they stood.
fn same_ahead(old: &[Instruction], new: &[Instruction]) -> usize {
    let same = |(old, new): &(&Instruction, &Instruction)| {
        Arc::ptr_eq(&old.node, &new.node) && old.start == new.start && old.line == new.line
    };
    old.iter().zip(new).take_while(same).count()
}

/// How many instructions at the end are the same and moved by one distance, and which.
fn same_behind(old: &[Instruction], new: &[Instruction]) -> (usize, Distance) {
    let Some(distance) = old.last().zip(new.last()).map(|(old, new)| Distance::between(old, new)) else {
        return (0, Distance::default());
    };
    let same = |(old, new): &(&Instruction, &Instruction)| {
        Arc::ptr_eq(&old.node, &new.node) && Distance::between(old, new) == distance
    };
    (old.iter().rev().zip(new.iter().rev()).take_while(same).count(), distance)
}
