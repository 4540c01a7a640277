//! What the last build said, behind each instruction: cached or how long, and how many bytes. Behind an ARG: what its callers give.

use inner_loop::{StepRecord, StepState};
use semantic::{Caller, Model};
use syntax::{Document, Instruction, Keyword, TextRange};

use crate::callers::argument_label;
use crate::host::{DocumentId, Snapshot};

/// A hint behind an instruction's first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    /// Where it stands.
    pub offset: u32,
    /// What it says.
    pub label: String,
    /// What it says at length.
    pub tooltip: String,
}

impl Snapshot {
    /// The hints inside a range.
    #[must_use]
    pub fn inlay_hints(&self, id: &DocumentId, range: TextRange) -> Vec<InlayHint> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let mut hints = Vec::new();
        if let Some(last_build) = &state.last_build {
            hints.extend(last_build.record.steps.iter().filter_map(|step| {
                let instruction = last_build.locate(step.line, &state.document)?;
                hint(&state.document, &instruction, step)
            }));
        }
        if !state.facts.callers.is_empty() {
            hints.extend(of_callers(state.model(), &state.facts.callers));
        }
        hints.retain(|hint| range.touches(hint.offset));
        hints
    }
}

/// What callers give for each argument, behind the ARG that takes it: the one above the first FROM, else those of the stages.
fn of_callers(model: &Model, callers: &[Caller]) -> Vec<InlayHint> {
    let global = model.preamble.iter().zip(std::iter::repeat(None::<usize>));
    let staged = model
        .stages
        .iter()
        .flat_map(|stage| stage.instructions.iter().map(|item| (&item.instruction, Some(stage.index))));
    let arguments = global.chain(staged).filter(|(instruction, _)| instruction.keyword == Keyword::Arg);
    let hints = arguments.flat_map(|(instruction, stage)| {
        let pairs = instruction.arguments.pairs.iter();
        let taken =
            pairs.filter(move |pair| stage.is_none() || model.scopes.global(&pair.key.text).is_none());
        taken.filter_map(|pair| {
            let label = argument_label(callers, &pair.key.text)?;
            let line = model.document.buildkit_line_range(instruction.line);
            let tooltip = format!("{} as whoever builds this file gives it", pair.key.text);
            Some(InlayHint { offset: line.end.min(instruction.range().end), label, tooltip })
        })
    });
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

/// A time for people: `120 ms`, `4.2 s`, `3 min 20 s`.
#[must_use]
pub fn seconds(seconds: f64) -> String {
    if seconds < 0.9995 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round();
    format!("{:.0} min {:.0} s", (whole / 60.0).floor(), whole % 60.0)
}

/// A size for people: `512 B`, `4.1 kB`, `71.3 MB`, in powers of 1000 as docker writes them.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_well() {
        assert_eq!(
            [0.0341, 0.9999, 4.24, 59.96, 200.4].map(seconds),
            ["34 ms", "1.0 s", "4.2 s", "1 min 0 s", "3 min 20 s"]
        );
        assert_eq!(
            [0, 999, 1000, 71_303_168, 999_999_999].map(bytes),
            ["0 B", "999 B", "1.0 kB", "71.3 MB", "1.0 GB"]
        );
    }
}
