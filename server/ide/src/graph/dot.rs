//! The graph in the language of Graphviz: a table a stage, a row a step, and arrows from row to row.
//!
//! <https://graphviz.org/doc/info/shapes.html#html>: labels are like HTML, so `&`, `<`, `>` and `"` are escaped as there.

use std::fmt::Write;

use inner_loop::graph::{EdgeKind, Node, StageNode, StepNode};

use super::svg::escaped;
use super::width::shortened;
use super::{Drawing, words};
use crate::inlay_hints::bytes;

/// Columns of an instruction, at most.
const MOST: usize = 56;

impl Drawing {
    /// A digraph.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut text = String::from(
            "digraph dockerfile {\n  rankdir=LR; nodesep=0.4; ranksep=1.0;\n  node [shape=plain, fontname=\"Helvetica\", fontsize=12];\n  edge [color=\"#8c959f\"];\n",
        );
        let lines: Vec<String> = std::iter::once(self.heading())
            .chain(self.summary())
            .map(|line| format!("{}<BR ALIGN=\"LEFT\"/>", escaped(&line)))
            .collect();
        let _ = writeln!(
            text,
            "  labelloc=t; labeljust=l; fontname=\"Helvetica\";\n  label=<{}>;",
            lines.concat()
        );
        for (at, origin) in self.graph.origins.iter().enumerate() {
            let dimmed = if self.is_reached(Node::Origin(at)) {
                ""
            } else {
                ", fontcolor=\"#8c959f\", color=\"#d0d7de\""
            };
            let name = escaped(words::name(origin));
            let _ = writeln!(
                text,
                "  o{at} [shape=box, style=rounded, label=<{name}<BR/><FONT POINT-SIZE=\"10\">{}</FONT>>{dimmed}];",
                words::kind(origin)
            );
        }
        for (at, stage) in self.graph.stages.iter().enumerate() {
            let _ = writeln!(text, "  s{at} [label=<{}>];", self.table(at, stage));
        }
        for edge in &self.graph.edges {
            let from = match edge.from {
                Node::Origin(origin) => format!("o{origin}"),
                Node::Stage(stage) => {
                    format!("s{stage}:o{}:e", self.graph.stages[stage].steps.len().saturating_sub(1))
                }
            };
            let mut looks = Vec::new();
            if edge.kind == EdgeKind::Mount {
                looks.push("style=dashed");
            }
            if edge.is_critical {
                looks.push("color=\"#bc4c00\", penwidth=2");
            } else if !self.graph.stages[edge.stage].is_reached {
                looks.push("color=\"#d0d7de\"");
            }
            let looks = if looks.is_empty() { String::new() } else { format!(" [{}]", looks.join(", ")) };
            let _ = writeln!(text, "  {from} -> s{}:i{}:w{looks};", edge.stage, edge.step);
        }
        text + "}\n"
    }

    fn table(&self, at: usize, stage: &StageNode) -> String {
        let (border, letters) =
            if stage.is_reached { ("#57606a", "#1f2328") } else { ("#d0d7de", "#8c959f") };
        let tag = match (self.is_target(at), stage.is_reached) {
            (true, _) => " · target",
            (_, true) => "",
            (_, false) => " · not needed",
        };
        let totals = filled(words::totals(stage.seconds(), stage.bytes()));
        let mut table = format!(
            "<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"{border}\"><TR><TD COLSPAN=\"2\" ALIGN=\"LEFT\" BGCOLOR=\"#f6f8fa\"><FONT COLOR=\"{letters}\"><B>{}</B>{tag}</FONT></TD><TD ALIGN=\"RIGHT\" BGCOLOR=\"#f6f8fa\"><FONT COLOR=\"{letters}\">{totals}</FONT></TD></TR>",
            escaped(&stage.name)
        );
        for (number, step) in stage.steps.iter().enumerate() {
            let fill = if step.is_critical { " BGCOLOR=\"#fff1e5\"" } else { "" };
            let _ = write!(
                table,
                "<TR><TD PORT=\"i{number}\" ALIGN=\"RIGHT\"{fill}><FONT COLOR=\"#8c959f\">{}</FONT></TD><TD ALIGN=\"LEFT\"{fill}><FONT COLOR=\"{letters}\" FACE=\"monospace\">{}</FONT></TD><TD PORT=\"o{number}\" ALIGN=\"RIGHT\"{fill}><FONT COLOR=\"{letters}\">{}</FONT></TD></TR>",
                step.step.line,
                escaped(&shortened(&step.step.instruction, MOST)),
                remark(step)
            );
        }
        table + "</TABLE>"
    }
}

fn remark(step: &StepNode) -> String {
    let outcome = step.cost.as_ref().map(words::outcome);
    let size = step.cost.and_then(|cost| cost.bytes).map(bytes);
    let next = step.verdict.map(words::next).filter(|next| matches!(*next, "rebuild" | "maybe"));
    let parts = [outcome, size, next.map(|next| format!("next: {next}"))];
    filled(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// A text in a label that is like HTML must not be empty.
fn filled(text: String) -> String {
    if text.is_empty() { " ".to_owned() } else { text }
}
