//! What past changes of the files would have cost with a Dockerfile: its plan is laid over the files of one commit after the other, and each
//! step that no earlier commit has made yet costs what it took when it last ran.
//!
//! What a stage gives is taken as new whenever the stage ran: that its files came out the same nobody knows without building. So a price
//! is never too low for that reason.

use std::collections::HashSet;

use crate::contents::Listing;
use crate::digest::{Digest, Seal};
use crate::inputs::{Listings, StepInputs, seal_plan};
use crate::plan::Plan;

/// What one commit costs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Price {
    /// The steps that run, by their position in the plan.
    pub steps: Vec<usize>,
    /// The seconds of those whose cost is known.
    pub seconds: f64,
    /// How many of them have a cost that nobody knows.
    pub n_unknown: usize,
}

/// Prices the files of one commit after the other, the oldest first. The first one is where counting begins: it has no price.
#[derive(Debug)]
pub struct Pricing<'a> {
    plan: &'a Plan,
    /// What lies in the other contexts.
    listings: Listings,
    /// What each step of the plan took when it last ran.
    seconds: &'a [Option<f64>],
    seal: &'a Seal,
    made: HashSet<Digest>,
    has_begun: bool,
}

impl<'a> Pricing<'a> {
    /// For a plan, the files of its other contexts, and the seconds that each of its steps took when it last ran.
    #[must_use]
    pub fn new(plan: &'a Plan, mut others: Listings, seconds: &'a [Option<f64>], seal: &'a Seal) -> Self {
        others.remove("");
        Self { plan, listings: others, seconds, seal, made: HashSet::new(), has_begun: false }
    }

    /// What the next commit costs, by what lay in the main context, which is given back.
    pub fn next(&mut self, commit: Listing) -> (Option<Price>, Listing) {
        self.listings.insert(String::new(), commit);
        let inputs = seal_plan(self.plan, &self.listings, self.seal);
        let mut price = Price::default();
        for (step, key) in keys(&inputs, self.seal).into_iter().enumerate() {
            // A step that stands for the one it starts from does nothing by itself.
            if self.made.insert(key) && !inputs[step].is_parent {
                price.steps.push(step);
                match self.seconds.get(step).copied().flatten() {
                    Some(seconds) => price.seconds += seconds,
                    None => price.n_unknown += 1,
                }
            }
        }
        let price = std::mem::replace(&mut self.has_begun, true).then_some(price);
        (price, self.listings.remove("").unwrap_or_default())
    }
}

/// The keys of all steps; each comes after those that it starts from and reads.
fn keys(steps: &[StepInputs], seal: &Seal) -> Vec<Digest> {
    let mut keys: Vec<Digest> = Vec::with_capacity(steps.len());
    for step in steps {
        let parent = step.parent_step().and_then(|parent| keys.get(parent).copied());
        let read: Vec<Digest> = step.read_steps().filter_map(|read| keys.get(read).copied()).collect();
        let key = match parent.filter(|_| step.is_parent) {
            Some(parent) => parent,
            None => step.key(seal, parent, &read),
        };
        keys.push(key);
    }
    keys
}
