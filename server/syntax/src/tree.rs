//! A tree-sitter tree of one instruction, by the containerfile grammar: for highlighting, selection and folding alone.
//!
//! What an instruction says is in its own fields; the grammar and BuildKit do not agree on every file. Parsing each
//! instruction by itself keeps one bad instruction from spoiling the rest.

use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use crate::instruction::InstructionNode;

/// Longer instructions have no tree, in bytes.
const MAX_LEN: usize = 256 * 1024;

/// How often the parser may report its progress before it is stopped; it does so every hundred steps or thereabouts.
const MAX_STEPS: usize = 50_000;

/// The tree of an instruction's source; offsets in it are local to the instruction. Absent where the source is too long, or
/// takes the parser too long.
pub(crate) fn of(instruction: &InstructionNode) -> Option<Tree> {
    if instruction.source.len() > MAX_LEN {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_containerfile::LANGUAGE.into()).ok()?;
    let source = with_default_escape(instruction);
    let bytes = source.as_bytes();
    let mut steps = 0;
    let mut stop = |_: &ParseState| {
        steps += 1;
        if steps > MAX_STEPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut stop);
    parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options))
}

/// The source with `\` where lines go on, whatever the escape character: the grammar learns it from the file's top, which
/// is not here. Offsets stay. The line end at the end, which the grammar wants, is added.
fn with_default_escape(instruction: &InstructionNode) -> String {
    if instruction.escape == '\\' {
        return format!("{}\n", instruction.source);
    }
    let logical_end = instruction.heredocs.iter().map(|heredoc| heredoc.body.start).min();
    let (logical, bodies) = logical_end
        .and_then(|end| instruction.source.split_at_checked(end as usize))
        .unwrap_or((&instruction.source, ""));
    let mut source = String::with_capacity(instruction.source.len() + 1);
    for line in logical.split_inclusive('\n') {
        let body = crate::lines::without_end(line);
        match crate::lines::continued(body, instruction.escape) {
            Some(before) if !crate::lines::is_comment(body) => {
                source.push_str(before);
                source.push('\\');
                source.push_str(line.get(before.len() + 1..).unwrap_or_default());
            }
            _ => source.push_str(line),
        }
    }
    source.push_str(bodies);
    source.push('\n');
    source
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::Document;

    fn check(text: &str, expected: &Expect) {
        let document = Document::new(text);
        let last = document.instructions().next_back().unwrap();
        expected.assert_eq(&last.tree().unwrap().root_node().to_sexp());
    }

    #[test]
    fn an_instruction_has_a_tree_of_its_own() {
        check("FOO\nEXPOSE 80", &expect!["(source_file (expose_instruction (expose_port)))"]);
    }

    #[test]
    fn the_escape_character_may_differ() {
        check(
            "# escape=`\nFROM x\nRUN a `\r\n  b",
            &expect!["(source_file (run_instruction (shell_command (line_continuation))))"],
        );
    }

    #[test]
    fn a_heredoc_is_in_it() {
        check(
            "COPY <<EOF /x\ny\nEOF",
            &expect![
                "(source_file (copy_instruction (path (heredoc_marker)) (path) (heredoc_block (heredoc_content) (heredoc_end))))"
            ],
        );
    }

    #[test]
    fn a_long_instruction_has_none() {
        let document = Document::new(&format!("RUN {}", "x ".repeat(200_000)));
        assert!(document.instructions().next().unwrap().tree().is_none());
    }
}
