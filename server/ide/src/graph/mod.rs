//! A graph of stages and steps as people and programs read it: a text, a picture, and the languages of two tools that draw.
//!
//! What is in the graph is `inner_loop`'s business, and so are its times; here it is only shown. Nothing of a Dockerfile's text comes out of
//! here as anything but text: secrets are hidden and control characters taken out once, and each format quotes by its own rules.

mod dot;
mod json;
mod mermaid;
mod svg;
mod text;
mod width;
mod words;

use inner_loop::BuildRequest;
use inner_loop::graph::{Graph, Node, Origin};
use semantic::Facts;

use crate::hover::Secrets;
use crate::plain::plain;

pub(crate) use self::json::rounded;

/// A graph that can be shown: none of its texts holds a secret or a control character.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// What is drawn: the Dockerfile's name.
    title: String,
    graph: Graph,
}

impl Drawing {
    /// What can be shown of the graph of a request's Dockerfile.
    #[must_use]
    pub fn new(mut graph: Graph, request: &BuildRequest) -> Self {
        let secrets = Secrets::of(&request.model(), &Facts::default()).with_given(request.build_args.iter());
        let hide = |text: &mut String| *text = plain(&secrets.redact(text));
        for stage in &mut graph.stages {
            stage.name = plain(&stage.name);
            for step in &mut stage.steps {
                let words = step.step.instruction.split_whitespace();
                step.step.instruction = plain(&secrets.redact_words(words).join(" "));
                step.reason.iter_mut().for_each(hide);
            }
        }
        for origin in &mut graph.origins {
            match origin {
                Origin::Context => {}
                Origin::Named { name, place } => [name, place].into_iter().for_each(hide),
                Origin::Image(name) | Origin::Address(name) => hide(name),
            }
        }
        let title = match request.dockerfile.to_str() {
            Some("-") => "stdin".to_owned(),
            _ => plain(&request.dockerfile.file_name().unwrap_or_default().to_string_lossy()),
        };
        Self { title, graph }
    }

    /// The name of a node.
    fn name(&self, node: Node) -> &str {
        match node {
            Node::Stage(stage) => &self.graph.stages[stage].name,
            Node::Origin(origin) => words::name(&self.graph.origins[origin]),
        }
    }

    /// Whether a stage is the one that is built.
    fn is_target(&self, stage: usize) -> bool {
        self.graph.target == stage
    }

    /// Whether the target needs what a node stands for.
    fn is_reached(&self, node: Node) -> bool {
        let is_reached = |stage: usize| self.graph.stages[stage].is_reached;
        match node {
            Node::Stage(stage) => is_reached(stage),
            Node::Origin(_) => {
                self.graph.edges.iter().any(|edge| edge.from == node && is_reached(edge.stage))
            }
        }
    }
}

#[cfg(test)]
mod tests;
