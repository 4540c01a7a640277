//! Where a command can be added to a RUN so that it runs right after another one, and only if that one succeeded.

use semantic::StageInstruction;
use syntax::shell::{Command, Connector, Script, StatementKind};
use syntax::{Form, TextEdit, TextRange};

use crate::layout::Layout;

/// The edit that adds `&& addition` behind a command of a RUN, in the layout of the script; none where that would change what else happens.
#[must_use]
pub fn append_after(
    item: &StageInstruction,
    script: &Script,
    command: &Command,
    addition: &str,
) -> Option<TextEdit> {
    if !is_editable(item, script) || !command.top_level {
        return None;
    }
    let at = script.statements.iter().position(|statement| {
        statement.range.start <= command.range.start && command.range.end <= statement.range.end
    })?;
    let statement = &script.statements[at];
    let next = script.statements.get(at + 1).and_then(|next| next.connector);
    let joins =
        |connector: Option<Connector>| matches!(connector, None | Some(Connector::And | Connector::Then));
    if statement.kind != StatementKind::Command || !joins(next) || !joins(statement.connector) {
        return None;
    }
    // Where each command ends the script that fails, the author's `;` says the same as `&&`.
    let is_list = |connector| connector == Some(Connector::Then);
    let operator = if stops_at_errors(script) && is_list(next.or(statement.connector)) { ";" } else { "&&" };
    let joint = Layout::behind(&item.instruction, script, at).join(operator, &[]);
    let range = item.instruction.place(statement.range);
    Some(TextEdit { range: TextRange::empty(range.end), new_text: format!("{joint}{addition}") })
}

/// Whether the text of a RUN's script can be edited where its commands stand: shell form, all of it understood, no heredoc.
#[must_use]
pub fn is_editable(item: &StageInstruction, script: &Script) -> bool {
    script.clean
        && item.instruction.arguments.form == Some(Form::Shell)
        && item.instruction.heredocs.is_empty()
}

/// Whether a script begins with `set -e`, alone or among other letters.
#[must_use]
pub fn stops_at_errors(script: &Script) -> bool {
    let mut commands = script.statements.iter().flat_map(|statement| &statement.commands);
    let first = commands.next();
    // A later `set` may take it back.
    let is_changed = commands.any(|command| command.program() == Some("set"));
    first.is_some_and(|command| {
        !is_changed
            && command.program() == Some("set")
            && command.words.iter().skip(1).any(|word| {
                word.text.strip_prefix('-').is_some_and(|letters| {
                    letters.contains('e') && letters.bytes().all(|letter| letter.is_ascii_alphabetic())
                })
            })
    })
}
