//! The indent of continued lines.
//!
//! [`Layout::Tidy`] indents lines that have none, where that is white space between the builder's words. In the text of a command it
//! is not: the builder hands that on as it is, and a changed text is a new step. [`Layout::Align`] goes there too.

use syntax::{Form, Instruction, Keyword, LocalRange};

use super::indent::{ContinuedLine, lines, most};
use super::spacing::local;
use super::{File, Layout};

pub(super) fn edits(file: &File<'_>, instruction: &Instruction, edits: &mut Vec<(LocalRange, String)>) {
    let free: Vec<ContinuedLine<'_>> =
        lines(instruction).filter(|line| is_free(file.layout, instruction, line)).collect();
    let mut set = |line: &ContinuedLine<'_>, indent: String| {
        edits.push((local(line.start, line.start + line.indent.len()), indent));
    };
    match file.layout {
        Layout::Tidy => {
            let own = most(lines(instruction).filter(|line| !line.is_comment).map(|line| line.indent));
            let indent = own.unwrap_or(&file.indent);
            for line in free.iter().filter(|line| line.indent.is_empty() && !line.is_comment) {
                set(line, indent.to_owned());
            }
        }
        Layout::Align if is_command(instruction) => {
            // The author's steps inside a command stay: all lines move by the same.
            let common =
                free.iter().map(|line| line.indent).min_by_key(|indent| indent.len()).unwrap_or_default();
            for line in &free {
                if let Some(deeper) = line.indent.strip_prefix(common) {
                    set(line, format!("{}{deeper}", file.indent));
                }
            }
        }
        Layout::Align => {
            for line in &free {
                set(line, file.indent.clone());
            }
        }
    }
}

/// Whether the builder hands the instruction's text on as it is.
fn is_command(instruction: &Instruction) -> bool {
    let splits = matches!(
        instruction.keyword,
        Keyword::From
            | Keyword::Copy
            | Keyword::Add
            | Keyword::Expose
            | Keyword::Volume
            | Keyword::Arg
            | Keyword::Env
            | Keyword::Label
    );
    instruction.arguments.form != Some(Form::Exec)
        && (!splits || instruction.arguments.pairs.iter().any(|pair| pair.legacy))
}

/// Whether the white space at the start of a line is nothing but that.
pub(super) fn is_free(layout: Layout, instruction: &Instruction, line: &ContinuedLine<'_>) -> bool {
    let start = line.start;
    let inside = |range: LocalRange| (range.start as usize) < start && start < range.end as usize;
    if instruction.flags.iter().any(|flag| inside(flag.range)) || inside(instruction.keyword_range) {
        return false;
    }
    if !is_command(instruction) {
        return !instruction.arguments.words.iter().any(|word| inside(word.range));
    }
    // Lines of flags, and the one on which the command begins.
    if start + line.indent.len() <= instruction.arguments.range.start as usize {
        return true;
    }
    let Some(script) = instruction.shell().filter(|script| script.clean && layout == Layout::Align) else {
        return false;
    };
    let commands = script.statements.iter().flat_map(|statement| &statement.commands);
    let in_word = |range: LocalRange| (range.start as usize) < start && start < range.end as usize;
    !commands
        .flat_map(|command| {
            command
                .words
                .iter()
                .map(|word| word.range)
                .chain(command.assignments.iter().map(|assignment| assignment.range))
        })
        .any(in_word)
}
