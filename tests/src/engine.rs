//! Builds on real engines: today's with both image stores, and Docker 20.10.

mod api;
mod buildkitd;
mod cancel;
mod credentials;
mod failures;
mod harness;
mod output;
mod sync;
mod targets;
mod untagged;
