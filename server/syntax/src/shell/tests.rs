//! Scripts as tables: an instruction in, its commands out.

mod compounds;
mod sources;
mod words;

use std::fmt::Write;
use std::sync::OnceLock;

use expect_test::Expect;

use super::*;
use crate::arguments::{Arguments, Form, Heredoc, Word};
use crate::instruction::InstructionNode;
use crate::keyword::Keyword;

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

/// An instruction put together without a parser: keyword, a logical line, heredoc bodies.
fn instruction(source: &str, escape: char) -> InstructionNode {
    let keyword_len = source.find(' ').unwrap();
    let mut header_end = 0;
    for line in source.split_inclusive('\n') {
        header_end += line.len();
        let content = line.trim_end();
        if !content.ends_with(escape) && !content.trim_start().starts_with('#') && !content.is_empty() {
            break;
        }
    }
    let header = &source[..header_end];
    let start = keyword_len + 1;
    let end = header.trim_end().len();
    let mut heredocs = Vec::new();
    let mut body_start = header_end;
    let mut search = start;
    while let Some(found) = header[search..].find("<<") {
        let marker = search + found;
        if header[marker..].starts_with("<<<") {
            search = marker + 3;
            continue;
        }
        let name_start = marker + 2 + usize::from(header[marker + 2..].starts_with('-'));
        let name_end =
            header[name_start..].find([' ', '\n', ')', ';']).map_or(header.len(), |end| name_start + end);
        let name = header[name_start..name_end].trim_matches(['"', '\'']);
        let body_end = source[body_start..]
            .split_inclusive('\n')
            .scan(body_start, |offset, line| Some((std::mem::replace(offset, *offset + line.len()), line)))
            .find(|(_, line)| line.trim() == name)
            .map_or(source.len(), |(offset, _)| offset);
        let terminator_end = source[body_end..].find('\n').map_or(source.len(), |end| body_end + end);
        heredocs.push(Heredoc {
            name: name.to_owned(),
            marker: range(marker, name_end),
            body: range(body_start, body_end),
            terminator: range(body_end, terminator_end),
            expand: !header[name_start..name_end].contains(['"', '\'']),
            chomp: header[marker..].starts_with("<<-"),
            file_descriptor: 0,
        });
        body_start = (terminator_end + 1).min(source.len());
        search = name_end;
    }
    let arguments = &source[start..end];
    let exec = arguments.starts_with("[\"") && arguments.ends_with(']');
    let mut words = Vec::new();
    let mut offset = start;
    // Strings without commas are enough here; `\"` and `\n` are the only escapes.
    for item in arguments.trim_matches(['[', ']']).split(',').filter(|_| exec) {
        let at = source[offset..].find(item.trim()).unwrap() + offset;
        offset = at + item.trim().len();
        let text = item.trim().trim_matches('"').replace("\\\"", "\"").replace("\\n", "\n");
        words.push(Word::new(text, range(at, offset)));
    }
    InstructionNode {
        source: source.into(),
        keyword: Keyword::from_word(&source[..keyword_len]),
        keyword_range: range(0, keyword_len),
        flags: Vec::new(),
        arguments: Arguments {
            range: range(start, end),
            text: String::new(),
            form: Some(if exec { Form::Exec } else { Form::Shell }),
            words,
            pairs: Vec::new(),
        },
        heredocs,
        trigger: None,
        problems: Vec::new(),
        escape,
        shell: OnceLock::new(),
    }
}

fn range(start: usize, end: usize) -> LocalRange {
    LocalRange::new(start.try_into().unwrap(), end.try_into().unwrap())
}
