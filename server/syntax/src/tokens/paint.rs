//! Paints one instruction by its fields.

use super::{Canvas, TokenKind, expansions, image};
use crate::arguments::{Flag, Form, Heredoc, Pair, Word};
use crate::instruction::InstructionNode;
use crate::keyword::Keyword;
use crate::lines::{continued, is_comment, without_end};
use crate::mapped::to_u32;
use crate::mount;
use crate::range::LocalRange;
use crate::shell;

pub(super) fn instruction(canvas: &mut Canvas, node: &InstructionNode) {
    whole(canvas, node);
    for heredoc in &node.heredocs {
        canvas.paint(heredoc.marker, TokenKind::HeredocName);
        canvas.paint(heredoc.terminator, TokenKind::HeredocName);
    }
    continuations(canvas, node);
}

/// Everything but what runs through the lines of all instructions alike.
fn whole(canvas: &mut Canvas, node: &InstructionNode) {
    if node.keyword != Keyword::Unknown {
        canvas.paint(node.keyword_range, TokenKind::Keyword);
    }
    for each in &node.flags {
        flag(canvas, node, each);
    }
    match &node.trigger {
        Some(trigger) => whole(canvas, trigger),
        None => arguments(canvas, node),
    }
}

fn arguments(canvas: &mut Canvas, node: &InstructionNode) {
    let words = &node.arguments.words;
    let text = |canvas: &mut Canvas, word: &Word| expanded(canvas, node, word, TokenKind::String);
    match node.keyword {
        Keyword::From => from(canvas, node, words),
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => command(canvas, node, words),
        Keyword::Healthcheck => {
            let Some((first, rest)) = words.split_first() else { return };
            canvas.paint(first.range, TokenKind::Keyword);
            command(canvas, node, rest);
        }
        Keyword::Env | Keyword::Arg | Keyword::Label => {
            for each in &node.arguments.pairs {
                pair(canvas, node, each);
            }
        }
        Keyword::Expose => {
            for word in words {
                port(canvas, node, word);
            }
        }
        Keyword::Copy | Keyword::Add => {
            for word in words {
                text(canvas, word);
            }
            for heredoc in &node.heredocs {
                written_file(canvas, node, heredoc);
            }
        }
        Keyword::Volume | Keyword::User | Keyword::Workdir | Keyword::Stopsignal => {
            for word in words {
                text(canvas, word);
            }
        }
        Keyword::Maintainer => {
            for word in words {
                canvas.paint(word.range, TokenKind::String);
            }
        }
        Keyword::Onbuild | Keyword::Unknown => {}
    }
}

fn from(canvas: &mut Canvas, node: &InstructionNode, words: &[Word]) {
    if let Some(base) = words.first() {
        reference(canvas, node, base);
    }
    if let [_, word, name, ..] = words
        && word.text.eq_ignore_ascii_case("AS")
    {
        canvas.paint(word.range, TokenKind::Keyword);
        canvas.paint(name.range, TokenKind::StageName);
    }
}

/// An image or a stage, with the variables in it.
fn reference(canvas: &mut Canvas, node: &InstructionNode, word: &Word) {
    image::parts(&word.text, |start, end, kind| canvas.paint(word.place(start, end), kind));
    variables(canvas, node, word);
}

fn command(canvas: &mut Canvas, node: &InstructionNode, words: &[Word]) {
    let is_list = node.arguments.form == Some(Form::Exec);
    if is_list {
        for word in words {
            canvas.paint(word.range, TokenKind::String);
        }
    }
    let Some(script) = node.shell() else { return };
    canvas.set_in_shell(!is_list);
    for piece in &script.pieces {
        match piece.kind {
            Some(kind) => canvas.paint(piece.range, kind),
            None => canvas.erase(piece.range),
        }
    }
    // The shell expands variables in the bodies that it hands on to other programs.
    for heredoc in &node.heredocs {
        let inside = |range: LocalRange| heredoc.body.start <= range.start && range.end <= heredoc.body.end;
        for variable in script.variables.iter().filter(|variable| inside(variable.range)) {
            canvas.paint(variable.range, TokenKind::Variable);
        }
    }
    canvas.set_in_shell(false);
}

/// A file that is written out of a heredoc: a script, or a text in which the builder expands variables at most.
fn written_file(canvas: &mut Canvas, node: &InstructionNode, heredoc: &Heredoc) {
    let destination = node.arguments.words.last().map_or("", |word| word.text.as_str());
    let name = if destination.ends_with('/') { heredoc.name.as_str() } else { destination };
    let body = heredoc.body.of(&node.source);
    if shell::is_script(name, body) {
        for piece in shell::pieces_of_body(&node.source, heredoc) {
            match piece.kind {
                Some(kind) => canvas.paint(piece.range, kind),
                None => canvas.erase(piece.range),
            }
        }
    } else if heredoc.expand {
        expansions::each(body, node.escape, |start, end, kind| {
            canvas.paint(part(heredoc.body, start, end), kind);
        });
    }
}

fn pair(canvas: &mut Canvas, node: &InstructionNode, pair: &Pair) {
    if node.keyword == Keyword::Label {
        expanded(canvas, node, &pair.key, TokenKind::Property);
    } else {
        expanded(canvas, node, &pair.key, TokenKind::VariableName);
    }
    let Some(value) = &pair.value else { return };
    if !pair.legacy {
        let equals = LocalRange::new(pair.key.range.end, pair.key.range.end + 1);
        if equals.of(&node.source) == "=" {
            canvas.paint(equals, TokenKind::Operator);
        }
    }
    let kind = if is_number(&value.text) { TokenKind::Number } else { TokenKind::String };
    expanded(canvas, node, value, kind);
}

/// A port or a range of ports, with its protocol.
fn port(canvas: &mut Canvas, node: &InstructionNode, word: &Word) {
    let (ports, protocol) = match word.text.find('/') {
        Some(slash) if !word.text.contains('$') => word.text.split_at(slash),
        _ => (word.text.as_str(), ""),
    };
    if ports.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        canvas.paint(word.place(0, ports.len()), TokenKind::Number);
    }
    if protocol.len() > 1 {
        canvas.paint(word.place(ports.len() + 1, word.text.len()), TokenKind::Choice);
    }
    variables(canvas, node, word);
}

fn flag(canvas: &mut Canvas, node: &InstructionNode, flag: &Flag) {
    canvas.paint(flag.name_range, TokenKind::Flag);
    let Some(value) = &flag.value else { return };
    let equals = LocalRange::new(flag.name_range.end, flag.name_range.end + 1);
    if equals.of(&node.source) == "=" {
        canvas.paint(equals, TokenKind::Operator);
    }
    match flag.name.as_str() {
        "mount" | "device" => fields(canvas, node, value),
        "from" => reference(canvas, node, value),
        "interval" | "timeout" | "start-period" | "start-interval" | "retries" => {
            canvas.paint(value.range, TokenKind::Number);
        }
        "network" | "security" => canvas.paint(value.range, TokenKind::Choice),
        "link" | "parents" | "keep-git-dir" | "unpack" => canvas.paint(value.range, TokenKind::Choice),
        _ => expanded(canvas, node, value, TokenKind::String),
    }
}

/// `type=cache,target=/x`.
fn fields(canvas: &mut Canvas, node: &InstructionNode, value: &Word) {
    for field in mount::fields(value) {
        if field.range.start > value.range.start {
            let comma = LocalRange::new(field.range.start - 1, field.range.start);
            if comma.of(&node.source) == "," {
                canvas.paint(comma, TokenKind::Operator);
            }
        }
        canvas.paint(field.key_range, TokenKind::Property);
        if !field.has_value {
            continue;
        }
        canvas.paint(LocalRange::new(field.key_range.end, field.value_range.start), TokenKind::Operator);
        match field.key.to_ascii_lowercase().as_str() {
            "from" => {
                image::parts(&field.value, |start, end, kind| {
                    canvas.paint(part(field.value_range, start, end), kind);
                });
            }
            "type" | "sharing" | "ro" | "readonly" | "rw" | "readwrite" | "required" => {
                canvas.paint(field.value_range, TokenKind::Choice);
            }
            _ if is_number(&field.value) => canvas.paint(field.value_range, TokenKind::Number),
            _ => canvas.paint(field.value_range, TokenKind::String),
        }
        expansions::each(field.value_range.of(&node.source), node.escape, |start, end, kind| {
            canvas.paint(part(field.value_range, start, end), kind);
        });
    }
}

/// A word as a whole, and the variables in it.
fn expanded(canvas: &mut Canvas, node: &InstructionNode, word: &Word, kind: TokenKind) {
    canvas.paint(word.range, kind);
    variables(canvas, node, word);
}

fn variables(canvas: &mut Canvas, node: &InstructionNode, word: &Word) {
    if word.text.contains('$') {
        expansions::each(&word.text, node.escape, |start, end, kind| {
            canvas.paint(word.place(start, end), kind);
        });
    }
}

/// Escape characters at line ends, and comments between continued lines.
fn continuations(canvas: &mut Canvas, node: &InstructionNode) {
    let bodies = node.heredocs.iter().map(|heredoc| heredoc.body.start as usize).min();
    let logical = node.source.get(..bodies.unwrap_or(node.source.len())).unwrap_or_default();
    let mut start = 0;
    for (index, line) in logical.split_inclusive('\n').enumerate() {
        let text = without_end(line);
        if index > 0 && is_comment(text) {
            let lead = text.len() - text.trim_start().len();
            let range = LocalRange::new(to_u32(start + lead), to_u32(start + text.len()));
            canvas.paint(range, TokenKind::Comment);
        } else if let Some(said) = continued(text, node.escape) {
            let at = to_u32(start + said.len());
            canvas.paint(LocalRange::new(at, at + to_u32(node.escape.len_utf8())), TokenKind::Operator);
        }
        start += line.len();
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Bytes `start..end` of what stands at `range`.
fn part(range: LocalRange, start: usize, end: usize) -> LocalRange {
    let at = |offset: usize| range.start.saturating_add(to_u32(offset)).min(range.end);
    LocalRange::new(at(start), at(end))
}
