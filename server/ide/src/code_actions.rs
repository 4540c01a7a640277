//! Fixes of findings and rewrites, for a place in a document.

use rewrites::{Applicability, Fix, Rewrite};
use syntax::{TextEdit, TextRange};

use crate::host::{DocumentId, DocumentState, Snapshot};
use crate::settings::Settings;

/// An action that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAction {
    /// Names it among the actions of the same place and revision.
    pub key: String,
    /// What the user reads.
    pub title: String,
    /// LSP's code action kind.
    pub kind: &'static str,
    /// The finding that it mends, by code and place.
    pub mends: Option<(&'static str, TextRange)>,
    /// Whether an editor may apply it without asking which.
    pub preferred: bool,
}

/// The kind of fixes.
pub const QUICK_FIX: &str = "quickfix";

impl Snapshot {
    /// The actions for a range of a document, fixes first. `wanted` says which kinds are asked for, so that no other is computed.
    #[must_use]
    pub fn code_actions(
        &self,
        id: &DocumentId,
        range: TextRange,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<CodeAction> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        offers(state, &self.settings, range, wanted).into_iter().map(|(action, _)| action).collect()
    }

    /// The edits of an action; nothing where it does not apply any more.
    #[must_use]
    pub fn resolve(&self, id: &DocumentId, range: TextRange, key: &str) -> Option<Vec<TextEdit>> {
        let state = self.dockerfile(id)?;
        let mut offers = offers(state, &self.settings, range, |_| true).into_iter();
        offers.find(|(action, _)| action.key == key).map(|(_, edits)| edits)
    }
}

fn offers(
    state: &DocumentState,
    settings: &Settings,
    range: TextRange,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(CodeAction, Vec<TextEdit>)> {
    let mut offers = Vec::new();
    if wanted(QUICK_FIX) {
        let here = state.findings(settings).into_iter().filter(|finding| finding.range.intersects(range));
        for finding in here {
            for (index, fix) in finding.fixes.into_iter().enumerate() {
                let key = format!("fix/{}/{}/{index}", finding.code, finding.range.start);
                let mut action = action(key, QUICK_FIX, &fix);
                action.mends = Some((finding.code, finding.range));
                action.preferred = index == 0 && fix.applicability == Applicability::Safe;
                offers.push((action, fix.edits));
            }
        }
    }
    for recipe in rewrites::REGISTRY.iter().filter(|recipe| wanted(recipe.kind)) {
        let here = recipe
            .find(&state.input())
            .rewrites
            .into_iter()
            .filter(|rewrite| rewrite.place.intersects(range));
        for Rewrite { id, place, fix } in here {
            let action = action(format!("rewrite/{id}/{}", place.start), recipe.kind, &fix);
            offers.push((action, fix.edits));
        }
    }
    offers
}

fn action(key: String, kind: &'static str, fix: &Fix) -> CodeAction {
    let title = match &fix.applicability {
        Applicability::Safe => fix.title.clone(),
        Applicability::Unsafe { check } => format!("{} (check: {check})", fix.title),
    };
    CodeAction { key, title, kind, mends: None, preferred: false }
}
