//! Builders: finds one, and speaks BuildKit to it.

pub mod scan;
