//! A prediction for people: a line a step, and what it comes to.

use inner_loop::prediction::{Prediction, Verdict};
use semantic::Step;
use workspace::foresight::Forecast;

use super::build_text::shortened;
use super::predict_json::name;

/// The forecast as a table, with a closing sentence.
pub(crate) fn table(forecast: &Forecast) -> String {
    let mut text: String = forecast.notices.iter().map(|notice| format!("note: {notice}\n")).collect();
    let width = |of: fn(&Step) -> String| {
        forecast.steps.iter().map(|(step, _)| of(step).chars().count()).max().unwrap_or(0)
    };
    let stage_width = width(|step| step.stage_name.clone());
    let instruction_width = width(|step| shortened(&step.instruction));
    for (step, prediction) in &forecast.steps {
        let Step { line, stage_name, .. } = step;
        let instruction = shortened(&step.instruction);
        let line = format!(
            "{line:>4}  {stage_name:<stage_width$}  {instruction:<instruction_width$}  {:<7}  {}",
            name(prediction.verdict),
            remark(prediction)
        );
        text += line.trim_end();
        text.push('\n');
    }
    text + &sum(forecast)
}

fn remark(prediction: &Prediction) -> String {
    let reason = prediction.reason.clone().unwrap_or_default();
    let is_told = matches!(prediction.verdict, Verdict::Rebuild | Verdict::Maybe);
    match prediction.last_seconds.filter(|_| is_told) {
        Some(seconds) => format!("{reason} ({})", ide::seconds(seconds)),
        None => reason,
    }
}

fn sum(forecast: &Forecast) -> String {
    let count = |verdict| forecast.steps.iter().filter(|(_, step)| step.verdict == verdict).count();
    let all = forecast.steps.len();
    if count(Verdict::Unknown) == all {
        return "nothing is known of this build yet: build it once\n".to_owned();
    }
    let (rebuilt, open, unknown) = (count(Verdict::Rebuild), count(Verdict::Maybe), count(Verdict::Unknown));
    let seconds = forecast.rebuild_seconds();
    let cost = if rebuilt > 0 && seconds > 0.0 {
        format!(", about {}", ide::seconds(seconds))
    } else {
        String::new()
    };
    let open = if open > 0 { format!(", {open} more perhaps") } else { String::new() };
    let unknown = if unknown > 0 { format!(", {unknown} unknown") } else { String::new() };
    match rebuilt {
        0 if open.is_empty() && unknown.is_empty() => format!("all {all} steps are cached\n"),
        _ => format!("{rebuilt} of {all} steps would run{cost}{open}{unknown}\n"),
    }
}
