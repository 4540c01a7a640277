//! What tests of several crates share: a builder that follows a script.

pub mod scripted_builder;

pub use scripted_builder::{Act, Gate, ScriptedBuilder};
