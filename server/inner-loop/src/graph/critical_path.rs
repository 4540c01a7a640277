//! The critical path: of all chains of steps that wait for each other, the one that takes longest. A build cannot be faster than it, however
//! many steps run at once.

use super::{Graph, Node};

/// A step by the positions of its stage and of itself in it.
type At = (usize, usize);

/// How long it takes until a step is done, and which step it waits for last.
#[derive(Debug, Clone, Copy)]
struct Reached {
    seconds: f64,
    before: Option<At>,
}

/// Marks the steps and edges on the way that ends with the target's last step. Nothing where no step has a time.
pub(super) fn mark(graph: &mut Graph) {
    let Some(end) = graph.stages.get(graph.target).and_then(|stage| stage.steps.len().checked_sub(1)) else {
        return;
    };
    // A step waits for the one before it and for whole stages, and these stand above: one walk in the order of the file is enough.
    let mut reached: Vec<Vec<Reached>> = Vec::with_capacity(graph.stages.len());
    let mut edges = graph.edges.iter().peekable();
    for (stage_at, stage) in graph.stages.iter().enumerate() {
        let mut own: Vec<Reached> = Vec::with_capacity(stage.steps.len());
        for (step_at, step) in stage.steps.iter().enumerate() {
            let mut last: Option<(At, f64)> = None;
            let before = step_at.checked_sub(1).map(|at| ((stage_at, at), own[at].seconds));
            let mut awaited: Vec<(At, f64)> = before.into_iter().collect();
            while let Some(edge) = edges.next_if(|edge| (edge.stage, edge.step) == (stage_at, step_at)) {
                let Node::Stage(source) = edge.from else { continue };
                // What stands below, or is the stage itself, is an error that a build reports.
                let Some(steps) = reached.get(source) else { continue };
                awaited.extend(steps.last().map(|end| ((source, steps.len() - 1), end.seconds)));
            }
            for (at, seconds) in awaited {
                if last.is_none_or(|(_, latest)| seconds > latest) {
                    last = Some((at, seconds));
                }
            }
            let seconds = step.cost.and_then(|cost| cost.usual_seconds()).unwrap_or_default();
            let (before, begins) = last.map_or((None, 0.0), |(at, seconds)| (Some(at), seconds));
            own.push(Reached { seconds: begins + seconds, before });
        }
        reached.push(own);
    }
    let seconds = reached[graph.target][end].seconds;
    if seconds <= 0.0 {
        return;
    }
    graph.critical_seconds = Some(seconds);
    let mut next = Some((graph.target, end));
    while let Some((stage, step)) = next {
        graph.stages[stage].steps[step].is_critical = true;
        next = reached[stage][step].before;
        let Some((source, _)) = next.filter(|(source, _)| *source != stage) else { continue };
        let is_way = |edge: &&mut super::Edge| {
            (edge.stage, edge.step, edge.from) == (stage, step, Node::Stage(source))
        };
        graph.edges.iter_mut().filter(is_way).for_each(|edge| edge.is_critical = true);
    }
}
