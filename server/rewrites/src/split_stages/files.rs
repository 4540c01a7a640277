//! Files of the build context that a compiled program may open: they come along to where they were.

use semantic::Stage;

use super::{Artefact, Plan, data};
use crate::context::{Context, Landing};

/// Copies what the program may open. `covered` are places of the context that the program already holds in itself.
pub(super) fn add(
    context: Option<&Context<'_>>,
    stage: &Stage,
    root: Option<&str>,
    name: &str,
    covered: &[String],
    plan: &mut Plan,
) {
    let unknown = format!("that {name} reads no file of the build context at run time");
    let Some(context) = context else {
        plan.checks.push(unknown);
        return;
    };
    // What is copied later stays where it is.
    let landing = Landing::of(context, &stage.instructions[..=plan.last], root);
    let Some(places) = data::places(context, ".", covered, plan.ecosystem).filter(|_| context.complete)
    else {
        plan.checks.push(unknown);
        return;
    };
    for place in places {
        match landing.image_path(&place) {
            Some(path) if plan.artefacts.iter().all(|artefact| artefact.path != path) => {
                plan.artefacts.push(Artefact::new(path, context.has_file(&place)));
            }
            None if plan.application.is_none() => {
                plan.checks.push(format!("that {name} does not read {place} at run time"));
            }
            _ => {}
        }
    }
}
