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

/// Prices each listing of the main context against those before it, the oldest first. The first one is where counting begins: it has no
/// price. `seconds` are those that each step of the plan took when it last ran.
#[must_use]
pub fn prices(
    plan: &Plan,
    others: &Listings,
    commits: &[Listing],
    seconds: &[Option<f64>],
    seal: &Seal,
) -> Vec<Price> {
    let mut made = HashSet::new();
    let mut listings = others.clone();
    let mut prices = Vec::new();
    for commit in commits {
        listings.insert(String::new(), commit.clone());
        let inputs = seal_plan(plan, &listings, seal);
        let mut price = Price::default();
        for (step, key) in keys(&inputs, seal).into_iter().enumerate() {
            // A step that stands for the one it starts from does nothing by itself.
            if made.insert(key) && !inputs[step].is_parent {
                price.steps.push(step);
                match seconds.get(step).copied().flatten() {
                    Some(seconds) => price.seconds += seconds,
                    None => price.n_unknown += 1,
                }
            }
        }
        prices.push(price);
    }
    prices.drain(..prices.len().min(1));
    prices
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
