//! What must be so before any rewrite is thought of: a file that builds as it is, for Linux, read by Docker's own frontend.

use semantic::{Frontend, Model};
use syntax::TextRange;

use crate::offer::{Input, Refusal};

/// Why no rewrite is offered for this file at all.
pub(crate) fn refusal(input: &Input<'_>) -> Option<Refusal> {
    let model = input.model;
    let refuse = |place, reason: String| Some(Refusal { place, reason });
    if let Frontend::Foreign(name) = &model.frontend {
        let place = model.document.directives().first().map_or(TextRange::empty(0), |first| first.range);
        return refuse(place, format!("`# syntax={name}` names another language than Docker's"));
    }
    if let Some(problem) = model.document.problems().first().or(model.problems.first()) {
        let line = model.document.buildkit_line(problem.range.start) + 1;
        return refuse(
            problem.range,
            format!("line {line} does not build, put that right first: {}", problem.message),
        );
    }
    if let Some(stage) = model.stages.iter().find(|stage| is_windows(stage.image.value.as_deref())) {
        return refuse(
            stage.from.range(),
            "it is for Windows containers, which are not looked into".to_owned(),
        );
    }
    None
}

/// The place of a whole file's refusal: its last FROM.
pub(crate) fn place(model: &Model) -> TextRange {
    model.final_stage().map_or(TextRange::empty(0), |stage| stage.from.range())
}

fn is_windows(image: Option<&str>) -> bool {
    image.is_some_and(|image| ["windows", "nanoserver", "servercore"].iter().any(|part| image.contains(part)))
}
