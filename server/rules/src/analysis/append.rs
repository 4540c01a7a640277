//! Where a command can be added to a RUN so that it runs right after another one, and only if that one succeeded.

use semantic::StageInstruction;
use syntax::shell::{Command, Connector, Script, StatementKind};
use syntax::{Form, TextEdit, TextRange};

/// The edit that adds ` && addition` behind a command of a RUN; none where that would change what else happens.
pub(crate) fn append_after(
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
    let range = item.instruction.place(statement.range);
    Some(TextEdit { range: TextRange::empty(range.end), new_text: format!(" && {addition}") })
}

/// Whether the text of a RUN's script can be edited where its commands stand: shell form, all of it understood, no heredoc.
pub(crate) fn is_editable(item: &StageInstruction, script: &Script) -> bool {
    script.clean
        && item.instruction.arguments.form == Some(Form::Shell)
        && item.instruction.heredocs.is_empty()
}
