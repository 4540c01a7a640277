//! Where a variable is seen: in its stages from its definitions on, and in those that build on them.

use std::collections::BTreeMap;

use semantic::{DefinitionId, Kind, Model, Origin};
use syntax::TextRange;

/// Where a variable is seen.
pub(super) struct Reach {
    /// It is a global ARG, too.
    pub(super) global: bool,
    /// The stages that define it, and those that build on them.
    pub(super) seen: Vec<bool>,
    /// These, and the stages that they build on: what is defined there is seen here.
    pub(super) related: Vec<bool>,
    /// Of each stage that defines it, the first place.
    first: BTreeMap<usize, First>,
}

/// The first definition of a stage.
struct First {
    place: u32,
    /// One of the definitions is an ENV, which the image keeps.
    is_kept: bool,
}

impl Reach {
    pub(super) fn of(model: &Model, definitions: &[DefinitionId]) -> Self {
        let mut first: BTreeMap<usize, First> = BTreeMap::new();
        for id in definitions {
            let (Some(stage), Some(definition)) = (id.stage, model.scopes.get(*id)) else { continue };
            let place = definition.range.start;
            let known = first.entry(stage).or_insert(First { place, is_kept: false });
            known.place = known.place.min(place);
            known.is_kept |= definition.origin == Origin::Env;
        }
        let mut seen = vec![false; model.stages.len()];
        let mut related = seen.clone();
        for stage in &model.stages {
            let lineage: Vec<usize> = model.lineage(stage.index).iter().map(|below| below.index).collect();
            if lineage.iter().any(|below| first.contains_key(below)) {
                seen[stage.index] = true;
                lineage.into_iter().for_each(|below| related[below] = true);
            }
        }
        Self { global: definitions.iter().any(|id| id.stage.is_none()), seen, related, first }
    }

    /// Whether a use in a stage sees a definition. What runs with the image sees what that keeps, from further down too.
    pub(super) fn is_visible(&self, model: &Model, stage: usize, used: TextRange) -> bool {
        let at_run_time = model.instruction_at(used.start).is_some_and(|(_, item)| {
            matches!(item.kind, Kind::Cmd | Kind::Entrypoint | Kind::Healthcheck | Kind::Onbuild)
        });
        model.lineage(stage).into_iter().any(|below| {
            let first = self.first.get(&below.index);
            first.is_some_and(|first| match at_run_time {
                true => first.is_kept,
                false => below.index != stage || first.place < used.start,
            })
        })
    }
}
