//! Heredocs: their markers and terminators, and variables in bodies that expand them.

use syntax::{Heredoc, Keyword};

use super::card::{Card, Line, count, say, title};
use super::spot::{Found, Spot};

/// A marker or a terminator. The rest of a body is none of ours, save what a shell reads in it.
pub(super) fn at(spot: &Spot<'_>) -> Found {
    let heredocs = &spot.instruction.heredocs;
    let heredoc =
        heredocs.iter().find(|heredoc| spot.is_on(heredoc.marker) || spot.is_on(heredoc.terminator))?;
    let range = if spot.is_on(heredoc.marker) { heredoc.marker } else { heredoc.terminator };
    Some((spot.place(range), card(spot, heredoc)))
}

fn card(spot: &Spot<'_>, heredoc: &Heredoc) -> Card {
    let body = heredoc.body.of(&spot.instruction.source);
    let n_lines = body.lines().count();
    let mut card = Card::new(
        say("Heredoc ").then(title(heredoc.name.as_str())).text(format!(", {}", count(n_lines, "line"))),
    );
    let is_script =
        spot.instruction.keyword == Keyword::Run && heredoc.marker == spot.instruction.arguments.range;
    match spot.instruction.keyword {
        Keyword::Run if is_script => card.line(interpreter(spot, body)),
        Keyword::Run => card.line(say("Its text is what the command reads.")),
        _ => card.line(say("Its text becomes a file named ").code(file_name(spot, heredoc)).text(".")),
    }
    // A script's shell expands its variables, however the name is quoted: the builder leaves them alone.
    if !is_script {
        card.line(if heredoc.expand {
            say("Variables in it are expanded; ")
                .code(format!("<<'{}'", heredoc.name))
                .text(" would keep them as they are.")
        } else {
            say("Its name is quoted: nothing in it is expanded.")
        });
    }
    if heredoc.chomp {
        card.line(say("Tabs at the start of its lines are cut off."));
    }
    if heredoc.terminator.start == heredoc.terminator.end {
        card.line(say("Its end is missing: a line with nothing but ").code(heredoc.name.as_str()).text("."));
    }
    card
}

/// Who runs the body of a RUN.
fn interpreter(spot: &Spot<'_>, body: &str) -> Line {
    let first = body.lines().next().unwrap_or_default();
    if let Some(program) = first.strip_prefix("#!") {
        return say("A script that ").code(program.trim()).text(" runs, by its first line.");
    }
    let shell = spot.item.and_then(|item| item.shell.as_deref()).unwrap_or_default();
    let line = match shell.first() {
        Some(program) => say("A script that ").code(program.as_str()).text(" runs, by SHELL."),
        None => say("A script that ").code("/bin/sh").text(" runs."),
    };
    let sets_e = |words: &str| {
        let mut words = words.split_whitespace();
        words.next() == Some("set") && words.any(is_option_e)
    };
    if shell.iter().any(|word| is_option_e(word)) || body.lines().any(sets_e) {
        return line.text(" It stops at the first command that fails.");
    }
    line.text(" It goes on after a command that fails, unless it says ").code("set -e").text(".")
}

/// `-e`, also among others: `-euo`.
fn is_option_e(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains('e'))
}

/// The name of the file that a COPY or ADD makes.
fn file_name(spot: &Spot<'_>, heredoc: &Heredoc) -> String {
    let copy = spot.item.and_then(|item| item.as_copy());
    match copy {
        Some(copy) if copy.into_directory => match copy.place.known() {
            Some(folder) => format!("{}/{}", folder.trim_end_matches('/'), heredoc.name),
            None => heredoc.name.clone(),
        },
        Some(copy) => copy.place.known().unwrap_or(&copy.destination.raw).to_owned(),
        None => heredoc.name.clone(),
    }
}
