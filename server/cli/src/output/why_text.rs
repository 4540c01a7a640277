//! The last build for people: what changed, what ran because of it, and what that took.

use workspace::foresight::rfc3339;

use super::build_text::shortened;
use super::sent_text;
use crate::commands::why::Explained;

/// A paragraph a chain.
pub(crate) fn text(explained: Option<&Explained>, notice: Option<&str>) -> String {
    let note = notice.map(|notice| format!("note: {notice}\n")).unwrap_or_default();
    let Some(explained) = explained else {
        return note + "nothing is known of this build yet: build it once\n";
    };
    let build = &explained.last.build;
    let (all, cached) = (build.steps.len(), build.steps.iter().filter(|step| step.cached).count());
    let ran = match all - cached {
        0 => format!("all {all} steps were cached"),
        ran => format!("{ran} of {all} steps ran"),
    };
    let failed = if build.ok { "" } else { ", and it failed" };
    let mut text =
        format!("{note}built {}: {ran}, {}{failed}\n", rfc3339(build.at), ide::seconds(build.seconds));
    for chain in &explained.chains {
        text += &format!("\n{}: {}\n", chain.cause.text, ide::seconds(chain.seconds));
        let shown: Vec<(u32, String, f64)> = chain.steps.iter().map(|step| line(explained, *step)).collect();
        let width = shown.iter().map(|(_, instruction, _)| instruction.chars().count()).max().unwrap_or(0);
        for (line, instruction, seconds) in shown {
            text += &format!("{line:>4}  {instruction:<width$}  {}\n", ide::seconds(seconds));
        }
    }
    if let Some(sent) = &build.sent {
        text += &format!("\n{}", sent_text::text(sent));
    }
    if !explained.stale.is_empty() {
        text += "\nmay be stale:\n";
    }
    for stale in &explained.stale {
        let (line, instruction, _) = line(explained, stale.step);
        text += &format!("{line:>4}  {instruction}\n      {}\n", stale.text);
    }
    text
}

fn line(explained: &Explained, at: usize) -> (u32, String, f64) {
    let past = &explained.last.build.steps[at];
    let instruction = match &explained.last.steps[at] {
        Some(step) => shortened(&step.instruction),
        None => format!("{} (edited since)", past.inputs.keyword),
    };
    (past.inputs.line, instruction, past.seconds)
}
