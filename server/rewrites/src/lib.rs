//! Code actions: a source change out.
//!
//! One file a rewrite, one line in [`REGISTRY`]. A rewrite is a pure function from the model and the facts to [`Offers`]: it is
//! deterministic and minimal, keeps comments and untouched lines byte for byte, and leaves runtime settings alone. Whether it can
//! be trusted as it is, or must be looked at, is part of it; where it does not apply it says why.

pub mod offer;

pub use offer::{Applicability, Fix, Input, Offers, Recipe, Refusal, Rewrite};

/// Every rewrite, by id.
pub const REGISTRY: &[&Recipe] = &[];
