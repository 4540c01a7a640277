//! The stages and steps of a Dockerfile as a graph: what each step takes from where, what it cost, and what the next build would do with it.
//!
//! Data alone: how it is drawn is `ide`'s business, and what is known of builds is handed in. What nobody knows is absent.

mod critical_path;
mod links;

use std::collections::BTreeMap;

use semantic::{Model, Step};

use crate::prediction::Verdict;
use crate::record::StepState;

/// A Dockerfile as one of its stages is built.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// The position of the stage that is built.
    pub target: usize,
    /// What comes from outside of the file, in the order in which it is first asked for.
    pub origins: Vec<Origin>,
    /// All stages, those too that the target does not need.
    pub stages: Vec<StageNode>,
    /// What steps take from where, in the order of the steps; no two are the same.
    pub edges: Vec<Edge>,
    /// The last build of the target; absent where none is kept.
    pub last_build: Option<LastBuild>,
    /// Seconds of the longest chain of steps that wait for each other, by what each took when it last ran; absent where no time is known.
    pub critical_seconds: Option<f64>,
}

/// What comes from outside of the Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The build context.
    Context,
    /// A context that the caller names.
    Named {
        /// Under which name.
        name: String,
        /// Where it is, as the caller says.
        place: String,
    },
    /// An image; with its variables expanded where these are known, else as written.
    Image(String),
    /// What ADD fetches.
    Address(String),
}

/// A stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageNode {
    /// Its name as written, or `stage-N`.
    pub name: String,
    /// First line, from 1.
    pub line: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// Whether the target needs it, or it is the target.
    pub is_reached: bool,
    /// Its steps; the first is the FROM.
    pub steps: Vec<StepNode>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepNode {
    /// The step.
    pub step: Step,
    /// What the last build said of it; absent where it was not in it as it is now.
    pub cost: Option<StepCost>,
    /// What the next build would do with it, where that was looked up.
    pub verdict: Option<Verdict>,
    /// Why, in one short sentence; absent for what stays cached.
    pub reason: Option<String>,
    /// Whether it is on the critical path.
    pub is_critical: bool,
}

/// What a step of the last build cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepCost {
    /// How it ended.
    pub state: StepState,
    /// Whether the builder did not have to run it.
    pub cached: bool,
    /// Seconds that it ran in that build.
    pub seconds: f64,
    /// Seconds that it took when it last ran, in that build or before.
    pub last_seconds: Option<f64>,
    /// Bytes of its layer, where known.
    pub bytes: Option<u64>,
}

/// Something that a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// From where.
    pub from: Node,
    /// The stage of the step.
    pub stage: usize,
    /// The step's position in its stage.
    pub step: usize,
    /// How.
    pub kind: EdgeKind,
    /// Whether the critical path goes this way.
    pub is_critical: bool,
}

/// Where something is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// The origin at this position.
    Origin(usize),
    /// The stage at this position, as its last step leaves it.
    Stage(usize),
}

/// How a step takes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EdgeKind {
    /// FROM: it starts from it.
    From,
    /// COPY or ADD: it copies files.
    Copy,
    /// RUN: it mounts files.
    Mount,
}

/// The last build of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct LastBuild {
    /// When it ended, as RFC 3339.
    pub at: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// Seconds from the request to the end.
    pub seconds: f64,
    /// Its steps.
    pub steps: usize,
    /// Those that the builder did not have to run.
    pub cached: usize,
}

/// What is known of the builds of a target. Steps go by their first line in the Dockerfile as it is now, from 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// The last build.
    pub last_build: Option<LastBuild>,
    /// What it said of the steps that are still the same.
    pub costs: BTreeMap<u32, StepCost>,
    /// What the next build would do.
    pub verdicts: BTreeMap<u32, Verdict>,
    /// Why, of the steps that do not stay cached.
    pub reasons: BTreeMap<u32, String>,
}

impl Graph {
    /// The graph of a build of the stage `target`. The model must have been read with what the caller gives, `contexts` among it: its named
    /// contexts by name, each with its place.
    #[must_use]
    pub fn of(model: &Model, target: usize, contexts: &BTreeMap<String, String>, known: &Known) -> Self {
        let reached = model.reachable(target);
        let stages = model.stages.iter().map(|stage| {
            let steps = model.stage_steps(stage.index).into_iter().map(|step| StepNode {
                cost: known.costs.get(&step.line).copied(),
                verdict: known.verdicts.get(&step.line).copied(),
                reason: known.reasons.get(&step.line).cloned(),
                is_critical: false,
                step,
            });
            StageNode {
                name: stage.display_name(),
                line: stage.from.line + 1,
                end_line: stage.end_line + 1,
                is_reached: reached.contains(&stage.index),
                steps: steps.collect(),
            }
        });
        let mut graph = Self {
            target,
            stages: stages.collect(),
            last_build: known.last_build.clone(),
            ..Self::default()
        };
        links::add(&mut graph, model, contexts);
        critical_path::mark(&mut graph);
        graph
    }

    /// Seconds of all steps that the target needs, by what each took when it last ran; absent where no time is known.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        sum(self.stages.iter().filter(|stage| stage.is_reached).map(StageNode::seconds))
    }

    /// What a stage starts from; nothing for `scratch`.
    #[must_use]
    pub fn base(&self, stage: usize) -> Option<Node> {
        let is_base = |edge: &&Edge| edge.stage == stage && edge.kind == EdgeKind::From;
        self.edges.iter().find(is_base).map(|edge| edge.from)
    }
}

impl StageNode {
    /// Seconds of its steps, by what each took when it last ran; absent where no time is known.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        sum(self.steps.iter().map(|step| step.cost?.usual_seconds()))
    }

    /// Bytes that its steps add, where any are known.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.steps.iter().filter_map(|step| step.cost?.bytes).reduce(|sum, bytes| sum + bytes)
    }
}

impl StepCost {
    /// Seconds that it takes when it runs, as far as that was seen.
    #[must_use]
    pub fn usual_seconds(&self) -> Option<f64> {
        let now = Some(self.seconds).filter(|_| !self.cached && self.state == StepState::Done);
        now.or(self.last_seconds)
    }
}

fn sum(all: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    all.flatten().reduce(|sum, seconds| sum + seconds)
}

#[cfg(test)]
mod tests;
