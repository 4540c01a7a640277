//! Behind each step: what the last build said of it, and what the next one would do.
//!
//! One hint a step, with the one thing that matters before the next build. A step that would run says so with what it cost last time; of
//! one that stays cached the last build says more than that. The tooltip has both.

use std::collections::BTreeMap;

use inner_loop::prediction::{Prediction, Verdict};
use inner_loop::{StepRecord, StepState};
use syntax::{Document, Instruction};

use super::{InlayHint, bytes, seconds};
use crate::build_record::LastBuild;
use crate::forecast::{Forecast, sentence};

/// What is known of one instruction.
struct Known<'a> {
    instruction: Instruction,
    last: Option<&'a StepRecord>,
    next: Option<&'a Prediction>,
}

pub(super) fn hints(
    last_build: Option<&LastBuild>,
    forecast: Option<&Forecast>,
    document: &Document,
) -> Vec<InlayHint> {
    let mut known: BTreeMap<u32, Known<'_>> = BTreeMap::new();
    if let Some(last_build) = last_build {
        let steps = &last_build.record.steps;
        let lines: Vec<u32> = steps.iter().map(|step| step.line).collect();
        for (step, instruction) in steps.iter().zip(last_build.locate_all(&lines, document)) {
            let Some(instruction) = instruction else { continue };
            known.insert(instruction.start, Known { instruction, last: Some(step), next: None });
        }
    }
    for (instruction, next) in forecast.iter().flat_map(|forecast| forecast.locate(document)) {
        let start = instruction.start;
        known.entry(start).or_insert(Known { instruction, last: None, next: None }).next = Some(next);
    }
    known.values().filter_map(|known| hint(document, known)).collect()
}

fn hint(document: &Document, known: &Known<'_>) -> Option<InlayHint> {
    let line = document.buildkit_line_range(known.instruction.line);
    let offset = line.end.min(known.instruction.range().end);
    let (last, next) = (known.last.and_then(outcome), known.next.map(fate));
    // A failure is more than that it will be tried again.
    let has_failed = known.last.is_some_and(|step| step.state == StepState::Failed);
    let stays = known.next.is_none_or(|next| next.verdict == Verdict::Cached);
    let label = match (&last, &next) {
        (Some((label, _)), _) if stays || has_failed => label.clone(),
        (_, Some((label, _))) | (Some((label, _)), None) => label.clone(),
        (None, None) => return None,
    };
    let lines: Vec<String> = next.into_iter().chain(last).map(|(_, tooltip)| tooltip).collect();
    Some(InlayHint { offset, label, tooltip: lines.join("\n") })
}

/// What the last build said of a step, short and at length; nothing where it did not end.
fn outcome(step: &StepRecord) -> Option<(String, String)> {
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
    Some((label, format!("Last build: {outcome}{size}")))
}

/// What the next build would do with a step, short and at length.
fn fate(next: &Prediction) -> (String, String) {
    let label = match (next.verdict, next.last_seconds.map(seconds)) {
        (Verdict::Cached, _) => "cached".to_owned(),
        (Verdict::Rebuild, None) => "rebuild".to_owned(),
        (Verdict::Rebuild, Some(cost)) => format!("rebuild · {cost}"),
        (Verdict::Maybe, None) => "maybe".to_owned(),
        (Verdict::Maybe, Some(cost)) => format!("maybe · {cost}"),
        (Verdict::Unknown, _) => "unknown".to_owned(),
    };
    (label, format!("Next build: {}", sentence(next)))
}
