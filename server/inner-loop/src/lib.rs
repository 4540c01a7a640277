//! A build as data: requests, events, the map from the builder's vertices to the Dockerfile's steps, and the queue of builds.
//!
//! Nothing here talks to an engine, waits, or reads a clock: time comes in with the events. `builder` produces
//! [`BuildEvent`]s, [`Progress`] turns them into steps, and the command line and the editors show what comes out.

pub mod cache_spec;
pub mod causes;
pub mod contents;
pub mod digest;
pub mod event;
pub mod failed_step;
pub mod graph;
pub mod history;
pub mod inputs;
pub mod inspection;
pub mod learning;
mod log;
pub mod memory;
pub mod network;
pub mod plain;
pub mod plan;
pub mod prediction;
pub mod pricing;
pub mod problems;
pub mod progress;
pub mod proof;
pub mod queue;
pub mod record;
pub mod request;
pub mod results;
mod secret;
pub mod sent;
pub mod source_map;
pub mod staleness;
pub mod step_logs;
pub mod target;
pub mod test_results;
mod vertex_name;
pub mod why;

pub use cache_spec::CacheSpec;
pub use event::{
    BuildEvent, BuildFailure, BuildOutcome, BuiltImage, ContextTransfer, HistoryEntry, LogStream, Seconds,
    SourceLines, Vertex, VertexProgress,
};
pub use log::StepLog;
pub use network::NetworkNeeds;
pub use progress::{Progress, StepProblem, Update};
pub use queue::{BuildId, BuildQueue};
pub use record::{BuildRecord, EndedBuild, StepRecord, StepState};
pub use request::{
    BuildHandle, BuildRequest, Builder, BuilderDescription, BuilderState, CacheResult, EventSink, Export,
    Pruned, ResultName, SecretSource, SecretSpec, is_remote,
};
pub use secret::SecretValue;
pub use sent::Sent;
pub use staleness::Staleness;

// What a build reads, for those who know this crate alone.
pub use semantic::reads::{Change, Inputs};
