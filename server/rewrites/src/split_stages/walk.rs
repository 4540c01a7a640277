//! The commands of a stage one after the other, each with the directory that it runs in: `cd` is followed.

use semantic::path::Place;
use semantic::{Stage, StageInstruction};
use syntax::shell::{Command, Statement, StatementKind};

use super::effect;

/// A command of a RUN.
#[derive(Debug, Clone)]
pub(super) struct Step<'a> {
    pub(super) item: &'a StageInstruction,
    pub(super) command: &'a Command,
    /// Position of its statement in the script.
    pub(super) statement: usize,
    /// Where that statement begins.
    pub(super) start: Place,
    /// Where it runs.
    pub(super) directory: Place,
    /// What `export` set before it in the same RUN.
    pub(super) exported: Vec<(String, String)>,
}

impl Step<'_> {
    /// The words, as the shell makes them where that is certain.
    pub(super) fn words(&self) -> Vec<String> {
        self.command.words.iter().map(effect::text).collect()
    }

    /// A variable of its environment that the script itself sets: before the command, by `env`, or by `export` before it.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let own = self.command.assignments.iter().find(|assignment| assignment.name == name);
        if let Some(own) = own {
            return Some(effect::text(&own.value));
        }
        let words = self.words();
        let by_env =
            words.iter().take_while(|word| *word == "env" || word.contains('=')).filter_map(|word| {
                let (found, value) = word.split_once('=')?;
                (found == name).then(|| value.to_owned())
            });
        let exported = self.exported.iter().rev().find(|(found, _)| found == name);
        by_env.last().or_else(|| exported.map(|(_, value)| value.clone()))
    }
}

/// Every command of the RUNs of a stage, in order.
pub(super) fn steps(stage: &Stage) -> Vec<Step<'_>> {
    stage.instructions.iter().flat_map(of).collect()
}

/// Every command of an instruction, in order; none where it is no RUN.
pub(super) fn of(item: &StageInstruction) -> Vec<Step<'_>> {
    let mut found = Vec::new();
    let Some(script) = item.as_run().and_then(|run| run.script.as_ref()) else { return found };
    let mut directory = item.workdir.clone();
    let mut exported = Vec::new();
    for (position, statement) in script.statements.iter().enumerate() {
        let start = directory.clone();
        for command in &statement.commands {
            if command.program() == Some("cd") {
                directory = changed(&directory, command);
                continue;
            }
            if command.program() == Some("export") {
                exported.extend(exports(command));
            }
            found.push(Step {
                item,
                command,
                statement: position,
                start: start.clone(),
                directory: directory.clone(),
                exported: exported.clone(),
            });
        }
        directory = after(statement, start, directory, &item.instruction.source);
    }
    found
}

/// The variables that an `export` sets.
fn exports(command: &Command) -> impl Iterator<Item = (String, String)> {
    let words = command.words.iter().skip(1).filter_map(|word| {
        let text = effect::text(word);
        let (name, value) = text.split_once('=')?;
        Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
    });
    let pairs = command.assignments.iter();
    words.chain(pairs.map(|assignment| (assignment.name.clone(), effect::text(&assignment.value))))
}

/// The directory after `cd`.
fn changed(directory: &Place, command: &Command) -> Place {
    match command.words.as_slice() {
        [_, to] => match to.value.as_deref() {
            Some("-") | None => Place::Unknown,
            Some(to) => directory.join(to),
        },
        _ => Place::Unknown,
    }
}

/// The directory after a statement: that of a subshell is forgotten, and that of a branch may never have been entered.
fn after(statement: &Statement, before: Place, inside: Place, source: &str) -> Place {
    match statement.kind {
        StatementKind::Command => inside,
        StatementKind::Pipeline => before,
        StatementKind::Compound if statement.range.of(source).starts_with('(') => before,
        StatementKind::Compound if inside == before => inside,
        StatementKind::Compound => Place::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{facts, model};

    fn check(run: &str) -> Vec<String> {
        let model = model(&format!("FROM a\nWORKDIR /w\nRUN {run}\n"), &facts(&[]));
        let steps = steps(&model.stages[0]);
        let shown = steps.iter().map(|step| {
            format!("{} {}", step.directory.known().unwrap_or("?"), step.variable("A").unwrap_or_default())
        });
        shown.map(|text| text.trim_end().to_owned()).collect()
    }

    #[test]
    fn directories_are_followed() {
        assert_eq!(check("x && cd a && y; cd ../b && z"), ["/w", "/w/a", "/w/b"]);
        assert_eq!(check("(cd a && x) && y"), ["/w/a", "/w"]);
        assert_eq!(check("if x; then cd a; fi; y"), ["/w", "?"]);
        assert_eq!(check("cd $X && y"), ["?"]);
    }

    #[test]
    fn variables_of_the_script_are_seen() {
        assert_eq!(check("A=1 x && env A=2 y && z"), ["/w 1", "/w 2", "/w"]);
        assert_eq!(check("export A=3 && x"), ["/w 3", "/w 3"]);
    }
}
