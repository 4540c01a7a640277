//! ENTRYPOINT and CMD: the one command that a container starts, and who gets its signals.

use semantic::{Base, Model, Stage};
use syntax::{Form, Instruction, Keyword};

use super::View;
use super::card::{Card, Line, line_number, say, title};
use super::spot::{Found, Spot};

/// What a container of a stage starts, part by part.
#[derive(Debug, Clone, Default)]
struct Start {
    entrypoint: Option<Part>,
    command: Option<Part>,
}

/// ENTRYPOINT or CMD.
#[derive(Debug, Clone)]
struct Part {
    words: Vec<String>,
    is_shell: bool,
    /// Where it stands, from 0; absent where the base image sets it.
    line: Option<u32>,
}

pub(super) fn at(spot: &Spot<'_>) -> Found {
    spot.word()?;
    let stage = spot.stage?;
    let arguments = &spot.instruction.arguments;
    let range = spot.place(arguments.range);
    let start = of_stage(spot.view, stage);
    let is_entrypoint = spot.instruction.keyword == Keyword::Entrypoint;
    let own = if is_entrypoint { &start.entrypoint } else { &start.command };
    let last = own.as_ref().and_then(|part| part.line).unwrap_or_default();
    if last != spot.instruction.line {
        let keyword = spot.instruction.keyword.as_str();
        let line = match own {
            Some(_) => say(format!("Has no effect: the {keyword} in line {} replaces it", line_number(last))),
            None => say("Has no effect: the ENTRYPOINT below takes it away"),
        };
        return Some((range, Card::new(line)));
    }
    let mut card = combined(spot, &start, stage);
    if let Some(line) = form(&start, is_entrypoint) {
        card.line(line);
    }
    Some((range, card))
}

/// The whole command.
fn combined(spot: &Spot<'_>, start: &Start, stage: &Stage) -> Card {
    let shown = |words: &[String]| {
        let words = words.iter().flat_map(|word| word.split_whitespace());
        spot.view.secrets.redact_words(words).join(" ")
    };
    let ignores_command = start.entrypoint.as_ref().is_some_and(|entrypoint| entrypoint.is_shell);
    let words: Vec<String> = [start.entrypoint.as_ref(), start.command.as_ref().filter(|_| !ignores_command)]
        .into_iter()
        .flatten()
        .flat_map(|part| part.words.clone())
        .collect();
    let mut card = Card::new(say("A container starts ").then(title(shown(&words))));
    let is_known = start.entrypoint.is_some() || is_base_known(spot.view, stage);
    if let (Some(entrypoint), Some(command)) = (&start.entrypoint, &start.command) {
        let place = |part: &Part| {
            part.line.map_or("the base image".to_owned(), |line| format!("line {}", line_number(line)))
        };
        if ignores_command {
            card.line(say(format!("The shell form of ENTRYPOINT ignores CMD ({}).", place(command))));
        } else {
            card.line(
                say(format!(
                    "ENTRYPOINT ({}) and CMD ({}) in one; arguments of ",
                    place(entrypoint),
                    place(command)
                ))
                .then(super::card::code("docker run"))
                .text(" replace CMD."),
            );
        }
    } else if start.entrypoint.is_some() {
        card.line(say("Arguments of ").code("docker run").text(if ignores_command {
            " are ignored by the shell form."
        } else {
            " are added to it."
        }));
    } else if is_known {
        card.line(say("Arguments of ").code("docker run").text(" replace it."));
    } else {
        card.line(
            say("As arguments of the base image's ENTRYPOINT, if it has one. Arguments of ")
                .code("docker run")
                .text(" replace it."),
        );
    }
    card
}

/// What the form means for signals and variables.
fn form(start: &Start, is_entrypoint: bool) -> Option<Line> {
    let first = start.entrypoint.as_ref().or(start.command.as_ref())?;
    let own = if is_entrypoint { start.entrypoint.as_ref() } else { start.command.as_ref() }?;
    if !own.is_shell {
        return None;
    }
    if !is_entrypoint && start.entrypoint.as_ref().is_some_and(|entrypoint| !entrypoint.is_shell) {
        return Some(
            say("ENTRYPOINT gets the shell and ")
                .code("-c")
                .text(" as arguments: the JSON form of CMD is what it expects."),
        );
    }
    let text = own.words.last().map(String::as_str).unwrap_or_default();
    // `exec` puts the program in the shell's place.
    if text.trim_start().starts_with("exec ") {
        return Some(
            say("Thanks to ")
                .code("exec")
                .text(" the program takes the shell's place, and gets the signals."),
        );
    }
    let shell = first.words.first().cloned().unwrap_or_default();
    Some(
        say("Process 1 is ")
            .code(shell)
            .text(", which need not hand signals on: ")
            .code("docker stop")
            .text(" may wait 10 s and then kill it. The JSON form avoids that, and so does ")
            .code("exec")
            .text("."),
    )
}

/// The last ENTRYPOINT and CMD of a stage's lineage. An ENTRYPOINT takes away a CMD that the stage did not set itself, as in BuildKit's
/// `dispatchEntrypoint`.
fn of_stage(view: &View<'_>, stage: &Stage) -> Start {
    let mut start = of_base(view, view.model, stage);
    for below in view.model.lineage(stage.index) {
        let mut has_command = false;
        for item in &below.instructions {
            let shell = item.shell.as_deref();
            match item.instruction.keyword {
                Keyword::Cmd => {
                    start.command = part(&item.instruction, shell);
                    has_command = true;
                }
                Keyword::Entrypoint => {
                    start.entrypoint = part(&item.instruction, shell);
                    start.command = start.command.filter(|_| has_command);
                }
                _ => {}
            }
        }
    }
    start
}

fn of_base(view: &View<'_>, model: &Model, stage: &Stage) -> Start {
    let Base::Image(name) = model.root(stage.index) else { return Start::default() };
    let Some(image) = view.facts.base_image(name) else { return Start::default() };
    let part = |words: &[String]| {
        let is_shell = words.get(1).is_some_and(|word| word == "-c");
        (!words.is_empty()).then(|| Part { words: words.to_vec(), is_shell, line: None })
    };
    Start { entrypoint: part(&image.entrypoint), command: part(&image.command) }
}

fn is_base_known(view: &View<'_>, stage: &Stage) -> bool {
    match view.model.root(stage.index) {
        Base::Scratch => true,
        Base::Image(name) => view.facts.base_image(name).is_some(),
        _ => false,
    }
}

/// The words that an instruction starts; nothing for an empty list, which takes away what was set.
fn part(instruction: &Instruction, shell: Option<&[String]>) -> Option<Part> {
    let arguments = &instruction.arguments;
    if arguments.form == Some(Form::Exec) {
        let words: Vec<String> = arguments.words.iter().map(|word| word.text.clone()).collect();
        return (!words.is_empty()).then_some(Part { words, is_shell: false, line: Some(instruction.line) });
    }
    if arguments.text.is_empty() {
        return None;
    }
    let default = || vec!["/bin/sh".to_owned(), "-c".to_owned()];
    let mut words = shell.map_or_else(default, <[String]>::to_vec);
    words.push(arguments.text.clone());
    Some(Part { words, is_shell: true, line: Some(instruction.line) })
}

/// The words of a JSON list behind the first `skipped` ones, on one line.
pub(super) fn list_of(instruction: &Instruction, skipped: usize) -> Option<String> {
    let arguments = &instruction.arguments;
    let words = arguments.words.iter().skip(skipped).map(|word| word.text.as_str());
    (arguments.form == Some(Form::Exec)).then(|| words.collect::<Vec<_>>().join(" "))
}
