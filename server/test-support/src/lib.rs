//! What tests of several crates share: a builder that follows a script, and git.

mod git;
pub mod scripted_builder;

pub use git::git;
pub use scripted_builder::{Act, Gate, ScriptedBuilder};
