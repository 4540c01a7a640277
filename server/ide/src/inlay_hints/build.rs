//! What the last build said, behind each instruction: cached or how long, and how many bytes.

use inner_loop::{StepRecord, StepState};
use syntax::{Document, Instruction};

use super::{InlayHint, bytes, seconds};
use crate::build_record::LastBuild;

pub(super) fn hints(last_build: &LastBuild, document: &Document) -> Vec<InlayHint> {
    let steps = &last_build.record.steps;
    let lines: Vec<u32> = steps.iter().map(|step| step.line).collect();
    let places = last_build.locate_all(&lines, document);
    let hints =
        steps.iter().zip(places).filter_map(|(step, instruction)| hint(document, &instruction?, step));
    hints.collect()
}

fn hint(document: &Document, instruction: &Instruction, step: &StepRecord) -> Option<InlayHint> {
    let line = document.buildkit_line_range(instruction.line);
    let offset = line.end.min(instruction.range().end);
    let outcome = match step.state {
        StepState::Done if step.cached => "cached".to_owned(),
        StepState::Done => seconds(step.seconds),
        StepState::Failed => format!("failed after {}", seconds(step.seconds)),
        StepState::Canceled => "stopped".to_owned(),
        StepState::Waiting | StepState::Running => return None,
    };
    let (label, size) = match step.bytes.map(bytes) {
        Some(size) => (format!("{outcome} · {size}"), format!("; adds {size} to the image")),
        None => (outcome.clone(), String::new()),
    };
    let outcome = if step.cached { "taken from the cache".to_owned() } else { outcome };
    let tooltip = format!("Last build: {outcome}{size}");
    Some(InlayHint { offset, label, tooltip })
}
