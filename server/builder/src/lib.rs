//! Builders: finds one, and speaks BuildKit to it.
//!
//! [`BuildKit`] is the builder that the rest of the house takes as [`inner_loop::Builder`]. Below it: finding an engine
//! (`find`), reaching it (`dial`, `upgrade`), the engine's own API through bollard (`engine`, `image`), BuildKit's control
//! API (`connection`, `solve`, `status`, `failure`), and the session in which the engine asks us for files, secrets and
//! credentials (`session`). An engine without BuildKit is spoken to by `classic` instead. Beside it: what the engine knows of
//! images ([`Images`]) and what is in one (`inspect`), trial runs of them (`trial`), the search for secrets in them ([`scan`]), and the proof of a rewrite (`proof`). What a build means (steps, lines, records) is decided in `inner-loop`, never here.

mod address;
mod build;
mod buildkit;
mod buildx;
mod classic;
mod connection;
mod credentials;
mod dial;
mod docker_config;
mod engine;
mod failure;
mod find;
mod gateway;
mod image;
mod image_archive;
mod images;
mod inspect;
mod proof;
mod prune;
mod redaction;
mod report;
mod reports;
pub mod scan;
mod session;
mod solve;
mod state;
mod status;
mod step_again;
mod surroundings;
mod tls;
mod trial;
mod untagged;
mod upgrade;

pub use address::{Address, Certificates};
pub use buildkit::BuildKit;
pub use find::Found;
pub use images::Images;
pub use surroundings::Surroundings;
pub use trial::{Answer, Ended, Happening, Shell, Terminal};
