//! Code actions: a source change out.
//!
//! One file (or one folder) a rewrite, one line in [`REGISTRY`]. A rewrite is a pure function from the model and the facts to
//! [`Offers`]: it is deterministic and minimal, keeps comments and untouched lines byte for byte, and leaves runtime settings
//! alone. Whether it can be trusted as it is, or must be looked at, is part of it; where it does not apply it says why.
//!
//! What every rewrite promises is checked in one place, `promise`, on each result before it is offered.

pub mod cache_mounts;
#[cfg(test)]
mod cases;
mod context;
pub mod copy_manifests_first;
#[cfg(test)]
mod fixture;
mod ground;
pub mod improve;
pub mod mount_secrets;
mod node;
pub mod offer;
mod promise;
mod proof_page;
mod removal;
mod second_opinion;
mod secret;
pub mod split_stages;
mod statements;
mod style;
#[cfg(test)]
mod tests;
mod variable;

pub use offer::{Applicability, Fix, Input, Offers, Recipe, Refusal, Rewrite, apply, is_change};
pub use proof_page::PROOF_PAGE;

/// Every rewrite, by id.
pub const REGISTRY: &[&Recipe] = &[
    &cache_mounts::RECIPE,
    &copy_manifests_first::RECIPE,
    &improve::RECIPE,
    &mount_secrets::RECIPE,
    &split_stages::RECIPE,
];

/// The recipe of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Recipe> {
    REGISTRY.iter().copied().find(|recipe| recipe.id == id)
}

/// What all recipes offer for a file, and what they refuse, in the registry's order.
#[must_use]
pub fn offers(input: &Input<'_>) -> Vec<(&'static Recipe, Offers)> {
    REGISTRY.iter().map(|recipe| (*recipe, recipe.find(input))).collect()
}
