//! The results that a builder still has, of those that were asked for.

use std::collections::BTreeSet;

use inner_loop::{Builder, ResultName};

/// What a builder said.
pub(super) struct Remaining {
    asked: BTreeSet<String>,
    /// Those that are there.
    pub(super) there: BTreeSet<String>,
}

impl Remaining {
    /// Asks a builder. None where there is nothing to ask, or it does not say.
    pub(super) fn ask(builder: &dyn Builder, ids: &BTreeSet<String>) -> Option<Self> {
        if ids.is_empty() {
            return None;
        }
        let names: Vec<ResultName> = ids.iter().cloned().map(ResultName::Id).collect();
        let there = builder.results(&names)?.into_iter().map(|result| result.id).collect();
        Some(Self { asked: ids.clone(), there })
    }

    /// Whether the builder has all that were asked for.
    pub(super) fn has_all(&self) -> bool {
        self.asked.is_subset(&self.there)
    }

    /// Whether these were asked for.
    pub(super) fn answers(&self, needed: &BTreeSet<String>) -> bool {
        needed.is_subset(&self.asked)
    }
}
