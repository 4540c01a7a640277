//! A step: what the last build said of it, what the next one would do, and what makes the builder run it again.

use inner_loop::{StepRecord, StepState};
use semantic::path::Place;
use semantic::{Base, Kind, MountKind, SourceKind, Stage, StageInstruction};
use syntax::Instruction;

use super::View;
use super::card::{Card, Line, code, line_number, say};
use crate::forecast::sentence;
use crate::inlay_hints::{bytes, seconds};

/// How many lines above a step are named.
const ABOVE: usize = 3;

/// Adds what is known of the instruction as a step of builds; nothing where it is none.
pub(super) fn append(view: &View<'_>, stage: &Stage, item: &StageInstruction, card: &mut Card) {
    builds(view, &item.instruction, card);
    if let Some(line) = inputs(view, stage, item) {
        card.line(line);
    }
}

/// Adds what the last build said of an instruction that stands unchanged, and what the next one would do with it.
pub(super) fn builds(view: &View<'_>, instruction: &Instruction, card: &mut Card) {
    let lines = [last_build(view, instruction), next_build(view, instruction)];
    lines.into_iter().flatten().for_each(|line| card.line(line));
}

fn next_build(view: &View<'_>, instruction: &Instruction) -> Option<Line> {
    let forecast = view.forecast?.locate(&view.model.document);
    let (_, next) = forecast.into_iter().find(|(found, _)| found.start == instruction.start)?;
    Some(say(format!("Next build: {}.", sentence(next))))
}

fn last_build(view: &View<'_>, instruction: &Instruction) -> Option<Line> {
    let record = record(view, instruction)?;
    let outcome = match record.state {
        StepState::Done if record.cached => "from the cache".to_owned(),
        StepState::Done => format!("ran for {}", seconds(record.seconds)),
        StepState::Failed => format!("failed after {}", seconds(record.seconds)),
        StepState::Canceled => "stopped before its end".to_owned(),
        StepState::Waiting | StepState::Running => return None,
    };
    let size = record.bytes.map_or(String::new(), |size| format!(", adds {}", bytes(size)));
    Some(say(format!("Last build: {outcome}{size}.")))
}

fn record<'a>(view: &View<'a>, instruction: &Instruction) -> Option<&'a StepRecord> {
    let last_build = view.last_build?;
    last_build.record.steps.iter().find(|step| {
        let found = last_build.locate(step.line, &view.model.document);
        found.is_some_and(|found| found.start == instruction.start)
    })
}

/// What the builder compares before it takes a step from the cache.
fn inputs(view: &View<'_>, stage: &Stage, item: &StageInstruction) -> Option<Line> {
    let mut line = match &item.kind {
        Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) => {
            say("Runs again when one of these changes: this instruction")
        }
        _ => return None,
    };
    match &item.kind {
        Kind::Run(run) => {
            let names = variables(view, item);
            if !names.is_empty() {
                let total = names.len();
                line = line.text(", the value of ").list(names.into_iter(), total, 6);
            }
            for mount in run.mounts.iter().filter(|mount| mount.kind == MountKind::Bind) {
                line = match mount.from.as_ref().map(|from| &from.target) {
                    Some(Base::Stage(index)) => {
                        let from = view.model.stages.get(*index).map(Stage::display_name).unwrap_or_default();
                        line.text(", what it mounts of stage ").code(from)
                    }
                    Some(_) => line.text(", an image that it mounts"),
                    None => {
                        let source = mount.source.as_deref().unwrap_or(".");
                        line.text(", what lies in ").code(source)
                    }
                };
            }
        }
        Kind::Copy(copy) | Kind::Add(copy) => match copy.from.as_ref().map(|from| &from.target) {
            Some(Base::Stage(index)) => {
                // A number of no stage is a problem of its own.
                if let Some(from) = view.model.stages.get(*index) {
                    let what = if from.replaced.is_some() { "the named context " } else { "stage " };
                    line = line.text(", what it copies of ").text(what).code(from.display_name());
                }
            }
            Some(_) => line = line.text(", the image that it copies from"),
            None if copy.reads_context() => line = line.text(", a file that it copies"),
            None if copy.sources.iter().any(|source| source.kind != SourceKind::Heredoc) => {
                line = line.text(", what it fetches");
            }
            None => {}
        },
        _ => {}
    }
    let is_linked = item.as_copy().is_some_and(|copy| copy.link);
    if is_linked {
        return Some(line.text(". What is above it does not matter, thanks to ").code("--link").text("."));
    }
    Some(above(line, view, stage, item))
}

/// The steps that a step stands on, the nearest first.
fn above(line: Line, view: &View<'_>, stage: &Stage, item: &StageInstruction) -> Line {
    let is_step =
        |kind: &Kind| matches!(kind, Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) | Kind::Workdir(..));
    let before = stage
        .instructions
        .iter()
        .filter(|other| other.instruction.start < item.instruction.start && is_step(&other.kind));
    let mut lines: Vec<u32> = before.map(|other| line_number(other.instruction.line)).collect();
    let total = lines.len();
    lines.drain(..total.saturating_sub(ABOVE));
    let shown: Vec<String> = lines.iter().map(u32::to_string).collect();
    let line = match (total, shown.as_slice()) {
        (0, _) => line,
        (1, [only]) => line.text(format!(", the step in line {only}")),
        (total, shown) if total <= ABOVE => {
            line.text(format!(", a step above it (lines {})", shown.join(", ")))
        }
        (_, shown) => line.text(format!(", a step above it (lines {} and earlier)", shown.join(", "))),
    };
    match view.model.stages.get(stage.index).map(|stage| &stage.base) {
        _ if stage.base_replaced.is_some() => {
            let name = stage.image.value.as_deref().unwrap_or(&stage.image.raw);
            line.text(", the named context ").code(name).text(".")
        }
        Some(Base::Image(name)) => line.text(", the image ").code(name.as_str()).text("."),
        Some(Base::Stage(below)) => {
            let below = view.model.stages.get(*below).map(Stage::display_name).unwrap_or_default();
            line.text(", stage ").code(below).text(".")
        }
        _ => line.text("."),
    }
}

/// The variables of the stage that a RUN gets, and with them their values a part of its cache key.
fn variables<'a>(view: &View<'a>, item: &StageInstruction) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for definition in view.model.scopes.definitions(item.scope) {
        let has_value = definition.value != semantic::Value::Unset;
        if has_value && !names.contains(&definition.name.as_str()) {
            names.push(&definition.name);
        }
    }
    names
}

/// A place in the image for people.
pub(super) fn place(place: &Place) -> Line {
    match place {
        Place::Known(path) => code(path.as_str()),
        Place::Relative(path) if path == "." => say("the base image's working directory"),
        Place::Relative(path) => code(path.as_str()).text(" in the base image's working directory"),
        Place::Unknown => say("a folder that a variable decides"),
    }
}
