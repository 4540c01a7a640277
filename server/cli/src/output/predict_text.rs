//! A prediction for people: a line a step, and what it comes to.

use inner_loop::prediction::{Prediction, Verdict};
use semantic::Step;
use workspace::foresight::Forecast;
use workspace::foresight::json::name;

use super::build_text::shortened;

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
    let predictions = forecast.steps.iter().map(|(_, prediction)| prediction);
    text + &ide::forecast::summary(predictions) + "\n"
}

fn remark(prediction: &Prediction) -> String {
    let reason = prediction.reason.clone().unwrap_or_default();
    let is_told = matches!(prediction.verdict, Verdict::Rebuild | Verdict::Maybe);
    match prediction.last_seconds.filter(|_| is_told) {
        Some(seconds) => format!("{reason} ({})", ide::seconds(seconds)),
        None => reason,
    }
}
