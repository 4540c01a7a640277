//! What is known of the word under the cursor.
//!
//! Each kind of thing has a file. Where nothing is known nothing is said: not in comments, on blank lines, or on words that only the
//! program that reads them understands. What a hover says of the outside (files, images, the last build) comes from facts and
//! records alone, and no value of a secret is ever in it (`secrets`).

mod by_caller;
mod card;
mod context_files;
mod copy;
mod directive;
mod from;
mod heredoc;
mod ignore_file;
mod image;
mod keyword;
mod mode;
mod mount;
mod named_context;
mod packages;
mod programs;
mod redaction;
mod rule;
mod run;
pub(crate) mod secrets;
mod setting;
mod spot;
mod stage;
mod start;
mod step;
#[cfg(test)]
mod tests;
mod variable;

use semantic::{Facts, Frontend, Model};
use syntax::TextRange;

pub use card::Markup;

use crate::build_record::LastBuild;
use crate::forecast::Forecast;
use crate::host::{DocumentId, DocumentState, Snapshot};
use crate::settings::Settings;
use card::Card;
pub(crate) use card::count;
pub(crate) use secrets::Secrets;

/// What an editor shows beside a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub range: TextRange,
    /// What it says, in the markup that was asked for.
    pub text: String,
}

/// All that hovers of one document are made from.
pub(crate) struct View<'a> {
    pub(crate) model: &'a Model,
    pub(crate) facts: &'a Facts,
    pub(crate) settings: &'a Settings,
    pub(crate) last_build: Option<&'a LastBuild>,
    pub(crate) forecast: Option<&'a Forecast>,
    pub(crate) secrets: &'a Secrets,
}

impl Snapshot {
    /// What is known of the thing at an offset.
    #[must_use]
    pub fn hover(&self, id: &DocumentId, offset: u32, markup: Markup) -> Option<Hover> {
        if let Some(state) = self.ignore_file(id) {
            return ignore_file::at(state, offset, markup);
        }
        let state = self.dockerfile(id)?;
        let view = View::new(state, self.settings_of(state));
        // A cursor right behind a word means that word, unless another one begins there.
        let before = || {
            let before = offset.checked_sub(1)?;
            let is_same_line = !view.model.document.slice(TextRange::new(before, offset)).contains('\n');
            is_same_line.then(|| view.at(before)).flatten()
        };
        let (range, card) = view.at(offset).or_else(before)?;
        Some(Hover { range, text: card.render(markup, view.secrets) })
    }
}

impl<'a> View<'a> {
    fn new(state: &'a DocumentState, settings: &'a Settings) -> Self {
        Self {
            model: state.model(),
            facts: &state.facts,
            settings,
            last_build: state.last_build.as_deref(),
            forecast: state.forecast.as_deref().filter(|_| settings.hints.prediction),
            secrets: state.secrets(),
        }
    }

    fn at(&self, offset: u32) -> Option<(TextRange, Card)> {
        if let Some(found) = directive::at(self, offset) {
            return Some(found);
        }
        // Another language has other keywords and rules.
        if matches!(self.model.frontend, Frontend::Foreign(_)) {
            return None;
        }
        match spot::Spot::at(self, offset) {
            Some(spot) => spot.hover(),
            None => rule::in_comment(self, offset),
        }
    }
}

/// Whether an offset lies on a byte of a range.
fn is_on(range: TextRange, offset: u32) -> bool {
    range.start <= offset && offset < range.end
}
