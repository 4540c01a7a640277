//! Keeps the instructions up to date when a range of the text is replaced: reads anew from the touched line, or from the
//! start of the touched instruction, until the boundaries agree with the old ones again. What lies outside is only moved.

use ropey::Rope;

use crate::instruction::Instruction;
use crate::lines::{after_line, line_feeds, line_start};
use crate::mapped::to_u32;
use crate::range::TextRange;
use crate::segment::Segments;

/// What has to be known of the old text to replace a range of it.
pub(crate) struct Replaced {
    /// The range in the old text.
    range: TextRange,
    /// Where reading begins: a line start between instructions, or an instruction's start, before the range.
    restart: u32,
    /// The number of that line.
    restart_line: u32,
    /// How many instructions lie before it.
    kept: usize,
    /// Whether the range ends at a line start.
    ends_at_line_start: bool,
    new_len: u32,
    /// Line feeds taken out and put in.
    line_feeds: (u32, u32),
}

impl Replaced {
    /// Looks at the old text and its instructions.
    pub(crate) fn new(rope: &Rope, instructions: &[Instruction], range: TextRange, new_text: &str) -> Self {
        let started = instructions.partition_point(|instruction| instruction.start <= range.start);
        let mut restart = (0, 0, 0);
        if let Some((index, last)) =
            started.checked_sub(1).and_then(|index| Some((index, instructions.get(index)?)))
        {
            restart = (last.start, last.line, index);
            let end = last.range().end;
            let after = after_line(rope, end);
            // What reaches to the end of the text may be open: a heredoc without its end, a continuation.
            let is_closed = (after as usize) < rope.len_bytes();
            if is_closed && after <= range.start && line_feeds(rope, end, after) > 0 {
                restart = (after, last.end_line() + 1, started);
            }
        }
        let (mut at, mut line, kept) = restart;
        // Between instructions every line start will do, and the nearest is the cheapest.
        let nearest = line_start(rope, range.start);
        if kept == started && nearest > at {
            line += line_feeds(rope, at, nearest);
            at = nearest;
        }
        Self {
            range,
            restart: at,
            restart_line: line,
            kept,
            ends_at_line_start: line_start(rope, range.end) == range.end,
            new_len: to_u32(new_text.len()),
            line_feeds: (
                line_feeds(rope, range.start, range.end),
                to_u32(new_text.bytes().filter(|byte| *byte == b'\n').count()),
            ),
        }
    }

    /// Reads the new text as far as needed, and moves what follows.
    pub(crate) fn apply(&self, rope: &Rope, escape: char, instructions: &mut Vec<Instruction>) {
        let new_end = self.range.start + self.new_len;
        let mut fresh = Vec::new();
        let mut segments = Segments::new(rope, self.restart, self.restart_line, escape);
        let mut synced = instructions.len();
        while segments.read(&mut fresh) {
            let at = segments.offset();
            if at < new_end || (at == new_end && !self.ends_at_line_start) {
                continue;
            }
            let old = at - new_end + self.range.end;
            let following = instructions.partition_point(|instruction| instruction.start < old);
            let before = following.checked_sub(1).and_then(|index| instructions.get(index));
            if before.is_none_or(|instruction| instruction.range().end < old) {
                synced = following;
                break;
            }
        }
        let (removed, added) = self.line_feeds;
        for instruction in instructions.iter_mut().skip(synced) {
            instruction.start = instruction.start - self.range.end + new_end;
            instruction.line = instruction.line - removed + added;
        }
        instructions.splice(self.kept..synced.max(self.kept), fresh);
    }
}
