//! Hints between the words of a Dockerfile: what the last build said of a step and what the next one would do, what words are with their
//! variables expanded, and what callers give.

mod build;
mod callers;
mod number;
#[cfg(test)]
mod tests;
mod values;

use syntax::TextRange;

use crate::host::{DocumentId, Snapshot};

pub use number::{bytes, seconds};

/// A hint behind a word or an instruction's first line.
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
    /// The hints inside a range, of the kinds that the settings have on, in order of place.
    #[must_use]
    pub fn inlay_hints(&self, id: &DocumentId, range: TextRange) -> Vec<InlayHint> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let settings = self.settings_of(state);
        let mut hints = values::hints(state, settings, range);
        if settings.hints.variables && !state.facts.callers.is_empty() {
            hints.extend(callers::hints(state.model(), &state.facts.callers));
        }
        let last_build = state.last_build.as_deref().filter(|_| settings.hints.build);
        let forecast = state.forecast.as_deref().filter(|_| settings.hints.prediction);
        let mut of_steps = build::hints(last_build, forecast, &state.document);
        of_steps.retain(|hint| range.touches(hint.offset));
        for hint in &mut of_steps {
            // Reasons quote instructions.
            hint.tooltip = state.secrets().redact(&hint.tooltip);
        }
        hints.extend(of_steps);
        hints.retain(|hint| range.touches(hint.offset));
        // Where both stand at a line's end, the word's own comes first.
        hints.sort_by_key(|hint| hint.offset);
        hints
    }
}
