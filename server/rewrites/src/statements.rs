//! Taking commands out of a script so that the others and all comments between them stay.

use syntax::shell::{Connector, Script, Statement};
use syntax::{Instruction, TextEdit};

/// Takes statements out of a list that `&&` joins, given by their positions. Absent where that cannot be done without touching others:
/// all would go, or one of them or its neighbour is joined in another way.
pub(crate) fn take_statements(
    instruction: &Instruction,
    script: &Script,
    positions: &[usize],
) -> Option<Vec<TextEdit>> {
    let statements = &script.statements;
    let kept = statements.len() - positions.len();
    if kept == 0 || positions.is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    for &position in positions {
        let statement = statements.get(position)?;
        let next = statements.get(position + 1);
        let joined = |statement: Option<&Statement>| {
            statement
                .and_then(|statement| statement.connector)
                .is_none_or(|connector| matches!(connector, Connector::And | Connector::Then))
        };
        if !joined(Some(statement)) || !joined(next) {
            return None;
        }
        let leading = (0..=position).all(|earlier| positions.contains(&earlier));
        let range = if leading {
            // Nothing stays before it: it goes with the operator after it.
            let next = next?;
            syntax::LocalRange::new(statement.range.start, next.range.start)
        } else {
            // Or with the operator before it.
            let before = &statements[position - 1];
            syntax::LocalRange::new(before.range.end, statement.range.end)
        };
        let lost = range.of(&instruction.source);
        let comments: Vec<_> = lost.lines().filter(|line| line.trim_start().starts_with('#')).collect();
        let new_text = if comments.is_empty() {
            String::new()
        } else if leading {
            return None;
        } else {
            comment_remains(&instruction.source, range, &comments, next.is_some())
        };
        edits.push(TextEdit { range: instruction.place(range), new_text });
    }
    Some(merge(edits))
}

/// What stays of a gap whose commands go but whose comments do not.
fn comment_remains(source: &str, range: syntax::LocalRange, comments: &[&str], goes_on: bool) -> String {
    let lost = range.of(source);
    let newline = if lost.contains("\r\n") { "\r\n" } else { "\n" };
    let escape = lost.lines().next().map_or("", str::trim_end);
    let head = if goes_on { escape.to_owned() } else { String::new() };
    let lines = comments.iter().map(|line| format!("{newline}{}", line.trim_end())).collect::<String>();
    let rest = source.get(range.end as usize..).unwrap_or_default();
    if goes_on && !rest.starts_with([' ', '\n', '\r']) {
        return format!("{head}{lines}{newline}");
    }
    format!("{head}{lines}")
}

/// Joins edits that touch.
fn merge(edits: Vec<TextEdit>) -> Vec<TextEdit> {
    let mut merged: Vec<TextEdit> = Vec::new();
    for edit in edits {
        match merged.last_mut() {
            Some(last) if last.range.end >= edit.range.start => {
                last.range.end = last.range.end.max(edit.range.end);
                last.new_text.push_str(&edit.new_text);
            }
            _ => merged.push(edit),
        }
    }
    merged
}
