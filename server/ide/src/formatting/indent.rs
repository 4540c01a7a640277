//! Which indent an author uses for continued lines.

use syntax::Instruction;

use super::continuation::is_free;
use super::{Layout, logical_end};

/// Where a file has no indent of its own.
const DEFAULT: &str = "    ";

/// The indent that most continued lines of a file have; to align them, the one that most instructions begin to continue with: the lines
/// will all be moved to it, and it must be the same when they are.
pub(super) fn of_file(instructions: &[Instruction], layout: Layout) -> String {
    let of_instruction = |instruction| -> Vec<&str> {
        match layout {
            Layout::Tidy => lines(instruction).map(|line| line.indent).collect(),
            Layout::Align => {
                let free = lines(instruction).filter(|line| is_free(layout, instruction, line));
                free.map(|line| line.indent).min_by_key(|indent| indent.len()).into_iter().collect()
            }
        }
    };
    most(instructions.iter().flat_map(of_instruction)).unwrap_or(DEFAULT).to_owned()
}

/// The one that comes most often, the first of these; empty ones do not count.
pub(super) fn most<'a>(indents: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for indent in indents.filter(|indent| !indent.is_empty()) {
        match counts.iter_mut().find(|(known, _)| *known == indent) {
            Some((_, count)) => *count += 1,
            None => counts.push((indent, 1)),
        }
    }
    let highest = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == highest).map(|(indent, _)| indent)
}

/// A line that continues an instruction, and says something.
pub(super) struct ContinuedLine<'a> {
    /// In the instruction.
    pub(super) start: usize,
    pub(super) indent: &'a str,
    pub(super) is_comment: bool,
}

/// The lines that continue an instruction, less blank ones and the bodies of heredocs.
pub(super) fn lines(instruction: &Instruction) -> impl Iterator<Item = ContinuedLine<'_>> {
    let logical = instruction.source.get(..logical_end(instruction)).unwrap_or_default();
    let mut start = 0;
    let lines = logical.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    });
    lines.skip(1).filter(|(_, line)| !line.trim().is_empty()).map(|(start, line)| {
        let said = line.trim_start_matches([' ', '\t']);
        let indent = line.get(..line.len() - said.len()).unwrap_or_default();
        ContinuedLine { start, indent, is_comment: line.trim_start().starts_with('#') }
    })
}
