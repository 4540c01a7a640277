//! What all formats say in the same words.

use inner_loop::StepState;
use inner_loop::graph::{EdgeKind, LastBuild, Origin, StepCost};
use inner_loop::prediction::Verdict;

use super::Drawing;
use crate::inlay_hints::{bytes, seconds};

/// Times below this say nothing of a step that was cached.
const WORTH_TELLING: f64 = 0.0005;

/// The name of what comes from outside.
pub(super) fn name(origin: &Origin) -> &str {
    match origin {
        Origin::Context => "build context",
        Origin::Named { name, .. } | Origin::Image(name) | Origin::Address(name) => name,
    }
}

/// What it is, in one word.
pub(super) const fn kind(origin: &Origin) -> &'static str {
    match origin {
        Origin::Context => "context",
        Origin::Named { .. } => "named context",
        Origin::Image(_) => "image",
        Origin::Address(_) => "address",
    }
}

/// How something is taken, in one word.
pub(super) const fn way(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::From => "from",
        EdgeKind::Copy => "copy",
        EdgeKind::Mount => "mount",
    }
}

/// What the last build said of a step: `cached (4.2 s)` with what it took when it last ran.
pub(super) fn outcome(cost: &StepCost) -> String {
    match cost.state {
        StepState::Done if !cost.cached => seconds(cost.seconds),
        StepState::Done => match cost.last_seconds.filter(|seconds| *seconds >= WORTH_TELLING) {
            Some(last) => format!("cached ({})", seconds(last)),
            None => "cached".to_owned(),
        },
        StepState::Failed => format!("failed after {}", seconds(cost.seconds)),
        StepState::Waiting | StepState::Running | StepState::Canceled => "stopped".to_owned(),
    }
}

/// What the next build would do with a step; what is not known is not said.
pub(super) const fn next(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Cached => "cached",
        Verdict::Rebuild => "rebuild",
        Verdict::Maybe => "maybe",
        Verdict::Unknown => "",
    }
}

/// Seconds and bytes of a stage, as far as they are known.
pub(super) fn totals(time: Option<f64>, size: Option<u64>) -> String {
    let parts = [time.filter(|time| *time >= WORTH_TELLING).map(seconds), size.map(bytes)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

impl Drawing {
    /// What is built of what.
    pub(super) fn heading(&self) -> String {
        let target = self.graph.stages.get(self.graph.target).map_or("", |stage| &stage.name);
        format!("{} → {target}", self.title)
    }

    /// What is known of builds, a sentence a line.
    pub(super) fn summary(&self) -> Vec<String> {
        let Some(LastBuild { at, ok, seconds: took, steps, cached }) = &self.graph.last_build else {
            return vec!["not built yet: no times are known".to_owned()];
        };
        let ran = match steps - cached {
            0 => format!("all {steps} steps were cached"),
            ran => format!("{ran} of {steps} steps ran"),
        };
        let failed = if *ok { "" } else { ", and it failed" };
        let mut lines = vec![format!("last build {at}: {ran}, {}{failed}", seconds(*took))];
        if let Some((critical, all)) = self.graph.critical_seconds.zip(self.graph.seconds()) {
            let (critical, all) = (seconds(critical), seconds(all));
            lines.push(format!("critical path: {critical} of {all} when every step runs"));
        }
        lines
    }
}
