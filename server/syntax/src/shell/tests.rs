//! Scripts as tables: an instruction in, its commands out.

mod compounds;
mod sets;
mod sources;
mod words;

use std::fmt::Write;
use std::sync::Arc;

use expect_test::Expect;

use super::flat_text::FlatText;
use super::*;
use crate::document::Document;
use crate::instruction::InstructionNode;

fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&render(source, &instruction(source, '\\')));
}

/// One line a statement: how it is joined, what it is, its text; below it one line a command, `+` for those at top level.
/// Words are shown by value, or as written between angle brackets.
fn render(source: &str, instruction: &InstructionNode) -> String {
    let Some(script) = Script::of(instruction) else { return "no script\n".to_owned() };
    let mut out = String::new();
    if !script.clean {
        out.push_str("not clean\n");
    }
    for statement in &script.statements {
        let connector = statement.connector.map_or(String::new(), |connector| format!("{connector:?} "));
        let operator = statement.connector_range.of(source);
        assert_eq!(operator.is_empty(), statement.connector.is_none(), "operator {operator:?}");
        writeln!(out, "{connector}{:?} {:?}", statement.kind, statement.range.of(source)).unwrap();
        for command in &statement.commands {
            write!(out, "  {}", if command.top_level { '+' } else { '-' }).unwrap();
            for assignment in &command.assignments {
                write!(out, " {}={}", assignment.name, show(source, &assignment.value)).unwrap();
            }
            for word in &command.words {
                write!(out, " {}", show(source, word)).unwrap();
            }
            command.redirections.iter().for_each(|redirection| redirect(&mut out, source, redirection));
            out.push('\n');
        }
        for redirection in &statement.redirections {
            out.push_str("  around");
            redirect(&mut out, source, redirection);
            out.push('\n');
        }
    }
    if !script.variables.is_empty() {
        let uses = script.variables.iter();
        let uses: Vec<_> = uses.map(|used| format!("{} at {:?}", used.name, used.range.of(source))).collect();
        writeln!(out, "variables: {}", uses.join(", ")).unwrap();
    }
    out
}

fn show(source: &str, word: &ShellWord) -> String {
    assert!(word.value.is_none() || word.variables.is_empty() && !word.substitution, "{word:?}");
    assert!(word.range.end as usize <= source.len());
    let mark = if word.substitution { "$" } else { "" };
    match &word.value {
        Some(value) if value.contains([' ', '"', '\'', '\n']) || value.is_empty() => format!("{value:?}"),
        Some(value) => value.clone(),
        None => format!("{mark}<{}>", word.text),
    }
}

fn redirect(out: &mut String, source: &str, redirection: &Redirection) {
    let descriptor = redirection.file_descriptor.map_or(String::new(), |descriptor| descriptor.to_string());
    let target = match redirection.heredoc {
        Some(body) => format!("{:?} ({:?})", body.of(source), redirection.range.of(source)),
        None => show(source, &redirection.target),
    };
    write!(out, " [{descriptor}{} {target}]", redirection.operator).unwrap();
}

/// The instruction that a source is, which must be all of it but a last line end.
fn instruction(source: &str, escape: char) -> Arc<InstructionNode> {
    let directive = if escape == '`' { "# escape=`\n" } else { "" };
    let document = Document::new(&format!("{directive}{source}"));
    let instruction = document.instructions().next().unwrap();
    assert_eq!(&*instruction.source, source.trim_end_matches(['\r', '\n']));
    let flat = FlatText::of_logical_line(source, instruction.arguments.range, escape);
    assert_eq!(flat.text, instruction.arguments.text, "the script is what BuildKit hands to the shell");
    instruction.node
}
