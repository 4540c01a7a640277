//! What was predicted against what the builder did, step by step.

use serde_json::Value;

/// A step of the Dockerfile, as `predict` and `build` name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub(super) line: u64,
    pub(super) stage: String,
    pub(super) instruction: String,
}

impl Step {
    pub(super) fn of(value: &Value) -> Self {
        let text =
            |name: &str| value[name].as_str().unwrap_or_else(|| panic!("no {name}: {value}")).to_owned();
        Self { line: value["line"].as_u64().unwrap(), stage: text("stage"), instruction: text("instruction") }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Predicted cached, and it was.
    Hit,
    /// Predicted to rebuild, and it ran.
    Miss,
    /// Predicted cached, but it ran: the one answer that is never right.
    MissedRebuild,
    /// Predicted to rebuild, but it was cached.
    FalseAlarm,
    /// Left open, and it was cached.
    MaybeCached,
    /// Left open, and it ran.
    MaybeRan,
    /// Nothing was predicted though the target had been built before.
    Unknown,
    /// Nothing was predicted for a target that had never been built.
    New,
}

pub(super) const OUTCOMES: [Outcome; 8] = [
    Outcome::Hit,
    Outcome::Miss,
    Outcome::MissedRebuild,
    Outcome::FalseAlarm,
    Outcome::MaybeCached,
    Outcome::MaybeRan,
    Outcome::Unknown,
    Outcome::New,
];

impl Outcome {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::MissedRebuild => "MISSED REBUILD",
            Self::FalseAlarm => "false alarm",
            Self::MaybeCached => "maybe: cached",
            Self::MaybeRan => "maybe: ran",
            Self::Unknown => "unknown",
            Self::New => "new target",
        }
    }

    pub(super) fn is_wrong(self) -> bool {
        matches!(self, Self::MissedRebuild | Self::FalseAlarm | Self::Unknown)
    }
}

/// A step with both.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) step: Step,
    pub(super) prediction: String,
    pub(super) reason: String,
    pub(super) was_cached: bool,
    pub(super) outcome: Outcome,
}

/// Compares `predict`'s answer with the closing events of a build. Both tell of the same steps.
pub(super) fn compare(
    predicted: &Value,
    closing: &[&Value],
    is_first: bool,
) -> Result<Vec<Compared>, String> {
    let mut built: Vec<(Step, bool)> =
        closing.iter().map(|event| (Step::of(event), event["cached"] == true)).collect();
    built.sort();
    let steps = predicted["steps"].as_array().ok_or_else(|| format!("no steps: {predicted}"))?;
    let mut steps: Vec<(Step, &Value)> = steps.iter().map(|step| (Step::of(step), step)).collect();
    steps.sort_by(|one, other| one.0.cmp(&other.0));
    let only_steps = |list: Vec<&Step>| list.into_iter().cloned().collect::<Vec<_>>();
    let (ours, theirs) = (
        only_steps(steps.iter().map(|(step, _)| step).collect()),
        only_steps(built.iter().map(|(step, _)| step).collect()),
    );
    if ours != theirs {
        return Err(format!("predicted are the steps {ours:#?}\nbut built were {theirs:#?}"));
    }
    let compared = steps.into_iter().zip(built).map(|((step, value), (_, was_cached))| {
        let prediction = value["prediction"].as_str().unwrap_or_default().to_owned();
        let outcome = outcome(&prediction, was_cached, is_first);
        let reason = format!("{} {}", value["reason"].as_str().unwrap_or_default(), value["because"]);
        outcome.map(|outcome| Compared { step, prediction, reason, was_cached, outcome })
    });
    compared.collect()
}

fn outcome(prediction: &str, was_cached: bool, is_first: bool) -> Result<Outcome, String> {
    Ok(match (prediction, was_cached) {
        ("cached", true) => Outcome::Hit,
        ("cached", false) => Outcome::MissedRebuild,
        ("rebuild", true) => Outcome::FalseAlarm,
        ("rebuild", false) => Outcome::Miss,
        ("maybe", true) => Outcome::MaybeCached,
        ("maybe", false) => Outcome::MaybeRan,
        ("unknown", _) if is_first => Outcome::New,
        ("unknown", _) => Outcome::Unknown,
        _ => return Err(format!("no prediction is called {prediction:?}")),
    })
}
