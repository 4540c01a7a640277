//! Code actions: a source change out.
//!
//! One file (or one folder) a rewrite, one line in [`REGISTRY`]. A rewrite is a pure function from the model and the facts to
//! [`Offers`]: it is deterministic and minimal, keeps comments and untouched lines byte for byte, and leaves runtime settings
//! alone. Whether it can be trusted as it is, or must be looked at, is part of it; where it does not apply it says why.
//!
//! What every rewrite promises is checked in one place, `promise`, on each result before it is offered.

pub mod add_to_copy;
pub mod analysis;
pub mod cache_mounts;
#[cfg(test)]
mod cases;
pub mod clean_package_index;
mod context;
pub mod copy_chown;
pub mod copy_manifests_first;
pub mod create_dockerignore;
pub mod exec_form;
#[cfg(test)]
mod fixture;
mod ground;
pub mod improve;
mod layout;
pub mod merge_runs;
pub mod mount_secrets;
pub mod move_arg_down;
pub mod no_install_recommends;
mod node;
pub mod offer;
pub mod pin_base;
pub mod places;
mod promise;
mod proof_page;
mod removal;
mod second_opinion;
mod secret;
pub mod split_stages;
pub mod statements;
mod style;
pub mod target_test_stage;
#[cfg(test)]
mod tests;
mod variable;

pub use offer::{
    Applicability, Fix, Input, NewFile, Offers, Recipe, Refusal, Rewrite, apply, is_change, keeps_directives,
};
pub use proof_page::PROOF_PAGE;

/// Every rewrite, by id.
pub const REGISTRY: &[&Recipe] = &[
    &add_to_copy::RECIPE,
    &cache_mounts::RECIPE,
    &clean_package_index::RECIPE,
    &copy_chown::RECIPE,
    &copy_manifests_first::RECIPE,
    &create_dockerignore::RECIPE,
    &exec_form::RECIPE,
    &improve::RECIPE,
    &merge_runs::RECIPE,
    &mount_secrets::RECIPE,
    &move_arg_down::RECIPE,
    &no_install_recommends::RECIPE,
    &pin_base::RECIPE,
    &split_stages::RECIPE,
    &target_test_stage::RECIPE,
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
