//! The graph as a picture of its own: no script, no font and nothing else from outside, and colours for light and dark.
//!
//! A box a stage with a row a step; lines arrive at the row that takes something, and leave from a stage's last row. Where boxes go is in
//! [`layout`], what a box looks like in `boxes`.

mod boxes;
mod layout;
mod style;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use inner_loop::graph::{Edge, Node, StageNode};

use self::boxes::{Columns, MARGIN};
use self::layout::{Item, Layout, Line};
use super::{Drawing, words};

/// Above the boxes: the heading and a line a sentence.
const HEADING: f64 = 40.0;
const SENTENCE: f64 = 20.0;

/// The picture is never narrower than what stands above the boxes.
const LEAST_WIDTH: f64 = 620.0;

/// Where a line's arrow begins, before the box.
const TIP: f64 = 7.0;

impl Drawing {
    /// A picture as one SVG element.
    #[must_use]
    pub fn svg(&self) -> String {
        let n_origins = self.graph.origins.len();
        let item = |node: Node| match node {
            Node::Origin(origin) => origin,
            Node::Stage(stage) => n_origins + stage,
        };
        let line = |edge: &Edge| Line {
            from: item(edge.from),
            to: n_origins + edge.stage,
            arrives: boxes::row_middle(edge.step),
        };
        let lines: Vec<Line> = self.graph.edges.iter().map(line).collect();
        let layers = layout::layers(n_origins + self.graph.stages.len(), &lines, |item| item);
        let columns = self.columns(&layers[n_origins..]);
        let origins = self.graph.origins.iter().map(|origin| {
            let (width, height) = boxes::origin_size(origin);
            Item { width, height, out: height / 2.0 }
        });
        let stages = self.graph.stages.iter().zip(&columns).map(|(stage, columns)| Item {
            width: columns.width,
            height: boxes::stage_height(stage),
            out: boxes::row_middle(stage.steps.len().saturating_sub(1)),
        });
        let items: Vec<Item> = origins.chain(stages).collect();
        // Stages take from those above them; what does not is an error that a build reports, and no line.
        let (edges, lines): (Vec<&Edge>, Vec<Line>) = self
            .graph
            .edges
            .iter()
            .zip(lines)
            .filter(|(_, line)| layers[line.from] < layers[line.to])
            .unzip();
        let layout = layout::layout(&items, &lines, &layers);
        self.picture(&columns, &layout, &edges)
    }

    /// The columns of each stage, by the layers that the stages are in.
    fn columns(&self, layers: &[usize]) -> Vec<Rc<Columns>> {
        let stages = &self.graph.stages;
        let seconds =
            stages.iter().flat_map(|stage| &stage.steps).filter_map(|step| step.cost?.usual_seconds());
        let most_seconds = seconds.fold(0.0, f64::max);
        let mut of_layers: BTreeMap<usize, Vec<&StageNode>> = BTreeMap::new();
        for (stage, layer) in stages.iter().zip(layers) {
            of_layers.entry(*layer).or_default().push(stage);
        }
        let columns: BTreeMap<usize, Rc<Columns>> = of_layers
            .into_iter()
            .map(|(layer, stages)| (layer, Rc::new(Columns::of(&stages, most_seconds))))
            .collect();
        layers.iter().filter_map(|layer| columns.get(layer).cloned()).collect()
    }

    fn picture(&self, columns: &[Rc<Columns>], layout: &Layout, edges: &[&Edge]) -> String {
        let sentences = self.summary();
        #[expect(clippy::cast_precision_loss, reason = "a few sentences")]
        let above = MARGIN + HEADING + SENTENCE * sentences.len() as f64 + 12.0;
        let legend = above + layout.height + 34.0;
        let (width, height) = (layout.width.max(LEAST_WIDTH) + 2.0 * MARGIN, legend + MARGIN);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">\n<title>{}</title>\n<style>{}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
            escaped(&self.heading()),
            style::STYLE
        );
        let _ = writeln!(
            svg,
            "<text class=\"h1\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            MARGIN + 18.0,
            escaped(&self.heading())
        );
        let mut baseline = MARGIN + HEADING + 6.0;
        for sentence in &sentences {
            let _ = writeln!(
                svg,
                "<text class=\"s d\" x=\"{MARGIN}\" y=\"{baseline}\">{}</text>",
                escaped(sentence)
            );
            baseline += SENTENCE;
        }
        let _ = writeln!(svg, "<g transform=\"translate({MARGIN} {above})\">");
        // Those on the critical path come last, and so lie above the others.
        for is_critical in [false, true] {
            for (edge, way) in
                edges.iter().zip(&layout.ways).filter(|(edge, _)| edge.is_critical == is_critical)
            {
                self.draw_edge(&mut svg, edge, way);
            }
        }
        let n_origins = self.graph.origins.len();
        for (at, (left, top)) in layout.corners.iter().enumerate() {
            match at.checked_sub(n_origins) {
                None => self.origin_box(&mut svg, at, *left, *top),
                Some(stage) => self.stage_box(&mut svg, stage, &columns[stage], *left, *top),
            }
        }
        svg += "</g>\n";
        self.legend(&mut svg, legend);
        svg + "</svg>\n"
    }

    fn draw_edge(&self, svg: &mut String, edge: &Edge, way: &[(f64, f64)]) {
        let [(left, top), .., (right, bottom)] = way else { return };
        let mut path = format!("M{left:.1} {top:.1}");
        for pair in way.chunks(2) {
            let [(from_left, from_top), (to_left, to_top)] = pair else { continue };
            let to_left = if to_left == right { to_left - TIP } else { *to_left };
            if from_left != left {
                let _ = write!(path, "L{from_left:.1} {from_top:.1}");
            }
            let middle = f64::midpoint(*from_left, to_left);
            let _ =
                write!(path, "C{middle:.1} {from_top:.1} {middle:.1} {to_top:.1} {to_left:.1} {to_top:.1}");
        }
        let critical = if edge.is_critical { " critical" } else { "" };
        let unused = if self.graph.stages[edge.stage].is_reached { "" } else { " class=\"unused\"" };
        let step = &self.graph.stages[edge.stage].steps[edge.step].step;
        let title = format!(
            "{} → {}, line {}: {}",
            self.name(edge.from),
            step.stage_name,
            step.line,
            step.instruction
        );
        let _ = writeln!(
            svg,
            "<g{unused}><title>{}</title><path class=\"edge {}{critical}\" d=\"{path}\"/><path class=\"tip{critical}\" d=\"M{right:.1} {bottom:.1}l-8 -4.5v9z\"/></g>",
            escaped(&title),
            words::way(edge.kind)
        );
    }

    /// What lines and colours mean, of those that there are.
    fn legend(&self, svg: &mut String, top: f64) {
        let has = |class: &str| self.graph.edges.iter().any(|edge| words::way(edge.kind) == class);
        let mut keys: Vec<(&str, &str)> = Vec::new();
        let drawn = [("from", "FROM"), ("copy", "COPY"), ("mount", "mount")];
        keys.extend(drawn.into_iter().filter(|(class, _)| has(class)));
        if self.graph.critical_seconds.is_some() {
            keys.push(("critical", "critical path"));
        }
        let mut left = MARGIN;
        for (class, label) in keys {
            let _ = writeln!(
                svg,
                "<path class=\"edge {class}\" d=\"M{left} {0}h26\"/><text class=\"s d\" x=\"{1}\" y=\"{2}\">{label}</text>",
                top - 4.5,
                left + 34.0,
                top
            );
            left += 34.0 + boxes::sans_width(label, 13.0) + 26.0;
        }
        if self.graph.stages.iter().any(|stage| !stage.is_reached) {
            let _ = writeln!(
                svg,
                "<text class=\"s d\" x=\"{left}\" y=\"{top}\">pale: not needed by the target</text>"
            );
        }
    }
}

/// The text as it stands between tags and between quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            letter => escaped.push(letter),
        }
    }
    escaped
}
