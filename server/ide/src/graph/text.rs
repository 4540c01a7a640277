//! The graph as a tree for a terminal: images with the stages that are built on them, each with its steps.
//!
//! Colours are ANSI escapes; who prints it to something else takes them out.

use inner_loop::graph::{EdgeKind, Node, StepNode};

use super::width::{padded, shortened, width};
use super::{Drawing, words};
use crate::inlay_hints::bytes;

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const HOT: &str = "\u{1b}[1;33m";
const RESET: &str = "\u{1b}[0m";

/// Columns up to the end of an instruction, at most; a terminal of 120 columns has the rest beside it.
const LEFT: usize = 72;

/// An instruction is never cut to less than this.
const LEAST_TEXT: usize = 24;

/// Columns of what a step takes its files from, at most.
const MOST_SOURCES: usize = 28;

/// Stages that are built on each other are set in this often, then begin at the margin again.
const MOST_LEVELS: usize = 8;

/// A line of the tree.
#[derive(Debug, Default)]
struct Row {
    /// The branches of the tree, up to the text.
    tree: String,
    text: String,
    sources: String,
    cost: String,
    bytes: String,
    next: String,
    look: Look,
}

/// How a line looks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Look {
    #[default]
    Plain,
    Heading,
    Critical,
    Unused,
}

impl Drawing {
    /// A tree, with colours as ANSI escapes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{BOLD}{}{RESET}\n", self.heading());
        for line in self.summary() {
            text += &format!("{DIM}{line}{RESET}\n");
        }
        text.push('\n');
        text += &printed(&self.rows());
        if self.graph.critical_seconds.is_some() {
            text += &format!("\n{HOT}●{RESET} {DIM}on the critical path{RESET}\n");
        }
        text
    }

    fn rows(&self) -> Vec<Row> {
        let n_stages = self.graph.stages.len();
        // What each stage hangs on: the stage that it is built on, or a root.
        let mut levels = vec![0; n_stages];
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); n_stages];
        let mut roots: Vec<(Option<Node>, Vec<usize>)> = Vec::new();
        for stage in 0..n_stages {
            let base = self.graph.base(stage);
            match base {
                Some(Node::Stage(below)) if below < stage && levels[below] + 1 < MOST_LEVELS => {
                    levels[stage] = levels[below] + 1;
                    children[below].push(stage);
                }
                _ => match roots.iter_mut().find(|(root, _)| *root == base) {
                    Some((_, stages)) => stages.push(stage),
                    None => roots.push((base, vec![stage])),
                },
            }
        }
        let mut tree = Tree { drawing: self, children, rows: Vec::new(), line_width: self.line_width() };
        for (root, stages) in roots {
            let is_reached = stages.iter().any(|stage| self.graph.stages[*stage].is_reached);
            let look = if is_reached { Look::Plain } else { Look::Unused };
            let text = root.map_or("scratch", |root| self.name(root));
            tree.rows.push(Row { text: shortened(text, LEFT), look, ..Row::default() });
            for (at, stage) in stages.iter().enumerate() {
                tree.stage(*stage, "", at + 1 == stages.len());
            }
        }
        tree.rows
    }

    /// Digits of the longest line number.
    fn line_width(&self) -> usize {
        let steps = self.graph.stages.iter().flat_map(|stage| &stage.steps);
        steps.map(|step| step.step.line).max().unwrap_or_default().to_string().len()
    }
}

struct Tree<'a> {
    drawing: &'a Drawing,
    /// The stages that are built on each stage.
    children: Vec<Vec<usize>>,
    rows: Vec<Row>,
    line_width: usize,
}

impl Tree<'_> {
    fn stage(&mut self, at: usize, before: &str, is_last: bool) {
        let drawing = self.drawing;
        let stage = &drawing.graph.stages[at];
        let tag = match (drawing.is_target(at), stage.is_reached) {
            (true, _) => "  ← target",
            (_, true) => "",
            (_, false) => "  (not needed)",
        };
        self.rows.push(Row {
            tree: format!("{before}{} ", if is_last { "└─" } else { "├─" }),
            text: format!("{}{tag}", shortened(&stage.name, LEFT / 2)),
            cost: words::totals(stage.seconds(), None),
            bytes: stage.bytes().map(bytes).unwrap_or_default(),
            look: if stage.is_reached { Look::Heading } else { Look::Unused },
            ..Row::default()
        });
        let inside = format!("{before}{}", if is_last { "   " } else { "│  " });
        let children = std::mem::take(&mut self.children[at]);
        for (number, step) in stage.steps.iter().enumerate() {
            let is_last = children.is_empty() && number + 1 == stage.steps.len();
            self.step((at, number), step, &inside, is_last);
        }
        for (number, child) in children.iter().enumerate() {
            self.stage(*child, &inside, number + 1 == children.len());
        }
    }

    fn step(&mut self, (stage, number): (usize, usize), step: &StepNode, before: &str, is_last: bool) {
        let drawing = self.drawing;
        let edges = drawing
            .graph
            .edges
            .iter()
            .filter(|edge| (edge.stage, edge.step) == (stage, number) && edge.kind != EdgeKind::From);
        let names: Vec<&str> = edges.map(|edge| drawing.name(edge.from)).collect();
        let sources = if names.is_empty() { String::new() } else { format!("← {}", names.join(", ")) };
        let branch = if is_last { "└─" } else { "├─" };
        let mark = if step.is_critical { "●" } else { "─" };
        let tree = format!("{before}{branch}{mark} {:>width$}  ", step.step.line, width = self.line_width);
        let room = LEFT.saturating_sub(width(&tree)).max(LEAST_TEXT);
        self.rows.push(Row {
            text: shortened(&step.step.instruction, room),
            tree,
            sources: shortened(&sources, MOST_SOURCES),
            cost: step.cost.as_ref().map(words::outcome).unwrap_or_default(),
            bytes: step.cost.and_then(|cost| cost.bytes).map(bytes).unwrap_or_default(),
            next: step.verdict.map(words::next).unwrap_or_default().to_owned(),
            look: match (drawing.graph.stages[stage].is_reached, step.is_critical) {
                (false, _) => Look::Unused,
                (true, true) => Look::Critical,
                (true, false) => Look::Plain,
            },
        });
    }
}

/// The rows in columns; one that is empty in all of them takes no room.
fn printed(rows: &[Row]) -> String {
    let widest = |column: fn(&Row) -> usize| rows.iter().map(column).max().unwrap_or_default();
    let left = widest(|row| {
        if row.sources.is_empty() && row.cost.is_empty() && row.next.is_empty() {
            0
        } else {
            width(&row.tree) + width(&row.text)
        }
    });
    let sources = widest(|row| width(&row.sources));
    let cost = widest(|row| width(&row.cost));
    let size = widest(|row| width(&row.bytes));
    let mut text = String::new();
    for row in rows {
        let mut right = String::new();
        for (column, columns) in [(&row.sources, sources), (&row.cost, cost)] {
            if columns > 0 {
                right += &format!("  {}", padded(column, columns));
            }
        }
        if size > 0 {
            right += &format!("  {}{}", " ".repeat(size - width(&row.bytes)), row.bytes);
        }
        if row.next == "rebuild" || row.next == "maybe" {
            right += &format!("  next: {}", row.next);
        }
        let gap = " ".repeat(left.saturating_sub(width(&row.tree) + width(&row.text)));
        text += painted(row, &format!("{gap}{right}")).trim_end();
        text.push('\n');
    }
    text
}

fn painted(row: &Row, right: &str) -> String {
    let Row { tree, text, look, .. } = row;
    let right = right.trim_end();
    match look {
        Look::Unused => format!("{DIM}{tree}{text}{right}{RESET}"),
        Look::Heading => format!("{DIM}{tree}{RESET}{BOLD}{text}{right}{RESET}"),
        Look::Critical => {
            let tree = tree.replacen('●', &format!("{RESET}{HOT}●{RESET}{DIM}"), 1);
            format!("{DIM}{tree}{RESET}{text}{HOT}{right}{RESET}")
        }
        Look::Plain => format!("{DIM}{tree}{RESET}{text}{DIM}{right}{RESET}"),
    }
}
