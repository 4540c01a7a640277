//! Where the boxes of a picture go: layers from left to right, each box right of all that it takes something from.
//!
//! The usual four steps (Sugiyama, Tagawa and Toda, 1981), each in its simplest form: layers by the longest path; a small placeholder in each
//! layer that a line only passes; an order in each layer by the average place of the neighbours; and places as near to the neighbours'
//! as the boxes' heights allow.

use std::collections::HashMap;

/// A box to be placed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Where lines leave it, from its top.
    pub(super) out: f64,
}

/// A line from one box to another one behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it arrives, from the top of the box.
    pub(super) arrives: f64,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    /// The left upper corner of each box.
    pub(super) corners: Vec<(f64, f64)>,
    /// The points that each line goes through, in pairs: it leaves at the first, arrives at the last, and is straight across a layer.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Between two layers, where lines bend.
const GUTTER: f64 = 84.0;

/// Between two boxes of a layer.
const GAP: f64 = 26.0;

/// The height of a line that passes a layer, and the room above it.
const LANE: f64 = 4.0;
const LANE_GAP: f64 = 10.0;

/// With more lines in the way than this nothing would be seen anyhow: then they go straight through the layers that they pass.
const MOST_LANES: usize = 10_000;

/// Rounds of ordering and of placing; more change nothing that can be seen.
const ROUNDS: usize = 6;

/// A box, or a line that passes.
#[derive(Debug, Clone)]
struct Cell {
    layer: usize,
    height: f64,
    is_lane: bool,
    /// Where lines leave it, from its top.
    out: f64,
    top: f64,
}

/// What each cell is linked with in the layers beside it, and where from its top the link arrives there or here.
#[derive(Debug, Default)]
struct Links {
    incoming: Vec<Vec<(usize, f64)>>,
    outgoing: Vec<Vec<(usize, f64)>>,
}

/// Lays out boxes of which none is reached from itself: lines go from earlier layers to later ones.
pub(super) fn layout(items: &[Item], lines: &[Line], layers: &[usize]) -> Layout {
    let mut cells: Vec<Cell> = items
        .iter()
        .zip(layers)
        .map(|(item, layer)| Cell {
            layer: *layer,
            height: item.height,
            is_lane: false,
            out: item.out,
            top: 0.0,
        })
        .collect();
    let (links, lanes) = links(&mut cells, lines);
    let n_layers = layers.iter().max().map_or(0, |last| last + 1);
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); n_layers];
    for (cell, Cell { layer, .. }) in cells.iter().enumerate() {
        columns[*layer].push(cell);
    }
    order(&mut columns, &links);
    place(&mut cells, &columns, &links);
    let widths: Vec<f64> = columns
        .iter()
        .map(|column| {
            column.iter().filter_map(|cell| items.get(*cell)).map(|item| item.width).fold(0.0, f64::max)
        })
        .collect();
    let lefts: Vec<f64> = widths
        .iter()
        .scan(0.0, |next, width| {
            let left = *next;
            *next += width + GUTTER;
            Some(left)
        })
        .collect();
    let top = cells.iter().map(|cell| cell.top).fold(f64::INFINITY, f64::min);
    cells.iter_mut().for_each(|cell| cell.top -= top);
    // Boxes stand at the right end of their layer where they are narrower: next to those that read them.
    let left_of = |cell: usize| {
        let layer = cells[cell].layer;
        lefts[layer] + items.get(cell).map_or(0.0, |item| widths[layer] - item.width)
    };
    let ways = lines.iter().zip(&lanes).map(|(line, lanes)| {
        let from = &cells[line.from];
        let mut way = vec![(left_of(line.from) + items[line.from].width, from.top + from.out)];
        for lane in lanes {
            let Cell { layer, top, .. } = cells[*lane];
            way.extend([(lefts[layer], top + LANE / 2.0), (lefts[layer] + widths[layer], top + LANE / 2.0)]);
        }
        way.push((left_of(line.to), cells[line.to].top + line.arrives));
        way
    });
    Layout {
        ways: ways.collect(),
        corners: (0..items.len()).map(|item| (left_of(item), cells[item].top)).collect(),
        width: lefts.last().zip(widths.last()).map_or(0.0, |(left, width)| left + width),
        height: cells.iter().map(|cell| cell.top + cell.height).fold(0.0, f64::max),
    }
}

/// The layer of each box: one behind the last of those that it takes something from; a box that takes nothing stands right before the first
/// that takes something from it. Lines that do not lead on in the order of `rank` are left out.
pub(super) fn layers(n_items: usize, lines: &[Line], rank: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut layers = vec![0_usize; n_items];
    let mut sorted: Vec<usize> = (0..n_items).collect();
    sorted.sort_by_key(|item| rank(*item));
    let mut incoming: Vec<Vec<usize>> = vec![Vec::new(); n_items];
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); n_items];
    for line in lines.iter().filter(|line| rank(line.from) < rank(line.to)) {
        incoming[line.to].push(line.from);
        outgoing[line.from].push(line.to);
    }
    for item in &sorted {
        layers[*item] = incoming[*item].iter().map(|from| layers[*from] + 1).max().unwrap_or_default();
    }
    for item in sorted.into_iter().filter(|item| incoming[*item].is_empty()) {
        let first = outgoing[item].iter().map(|to| layers[*to]).min();
        layers[item] = first.map_or(0, |first| first.saturating_sub(1));
    }
    layers
}

/// The links between neighbouring layers, with cells for the lines that pass others; and for each line the lanes that it takes. Lines between
/// the same two boxes share theirs.
fn links(cells: &mut Vec<Cell>, lines: &[Line]) -> (Links, Vec<Vec<usize>>) {
    let passed = |line: &Line| cells[line.to].layer.saturating_sub(cells[line.from].layer + 1);
    let has_lanes = lines.iter().map(passed).sum::<usize>() <= MOST_LANES;
    let mut links = Links::default();
    let mut shared: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
    let mut all = Vec::new();
    for line in lines {
        let layers = cells[line.from].layer + 1..cells[line.to].layer;
        let lanes = shared.entry((line.from, line.to)).or_insert_with(|| {
            let mut lanes = Vec::new();
            for layer in layers.filter(|_| has_lanes) {
                cells.push(Cell { layer, height: LANE, is_lane: true, out: LANE / 2.0, top: 0.0 });
                let lane = cells.len() - 1;
                links.add(lanes.last().copied().unwrap_or(line.from), lane, LANE / 2.0);
                lanes.push(lane);
            }
            lanes
        });
        links.add(lanes.last().copied().unwrap_or(line.from), line.to, line.arrives);
        all.push(lanes.clone());
    }
    links.incoming.resize_with(cells.len(), Vec::new);
    links.outgoing.resize_with(cells.len(), Vec::new);
    (links, all)
}

impl Links {
    fn add(&mut self, from: usize, to: usize, arrives: f64) {
        let n_cells = self.incoming.len().max(from.max(to) + 1);
        self.incoming.resize_with(n_cells, Vec::new);
        self.outgoing.resize_with(n_cells, Vec::new);
        self.incoming[to].push((from, arrives));
        self.outgoing[from].push((to, arrives));
    }
}

/// Orders the cells of each layer by the average place of their neighbours, forth and back.
fn order(columns: &mut [Vec<usize>], links: &Links) {
    let mut place = vec![0.0; links.incoming.len()];
    let note = |column: &[usize], place: &mut Vec<f64>| {
        for (at, cell) in column.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a place in a short list")]
            let at = at as f64;
            place[*cell] = at;
        }
    };
    columns.iter().for_each(|column| note(column, &mut place));
    for round in 0..ROUNDS {
        for at in walk(columns.len(), round) {
            let neighbours = if round.is_multiple_of(2) { &links.incoming } else { &links.outgoing };
            let column = &mut columns[at];
            let mean = |cell: usize| {
                // Of two that are linked with the same box, the one that arrives higher up comes first.
                let places =
                    neighbours[cell].iter().map(|(other, arrives)| place[*other] + arrives / 100_000.0);
                average(places).unwrap_or(place[cell])
            };
            let mut keyed: Vec<(f64, usize)> = column.iter().map(|cell| (mean(*cell), *cell)).collect();
            keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
            *column = keyed.into_iter().map(|(_, cell)| cell).collect();
            note(column, &mut place);
        }
    }
}

/// Places the cells of each layer as near as can be to what they are linked with, forth and back.
fn place(cells: &mut [Cell], columns: &[Vec<usize>], links: &Links) {
    for column in columns {
        settle(cells, column, &vec![0.0; column.len()]);
    }
    for round in 0..ROUNDS {
        for at in walk(columns.len(), round) {
            let wanted = |cell: &usize| {
                let own = &cells[*cell];
                let tops: Vec<f64> = if round.is_multiple_of(2) {
                    let from = links.incoming[*cell].iter();
                    from.map(|(other, arrives)| cells[*other].top + cells[*other].out - arrives).collect()
                } else {
                    let to = links.outgoing[*cell].iter();
                    to.map(|(other, arrives)| cells[*other].top + arrives - own.out).collect()
                };
                average(tops.into_iter()).unwrap_or(own.top)
            };
            let wanted: Vec<f64> = columns[at].iter().map(wanted).collect();
            settle(cells, &columns[at], &wanted);
        }
    }
}

/// The layers in the order of a round: forth in even ones, back in odd ones.
fn walk(n_layers: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..n_layers).map(move |step| if round.is_multiple_of(2) { step } else { n_layers - 1 - step })
}

/// Gives the cells of a layer, in their order, the places that together are nearest to the wanted ones and keep their distance: those that
/// would overlap form a block, which stands at the average of what its members want (pool adjacent violators).
fn settle(cells: &mut [Cell], column: &[usize], wanted: &[f64]) {
    let mut offsets = Vec::with_capacity(column.len());
    let mut next = 0.0;
    for (at, cell) in column.iter().enumerate() {
        offsets.push(next);
        let is_lane = |at: usize| column.get(at).is_some_and(|cell| cells[*cell].is_lane);
        next += cells[*cell].height + if is_lane(at) || is_lane(at + 1) { LANE_GAP } else { GAP };
    }
    // Each block with the sum of what is wanted, less the offsets, and how many want it.
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        blocks.push((wanted - offset, 1.0));
        while let [.., (before, n_before), (last, n_last)] = blocks[..]
            && before / n_before > last / n_last
        {
            blocks.truncate(blocks.len() - 2);
            blocks.push((before + last, n_before + n_last));
        }
    }
    let mut members = column.iter().zip(&offsets);
    for (sum, count) in blocks {
        let mut left = count;
        while left > 0.5
            && let Some((cell, offset)) = members.next()
        {
            cells[*cell].top = sum / count + offset;
            left -= 1.0;
        }
    }
}

fn average(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of one size; lines from box to box.
    fn laid(heights: &[f64], lines: &[(usize, usize)]) -> (Vec<usize>, Layout) {
        let items: Vec<Item> =
            heights.iter().map(|height| Item { width: 100.0, height: *height, out: height / 2.0 }).collect();
        let lines: Vec<Line> =
            lines.iter().map(|(from, to)| Line { from: *from, to: *to, arrives: 10.0 }).collect();
        let layers = layers(items.len(), &lines, |item| item);
        (layers.clone(), layout(&items, &lines, &layers))
    }

    #[test]
    fn a_box_stands_behind_all_that_it_takes_something_from() {
        let lines = [(0, 2), (2, 3), (0, 4), (3, 4), (1, 4)];
        let (layers, layout) = laid(&[40.0; 5], &lines);
        assert_eq!(layers, [0, 2, 1, 2, 3]);
        for ((from, to), way) in lines.iter().zip(&layout.ways) {
            assert!(layout.corners[*from].0 + 100.0 < layout.corners[*to].0);
            assert!(way.windows(2).all(|points| points[0].0 <= points[1].0), "{way:?}");
        }
        // The line from the first to the last passes two layers between boxes.
        assert_eq!(layout.ways[2].len(), 6);
    }

    #[test]
    fn nothing_overlaps() {
        let heights = [30.0, 90.0, 300.0, 40.0, 40.0, 200.0, 60.0];
        let lines = [(0, 3), (1, 3), (2, 3), (0, 4), (2, 5), (0, 6), (3, 6), (4, 6), (5, 6)];
        let (layers, layout) = laid(&heights, &lines);
        for left in 0..heights.len() {
            for right in left + 1..heights.len() {
                let (top, other) = (layout.corners[left].1, layout.corners[right].1);
                let is_apart = top + heights[left] < other || other + heights[right] < top;
                assert!(layers[left] != layers[right] || is_apart, "{left} and {right}: {layout:?}");
            }
        }
        assert!(layout.corners.iter().all(|(left, top)| *left >= 0.0 && *top >= 0.0));
        let bottom = |item: usize| layout.corners[item].1 + heights[item];
        assert!((0..heights.len()).all(|item| bottom(item) <= layout.height + 0.001));
    }

    #[test]
    fn a_chain_is_straight_and_nothing_is_nothing() {
        let (_, layout) = laid(&[40.0; 3], &[(0, 1), (1, 2)]);
        assert!(layout.ways.iter().all(|way| (way[0].1 - way[1].1).abs() < 0.001), "{layout:?}");
        assert_eq!(laid(&[], &[]).1, Layout { height: 0.0, ..Layout::default() });
    }

    #[test]
    fn lines_that_lead_back_are_left_out_of_the_order() {
        assert_eq!(laid(&[40.0; 2], &[]).0, [0, 0]);
        let back = [Line { from: 1, to: 0, arrives: 0.0 }, Line { from: 0, to: 0, arrives: 0.0 }];
        assert_eq!(layers(2, &back, |item| item), [0, 0]);
    }
}
