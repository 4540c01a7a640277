//! A document: its text as a rope, and its instructions, kept up to date edit by edit.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use ropey::Rope;

use crate::directives::{self, Top};
use crate::edit::Replaced;
use crate::gap::Gap;
use crate::instruction::Instruction;
use crate::lines::{Lines, after_line, line_feeds, line_start, without_end};
use crate::mapped::to_u32;
use crate::position::{self, Positions};
use crate::problem::Problem;
use crate::range::TextRange;
use crate::segment::{self, MAX_LINE, Segments};

/// A parser directive at the top of the file: `# syntax=…`, `# escape=…`, `# check=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Lower-case name.
    pub name: String,
    /// The value as written.
    pub value: String,
    /// The whole line, without its line end.
    pub range: TextRange,
    /// The value alone.
    pub value_range: TextRange,
    /// BuildKit's line, from 0.
    pub line: u32,
}

/// A comment line outside of any instruction's continuation. (Comments inside one are in the instruction's source.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The line from its `#` on, without the line end.
    pub range: TextRange,
    /// The text after `#`, trimmed.
    pub text: String,
    /// BuildKit's line, from 0.
    pub line: u32,
}

/// How an editor counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

/// A position as LSP counts it: lines end at `\n`, `\r\n` and `\r`; both numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character, in units of the encoding.
    pub character: u32,
}

/// A Dockerfile's text with its structure. Cloning is cheap: text and instructions are shared.
///
/// Texts are at most 4 GiB long; what lies behind that is cut off.
#[derive(Debug, Clone)]
pub struct Document {
    rope: Rope,
    top: Arc<Top>,
    /// Between two instructions there are only comments and blank lines.
    instructions: Arc<Vec<Instruction>>,
}

impl Default for Document {
    fn default() -> Self {
        Self::new("")
    }
}

impl Document {
    /// Parses a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut end = text.len().min(u32::MAX as usize);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self::from_rope(Rope::from_str(text.get(..end).unwrap_or_default()))
    }

    fn from_rope(rope: Rope) -> Self {
        let top = directives::top(&rope);
        let mut instructions = Vec::new();
        let mut segments = Segments::new(&rope, 0, 0, top.escape);
        while segments.read(&mut instructions) {}
        Self { rope, top: Arc::new(top), instructions: Arc::new(instructions) }
    }

    /// Replaces a range. Offsets outside the text or inside a character are moved to the nearest valid one below.
    pub fn edit(&mut self, range: TextRange, new_text: &str) {
        let start = position::floor(&self.rope, range.start);
        let end = position::floor(&self.rope, range.end.max(range.start));
        let replaced = Replaced::new(&self.rope, &self.instructions, TextRange::new(start, end), new_text);
        let (from, to) = (self.rope.byte_to_char(start as usize), self.rope.byte_to_char(end as usize));
        let mut moved_mark = start == 0 && self.has_byte_order_mark();
        self.rope.remove(from..to);
        self.rope.insert(from, new_text);
        moved_mark |= start == 0 && self.has_byte_order_mark();
        if moved_mark {
            *self = Self::from_rope(self.rope.clone());
            return;
        }
        if start <= self.top.end {
            let top = directives::top(&self.rope);
            let escape_changed = top.escape != self.top.escape;
            self.top = Arc::new(top);
            if escape_changed {
                *self = Self::from_rope(self.rope.clone());
                return;
            }
        }
        replaced.apply(&self.rope, self.top.escape, Arc::make_mut(&mut self.instructions));
    }

    /// Edits: all of it, or nothing where it panics. A copy of the document would do as well, but then every edit would have to copy the
    /// list of instructions.
    pub fn edit_whole(&mut self, edit: impl FnOnce(&mut Self)) {
        let before = self.rope.clone();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| edit(self))) {
            *self = Self::from_rope(before);
            resume_unwind(panic);
        }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    /// The text of a range; offsets outside the text or inside a character are moved to the nearest valid one below.
    #[must_use]
    pub fn slice(&self, range: TextRange) -> String {
        let start = position::floor(&self.rope, range.start);
        let end = position::floor(&self.rope, range.end).max(start);
        self.rope.byte_slice(start as usize..end as usize).to_string()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u32 {
        to_u32(self.rope.len_bytes())
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The escape character: `\`, or what the `escape` directive says.
    #[must_use]
    pub fn escape(&self) -> char {
        self.top.escape
    }

    /// The parser directives, in order.
    #[must_use]
    pub fn directives(&self) -> &[Directive] {
        &self.top.directives
    }

    /// The end of the text that was looked at for directives: what changes behind it makes none and takes none away.
    #[must_use]
    pub fn directives_end(&self) -> u32 {
        self.top.end
    }

    /// The instructions, in order.
    pub fn instructions(&self) -> impl ExactSizeIterator<Item = Instruction> + DoubleEndedIterator + '_ {
        self.instructions.iter().cloned()
    }

    /// The instructions, in order, as they are kept: to compare those of two versions without a copy.
    #[must_use]
    pub fn instruction_list(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The instruction at an offset, its trailing line end not included.
    #[must_use]
    pub fn instruction_at(&self, offset: u32) -> Option<Instruction> {
        let before = self.instructions.partition_point(|instruction| instruction.start <= offset);
        let instruction = self.instructions.get(before.checked_sub(1)?)?;
        instruction.range().touches(offset).then(|| instruction.clone())
    }

    /// The comments outside instructions, in order; directives are none.
    #[must_use]
    pub fn comments(&self) -> Vec<Comment> {
        let mut comments = Vec::new();
        for gap in self.gaps() {
            gap.each_line(&self.rope, |start, line, text| {
                let lead = text.len() - text.trim_start().len();
                let Some(said) = text.trim_start().strip_prefix('#') else { return };
                let range = TextRange::new(start + to_u32(lead), start + to_u32(text.len()));
                if !self.directives().iter().any(|directive| directive.line == line) {
                    comments.push(Comment { range, text: said.trim().to_owned(), line });
                }
            });
        }
        comments
    }

    /// What BuildKit's parser would refuse, in order. Problems of stages and references come from `semantic`.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.top.problems.clone();
        if self.instructions.is_empty() {
            let message = "the file has no instructions: begin with FROM and a base image".to_owned();
            problems.push(Problem { range: TextRange::default(), message });
        }
        for gap in self.gaps() {
            if (gap.end - gap.start) as usize > MAX_LINE {
                gap.each_line(&self.rope, |start, _, text| {
                    if text.len() > MAX_LINE {
                        let range = TextRange::new(start, start + to_u32(text.len()));
                        problems.push(Problem { range, message: segment::too_long() });
                    }
                });
            }
        }
        for instruction in self.instructions.iter().filter(|instruction| instruction.has_problems) {
            problems.extend(instruction.problems.iter().map(|problem| Problem {
                range: instruction.place(problem.range),
                message: problem.message.clone(),
            }));
        }
        problems.sort_by_key(|problem| problem.range);
        problems
    }

    /// Position of an offset.
    #[must_use]
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        position::position(&self.rope, offset, encoding)
    }

    /// Positions of many offsets, cheapest in order.
    #[must_use]
    pub const fn positions(&self, encoding: Encoding) -> Positions<'_> {
        Positions::new(&self.rope, encoding)
    }

    /// Offset of a position; beyond a line's end it is that end, beyond the text its end.
    #[must_use]
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        position::offset(&self.rope, position, encoding)
    }

    /// BuildKit's line of an offset, from 0: lines end at `\n` alone.
    #[must_use]
    pub fn buildkit_line(&self, offset: u32) -> u32 {
        let offset = position::floor(&self.rope, offset);
        let before = self.instructions.partition_point(|instruction| instruction.start <= offset);
        let anchor = before.checked_sub(1).and_then(|index| self.instructions.get(index));
        let (start, line) = anchor.map_or((0, 0), |instruction| (instruction.start, instruction.line));
        line + line_feeds(&self.rope, start, offset)
    }

    /// The range of BuildKit's line (from 0), without its line end; empty at the end of the text for a line behind it.
    #[must_use]
    pub fn buildkit_line_range(&self, line: u32) -> TextRange {
        let before = self.instructions.partition_point(|instruction| instruction.line <= line);
        let anchor = before.checked_sub(1).and_then(|index| self.instructions.get(index));
        let (start, mut at) = anchor
            .map_or((0, 0), |instruction| (line_start(&self.rope, instruction.start), instruction.line));
        let mut lines = Lines::new(&self.rope, start);
        let mut text = String::new();
        loop {
            let start = lines.offset();
            text.clear();
            if !lines.read(&mut text) {
                return TextRange::empty(self.len());
            }
            if at == line {
                return TextRange::new(start, start + to_u32(without_end(&text).len()));
            }
            at += 1;
        }
    }

    fn has_byte_order_mark(&self) -> bool {
        self.rope.get_char(0) == Some('\u{feff}')
    }

    /// What lies between instructions, as far as it may hold a line of its own.
    fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        let instructions = self.instructions.iter();
        let befores = std::iter::once(None).chain(instructions.clone().map(Some));
        let ends = instructions.map(|instruction| instruction.start).chain(std::iter::once(self.len()));
        befores.zip(ends).filter_map(|(before, end)| {
            let (start, line) = match before {
                None => (0, 0),
                // A line end and perhaps a blank line: most instructions follow each other so, and the rope is not asked.
                Some(before) if end <= before.range().end + 2 && end < self.len() => return None,
                Some(before) if end <= before.range().end + 1 => return None,
                Some(before) => (after_line(&self.rope, before.range().end), before.end_line() + 1),
            };
            (start < end).then_some(Gap { start, end, line })
        })
    }
}
