//! Lines and columns as the command line counts them: both from 1, columns in code points, lines ending at `\n` as BuildKit's do.

use serde_json::{Value, json};
use syntax::{Document, TextRange};

/// Line and column of an offset.
pub(crate) fn of(document: &Document, offset: u32) -> (u32, u32) {
    let line = document.buildkit_line(offset);
    let start = document.buildkit_line_range(line).start;
    let before = document.slice(TextRange::new(start, offset.max(start))).chars().count();
    (line + 1, u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1))
}

/// A range as JSON; `end` is exclusive.
pub(crate) fn range(document: &Document, range: TextRange) -> Value {
    let end = |offset| {
        let (line, column) = of(document, offset);
        json!({"line": line, "column": column})
    };
    json!({"start": end(range.start), "end": end(range.end)})
}
