//! Which words an author put below one another: those gaps stay in [`super::Layout::Tidy`].
//!
//! A gap stays where the lines above or below have words in the column of the word behind it, and one of these lines has a wide gap
//! there too, or the same keyword: one word below another may be chance. Columns are those of the result: where a gap closes, what
//! stood behind it on its line is aligned no more, and the question is asked again until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use syntax::Keyword;

use super::{Change, File, Layout};

/// Where a gap is: among the changes, and among the gaps of one.
type At = (usize, usize);

pub(super) fn align(file: &File<'_>, changes: &mut [Change]) {
    if file.layout == Layout::Align || changes.iter().all(|change| change.gaps.is_empty()) {
        return;
    }
    let lines = Lines::new(file.text);
    let mut open: Vec<At> = Vec::new();
    for (change_index, change) in changes.iter_mut().enumerate() {
        for (gap_index, gap) in change.gaps.iter_mut().enumerate() {
            gap.aligned = true;
            open.push((change_index, gap_index));
        }
    }
    loop {
        let moves = Moves::new(file, changes, &lines);
        let end = |(change, gap): At| {
            let start =
                file.instructions.get(changes[change].index).map_or(0, |instruction| instruction.start);
            (start + changes[change].gaps[gap].range.end) as usize
        };
        let closing: Vec<At> =
            open.iter().copied().filter(|at| !is_aligned(&lines, &moves, end(*at))).collect();
        if closing.is_empty() {
            return;
        }
        open.retain(|at| !closing.contains(at));
        for (change, gap) in closing {
            changes[change].gaps[gap].aligned = false;
        }
    }
}

/// What the edits do to columns.
#[derive(Default)]
struct Moves {
    /// For each line, behind which column its text moves and by how much.
    shifts: BTreeMap<usize, Vec<(usize, isize)>>,
    /// The ends of gaps that close.
    closed: BTreeSet<usize>,
}

impl Moves {
    fn new(file: &File<'_>, changes: &[Change], lines: &Lines<'_>) -> Self {
        let mut moves = Self::default();
        for change in changes {
            let Some(instruction) = file.instructions.get(change.index) else { continue };
            if let Some(lead) = file.stray_lead(instruction) {
                moves.add(lines, lead.start as usize, lead.end as usize, 0);
            }
            let place = |offset: u32| (instruction.start + offset) as usize;
            for (range, new_text) in &change.edits {
                moves.add(lines, place(range.start), place(range.end), new_text.len());
            }
            for gap in change.gaps.iter().filter(|gap| !gap.aligned) {
                moves.add(lines, place(gap.range.start), place(gap.range.end), 1);
                moves.closed.insert(place(gap.range.end));
            }
        }
        moves
    }

    fn add(&mut self, lines: &Lines<'_>, start: usize, end: usize, new_len: usize) {
        let line = lines.index(start);
        let by = isize::try_from(new_len).unwrap_or(0) - isize::try_from(end - start).unwrap_or(0);
        self.shifts.entry(line).or_default().push((end - lines.start(line), by));
    }

    /// The column of what stands at `column` of a line now.
    fn column(&self, line: usize, column: usize) -> isize {
        let shifts = self.shifts.get(&line).into_iter().flatten();
        let by: isize = shifts.filter(|(at, _)| *at <= column).map(|(_, by)| by).sum();
        isize::try_from(column).unwrap_or(isize::MAX) + by
    }
}

/// Whether the word that ends a gap, at `offset` of the text, is part of a column.
fn is_aligned(lines: &Lines<'_>, moves: &Moves, offset: usize) -> bool {
    let line = lines.index(offset);
    let column = moves.column(line, offset - lines.start(line));
    // A blank line may come before a FROM.
    let up = (0..line).rev().take_while(|above| !lines.begins_stage(above + 1));
    let down = (line + 1..lines.starts.len()).take_while(|below| !lines.begins_stage(*below));
    let is_column = |others: &mut dyn Iterator<Item = usize>| {
        for other in others {
            let Some(word) = lines.words(other).find(|word| moves.column(other, *word) == column) else {
                return false;
            };
            let is_wide = lines.is_wide(other, word) && !moves.closed.contains(&(lines.start(other) + word));
            if is_wide || lines.keyword(other).eq_ignore_ascii_case(lines.keyword(line)) {
                return true;
            }
        }
        false
    };
    is_column(&mut up.into_iter()) || is_column(&mut down.into_iter())
}

/// A text by its lines.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        Self { text, starts: std::iter::once(mark).chain(feeds.map(|(at, _)| at + 1)).collect() }
    }

    fn index(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    fn text(&self, line: usize) -> &'a str {
        self.text.get(self.start(line)..self.start(line + 1)).unwrap_or_default()
    }

    /// The columns at which words begin, the first of the line left out; a comment has none.
    fn words(&self, line: usize) -> impl Iterator<Item = usize> {
        let text = self.text(line);
        let bytes = if text.trim_start().starts_with('#') { &[] } else { text.as_bytes() };
        let is_blank = |byte: u8| byte.is_ascii_whitespace();
        let begins = move |at: &usize| !is_blank(bytes[*at]) && (*at == 0 || is_blank(bytes[*at - 1]));
        (0..bytes.len()).filter(begins).skip(1)
    }

    /// Whether more than one blank, or a tab, stands before a word.
    fn is_wide(&self, line: usize, word: usize) -> bool {
        let before = self.text(line).get(..word).unwrap_or_default();
        before.ends_with("  ") || before.ends_with('\t')
    }

    fn keyword(&self, line: usize) -> &'a str {
        self.text(line).split_whitespace().next().unwrap_or_default()
    }

    fn begins_stage(&self, line: usize) -> bool {
        self.keyword(line).eq_ignore_ascii_case(Keyword::From.as_str())
    }
}
