//! Whole lines put above an instruction.

use rewrites::Input;
use semantic::StageInstruction;
use syntax::{TextEdit, TextRange};

/// Puts a line above an instruction, with the file's line end.
pub(crate) fn line_above(input: &Input<'_>, item: &StageInstruction, line: &str) -> TextEdit {
    let document = &input.model.document;
    let at = document.buildkit_line_range(item.instruction.line);
    let next = document.buildkit_line_range(item.instruction.line + 1).start;
    let is_crlf = document.slice(TextRange::new(at.start, next.max(at.end))).ends_with("\r\n");
    let newline = if is_crlf { "\r\n" } else { "\n" };
    TextEdit { range: TextRange::empty(at.start), new_text: format!("{line}{newline}") }
}
