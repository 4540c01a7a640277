//! What BuildKit refuses in a parsed instruction: keywords, argument counts, names. Flags are judged in `check::flags`,
//! their values in `check::values`, mounts in `check::mounts`.
//!
//! A trigger of ONBUILD is not judged: BuildKit stores it as text, and refuses it where it is triggered.

mod flags;
mod mounts;
mod values;

pub(crate) use flags::nearest;

use crate::arguments::{Form, Word};
use crate::heredoc::marker;
use crate::keyword::Keyword;
use crate::parse::Parsed;
use crate::problem::LocalProblem;
use crate::range::LocalRange;

/// The problems of an instruction, those of its parsing included.
pub(crate) fn check(parsed: &Parsed) -> Vec<LocalProblem> {
    let mut problems = parsed.problems.clone();
    let refused = !problems.is_empty();
    flags::check(parsed, &mut problems);
    if !refused {
        arguments(parsed, &mut problems);
    }
    problems
}

fn problem(range: LocalRange, message: impl Into<String>) -> LocalProblem {
    LocalProblem { range, message: message.into() }
}

/// A word for a message: a long one is cut.
pub(crate) fn shown(word: &str) -> String {
    match word.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", word.get(..end).unwrap_or_default()),
        None => word.to_owned(),
    }
}

fn arguments(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    let words = &parsed.arguments.words;
    let keyword = parsed.keyword;
    match keyword {
        Keyword::Unknown => problems.push(unknown(parsed)),
        Keyword::Add | Keyword::Copy => copy(parsed, problems),
        Keyword::From => from(parsed, problems),
        Keyword::Healthcheck => healthcheck(parsed, problems),
        Keyword::Onbuild => onbuild(parsed, problems),
        Keyword::Shell => {
            if words.is_empty() {
                problems.push(missing(parsed, "a JSON list such as [\"/bin/sh\", \"-c\"]"));
            } else if parsed.arguments.form != Some(Form::Exec) {
                let message =
                    "SHELL needs a JSON list: write it as [\"/bin/sh\", \"-c\"], with double quotes";
                problems.push(problem(parsed.arguments.range, message));
            }
        }
        Keyword::Env | Keyword::Label | Keyword::Arg => {
            if words.is_empty() {
                problems.push(missing(parsed, if keyword == Keyword::Arg { "a name" } else { "name=value" }));
            }
            for pair in parsed.arguments.pairs.iter().filter(|pair| pair.key.text.is_empty()) {
                let range =
                    pair.value.as_ref().map_or(pair.key.range, |value| pair.key.range.cover(value.range));
                problems.push(problem(range, format!("{keyword} needs a name before the =")));
            }
        }
        Keyword::Volume => {
            if words.is_empty() {
                problems.push(missing(parsed, "a path"));
            }
            for word in words.iter().filter(|word| word.text.trim().is_empty()) {
                problems.push(problem(word.range, "a VOLUME's path cannot be empty: name one or remove it"));
            }
        }
        Keyword::Expose if words.is_empty() => problems.push(missing(parsed, "a port")),
        Keyword::Maintainer if words.is_empty() => problems.push(missing(parsed, "a name")),
        Keyword::Stopsignal => match words.first() {
            Some(signal) => problems.extend(values::signal(signal)),
            None => problems.push(missing(parsed, "a signal")),
        },
        Keyword::User if words.is_empty() => problems.push(missing(parsed, "a user")),
        Keyword::Workdir if words.is_empty() => problems.push(missing(parsed, "a path")),
        // BuildKit takes RUN, CMD and ENTRYPOINT without any argument.
        _ => {}
    }
}

fn missing(parsed: &Parsed, what: &str) -> LocalProblem {
    problem(parsed.keyword_range, format!("{} requires an argument: add {what}", parsed.keyword))
}

fn unknown(parsed: &Parsed) -> LocalProblem {
    let word = &parsed.keyword_text;
    let shown = shown(word);
    let known = Keyword::ALL.iter().map(|keyword| keyword.as_str());
    let message = match nearest(&word.to_uppercase(), known) {
        Some(near) => format!("unknown instruction {shown}: did you mean {near}?"),
        None if word.is_empty() => "there is no instruction here: remove the line".to_owned(),
        None => format!(
            "unknown instruction {word}: a line begins with an instruction such as RUN, or with # for a comment"
        ),
    };
    problem(parsed.keyword_range, message)
}

fn copy(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    let keyword = parsed.keyword;
    match parsed.arguments.words.as_slice() {
        [] => problems.push(problem(
            parsed.keyword_range,
            format!("{keyword} requires at least two arguments: add what to copy, and where to"),
        )),
        [only] => problems.push(problem(
            only.range,
            format!("{keyword} requires at least two arguments, and there is only one: add the destination"),
        )),
        [.., destination] => {
            if matches!(marker(&destination.text), Ok(Some(_))) {
                let message =
                    format!("{keyword} cannot take a heredoc as its destination: add a path behind it");
                problems.push(problem(destination.range, message));
            }
        }
    }
}

fn from(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    match parsed.arguments.words.as_slice() {
        [] => problems.push(missing(parsed, "a base image")),
        [_] => {}
        [_, keyword, name] if keyword.text.eq_ignore_ascii_case("as") => stage_name(name, problems),
        [_, rest @ ..] => {
            let range = rest
                .iter()
                .fold(rest.first().map_or(parsed.arguments.range, |word| word.range), |range, word| {
                    range.cover(word.range)
                });
            let message = "FROM requires either one argument or three: an image, or an image, AS and a name";
            problems.push(problem(range, message));
        }
    }
}

fn stage_name(name: &Word, problems: &mut Vec<LocalProblem>) {
    let lower = name.text.to_lowercase();
    let valid = lower.starts_with(|char: char| char.is_ascii_lowercase())
        && lower.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'));
    if !valid {
        let message = format!(
            "{} cannot be a stage's name: use letters, digits, -, _ and . only, and begin with a letter",
            shown(&name.text)
        );
        problems.push(problem(name.range, message));
    }
}

fn healthcheck(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    let [kind, rest @ ..] = parsed.arguments.words.as_slice() else {
        problems.push(missing(parsed, "CMD and a command, or NONE"));
        return;
    };
    if kind.text.eq_ignore_ascii_case("NONE") {
        if let Some(extra) = rest.first() {
            problems.push(problem(extra.range, "HEALTHCHECK NONE takes no arguments: remove them"));
        }
    } else if !kind.text.eq_ignore_ascii_case("CMD") {
        let message =
            format!("HEALTHCHECK knows CMD and NONE, not {}: put CMD before the command", shown(&kind.text));
        problems.push(problem(kind.range, message));
    } else if rest.is_empty() {
        problems.push(problem(
            kind.range,
            "HEALTHCHECK CMD needs a command: add the one that checks the container",
        ));
    }
}

fn onbuild(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    let Some(trigger) = &parsed.trigger else {
        problems.push(missing(parsed, "an instruction"));
        return;
    };
    let message = match trigger.keyword {
        Keyword::Onbuild => "ONBUILD cannot trigger another ONBUILD: remove one of them".to_owned(),
        Keyword::From | Keyword::Maintainer => {
            format!("ONBUILD cannot trigger {}: move it out of the ONBUILD", trigger.keyword)
        }
        _ => return,
    };
    problems.push(problem(trigger.keyword_range, message));
}
