//! Predictions by example: a Dockerfile is built, something is edited, and what would become of each step is told.

mod edits;
mod fixture;
mod pricing;
mod stages;
mod why;
