//! `predict --format json`.

use inner_loop::prediction::Verdict;
use serde_json::{Value, json};
use workspace::foresight::Forecast;

use super::events::rounded;
use super::time::rfc3339;

/// The forecast as one object.
pub(crate) fn value(forecast: &Forecast) -> Value {
    let steps = forecast.steps.iter().map(|(step, prediction)| {
        json!({
            "stage": step.stage_name, "line": step.line, "instruction": step.instruction,
            "prediction": name(prediction.verdict), "reason": prediction.reason, "because": prediction.because,
            "last_seconds": prediction.last_seconds.map(rounded),
        })
    });
    json!({
        "version": 1,
        "known_build": forecast.known_build.map(rfc3339),
        "steps": steps.collect::<Vec<_>>(),
        "rebuild_seconds": rounded(forecast.rebuild_seconds()),
        "notices": forecast.notices,
    })
}

pub(crate) const fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Cached => "cached",
        Verdict::Rebuild => "rebuild",
        Verdict::Maybe => "maybe",
        Verdict::Unknown => "unknown",
    }
}
