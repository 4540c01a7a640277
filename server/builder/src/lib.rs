//! Builders: finds one, and speaks BuildKit to it.
//!
//! [`BuildKit`] is the builder that the rest of the house takes as [`inner_loop::Builder`]. Below it: finding an engine
//! (`find`), reaching it (`dial`, `upgrade`), the engine's own API through bollard (`engine`, `image`), BuildKit's control
//! API (`connection`, `solve`, `status`, `failure`), and the session in which the engine asks us for files, secrets and
//! credentials (`session`). Beside it, `scan` searches an image for secrets. What a build means (steps, lines, records) is decided in `inner-loop`, never here.

mod address;
mod build;
mod buildkit;
mod connection;
mod credentials;
mod dial;
mod docker_config;
mod engine;
mod failure;
mod find;
mod image;
mod report;
pub mod scan;
mod session;
mod solve;
mod status;
mod surroundings;
mod untagged;
mod upgrade;

pub use address::Address;
pub use buildkit::BuildKit;
pub use find::Found;
pub use surroundings::Surroundings;
