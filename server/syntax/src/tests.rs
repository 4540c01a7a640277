//! Tests of whole documents: text in, a rendering of everything public out.

mod edits;
mod instructions;
mod places;
mod problems;
mod size;

use std::fmt::Write as _;

use crate::{Document, InstructionNode, LocalRange};

/// Everything that is known of a document, as text.
pub(crate) fn render(document: &Document) -> String {
    let mut out = String::new();
    for directive in document.directives() {
        let value = document.slice(directive.value_range);
        writeln!(out, "{} directive {}={} {value:?}", directive.line, directive.name, directive.value)
            .unwrap();
    }
    for comment in document.comments() {
        writeln!(out, "{} comment {:?} {:?}", comment.line, comment.text, document.slice(comment.range))
            .unwrap();
    }
    for instruction in document.instructions() {
        write!(out, "{}-{} ", instruction.line, instruction.end_line()).unwrap();
        node(&mut out, &instruction);
    }
    for problem in document.problems() {
        writeln!(out, "problem {:?}: {}", document.slice(problem.range), problem.message).unwrap();
    }
    out
}

fn node(out: &mut String, node: &InstructionNode) {
    let at = |range: LocalRange| range.of(&node.source);
    writeln!(out, "{:?} {:?} {:?}", node.keyword, at(node.keyword_range), node.arguments.form).unwrap();
    for flag in &node.flags {
        let value = flag.value.as_ref().map(|value| (&value.text, at(value.range)));
        writeln!(out, "  flag {} {:?} {:?} {value:?}", flag.name, at(flag.name_range), at(flag.range))
            .unwrap();
    }
    writeln!(out, "  text {:?} {:?}", node.arguments.text, at(node.arguments.range)).unwrap();
    for word in &node.arguments.words {
        if word.text == at(word.range) {
            writeln!(out, "  word {:?}", word.text).unwrap();
        } else {
            writeln!(out, "  word {:?} {:?}", word.text, at(word.range)).unwrap();
        }
    }
    for pair in &node.arguments.pairs {
        let value = pair.value.as_ref().map(|value| &value.text);
        writeln!(out, "  pair {:?} {value:?}{}", pair.key.text, if pair.legacy { " legacy" } else { "" })
            .unwrap();
    }
    for heredoc in &node.heredocs {
        writeln!(
            out,
            "  heredoc {} {:?} body {:?} end {:?} expand {} chomp {} descriptor {}",
            heredoc.name,
            at(heredoc.marker),
            at(heredoc.body),
            at(heredoc.terminator),
            heredoc.expand,
            heredoc.chomp,
            heredoc.file_descriptor,
        )
        .unwrap();
    }
    if let Some(trigger) = &node.trigger {
        out.push_str("  trigger ");
        self::node(out, trigger);
    }
}
