//! Fixes of findings and rewrites, for a place in a document.

use std::path::{Path, PathBuf};

use rewrites::{Applicability, Fix, NewFile, Rewrite};
use rules::fix::{Round, Trust};
use rules::{Finding, Wanted};
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
    /// A file that it makes beside the Dockerfile.
    pub creates: Option<CreatedFile>,
    /// Whether it does so much at once that people want to see it before.
    pub previewed: bool,
}

/// A file that an action makes, where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedFile {
    /// Its whole path.
    pub path: PathBuf,
    /// All that is in it.
    pub text: String,
}

/// The kind of fixes.
pub const QUICK_FIX: &str = "quickfix";

/// The kind of comments that ignore a finding.
pub const SUPPRESS: &str = "quickfix.suppress";

/// The kind of all safe fixes at once.
pub const FIX_ALL: &str = "source.fixAll.layerwise";

impl Snapshot {
    /// The actions for a range of a document, fixes first. `wanted` says which kinds are asked for, so that no other is computed.
    #[must_use]
    pub fn code_actions(
        &self,
        id: &DocumentId,
        range: TextRange,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<CodeAction> {
        self.code_actions_with_edits(id, range, wanted).into_iter().map(|(action, _)| action).collect()
    }

    /// An action with its edits; nothing where it does not apply any more.
    #[must_use]
    pub fn resolve(
        &self,
        id: &DocumentId,
        range: TextRange,
        key: &str,
    ) -> Option<(CodeAction, Vec<TextEdit>)> {
        let kind = kind_of(key)?;
        let mut offers = self.code_actions_with_edits(id, range, |wanted| wanted == kind).into_iter();
        offers.find(|(action, _)| action.key == key)
    }

    /// The same with the edits of each, for clients that cannot come back for them.
    #[must_use]
    pub fn code_actions_with_edits(
        &self,
        id: &DocumentId,
        range: TextRange,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<(CodeAction, Vec<TextEdit>)> {
        if let Some(state) = self.dockerfile(id) {
            return offers(state, self.settings_of(state), range, wanted);
        }
        let findings = self.ignore_file_findings(id).unwrap_or_default();
        let mut offers = Vec::new();
        if wanted(QUICK_FIX) {
            offers.extend(fixes_of(&findings, range));
        }
        if wanted(FIX_ALL) {
            offers.extend(self.ignore_file_round(id, findings).and_then(fix_all));
        }
        offers
    }
}

/// The kind of the action that a key names.
fn kind_of(key: &str) -> Option<&'static str> {
    match key.split('/').collect::<Vec<_>>().as_slice() {
        ["fix", ..] => Some(QUICK_FIX),
        ["ignore", ..] => Some(SUPPRESS),
        ["fix-all"] => Some(FIX_ALL),
        ["rewrite", id, ..] => rewrites::find(id).map(|recipe| recipe.kind),
        _ => None,
    }
}

/// Fixes of findings that were made elsewhere, for a range of their document.
pub(crate) fn fixes_of(findings: &[Finding], range: TextRange) -> Vec<(CodeAction, Vec<TextEdit>)> {
    findings.iter().filter(|finding| finding.range.intersects(range)).flat_map(fixes).collect()
}

fn offers(
    state: &DocumentState,
    settings: &Settings,
    range: TextRange,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(CodeAction, Vec<TextEdit>)> {
    let mut offers = Vec::new();
    let about_findings = [QUICK_FIX, SUPPRESS, FIX_ALL].into_iter().any(&wanted);
    let findings = if about_findings { state.findings(settings, Wanted::Findings) } else { Vec::new() };
    let here = || findings.iter().filter(|finding| finding.range.intersects(range));
    if wanted(QUICK_FIX) {
        here().for_each(|finding| offers.extend(fixes(finding)));
    }
    if wanted(SUPPRESS) {
        offers.extend(here().filter_map(|finding| suppression(state, finding)));
    }
    for (recipe, found) in state.rewrites(&wanted) {
        // Two of a recipe may have the same place: all of it, and what is safe of it.
        for (index, Rewrite { id, place, fix, creates, .. }) in found.rewrites.iter().enumerate() {
            if place.intersects(range) {
                let mut action = action(format!("rewrite/{id}/{index}"), recipe.kind, fix);
                action.previewed = *id == rewrites::improve::RECIPE.id;
                action.creates = creates.as_ref().and_then(|file| created(state, file));
                offers.push((action, fix.edits.clone()));
            }
        }
    }
    if wanted(FIX_ALL) {
        offers.extend(fix_all(rules::fix::round(&state.input(), findings, Trust::Safe)));
    }
    offers
}

fn fixes(finding: &Finding) -> impl Iterator<Item = (CodeAction, Vec<TextEdit>)> {
    finding.fixes.iter().enumerate().map(|(index, fix)| {
        let key = format!("fix/{}/{}/{index}", finding.code, finding.range.start);
        let mut action = action(key, QUICK_FIX, fix);
        action.mends = Some((finding.code, finding.range));
        action.preferred = index == 0 && fix.applicability == Applicability::Safe;
        (action, fix.edits.clone())
    })
}

/// The comment that ignores a finding.
fn suppression(state: &DocumentState, finding: &Finding) -> Option<(CodeAction, Vec<TextEdit>)> {
    let edit = rules::suppress::comment_for(finding, &state.document)?;
    let action = CodeAction {
        key: format!("ignore/{}/{}", finding.code, finding.range.start),
        title: format!("Ignore {} here", finding.code),
        kind: SUPPRESS,
        mends: Some((finding.code, finding.range)),
        preferred: false,
        creates: None,
        previewed: false,
    };
    Some((action, vec![edit]))
}

/// All safe fixes of the document that go together.
fn fix_all(round: Round) -> Option<(CodeAction, Vec<TextEdit>)> {
    let title = match round.fixed.as_slice() {
        [] => return None,
        [_] => "Fix what can be fixed safely: 1 finding".to_owned(),
        many => format!("Fix what can be fixed safely: {} findings", many.len()),
    };
    let action = CodeAction {
        key: "fix-all".to_owned(),
        title,
        kind: FIX_ALL,
        mends: None,
        preferred: false,
        creates: None,
        previewed: false,
    };
    Some((action, round.edits))
}

fn action(key: String, kind: &'static str, fix: &Fix) -> CodeAction {
    let title = match &fix.applicability {
        Applicability::Safe => fix.title.clone(),
        Applicability::Unsafe { check } => format!("{} (check: {check})", fix.title),
    };
    CodeAction { key, title, kind, mends: None, preferred: false, creates: None, previewed: false }
}

/// Where a rewrite's new file lies on this machine.
fn created(state: &DocumentState, file: &NewFile) -> Option<CreatedFile> {
    let context = state.input().facts.context.as_ref()?;
    Some(CreatedFile { path: Path::new(&context.root).join(&file.path), text: file.text.clone() })
}
