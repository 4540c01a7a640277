//! What is kept of a build: of each step whether it was cached, and what it cost. No argument and no secret is in it, and logs are beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::ContextTransfer;
use crate::log::StepLog;
use crate::test_results::TestResults;

/// A finished build.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BuildRecord {
    /// The target's name, where one was asked for.
    pub target: Option<String>,
    /// Whether it succeeded.
    pub ok: bool,
    /// The steps of the target, in order.
    pub steps: Vec<StepRecord>,
    /// The image's Id, where one was made.
    pub image: Option<String>,
    /// The image's size in bytes, as the engine's inspection gives it.
    pub size: Option<u64>,
    /// Seconds from the request to the end.
    pub seconds: f64,
}

/// A build that is over, with all that is worth keeping of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EndedBuild {
    /// How it went.
    pub record: BuildRecord,
    /// The name of each step's vertex, where the builder spoke of it.
    pub vertices: Vec<Option<String>>,
    /// What each step wrote.
    pub logs: Vec<StepLog>,
    /// What the file sync sent, where that was said.
    pub context: Option<ContextTransfer>,
    /// The paths of the first files that were sent.
    pub sent: Vec<String>,
    /// The tests that steps ran, by their first lines, where somebody looked for them.
    pub tests: BTreeMap<u32, TestResults>,
}

/// A step of a finished build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The stage's name, as written or `stage-N`.
    pub stage: String,
    /// First line, from 1.
    pub line: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// The instruction on one line, as written.
    pub instruction: String,
    /// How it ended.
    pub state: StepState,
    /// Whether the builder did not have to run it.
    pub cached: bool,
    /// Seconds that it ran.
    pub seconds: f64,
    /// Bytes of its layer, where known.
    pub bytes: Option<u64>,
}

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Running.
    Running,
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Stopped by the user or by the failure of another step, or never begun because of it.
    Canceled,
}

impl StepState {
    /// Whether nothing more happens to it.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Canceled)
    }

    /// The name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}
