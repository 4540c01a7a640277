//! The graph for programs: one object.

use inner_loop::graph::{Edge, Node, Origin, StageNode, StepNode};
use inner_loop::prediction::Verdict;
use serde_json::{Value, json};

use super::{Drawing, words};

impl Drawing {
    /// One object. Lines count from 1, times are seconds, sizes bytes; what is not known is null.
    #[must_use]
    pub fn json(&self) -> Value {
        let graph = &self.graph;
        let last_build = graph.last_build.as_ref().map(|last| {
            json!({
                "at": last.at, "ok": last.ok, "seconds": rounded(last.seconds),
                "steps": last.steps, "cached": last.cached,
            })
        });
        let critical_path = graph.critical_seconds.map(|seconds| {
            let steps = graph.stages.iter().flat_map(|stage| &stage.steps);
            let lines: Vec<u32> = steps.filter(|step| step.is_critical).map(|step| step.step.line).collect();
            json!({"seconds": rounded(seconds), "lines": lines})
        });
        let stages = graph.stages.iter().enumerate().map(|(at, stage)| self.stage(at, stage));
        json!({
            "version": 1,
            "file": self.title,
            "target": graph.stages.get(graph.target).map(|stage| &stage.name),
            "last_build": last_build,
            "seconds": graph.seconds().map(rounded),
            "critical_path": critical_path,
            "sources": graph.origins.iter().map(origin).collect::<Vec<_>>(),
            "stages": stages.collect::<Vec<_>>(),
            "edges": graph.edges.iter().map(|link| self.edge(link)).collect::<Vec<_>>(),
        })
    }

    fn stage(&self, at: usize, stage: &StageNode) -> Value {
        json!({
            "index": at, "name": stage.name, "line": stage.line, "end_line": stage.end_line,
            "target": self.is_target(at), "needed": stage.is_reached,
            "seconds": stage.seconds().map(rounded), "bytes": stage.bytes(),
            "steps": stage.steps.iter().map(step).collect::<Vec<_>>(),
        })
    }

    fn edge(&self, link: &Edge) -> Value {
        let from = match link.from {
            Node::Origin(origin) => json!({"source": origin}),
            Node::Stage(stage) => json!({"stage": stage}),
        };
        let line = self.graph.stages[link.stage].steps[link.step].step.line;
        json!({
            "kind": words::way(link.kind), "from": from, "to": {"stage": link.stage, "line": line},
            "critical": link.is_critical,
        })
    }
}

fn origin(origin: &Origin) -> Value {
    let place = match origin {
        Origin::Named { place, .. } => Some(place),
        _ => None,
    };
    json!({"kind": words::kind(origin), "name": words::name(origin), "place": place})
}

fn step(node: &StepNode) -> Value {
    let prediction = node.verdict.map(|verdict| match verdict {
        Verdict::Unknown => "unknown",
        known => words::next(known),
    });
    json!({
        "line": node.step.line, "end_line": node.step.end_line, "instruction": node.step.instruction,
        "state": node.cost.map(|cost| cost.state.as_str()),
        "cached": node.cost.map(|cost| cost.cached),
        "seconds": node.cost.map(|cost| rounded(cost.seconds)),
        "last_seconds": node.cost.and_then(|cost| cost.usual_seconds()).map(rounded),
        "bytes": node.cost.and_then(|cost| cost.bytes),
        "prediction": prediction,
        "reason": node.reason,
        "critical": node.is_critical,
    })
}

/// Milliseconds are all that is meant.
pub(crate) fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
