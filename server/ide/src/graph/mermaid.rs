//! The graph in Mermaid's language, as Markdown pages of code hosts draw it: a box a stage, a node a step.
//!
//! <https://mermaid.js.org/syntax/flowchart.html>: texts stand in double quotes, and in them a number between `#` and `;` is a letter.

use std::fmt::Write;

use inner_loop::graph::{EdgeKind, Node, StepNode};

use super::width::shortened;
use super::{Drawing, words};
use crate::inlay_hints::bytes;

/// What stands in quotes as it is, besides letters and digits.
const HARMLESS: &str = " ./:,=-_+@$()·…•";

/// Columns of an instruction, at most.
const MOST: usize = 56;

impl Drawing {
    /// A flowchart.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = String::from("flowchart TB\n");
        for line in std::iter::once(self.heading()).chain(self.summary()) {
            // A comment ends with its line; braces in it would be read as settings.
            text += &format!("  %% {}\n", line.replace(['{', '}'], ""));
        }
        let mut classes: Vec<(String, &str)> = Vec::new();
        for (at, origin) in self.graph.origins.iter().enumerate() {
            let label = format!("{}<br/>{}", quoted(words::name(origin)), quoted(words::kind(origin)));
            let _ = writeln!(text, "  o{at}([\"{label}\"])");
            classes.push((format!("o{at}"), "outside"));
            if !self.is_reached(Node::Origin(at)) {
                classes.push((format!("o{at}"), "unused"));
            }
        }
        for (at, stage) in self.graph.stages.iter().enumerate() {
            let totals = words::totals(stage.seconds(), stage.bytes());
            let tag = match (self.is_target(at), stage.is_reached) {
                (true, _) => Some("target".to_owned()),
                (false, true) => None,
                (false, false) => Some("not needed".to_owned()),
            };
            let parts = [Some(stage.name.clone()), tag, Some(totals).filter(|totals| !totals.is_empty())];
            let title = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let _ = writeln!(text, "  subgraph s{at}[\"{}\"]\n    direction TB", quoted(&title));
            for (number, step) in stage.steps.iter().enumerate() {
                let _ = writeln!(text, "    s{at}_{number}[\"{}\"]", label(step));
                if step.is_critical {
                    classes.push((format!("s{at}_{number}"), "critical"));
                }
                if !stage.is_reached {
                    classes.push((format!("s{at}_{number}"), "unused"));
                }
            }
            for number in 1..stage.steps.len() {
                let _ = writeln!(text, "    s{at}_{} --> s{at}_{number}", number - 1);
            }
            text += "  end\n";
            if !stage.is_reached {
                classes.push((format!("s{at}"), "unused"));
            }
        }
        for edge in &self.graph.edges {
            let from = match edge.from {
                Node::Origin(origin) => format!("o{origin}"),
                Node::Stage(stage) => {
                    format!("s{stage}_{}", self.graph.stages[stage].steps.len().saturating_sub(1))
                }
            };
            let arrow = match (edge.kind, edge.is_critical) {
                (_, true) => "==>",
                (EdgeKind::Mount, false) => "-.->",
                _ => "-->",
            };
            let _ = writeln!(text, "  {from} {arrow} s{}_{}", edge.stage, edge.step);
        }
        text += "  classDef outside fill:#ddf4ff,stroke:#54aeff,color:#0a3069\n";
        text += "  classDef critical fill:#fff1e5,stroke:#bc4c00,stroke-width:2px,color:#5c2500\n";
        text += "  classDef unused opacity:0.45\n";
        for (node, class) in classes {
            let _ = writeln!(text, "  class {node} {class}");
        }
        text
    }
}

fn label(step: &StepNode) -> String {
    let instruction = quoted(&format!("{} {}", step.step.line, shortened(&step.step.instruction, MOST)));
    let known = step.cost.as_ref().map(|cost| {
        let size = cost.bytes.map(bytes);
        [Some(words::outcome(cost)), size].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let next = step.verdict.map(words::next).filter(|next| matches!(*next, "rebuild" | "maybe"));
    let next = next.map(|next| format!("next: {next}"));
    let below = [known, next].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if below.is_empty() { instruction } else { format!("{instruction}<br/>{}", quoted(&below)) }
}

/// The text between double quotes: whatever may mean something to Mermaid, to Markdown or to HTML goes by its number.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() || HARMLESS.contains(letter) {
            quoted.push(letter);
        } else {
            let _ = write!(quoted, "#{};", letter as u32);
        }
    }
    quoted
}
