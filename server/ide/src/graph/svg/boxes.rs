//! The boxes of the picture: a stage with its steps in rows, and what comes from outside.

use std::fmt::Write;

use inner_loop::StepState;
use inner_loop::graph::{Node, Origin, StageNode, StepNode};

use super::escaped;
use crate::graph::width::{shortened, width};
use crate::graph::{Drawing, words};
use crate::inlay_hints::bytes;

/// Around the picture.
pub(super) const MARGIN: f64 = 28.0;

/// The height of a stage's head and of a row.
const HEAD: f64 = 40.0;
const ROW: f64 = 26.0;

/// Below the last row.
const FOOT: f64 = 7.0;

/// A column of letters that are as wide as each other, at their size.
const LETTER: f64 = 7.55;

/// Columns of an instruction, at most and at least.
const MOST_TEXT: usize = 42;
const LEAST_TEXT: usize = 22;

/// From the left side to the line number's end, and to the instruction.
const NUMBER_END: f64 = 38.0;
const TEXT_START: f64 = 50.0;

/// Columns of a name from outside, at most.
const MOST_NAME: usize = 34;
const ORIGIN_HEIGHT: f64 = 48.0;

/// The columns of the stages that stand above each other: they are the same, so that boxes are alike.
#[derive(Debug)]
pub(super) struct Columns {
    /// Columns of letters.
    text: usize,
    /// Where the outcome ends, and the size, and where the next build's begins.
    outcome_end: f64,
    size_end: f64,
    next_start: f64,
    pub(super) width: f64,
    /// The longest time of any step of the file.
    most_seconds: f64,
}

impl Columns {
    pub(super) fn of(stages: &[&StageNode], most_seconds: f64) -> Self {
        let steps = || stages.iter().flat_map(|stage| &stage.steps);
        let widest =
            |of: fn(&StepNode) -> String| steps().map(|step| width(&of(step))).max().unwrap_or_default();
        let text = widest(|step| step.step.instruction.clone()).clamp(LEAST_TEXT, MOST_TEXT);
        let mut end = TEXT_START + letters(text) + 16.0;
        let mut column = |letters_in_it: usize| {
            if letters_in_it > 0 {
                end += letters(letters_in_it) + 16.0;
            }
            end - 16.0
        };
        let outcome_end = column(widest(outcome));
        let size_end = column(widest(size));
        let next_width = widest(next);
        let next_end = column(if next_width == 0 { 0 } else { next_width + 2 });
        Self {
            text,
            outcome_end,
            size_end,
            next_start: next_end - letters(next_width + 2),
            width: next_end + 14.0,
            most_seconds,
        }
    }
}

/// Width and height of what comes from outside.
pub(super) fn origin_size(origin: &Origin) -> (f64, f64) {
    let columns = width(&shortened(words::name(origin), MOST_NAME)).max(width(words::kind(origin)));
    (letters(columns) + 28.0, ORIGIN_HEIGHT)
}

pub(super) fn stage_height(stage: &StageNode) -> f64 {
    row_top(stage.steps.len()) + FOOT
}

/// The middle of a stage's row, from the top of its box.
pub(super) fn row_middle(step: usize) -> f64 {
    row_top(step) + ROW / 2.0
}

#[expect(clippy::cast_precision_loss, reason = "a stage has few steps")]
fn row_top(step: usize) -> f64 {
    HEAD + 4.0 + ROW * step as f64
}

#[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
fn letters(columns: usize) -> f64 {
    columns as f64 * LETTER
}

/// About how wide a text is in letters of different widths.
#[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
pub(super) fn sans_width(text: &str, size: f64) -> f64 {
    width(text) as f64 * size * 0.54
}

fn outcome(step: &StepNode) -> String {
    step.cost.as_ref().map(words::outcome).unwrap_or_default()
}

fn size(step: &StepNode) -> String {
    step.cost.and_then(|cost| cost.bytes).map(bytes).unwrap_or_default()
}

/// Only what would run is said: what stays cached is the rest.
fn next(step: &StepNode) -> String {
    let next = step.verdict.map(words::next).unwrap_or_default();
    if matches!(next, "rebuild" | "maybe") { next.to_owned() } else { String::new() }
}

impl Drawing {
    pub(super) fn origin_box(&self, svg: &mut String, at: usize, left: f64, top: f64) {
        let origin = &self.graph.origins[at];
        let (width, height) = origin_size(origin);
        let unused = if self.is_reached(Node::Origin(at)) { "" } else { " unused" };
        let title = match origin {
            Origin::Named { name, place } => format!("named context {name}: {place}"),
            Origin::Context => words::name(origin).to_owned(),
            Origin::Image(_) | Origin::Address(_) => {
                format!("{} {}", words::kind(origin), words::name(origin))
            }
        };
        let (name, kind) = match origin {
            Origin::Context => ("build context", "files"),
            _ => (words::name(origin), words::kind(origin)),
        };
        let _ = writeln!(
            svg,
            "<g class=\"origin{unused}\"><title>{}</title><rect class=\"box\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\" rx=\"10\"/><text class=\"m\" x=\"{x:.1}\" y=\"{:.1}\">{}</text><text class=\"s d\" x=\"{x:.1}\" y=\"{:.1}\">{kind}</text></g>",
            escaped(&title),
            top + 20.0,
            escaped(&shortened(name, MOST_NAME)),
            top + 38.0,
            x = left + 14.0,
        );
    }

    pub(super) fn stage_box(&self, svg: &mut String, at: usize, columns: &Columns, left: f64, top: f64) {
        let stage = &self.graph.stages[at];
        let mut class = String::from("stage");
        if self.is_target(at) {
            class += " target";
        }
        if !stage.is_reached {
            class += " unused";
        }
        let totals = words::totals(stage.seconds(), stage.bytes());
        let mut title = format!("stage {}, lines {} to {}", stage.name, stage.line, stage.end_line);
        if !totals.is_empty() {
            title += &format!(": {totals}");
        }
        let (width, height) = (columns.width, stage_height(stage));
        let _ = write!(
            svg,
            "<g class=\"{class}\" transform=\"translate({left:.1} {top:.1})\"><title>{}</title><rect class=\"box\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"8\"/><path class=\"head\" d=\"M1 {HEAD}V9a8 8 0 0 1 8 -8H{:.1}a8 8 0 0 1 8 8V{HEAD}z\"/><path class=\"rule\" d=\"M0 {HEAD}H{width:.1}\"/>",
            escaped(&title),
            width - 9.0,
        );
        let room = columns.text.saturating_sub(6);
        let name = shortened(&stage.name, room);
        let _ = write!(svg, "<text class=\"h2\" x=\"14\" y=\"26\">{}</text>", escaped(&name));
        let tag = if self.is_target(at) {
            Some(("target", "go"))
        } else {
            (!stage.is_reached).then_some(("not needed", ""))
        };
        if let Some((tag, look)) = tag {
            pill(svg, 14.0 + sans_width(&name, 16.5) + 12.0, HEAD / 2.0, tag, look);
        }
        if !totals.is_empty() {
            let _ = write!(
                svg,
                "<text class=\"s\" text-anchor=\"end\" x=\"{:.1}\" y=\"25.5\">{totals}</text>",
                width - 14.0
            );
        }
        svg.push('\n');
        for (number, step) in stage.steps.iter().enumerate() {
            row(svg, step, columns, row_top(number));
        }
        *svg += "</g>\n";
    }
}

fn row(svg: &mut String, node: &StepNode, columns: &Columns, top: f64) {
    let step = &node.step;
    let mut class = String::from("step");
    if node.is_critical {
        class += " critical";
    }
    if node.cost.is_some_and(|cost| cost.state == StepState::Failed) {
        class += " failed";
    }
    let (outcome, size, next) = (outcome(node), size(node), next(node));
    let mut title = format!("line {}: {}", step.line, step.instruction);
    for (label, text) in [("last build", &outcome), ("layer", &size), ("next build", &next)] {
        if !text.is_empty() {
            title += &format!("\n{label}: {text}");
        }
    }
    let _ = write!(
        svg,
        "<g class=\"{class}\" data-line=\"{}\" data-end-line=\"{}\"><title>{}</title><rect class=\"row\" x=\"1\" y=\"{top}\" width=\"{:.1}\" height=\"{ROW}\"/>",
        step.line,
        step.end_line,
        escaped(&title),
        columns.width - 2.0
    );
    if node.is_critical {
        let _ = write!(svg, "<rect class=\"stripe\" x=\"1\" y=\"{top}\" width=\"3\" height=\"{ROW}\"/>");
    }
    let baseline = top + 17.0;
    let shown = shortened(&step.instruction, columns.text);
    let (keyword, rest) = shown.split_once(' ').unwrap_or((&shown, ""));
    let _ = write!(
        svg,
        "<text class=\"m d\" text-anchor=\"end\" x=\"{NUMBER_END}\" y=\"{baseline}\">{}</text><text class=\"m\" xml:space=\"preserve\" x=\"{TEXT_START}\" y=\"{baseline}\"><tspan class=\"k\">{}</tspan> {}</text>",
        step.line,
        escaped(keyword),
        escaped(rest)
    );
    for (text, end, look) in [(&outcome, columns.outcome_end, "m t"), (&size, columns.size_end, "m d")] {
        if !text.is_empty() {
            let _ = write!(
                svg,
                "<text class=\"{look}\" text-anchor=\"end\" x=\"{end:.1}\" y=\"{baseline}\">{text}</text>"
            );
        }
    }
    if !next.is_empty() {
        pill(svg, columns.next_start, top + ROW / 2.0, &next, "hot");
    }
    let seconds = node.cost.and_then(|cost| cost.usual_seconds()).unwrap_or_default();
    if columns.most_seconds > 0.0 && seconds > 0.0 {
        let all = columns.width - TEXT_START - 14.0;
        let length = (all * seconds / columns.most_seconds).max(1.0);
        let _ = write!(
            svg,
            "<rect class=\"bar\" x=\"{TEXT_START}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"2.5\" rx=\"1.25\"/>",
            top + ROW - 3.5
        );
    }
    *svg += "</g>\n";
}

/// A word on a ground of its own, around a middle line.
fn pill(svg: &mut String, left: f64, middle: f64, word: &str, look: &str) {
    let width = letters(word.len()) + 14.0;
    let _ = write!(
        svg,
        "<rect class=\"pill {look}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"18\" rx=\"9\"/><text class=\"m\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{:.1}\">{word}</text>",
        middle - 9.0,
        left + width / 2.0,
        middle + 4.5
    );
}
