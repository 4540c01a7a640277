//! Diagnostics: one file a rule, one line in [`REGISTRY`].
//!
//! A rule is a pure function from the model and the facts to findings; a fix is a change attached to a finding. No rule knows
//! another one, and none keeps state. Which rules run, how severe they are and what comments suppress is decided here, once for all.

pub mod rule;

pub use rule::{Category, Finding, Findings, Rule, Severity};

/// Every rule, by code.
pub const REGISTRY: &[&Rule] = &[];
