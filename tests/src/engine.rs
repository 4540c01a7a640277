//! Builds on real engines: today's with both image stores, and Docker 20.10.

mod api;
mod build_checks;
mod buildkitd;
mod callers;
mod cancel;
mod credentials;
mod failures;
mod harness;
mod ignored_trees;
mod neovim;
mod neovim_queries;
mod output;
mod prediction;
mod program_build;
mod program_demo;
mod program_events;
mod program_interrupt;
mod program_options;
mod random;
mod rewrites;
mod sync;
mod sync_shapes;
mod sync_trees;
mod targets;
mod untagged;
mod watch;
