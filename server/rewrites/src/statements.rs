//! Taking commands and words out of a script so that the others and all comments between them stay.

use syntax::shell::{Connector, Script, Statement};
use syntax::{Instruction, LocalRange, TextEdit};

/// Takes statements out of a list that `&&` joins, given by their positions. Absent where that cannot be done without touching others:
/// all would go, or one of them or its neighbour is joined in another way.
#[must_use]
pub fn take_statements(
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
            LocalRange::new(statement.range.start, next.range.start)
        } else {
            // Or with the operator before it.
            let before = &statements[position - 1];
            LocalRange::new(before.range.end, statement.range.end)
        };
        let lost = range.of(&instruction.source);
        let comments: Vec<_> = lost.lines().filter(|line| line.trim_start().starts_with('#')).collect();
        edits.push(match comments.as_slice() {
            [] => TextEdit { range: instruction.place(range), new_text: String::new() },
            _ if leading => return None,
            comments => around_comments(instruction, range, comments, next.is_some())?,
        });
    }
    Some(merge(edits))
}

/// A word with the white space before it; with its line, where it has one of its own.
#[must_use]
pub fn with_space(instruction: &Instruction, word: LocalRange) -> LocalRange {
    let source = &instruction.source;
    let (start, end) = (word.start as usize, word.end as usize);
    let before = source[..start].trim_end_matches([' ', '\t']);
    let to = |start: usize, end: usize| {
        LocalRange::new(u32::try_from(start).unwrap_or_default(), u32::try_from(end).unwrap_or_default())
    };
    if !before.ends_with('\n') {
        return to(before.len(), end);
    }
    let line_end = source[end..].find('\n').map(|at| end + at + 1);
    let rest = source[end..line_end.unwrap_or(source.len())].trim();
    match line_end {
        Some(line_end) if rest.chars().eq([instruction.escape]) => to(before.len(), line_end),
        // The last word of all: the line before no longer goes on.
        _ if rest.is_empty() => {
            let before = before.trim_end().trim_end_matches(instruction.escape).trim_end();
            to(before.len(), end)
        }
        _ => to(start, end + (source[end..].len() - source[end..].trim_start_matches([' ', '\t']).len())),
    }
}

/// Takes out a statement, with what stands between it and the one before, but for the comments there.
fn around_comments(
    instruction: &Instruction,
    range: LocalRange,
    comments: &[&str],
    goes_on: bool,
) -> Option<TextEdit> {
    let source = &instruction.source;
    let lost = range.of(source);
    let newline = if lost.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: String = comments.iter().map(|line| format!("{newline}{}", line.trim_end())).collect();
    if !goes_on {
        return Some(TextEdit { range: instruction.place(range), new_text: lines });
    }
    // The rest of its own line goes too: its operator, if it ends the line, and the escape character.
    let rest = source.get(range.end as usize..)?;
    let line = &rest[..=rest.find('\n')?];
    if !line.trim().chars().all(|letter| matches!(letter, '&' | ';' | ' ') || letter == instruction.escape) {
        return None;
    }
    let head = lost.lines().next()?.trim_end();
    let end = range.end + u32::try_from(line.len()).ok()?;
    let range = instruction.place(LocalRange::new(range.start, end));
    Some(TextEdit { range, new_text: format!("{head}{lines}{newline}") })
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

#[cfg(test)]
mod tests {
    use syntax::Document;

    use super::take_statements;
    use crate::offer::apply;

    /// The RUN without the statements at these positions.
    fn check(run: &str, positions: &[usize], expected: Option<&str>) {
        let document = Document::new(run);
        let instruction = document.instructions().next().unwrap();
        let script = instruction.shell().unwrap();
        let edits = take_statements(&instruction, script, positions);
        assert_eq!(edits.map(|edits| apply(run, &edits)).as_deref(), expected, "{run}");
    }

    #[test]
    fn a_statement_goes_with_one_operator() {
        check("RUN a && b && c\n", &[0], Some("RUN b && c\n"));
        check("RUN a && b && c\n", &[1], Some("RUN a && c\n"));
        check("RUN a && b && c\n", &[2], Some("RUN a && b\n"));
        check("RUN a && b && c\n", &[0, 2], Some("RUN b\n"));
        check("RUN a && b && c\n", &[1, 2], Some("RUN a\n"));
        check("RUN a; b; c\n", &[1], Some("RUN a; c\n"));
    }

    #[test]
    fn continuation_lines_go_with_it() {
        check("RUN a \\\n    && b \\\n    && c\n", &[1], Some("RUN a \\\n    && c\n"));
        check("RUN a && \\\n    b && \\\n    c\n", &[2], Some("RUN a && \\\n    b\n"));
        check("RUN a && `\r\n    b\r\n", &[], None);
    }

    #[test]
    fn comments_between_stay() {
        check("RUN a \\\n    # why b\n    && b\n", &[1], Some("RUN a\n    # why b\n"));
        check("RUN a \\\n    # b\n    && b \\\n    && c\n", &[1], Some("RUN a \\\n    # b\n    && c\n"));
        check("RUN a && \\\n    # b\n    b && \\\n    c\n", &[1], Some("RUN a && \\\n    # b\n    c\n"));
        check("RUN a && \\\n    # b\n    b && c\n", &[1], None);
    }

    #[test]
    fn others_are_not_touched() {
        check("RUN a || b\n", &[1], None);
        check("RUN a && b || c\n", &[1], None);
        check("RUN a\n", &[0], None);
    }

    #[test]
    fn lines_of_a_heredoc() {
        check("RUN <<EOF\na\nb\nc\nEOF\n", &[1], Some("RUN <<EOF\na\nc\nEOF\n"));
    }
}
