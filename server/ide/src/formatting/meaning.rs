//! Whether an instruction with changed white space is still the same to the builder.

use syntax::shell::{Command, Script};
use syntax::{Document, Heredoc, Instruction, InstructionNode, Keyword, LocalRange};

use super::is_whole;

/// Whether an instruction with these edits, which are in order, reads as what it was: the same keyword, flags, words, pairs and heredocs;
/// of a command whose white space changed, the same words of the same commands to the shell.
pub(super) fn is_kept(instruction: &Instruction, edits: &[(LocalRange, String)]) -> bool {
    let source = &instruction.source;
    let mut text = format!("# escape={}\n", instruction.escape);
    let mut at = 0;
    for (range, new_text) in edits {
        let Some(kept) = source.get(at..range.start as usize) else { return false };
        text.push_str(kept);
        text.push_str(new_text);
        at = range.end as usize;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    let after = Document::new(&text);
    let mut instructions = after.instructions();
    let (Some(after), None) = (instructions.next(), instructions.next()) else { return false };
    is_whole(&after) && is_same(instruction, &after)
}

/// Whether two instructions are the same to the builder.
pub(super) fn is_same(before: &InstructionNode, after: &InstructionNode) -> bool {
    let flags = |node: &InstructionNode| {
        let flags = node.flags.iter();
        flags
            .map(|flag| (flag.name.clone(), flag.value.as_ref().map(|value| value.text.clone())))
            .collect::<Vec<_>>()
    };
    let heredocs = |node: &InstructionNode| {
        let body = |heredoc: &Heredoc| {
            let Heredoc { name, expand, chomp, file_descriptor, .. } = heredoc;
            (name.clone(), *expand, *chomp, *file_descriptor, heredoc.body.of(&node.source).to_owned())
        };
        node.heredocs.iter().map(body).collect::<Vec<_>>()
    };
    before.keyword == after.keyword
        && before.arguments.form == after.arguments.form
        && flags(before) == flags(after)
        && heredocs(before) == heredocs(after)
        && (words(before) == words(after) || is_same_script(before, after))
}

fn words(node: &InstructionNode) -> Vec<String> {
    let mut words: Vec<String> = node.arguments.words.iter().map(|word| word.text.clone()).collect();
    if node.keyword == Keyword::From
        && let [_, word, ..] = words.as_mut_slice()
    {
        word.make_ascii_uppercase();
    }
    // ONBUILD keeps the text of its trigger.
    words.extend((node.keyword == Keyword::Onbuild).then(|| node.arguments.text.clone()));
    words
}

fn is_same_script(before: &InstructionNode, after: &InstructionNode) -> bool {
    let (Some(before), Some(after)) = (before.shell(), after.shell()) else { return false };
    let is_same_command = |(before, after): (&Command, &Command)| {
        let texts = |command: &Command| {
            let words = command.words.iter().map(|word| word.text.clone());
            let assignments = command
                .assignments
                .iter()
                .map(|assignment| format!("{}={}", assignment.name, assignment.value.text));
            let redirections = command
                .redirections
                .iter()
                .map(|redirection| format!("{} {}", redirection.operator, redirection.target.text));
            words.chain(assignments).chain(redirections).collect::<Vec<_>>()
        };
        texts(before) == texts(after)
    };
    let shape = |script: &Script| {
        let shape = script
            .statements
            .iter()
            .map(|statement| (statement.connector, statement.kind, statement.commands.len()));
        shape.collect::<Vec<_>>()
    };
    let commands = |script: &'_ Script| -> Vec<Command> {
        script.statements.iter().flat_map(|statement| statement.commands.iter().cloned()).collect()
    };
    before.clean
        && after.clean
        && shape(before) == shape(after)
        && commands(before).iter().zip(&commands(after)).all(is_same_command)
}
