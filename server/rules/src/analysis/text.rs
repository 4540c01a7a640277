//! Pieces of messages: lines, short commands, sizes.

use rewrites::Input;
use semantic::StageInstruction;
use syntax::TextRange;
use syntax::shell::Command;

/// The line of an offset as people count it, from 1.
pub(crate) fn line(input: &Input<'_>, offset: u32) -> u32 {
    input.model.document.buildkit_line(offset) + 1
}

/// A command as it stands in the file, on one line and not too long.
pub(crate) fn command(item: &StageInstruction, command: &Command) -> String {
    let first = command.words.first().map_or(command.range, |word| word.range);
    let last = command.words.last().map_or(command.range, |word| word.range);
    let source = item.instruction.source.get(first.start as usize..last.end as usize).unwrap_or_default();
    shortened(source)
}

/// A text on one line, cut off after forty letters or so.
pub(crate) fn shortened(text: &str) -> String {
    const LIMIT: usize = 40;
    let mut short = String::new();
    for word in text.split_whitespace().filter(|word| *word != "\\") {
        if short.len() + word.len() > LIMIT && !short.is_empty() {
            short.push_str(" …");
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

/// Bytes as people read them, with powers of ten.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let (mut value, mut unit) = (count * 10, 0);
    while value >= 10_000 && unit + 1 < UNITS.len() {
        value /= 1000;
        unit += 1;
    }
    let (whole, tenth) = (value / 10, value % 10);
    if unit == 0 || tenth == 0 || whole >= 100 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

/// The lines that hold an instruction, its line end included: what to remove to take it out.
pub(crate) fn whole_lines(input: &Input<'_>, range: TextRange) -> TextRange {
    let document = &input.model.document;
    let start = document.buildkit_line_range(document.buildkit_line(range.start)).start;
    let last = document.buildkit_line_range(document.buildkit_line(range.end));
    let end = document.buildkit_line_range(document.buildkit_line(range.end) + 1).start;
    TextRange::new(start, if end > last.end { end } else { document.len() })
}
