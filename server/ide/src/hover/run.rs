//! The commands of a RUN: what each does, and with which working directory, user, shell and mounts.

use semantic::commands::{self, Action, FileOperation, Meaning};
use semantic::{Mount, MountKind, StageInstruction};
use syntax::shell::{Command, ShellWord};
use syntax::{Form, LocalRange};

use super::card::{Card, Line, code, say, title};
use super::spot::{Found, Spot};
use super::{copy, packages, programs, step};

pub(super) fn at(spot: &Spot<'_>) -> Found {
    let (item, stage) = (spot.item?, spot.stage?);
    let run = item.as_run()?;
    let here = run.commands().filter(|command| spot.is_on(command.range));
    let command = here.min_by_key(|command| command.range.end - command.range.start)?;
    let word_index = command.words.iter().position(|word| spot.is_on(word.range))?;
    let meaning = commands::meaning(command);
    if let Some(found) = of_word(spot, &meaning, &command.words[word_index]) {
        return Some(found);
    }
    let is_program = word_index < command.words.len() - meaning.arguments.len();
    let mut card = match (describe(spot, &meaning), is_program) {
        (Some(card), _) => card,
        // Only the program itself knows what its arguments mean.
        (None, false) => return None,
        (None, true) => Card::new(program_line(command)?),
    };
    if let Some(line) = wrappers(&meaning) {
        card.line(line);
    }
    card.line(surroundings(spot, item));
    if !run.mounts.is_empty() {
        card.line(mounts(&run.mounts));
    }
    step::append(spot.view, stage, item, &mut card);
    Some((spot.place(words_range(command)), card))
}

/// From the program to its last argument.
fn words_range(command: &Command) -> LocalRange {
    let ranges = command.words.iter().map(|word| word.range);
    ranges.reduce(LocalRange::cover).unwrap_or(command.range)
}

/// A word that means something by itself: bits of chmod, options of `set`.
fn of_word(spot: &Spot<'_>, meaning: &Meaning<'_>, word: &ShellWord) -> Found {
    let text = word.value.as_deref()?;
    if let Some(file) = meaning.file()
        && file.operation == FileOperation::ChangeMode
        && file.setting.is_some_and(|setting| setting.range == word.range)
    {
        return Some((spot.place(word.range), copy::permissions_card(text)?));
    }
    if meaning.program == "set"
        && text.starts_with('-')
        && meaning.arguments.iter().any(|other| other.range == word.range)
    {
        let mut card = Card::new(title(format!("set {text}")));
        for letter in text.chars().skip(1) {
            if let Some(meaning) = set_option(letter) {
                card.item(code(format!("-{letter}")).text(meaning));
            }
        }
        return Some((spot.place(word.range), card));
    }
    None
}

fn set_option(letter: char) -> Option<&'static str> {
    Some(match letter {
        'e' => ": stops at the first command that fails",
        'u' => ": a variable that is not set is an error",
        'x' => ": shows each command before it runs; secrets in them are shown too",
        'o' => ": an option by its name, such as pipefail: a pipe fails when any of its commands does",
        'f' => ": leaves patterns of file names as they are",
        'v' => ": shows the script's lines as they are read",
        'n' => ": reads the script and runs nothing",
        _ => return None,
    })
}

fn describe(spot: &Spot<'_>, meaning: &Meaning<'_>) -> Option<Card> {
    let secrets = spot.view.secrets;
    match &meaning.action {
        Action::Package(package) => packages::card(package, meaning.arguments, secrets),
        Action::Download(download) => {
            let urls =
                download.urls.iter().map(|word| secrets.redact(word.value.as_deref().unwrap_or(&word.text)));
            let mut line = say("Fetches ").list(urls, download.urls.len(), 3);
            if download.urls.is_empty() {
                return None;
            }
            if let Some(output) = download.output.filter(|output| *output != "-") {
                line = line.text(" to ").code(output);
            } else if download.to_output() {
                line = line.text(" to its output");
            }
            let mut card = Card::new(line);
            if download.ignores_failure() {
                card.line(
                    say("A page that says 404 is taken for the file: ").code("-f").text(" makes that fail."),
                );
            }
            Some(card)
        }
        _ => None,
    }
}

fn program_line(command: &Command) -> Option<Line> {
    let program = commands::meaning(command).program;
    let name = if program.is_empty() { command.program()? } else { program };
    let line = title(name);
    Some(match programs::summary(name) {
        Some(summary) => line.text(": ").text(summary),
        None => line,
    })
}

fn wrappers(meaning: &Meaning<'_>) -> Option<Line> {
    let names = &meaning.wrappers;
    (!names.is_empty()).then(|| say("Through ").list(names.iter().copied(), names.len(), 4).text("."))
}

/// Where, as whom and by what it runs.
fn surroundings(spot: &Spot<'_>, item: &StageInstruction) -> Line {
    let line = say("Runs in ").then(step::place(&item.workdir)).text(" as ");
    let line = match &item.user {
        Some(user) => line.code(user.value.as_deref().unwrap_or(&user.raw)),
        None if spot
            .stage
            .is_some_and(|stage| *spot.view.model.root(stage.index) == semantic::Base::Scratch) =>
        {
            line.code("root")
        }
        None if is_image_known(spot) => line.code("root"),
        None => line.text("the base image's user"),
    };
    if spot.instruction.arguments.form == Some(Form::Exec) {
        return line.text(", without a shell.");
    }
    let shell = item.shell.as_ref().map(|words| words.join(" "));
    line.text(", by ").code(shell.unwrap_or_else(|| "/bin/sh -c".to_owned())).text(".")
}

/// Whether the engine has said what the base image sets.
fn is_image_known(spot: &Spot<'_>) -> bool {
    let root = spot.stage.map(|stage| spot.view.model.root(stage.index));
    matches!(root, Some(semantic::Base::Image(name)) if spot.view.facts.base_image(name).is_some())
}

fn mounts(mounts: &[Mount]) -> Line {
    let mut line = say("With ");
    for (number, mount) in mounts.iter().enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        line = line.text(comma);
        line = match (mount.kind, &mount.env) {
            (MountKind::Secret, Some(name)) => line.text("a secret in ").code(format!("${name}")),
            (MountKind::Secret, None) => line.text("a secret at ").then(step::place(&mount.target)),
            (MountKind::Cache, _) => line.text("a cache at ").then(step::place(&mount.target)),
            (MountKind::Tmpfs, _) => line.text("memory at ").then(step::place(&mount.target)),
            (MountKind::Ssh, _) => line.text("an SSH agent"),
            (MountKind::Bind, _) => {
                let from = mount.from.as_ref().map(|from| from.text.raw.as_str());
                let line = match from {
                    Some(from) => line.text("files of ").code(from),
                    None => line.text("files of the build context"),
                };
                line.text(" at ").then(step::place(&mount.target))
            }
            (MountKind::Unknown, _) => line.text("a mount of a type that is not known"),
        };
    }
    line.text(".")
}

/// A command for people, secrets hidden: words as written, blanks made one.
pub(super) fn shown_command(spot: &Spot<'_>, text: &str) -> Line {
    code(spot.view.secrets.redact_words(text.split_whitespace()).join(" "))
}
