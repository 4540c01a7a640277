//! Which stages end up in the image that is built when no target is named.

use semantic::{Kind, Model, Stage};

/// The final stage and those that it builds on: their layers are the image's layers.
pub fn shipped(model: &Model) -> Vec<&Stage> {
    model.stages.len().checked_sub(1).map(|last| model.lineage(last)).unwrap_or_default()
}

/// Whether the stages start something: an image to run, not one to build with.
pub fn starts_something(stages: &[&Stage]) -> bool {
    let starts =
        |kind: &Kind| matches!(kind, Kind::Cmd | Kind::Entrypoint | Kind::Expose(_) | Kind::Healthcheck);
    stages.iter().flat_map(|stage| &stage.instructions).any(|item| starts(&item.kind))
}
