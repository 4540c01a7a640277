//! Settings of a stage: WORKDIR, USER, EXPOSE, VOLUME, STOPSIGNAL, SHELL and HEALTHCHECK.

use semantic::path::Place;
use semantic::{Kind, Model, StageInstruction, Text};
use syntax::{Flag, Word};

use super::card::{Card, code, line_number, say, title};
use super::keyword::sentence;
use super::run::shown_command;
use super::spot::{Found, Spot};
use super::{by_caller, start, step};
use crate::catalogue;

/// WORKDIR's path.
pub(super) fn workdir(spot: &Spot<'_>, item: &StageInstruction, place: &Place) -> Found {
    let (_, word) = spot.word()?;
    let is_relative = !word.text.starts_with('/') && !word.text.starts_with('$');
    let mut card = match place {
        Place::Known(path) => Card::new(say("The working directory is ").then(title(path.as_str()))),
        Place::Relative(_) => Card::new(say("The working directory is ").then(step::place(place))),
        Place::Unknown => workdirs(spot, word),
    };
    // Where the base image's own is not known, the line above has named it.
    if let Place::Known(before) = &item.workdir
        && is_relative
    {
        card.line(code(word.text.as_str()).text(" below ").code(before.as_str()).text(", the one before."));
    }
    card.line(say("Made, as root's, where it does not exist. Steps below and containers start in it."));
    Some((spot.place(word.range), card))
}

/// A working directory that a variable decides: what it is for each caller.
fn workdirs(spot: &Spot<'_>, word: &Word) -> Card {
    let start = spot.instruction.start;
    let read = |model: &Model| {
        let mut items = model.stages.iter().flat_map(|stage| &stage.instructions);
        match items.find(|item| item.instruction.start == start).map(|item| &item.kind) {
            Some(Kind::Workdir(_, place)) => place.clone(),
            _ => Place::Unknown,
        }
    };
    let for_callers = by_caller::values(spot.view, read);
    if for_callers.found.is_empty() {
        return Card::new(title(word.text.as_str()).text(" depends on a variable without a known value"));
    }
    let mut card = Card::new(title(word.text.as_str()).text(" depends on the caller"));
    for (place, callers) in &for_callers.found {
        card.item(by_caller::named(step::place(place), callers));
    }
    for_callers.others().into_iter().for_each(|line| card.item(line));
    card
}

/// USER's name or number.
pub(super) fn user(spot: &Spot<'_>, user: &Text) -> Found {
    let (_, word) = spot.word()?;
    let text = user.value.as_deref()?;
    let (name, group) = text.split_once(':').map_or((text, None), |(name, group)| (name, Some(group)));
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let mut line =
        if is_number { say("User number ").then(title(name)) } else { say("User ").then(title(name)) };
    if let Some(group) = group {
        line = line.text(", group ").code(group);
    }
    let mut card = Card::new(line);
    card.line(match (name, made_user(spot, name)) {
        ("root" | "0", _) => say("May do everything in the container."),
        (_, Some((line, Some(number)))) => say(format!("Made in line {line}, with the number {number}.")),
        (_, Some((line, None))) => say(format!("Made in line {line}.")),
        _ if is_number => say("Need not exist in the image; it may have no name and no home."),
        _ => say("Must exist in the image: its number is looked up in ").code("/etc/passwd").text("."),
    });
    card.line(
        say("Steps below and containers run as it. COPY and ADD make files root's all the same, without ")
            .code("--chown")
            .text("."),
    );
    Some((spot.place(word.range), card))
}

/// The line of the RUN in this stage's lineage that makes a user, and its number where the command says it.
pub(super) fn made_user(spot: &Spot<'_>, name: &str) -> Option<(u32, Option<String>)> {
    let stages = spot.view.model.lineage(spot.stage?.index);
    let items = stages.iter().flat_map(|stage| &stage.instructions);
    for item in items.filter(|item| item.instruction.start < spot.instruction.start) {
        for command in item.as_run().into_iter().flat_map(semantic::Run::commands) {
            if !matches!(command.program(), Some("useradd" | "adduser")) {
                continue;
            }
            let words: Vec<&str> =
                command.words.iter().map(|word| word.value.as_deref().unwrap_or(&word.text)).collect();
            if !words.iter().skip(1).any(|word| *word == name) {
                continue;
            }
            let number = words.iter().enumerate().find_map(|(index, word)| match *word {
                "-u" | "--uid" => words.get(index + 1).copied(),
                word => word.strip_prefix("--uid="),
            });
            let number = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
            return Some((line_number(item.instruction.line), number.map(str::to_owned)));
        }
    }
    None
}

/// One of EXPOSE's ports.
pub(super) fn port(spot: &Spot<'_>, ports: &[Text]) -> Found {
    let text = ports.iter().find(|port| super::is_on(port.range, spot.offset))?;
    let value = text.value.as_deref()?;
    let (number, protocol) = value.split_once('/').unwrap_or((value, "tcp"));
    let (first, last) = number.split_once('-').map_or((number, None), |(first, last)| (first, Some(last)));
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    let is_protocol = ["tcp", "udp", "sctp"].iter().any(|known| protocol.eq_ignore_ascii_case(known));
    if !is_port(first) || !last.is_none_or(is_port) || !is_protocol {
        return None;
    }
    let protocol = protocol.to_ascii_lowercase();
    let ports = if last.is_some() { "Ports " } else { "Port " };
    let mut line = say(ports).then(title(number)).text(format!(", {}", protocol.to_ascii_uppercase()));
    let usual = catalogue::PORTS.iter().find(|port| port.value == number || port.value == value);
    if let Some(usual) = usual {
        line = line.text(format!(": {}", usual.summary));
    }
    let mut card = Card::new(line);
    let published = if protocol == "tcp" {
        format!("-p {number}:{number}")
    } else {
        format!("-p {number}:{number}/{protocol}")
    };
    card.line(
        say("Says that the program listens there; it opens nothing. ")
            .code(format!("docker run {published}"))
            .text(" does."),
    );
    Some((text.range, card))
}

/// One of VOLUME's paths.
pub(super) fn volume(spot: &Spot<'_>, item: &StageInstruction, paths: &[Text]) -> Found {
    let text = paths.iter().find(|path| super::is_on(path.range, spot.offset))?;
    let place = text.value.as_deref().map_or(Place::Unknown, |path| item.workdir.join(path));
    let mut card = match place.known() {
        Some(path) => Card::new(say("A volume at ").then(title(path))),
        None => Card::new(say("A volume at ").then(step::place(&place))),
    };
    card.line(
        say("Each container gets an unnamed one of its own unless ")
            .code("docker run -v")
            .text(" gives it another."),
    );
    Some((text.range, card))
}

/// STOPSIGNAL's signal.
pub(super) fn signal(spot: &Spot<'_>, signal: &Text) -> Found {
    let (_, word) = spot.word()?;
    let value = signal.value.as_deref()?;
    let number = value.parse::<u8>().ok();
    let name = match number {
        Some(number) => NUMBERS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)?,
        None => value,
    };
    let known = catalogue::signal(name)?;
    let mut card = Card::new(title(known.value).text(": ").text(sentence(known.summary)));
    card.line(code("docker stop").text(" sends it to process 1, waits 10 s, and then kills what is left."));
    Some((spot.place(word.range), card))
}

/// Signals by number, where all processors agree.
const NUMBERS: [(u8, &str); 9] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (6, "SIGABRT"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (12, "SIGUSR2"),
    (15, "SIGTERM"),
    (28, "SIGWINCH"),
];

/// The name of a label that has an agreed meaning.
pub(super) fn label(spot: &Spot<'_>) -> Found {
    let mut pairs = spot.instruction.arguments.pairs.iter();
    let key = &pairs.find(|pair| spot.is_on(pair.key.range))?.key;
    let known = catalogue::LABELS.iter().find(|label| label.value == key.text.trim_matches('"'))?;
    Some((spot.place(key.range), Card::new(title(known.value).text(": ").text(sentence(known.summary)))))
}

/// SHELL's words.
pub(super) fn shell(spot: &Spot<'_>, words: &[String]) -> Found {
    spot.word()?;
    let (first, last) = (spot.instruction.arguments.words.first()?, spot.instruction.arguments.words.last()?);
    let mut card = Card::new(title(words.join(" ")).text(" …"));
    card.line(say("Runs the shell forms below: of RUN, CMD, ENTRYPOINT and HEALTHCHECK."));
    if words.iter().any(|word| word == "pipefail") {
        card.line(code("pipefail").text(": a pipe fails when any of its commands does."));
    }
    Some((spot.place(syntax::LocalRange::new(first.range.start, last.range.end)), card))
}

/// A flag of HEALTHCHECK: a time or a number.
pub(super) fn health_flag(spot: &Spot<'_>, flag: &Flag, value: &Word) -> Found {
    let known = catalogue::flag(spot.instruction.keyword, &flag.name)?;
    let shown = if flag.name == "retries" {
        let number: u32 = value.text.parse().ok()?;
        match number {
            0 => "as often as without the flag".to_owned(),
            1 => "once".to_owned(),
            number => format!("{number} times in a row"),
        }
    } else {
        readable(seconds_of(&value.text)?)
    };
    let mut card = Card::new(title(format!("--{}", flag.name)).text(format!(": {shown}")));
    card.line(say(format!("{}.", known.summary)));
    Some((spot.place(value.range), card))
}

/// What is checked, how often, and when it counts as failed.
pub(super) fn health(spot: &Spot<'_>) -> Found {
    let (index, word) = spot.word()?;
    let arguments = &spot.instruction.arguments;
    if arguments.words.first().is_some_and(|first| first.text.eq_ignore_ascii_case("NONE")) {
        let card = Card::new(title("NONE").text(": no check, not even the base image's"));
        return (index == 0).then(|| (spot.place(word.range), card));
    }
    let duration = |name: &str, default: f64| match spot.instruction.flag(name) {
        Some(flag) => {
            flag.value.as_ref().and_then(|value| seconds_of(&value.text)).filter(|seconds| *seconds > 0.0)
        }
        None => Some(default),
    };
    let shown = |seconds: Option<f64>| seconds.map_or("an unknown time".to_owned(), readable);
    let retries = spot
        .instruction
        .flag("retries")
        .and_then(|flag| flag.value.as_ref())
        .map_or("3", |value| &value.text);
    let mut card = Card::new(say("Containers are checked every ").text(shown(duration("interval", 30.0))));
    let command = match start::list_of(&spot.instruction, 1) {
        Some(words) => words,
        None => arguments.text.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).to_owned(),
    };
    card.item(say("With ").then(shown_command(spot, &command)));
    card.item(say(format!("A check that takes longer than {} has failed", shown(duration("timeout", 30.0)))));
    card.item(match retries {
        "1" => say("Unhealthy after one failure"),
        retries => say("Unhealthy after ").text(retries.to_owned()).text(" failures in a row"),
    });
    if let Some(seconds) = duration("start-period", 0.0).filter(|seconds| *seconds > 0.0) {
        let time = readable(seconds);
        // One of a unit alone is read without its number.
        let time = time.strip_prefix("1 ").filter(|unit| !unit.contains(' ')).unwrap_or(&time);
        card.item(say(format!("Failures in the first {time} do not count")));
    }
    let place = if index == 0 { spot.place(word.range) } else { spot.place(arguments.range) };
    Some((place, card))
}

/// The seconds of a duration as Go writes it: `1m30s`, `1.5h`, `500ms`.
fn seconds_of(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let end = rest.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(rest.len());
        seconds += number
            * match &rest[..end] {
                "ns" => 1e-9,
                "us" | "µs" | "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return None,
            };
        rest = &rest[end..];
    }
    Some(seconds)
}

/// A time that people set: `30 seconds`, `1 minute 30 seconds`.
fn readable(seconds: f64) -> String {
    if seconds < 1.0 {
        return format!("{} ms", (seconds * 1000.0).round());
    }
    let whole = (seconds * 1000.0).round() / 1000.0;
    let (hours, rest) = ((whole / 3600.0).floor(), whole % 3600.0);
    let (minutes, rest) = ((rest / 60.0).floor(), rest % 60.0);
    let unit = |number: f64, unit: &str| {
        (number > 0.0)
            .then(|| format!("{number} {unit}{}", if (number - 1.0).abs() < f64::EPSILON { "" } else { "s" }))
    };
    let parts =
        [unit(hours, "hour"), unit(minutes, "minute"), unit((rest * 1000.0).round() / 1000.0, "second")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (text, expected) in [
            ("30s", "30 seconds"),
            ("90s", "1 minute 30 seconds"),
            ("1m", "1 minute"),
            ("1.5h", "1 hour 30 minutes"),
            ("500ms", "500 ms"),
            ("1m0.5s", "1 minute 0.5 seconds"),
        ] {
            assert_eq!(seconds_of(text).map(readable).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "30", "s", "1d", "-1s", "$X"] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }
}
