//! The pipes of a stage whose shell does not have `pipefail`, and how to give it that.

use rewrites::Fix;
use semantic::commands::{Action, Verb, meaning};
use semantic::image_reference::ImageReference;
use semantic::{Base, Stage, StageInstruction};
use syntax::shell::{Command, Connector, Statement, StatementKind};
use syntax::{Form, TextEdit, TextRange};

use super::call::Call;
use super::fixes::to_check;
use crate::rule::StageInput;

/// A pipe.
#[derive(Debug)]
pub(crate) struct Pipe<'a> {
    /// The instruction.
    pub(crate) item: &'a StageInstruction,
    statement: &'a Statement,
    /// The commands whose result is lost, in order.
    pub(crate) before: Vec<&'a Command>,
    /// The command whose result counts.
    pub(crate) last: &'a Command,
}

/// The pipes of a stage in which the result of all but the last command is lost, and nothing is done about it.
pub(crate) fn pipes(stage: &Stage) -> impl Iterator<Item = Pipe<'_>> {
    stage.instructions.iter().filter(|item| item.as_run().is_some()).flat_map(of_run)
}

fn of_run(item: &StageInstruction) -> Vec<Pipe<'_>> {
    let script = item.as_run().and_then(|run| run.script.as_deref());
    let has_pipe = |statement: &Statement| statement.kind == StatementKind::Pipeline;
    let Some(script) = script.filter(|script| script.clean && script.statements.iter().any(has_pipe)) else {
        return Vec::new();
    };
    let is_set = item.shell.iter().flatten().any(|word| word.contains("pipefail"));
    if is_set || item.instruction.source.contains("pipefail") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, statement) in script.statements.iter().enumerate().filter(|(_, statement)| has_pipe(statement)) {
        let next = script.statements.get(at + 1).and_then(|next| next.connector);
        // Where another command stands behind `||`, the author has thought of failure.
        if next == Some(Connector::Or) {
            continue;
        }
        let mut before: Vec<&Command> =
            statement.commands.iter().filter(|command| command.top_level).collect();
        let last = before.pop().filter(|last| !last.words.is_empty() && !before.is_empty());
        if let Some(last) = last {
            found.push(Pipe { item, statement, before, last });
        }
    }
    found
}

impl Pipe<'_> {
    /// The whole pipe.
    pub(crate) fn range(&self) -> TextRange {
        self.item.instruction.place(self.statement.range)
    }

    /// The shell told to notice: in this RUN where it can, else by SHELL.
    pub(crate) fn fix(&self, input: &StageInput<'_>) -> Option<Fix> {
        let item = self.item;
        let script = item.as_run()?.script.as_deref().filter(|script| script.clean)?;
        if item.instruction.arguments.form != Some(Form::Shell) || !item.instruction.heredocs.is_empty() {
            return None;
        }
        let program = item.shell.as_deref().map(|words| words.first().map_or("", String::as_str));
        let knows_it = match program {
            Some(program) => program.ends_with("bash") || program.ends_with("zsh"),
            None => is_alpine(input),
        };
        if knows_it {
            let start = item.instruction.place(script.statements.first()?.range).start;
            let edit =
                TextEdit { range: TextRange::empty(start), new_text: "set -o pipefail && ".to_owned() };
            let check = "that no pipe in it is meant to fail, such as a `grep` that finds nothing";
            return Some(to_check("Set `pipefail` in this RUN", check, vec![edit]));
        }
        if program.is_some() {
            return None;
        }
        let document = &input.file.model.document;
        let end = item.instruction.range().end;
        let behind = document.slice(TextRange::new(end, (end + 2).min(document.len())));
        let newline = if behind == "\r\n" { "\r\n" } else { "\n" };
        let line = format!("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]{newline}");
        let edit = TextEdit { range: TextRange::empty(item.instruction.start), new_text: line };
        let check = "that the image has /bin/bash, and that a CMD or ENTRYPOINT without a list may run in it";
        Some(to_check("Run this and what follows in bash with `pipefail`", check, vec![edit]))
    }
}

/// Whether the stage builds on Alpine, whose `sh` knows `pipefail`, or on a variant of an image that does.
fn is_alpine(input: &StageInput<'_>) -> bool {
    let Base::Image(name) = input.file.model.root(input.stage.index) else { return false };
    ImageReference::parse(name).is_ok_and(|image| {
        let tag = image.tag.as_deref().unwrap_or_default();
        image.short_name() == "alpine" || tag.split('-').any(|part| part.starts_with("alpine"))
    })
}

/// What fails unnoticed, and what happens then.
pub(crate) fn hidden<'a>(pipe: &Pipe<'a>) -> Option<(&'a str, &'static str)> {
    let last = Call::of(pipe.last)?;
    let runs = is_interpreter(last.program) && reads_input(&last);
    let keeps = is_sink(&last)
        || writes(pipe.last) && matches!(last.program, "cat" | "sed" | "awk" | "grep" | "tr" | "jq");
    for command in &pipe.before {
        let meaning = meaning(command);
        match &meaning.action {
            Action::Download(download) if download.to_output() => {
                if runs {
                    return Some((meaning.program, "nothing is run and the step succeeds all the same"));
                }
                if keeps {
                    return Some((
                        meaning.program,
                        "an empty file is written and the step succeeds all the same",
                    ));
                }
            }
            Action::Package(package) if is_sink(&last) || is_filter(last.program) => {
                if matches!(package.verb, Verb::Build | Verb::Test | Verb::Install) {
                    return Some((meaning.program, "the step succeeds all the same"));
                }
            }
            Action::Tool(_) if is_sink(&last) || is_filter(last.program) => {
                return Some((meaning.program, "the step succeeds all the same"));
            }
            _ => {}
        }
    }
    None
}

fn is_interpreter(program: &str) -> bool {
    let bare = program.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    matches!(
        bare,
        "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "python" | "perl" | "ruby" | "node" | "php"
    )
}

/// Whether an interpreter takes its script from its input.
fn reads_input(call: &Call<'_>) -> bool {
    if call.has(&["-s", "-"]) {
        return true;
    }
    let mut operands = call.arguments.iter().filter(|word| !word.text.starts_with('-'));
    !call.has(&["-c", "-e"]) && operands.next().is_none()
}

/// Whether it takes anything, nothing included, and succeeds.
fn is_sink(call: &Call<'_>) -> bool {
    matches!(call.program, "tee" | "cat" | "tail" | "head" | "ts")
}

fn is_filter(program: &str) -> bool {
    matches!(program, "sed" | "awk" | "sort" | "tr" | "cut")
}

fn writes(command: &Command) -> bool {
    command.redirections.iter().any(|redirection| {
        matches!(redirection.operator.as_str(), ">" | ">>" | ">|")
            && !redirection.target.text.starts_with("/dev/")
    })
}
