//! How two RUNs become one that does the same, and where they cannot.

use semantic::StageInstruction;
use syntax::shell::{Command, Connector, Script, ShellWord, Statement, StatementKind};
use syntax::{Document, Form, Instruction, TextEdit, TextRange};

use crate::layout::Layout;

/// One line is enough for commands that are no longer together, in characters.
const LINE: usize = 100;

/// Whether RUNs that follow each other can be joined by `&&`.
pub(super) fn can_join(document: &Document, runs: &[&StageInstruction]) -> bool {
    let Some(scripts) = runs.iter().map(|item| script(item)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let flags = |item: &StageInstruction| -> Vec<String> {
        let instruction = &item.instruction;
        instruction.flags.iter().map(|flag| flag.range.of(&instruction.source).to_owned()).collect()
    };
    // A failed command must end the merged RUN as it ended its own; so none may come behind a `;` or `||`, or stand inside of another
    // one: what `set -e` stops at differs on the left of `&&` and on its right.
    let is_list = |script: &&Script| {
        let is_simple = |statement: &Statement| statement.kind != StatementKind::Compound;
        script.statements.iter().all(is_simple)
            && script.statements.iter().skip(1).all(|statement| statement.connector == Some(Connector::And))
    };
    let finds_the_same = |at: usize| {
        let later = scripts[at + 1..].iter().flat_map(|script| &script.statements);
        let is_anywhere = || later.flat_map(|statement| &statement.commands).all(removes_by_full_paths);
        leaves_no_state(scripts[at], &[]) || leaves_no_state(scripts[at], &["cd"]) && is_anywhere()
    };
    let is_for_a_tool = |pair: &[&StageInstruction]| {
        comments_between(document, pair[0], pair[1]).iter().any(|comment| is_instruction_to_a_tool(comment))
    };
    scripts.iter().all(is_list)
        && runs.windows(2).all(|pair| flags(pair[0]) == flags(pair[1]) && !is_for_a_tool(pair))
        && runs.iter().zip(&scripts).all(|(item, script)| ends_cleanly(&item.instruction, script))
        && (0..scripts.len()).all(finds_the_same)
}

/// The script of a RUN that can be edited.
fn script(item: &StageInstruction) -> Option<&Script> {
    let script = item.as_run()?.script.as_deref()?;
    let instruction = &item.instruction;
    let is_plain = instruction.arguments.form == Some(Form::Shell) && instruction.heredocs.is_empty();
    (script.clean && is_plain && !script.statements.is_empty() && item.has_posix_shell()).then_some(script)
}

/// Whether nothing follows a script's last command, and nothing goes on behind its back.
fn ends_cleanly(instruction: &Instruction, script: &Script) -> bool {
    let end = script.statements.last().map_or(0, |last| last.range.end);
    let rest = instruction.source.get(end as usize..).unwrap_or_default();
    let in_background =
        script.statements.iter().any(|statement| statement.connector == Some(Connector::Background));
    rest.trim().is_empty() && !in_background
}

/// Whether no command sets something that a later one would find changed, or keeps it from running, but for these. `set -ex` only makes
/// a script stop and tell more.
fn leaves_no_state(script: &Script, allowed: &[&str]) -> bool {
    const STATE: [&str; 29] = [
        ".",
        "alias",
        "builtin",
        "cd",
        "command",
        "declare",
        "eval",
        "exec",
        "exit",
        "export",
        "getopts",
        "hash",
        "let",
        "local",
        "mapfile",
        "popd",
        "pushd",
        "read",
        "readarray",
        "readonly",
        "return",
        "shopt",
        "source",
        "trap",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
    ];
    script.statements.iter().flat_map(|statement| &statement.commands).all(|command| {
        match command.program() {
            Some("set") => command
                .words
                .iter()
                .skip(1)
                .all(|word| matches!(word.text.as_str(), "-e" | "-x" | "-ex" | "-xe")),
            Some(program) => allowed.contains(&program) || !STATE.contains(&program),
            None => !command.words.is_empty(),
        }
    })
}

/// Whether a command does the same wherever it runs: it removes what is named in full.
fn removes_by_full_paths(command: &Command) -> bool {
    let is_full = |word: &ShellWord| word.value.as_deref().is_some_and(|text| text.starts_with(['-', '/']));
    command.program() == Some("rm")
        && command.assignments.is_empty()
        && command.redirections.is_empty()
        && command.words.iter().skip(1).all(is_full)
}

/// Whether a comment tells a linter or a scanner what to do about the next instruction: inside of one it would not.
fn is_instruction_to_a_tool(comment: &str) -> bool {
    let comment = comment.trim().trim_start_matches('#').trim_start().to_ascii_lowercase();
    ["hadolint", "check=", "layerwise", "tally", "checkov", "trivy", "nosec", "kics", "semgrep", "dockle"]
        .iter()
        .any(|tool| comment.starts_with(tool))
        || comment.contains("ignore=")
}

/// All comment lines between two neighbours.
fn comments_between(document: &Document, first: &StageInstruction, second: &StageInstruction) -> Vec<String> {
    let between = TextRange::new(first.instruction.range().end, second.instruction.start);
    let text = document.slice(between);
    text.lines().map(str::trim).filter(|line| line.starts_with('#')).map(str::to_owned).collect()
}

/// The edits that join RUNs that follow each other.
pub(super) fn edits(document: &Document, runs: &[&StageInstruction], newline: &'static str) -> Vec<TextEdit> {
    let layout = layout(document, runs, newline);
    let mut edits = Vec::new();
    for pair in runs.windows(2) {
        let (first, second) = (&pair[0].instruction, &pair[1].instruction);
        let range = TextRange::new(first.range().end, second.start + second.arguments.range.start);
        let comments = comments_between(document, pair[0], pair[1]);
        let comments: Vec<&str> = comments.iter().map(String::as_str).collect();
        edits.push(TextEdit { range, new_text: layout.join("&&", &comments) });
    }
    edits
}

/// The layout of the first RUN that goes over several lines; else one line, where that is not too long.
fn layout(document: &Document, runs: &[&StageInstruction], newline: &'static str) -> Layout {
    let escape = document.escape();
    let written =
        runs.iter().find_map(|item| Layout::of(&item.instruction, script(item)?).filter(Layout::is_broken));
    let is_commented = runs.windows(2).any(|pair| !comments_between(document, pair[0], pair[1]).is_empty());
    let length: usize = runs.iter().map(|item| item.instruction.source.chars().count()).sum();
    match written {
        Some(layout) => layout,
        None if length <= LINE && !is_commented => Layout::one_line(escape),
        None => Layout::broken("    ", newline, escape),
    }
}
