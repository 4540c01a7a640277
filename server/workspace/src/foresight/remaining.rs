//! The results that a builder still has, of those that were asked for.

use std::collections::BTreeSet;

use inner_loop::{Builder, ResultName};

/// What a builder was asked, and what it said.
pub(super) struct Remaining {
    asked: BTreeSet<String>,
    /// Those that are there; absent where it gave no answer, so that it is not asked again.
    there: Option<BTreeSet<String>>,
}

impl Remaining {
    /// Asks a builder, where there is anything to ask.
    pub(super) fn ask(builder: &dyn Builder, ids: &BTreeSet<String>) -> Self {
        if ids.is_empty() {
            return Self { asked: BTreeSet::new(), there: Some(BTreeSet::new()) };
        }
        let names: Vec<ResultName> = ids.iter().cloned().map(ResultName::Id).collect();
        let there = builder.results(&names);
        let there = there.map(|results| results.into_iter().map(|result| result.id).collect());
        Self { asked: ids.clone(), there }
    }

    /// Those of the needed ones that are there; what was not asked for yet is asked now. None where the builder gives no answer.
    pub(super) fn of(self, needed: &BTreeSet<String>, builder: &dyn Builder) -> Option<BTreeSet<String>> {
        let mut there = self.there?;
        let more: BTreeSet<String> = needed.difference(&self.asked).cloned().collect();
        there.extend(Self::ask(builder, &more).there?);
        Some(there)
    }
}
