//! The indent of a line that was just begun: that of the continued lines above, and nothing outside of a continuation.

use syntax::{Document, TextEdit, TextRange};

use super::logical_end;

/// The edit that indents the line at `offset`, where the line above goes on with it.
pub(super) fn indent(document: &Document, offset: u32, indent: &str) -> Option<TextEdit> {
    let line = document.buildkit_line_range(document.buildkit_line(offset));
    let above =
        document.buildkit_line(offset).checked_sub(1).map(|line| document.buildkit_line_range(line))?;
    let instruction = document.instruction_at(above.end)?;
    let (first, end) =
        (instruction.line == document.buildkit_line(above.start), above.end - instruction.start);
    if end as usize > logical_end(&instruction) {
        return None;
    }
    let said = document.slice(above);
    let said = said.get(if first { (instruction.start - above.start) as usize } else { 0 }..)?;
    let is_comment = !first && said.trim_start().starts_with('#');
    if !is_comment && syntax::continued(said, instruction.escape).is_none() {
        return None;
    }
    // An author who indents nothing goes on so.
    let wanted =
        if first { indent } else { said.get(..said.len() - said.trim_start_matches([' ', '\t']).len())? };
    let current = document.slice(line);
    let lead = current.len() - current.trim_start_matches([' ', '\t']).len();
    let range = TextRange::new(line.start, line.start + u32::try_from(lead).ok()?);
    (current.get(..lead) != Some(wanted)).then(|| TextEdit { range, new_text: wanted.to_owned() })
}
