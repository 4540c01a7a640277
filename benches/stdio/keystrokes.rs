//! What is typed: single keys in the middle of commands, all over the file, each taken back by the next one.

use measuring::Edit;

/// So many edits of a text, top to bottom and around again.
pub(crate) fn typed(text: &str, count: usize) -> Vec<Edit> {
    let lines: Vec<_> = text.split('\n').collect();
    let places: Vec<_> = (0..lines.len()).filter(|&line| is_place(lines[line])).collect();
    let mut edits = Vec::with_capacity(count);
    for pair in 0..count.div_ceil(2) {
        // A step that is no divisor spreads few edits over the whole file.
        let line = places[pair * 7919 % places.len()];
        let column = lines[line].encode_utf16().count();
        let after: String = lines
            .iter()
            .enumerate()
            .flat_map(|(index, text)| [*text, if index == line { "x" } else { "" }, "\n"])
            .collect();
        let after = after[..after.len() - 1].to_owned();
        edits.push(Edit { line, column, removed: 0, inserted: "x", text: after });
        edits.push(Edit { line, column, removed: 1, inserted: "", text: text.to_owned() });
    }
    edits.truncate(count);
    edits
}

/// Lines that end in a word which may grow.
fn is_place(line: &str) -> bool {
    ["ARG VERSION", "WORKDIR", "make "].iter().any(|start| line.starts_with(start))
}
