//! What the container runs: the words of ENTRYPOINT and CMD.

use semantic::{Kind, Model, Stage};
use syntax::{Form, Instruction};

use crate::node::command::strip_environment;
use crate::node::package::parse_script;

/// What the container runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Launch {
    /// The program and its arguments; those of a shell may hold variables.
    pub(super) words: Vec<String>,
    /// Whether a shell starts it.
    pub(super) by_shell: bool,
    /// Small init programs around it, such as `tini`.
    pub(super) wrappers: Vec<String>,
}

/// Reads it of a stage and of those below.
///
/// # Errors
/// Says why it cannot be known, as a sentence.
pub(super) fn of(model: &Model, stage: &Stage) -> Result<Launch, String> {
    let mut entrypoint = None;
    let mut command = None;
    for item in model.lineage(stage.index).into_iter().flat_map(|stage| &stage.instructions) {
        match item.kind {
            Kind::Entrypoint => entrypoint = Some(&item.instruction),
            Kind::Cmd => command = Some(&item.instruction),
            _ => {}
        }
    }
    let entrypoint = entrypoint.filter(|instruction| !instruction.arguments.words.is_empty());
    let (words, by_shell) = match (entrypoint, command) {
        (None, None) => {
            return Err("nothing says what the container runs: there is no CMD and no ENTRYPOINT".to_owned());
        }
        (None, Some(only)) => words(only)?,
        (Some(only), None) => words(only)?,
        (Some(entrypoint), Some(command)) => {
            let (mut first, by_shell) = words(entrypoint)?;
            if entrypoint.arguments.form == Some(Form::Exec) {
                if command.arguments.form != Some(Form::Exec) {
                    return Err(
                        "CMD is in shell form, and becomes `/bin/sh -c …` as arguments of ENTRYPOINT"
                            .to_owned(),
                    );
                }
                first.extend(words(command)?.0);
            }
            (first, by_shell)
        }
    };
    Ok(unwrap(words, by_shell))
}

/// The words that the container starts with, where they are plain; absent where a shell runs more than one command, or nothing says it.
pub(super) fn of_any(model: &Model, stage: &Stage) -> Option<Vec<String>> {
    of(model, stage).ok().map(|launch| launch.words)
}

fn words(instruction: &Instruction) -> Result<(Vec<String>, bool), String> {
    let keyword = instruction.keyword;
    if instruction.arguments.form == Some(Form::Exec) {
        let words: Vec<String> = instruction.arguments.words.iter().map(|word| word.text.clone()).collect();
        let is_shell = words.first().is_some_and(|program| {
            matches!(semantic::path::file_name(program), "sh" | "bash" | "ash" | "dash")
        });
        return match words.as_slice() {
            [_, flag, script] if is_shell && flag.starts_with('-') && flag.ends_with('c') => {
                Ok((one_command(script).ok_or_else(|| several(keyword.as_str()))?, true))
            }
            _ if is_shell => Err(format!("{keyword} runs a shell script, and what that runs is not known")),
            _ => Ok((words, false)),
        };
    }
    let text = &instruction.arguments.text;
    Ok((one_command(text).ok_or_else(|| several(keyword.as_str()))?, true))
}

fn several(keyword: &str) -> String {
    format!("{keyword} runs more than one plain command")
}

/// The words of a text that is one simple command.
fn one_command(text: &str) -> Option<Vec<String>> {
    let script = parse_script(text)?;
    let [statement] = script.statements.as_slice() else { return None };
    let [command] = statement.commands.as_slice() else { return None };
    if !command.redirections.is_empty() {
        return None;
    }
    Some(command.words.iter().map(super::effect::text).collect())
}

fn unwrap(words: Vec<String>, by_shell: bool) -> Launch {
    let mut wrappers = Vec::new();
    let mut rest = strip_environment(&words);
    while let Some((program, arguments)) = rest.split_first() {
        let name = semantic::path::file_name(program);
        if !matches!(name, "tini" | "dumb-init" | "su-exec" | "gosu" | "catatonit") {
            break;
        }
        wrappers.push(name.to_owned());
        let mut after = arguments.iter().take_while(|word| word.starts_with('-')).count();
        after += usize::from(matches!(name, "su-exec" | "gosu"));
        rest = strip_environment(&arguments[after.min(arguments.len())..]);
    }
    Launch { words: rest.to_vec(), by_shell, wrappers }
}
