//! A forecast for programs: what `predict --format json` prints, and what `layerwise.predict` answers.

use inner_loop::prediction::Verdict;
use serde_json::{Value, json};

use super::Forecast;
use super::time::rfc3339;

impl Forecast {
    /// The forecast as one object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let steps = self.steps.iter().map(|(step, prediction)| {
            json!({
                "stage": step.stage_name, "line": step.line, "instruction": step.instruction,
                "prediction": name(prediction.verdict), "reason": prediction.reason, "because": prediction.because,
                "last_seconds": prediction.last_seconds.map(rounded),
            })
        });
        json!({
            "version": 1,
            "known_build": self.known_build.map(rfc3339),
            "steps": steps.collect::<Vec<_>>(),
            "rebuild_seconds": rounded(self.rebuild_seconds()),
            "notices": self.notices,
        })
    }
}

/// A verdict in one word.
#[must_use]
pub const fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Cached => "cached",
        Verdict::Rebuild => "rebuild",
        Verdict::Maybe => "maybe",
        Verdict::Unknown => "unknown",
    }
}

/// Milliseconds are all that is meant.
#[must_use]
pub fn rounded(seconds: f64) -> Value {
    ((seconds * 1000.0).round() / 1000.0).into()
}
