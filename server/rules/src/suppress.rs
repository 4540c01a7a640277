//! Comments that suppress findings: ours, and those that people already have for hadolint, BuildKit, tally, Checkov and Trivy.
//!
//! A comment above an instruction speaks for that instruction, a global one for the file. Comments inside a continuation are
//! part of their instruction and suppress nothing.

mod parse;
mod write;

use syntax::{Comment, Document, TextRange};

pub use write::comment_for;

use crate::names::normalized;
use crate::profile::EXPERIMENTAL;
use crate::report::is_build_check;
use crate::rule::{Finding, Rule};
use crate::settings::names_finding;

/// Whether a comment suppresses findings, ours or another tool's.
pub(crate) fn is_suppression(comment: &Comment, document: &Document) -> bool {
    parse::comment(comment, document).is_some()
}

/// The suppressions of a file.
#[derive(Debug, Default)]
pub struct Suppressions {
    /// In order of the instructions that they speak for.
    next: Vec<(TextRange, Suppression)>,
    global: Vec<Suppression>,
    checks_are_errors: bool,
    /// BuildKit's experimental checks that `# check=experimental=…` asks for.
    experimental: Vec<SuppressedCode>,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment, from its `#` on.
    pub range: TextRange,
    /// Whose language it speaks.
    pub dialect: Dialect,
    /// What it names.
    pub codes: Vec<SuppressedCode>,
    /// Why; empty where it does not say.
    pub reason: String,
}

/// A code in a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedCode {
    /// As written.
    pub name: String,
    /// Its place.
    pub range: TextRange,
    /// Whether it suppressed a finding.
    pub used: bool,
    key: String,
}

/// Whose language a comment speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `# layerwise ignore=…`; an unused one is reported.
    Layerwise,
    /// `# check=skip=…`, which knows BuildKit's checks alone.
    BuildKit,
    /// `# hadolint ignore=…`.
    Hadolint,
    /// Another peer's.
    Peer,
}

impl Suppressions {
    /// Reads the comments and directives of a document.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        let mut found = Self::default();
        for directive in document.directives().iter().filter(|directive| directive.name == "check") {
            let check = parse::check_directive(directive);
            found.checks_are_errors |= check.is_error;
            found.experimental.extend(check.experimental);
            found.global.push(check.suppression);
        }
        let mut waiting = Vec::new();
        for comment in document.comments() {
            match parse::comment(&comment, document) {
                Some((parse::Reach::Next, suppression)) => waiting.push(suppression),
                Some((parse::Reach::File, suppression)) => found.global.push(suppression),
                None => {}
            }
        }
        if waiting.is_empty() {
            return found;
        }
        let mut instructions = document.instructions().map(|instruction| instruction.range()).peekable();
        for suppression in waiting {
            while instructions.next_if(|range| range.start < suppression.range.start).is_some() {}
            let place = instructions.peek().copied().unwrap_or(TextRange::empty(u32::MAX));
            found.next.push((place, suppression));
        }
        found
    }

    /// The reason for suppressing a finding, where a comment does so; empty where it gives none.
    pub fn suppress(&mut self, finding: &Finding) -> Option<String> {
        let start = finding.range.start;
        let first = self.next.partition_point(|(place, _)| place.end < start);
        let speaking = self.next[first..]
            .iter_mut()
            .take_while(|(place, _)| place.start <= start)
            .map(|(_, suppression)| suppression);
        speaking.chain(&mut self.global).find_map(|suppression| suppression.take(finding))
    }

    /// Whether `# check=error=true` makes the build fail on what BuildKit's checks find.
    #[must_use]
    pub const fn checks_are_errors(&self) -> bool {
        self.checks_are_errors
    }

    /// Whether `# check=experimental=…` asks for a rule that does not run by itself.
    #[must_use]
    pub fn ask_for(&self, rule: &Rule) -> bool {
        let is_meant = |alias: &&str| {
            let alias = normalized(alias);
            self.experimental.iter().any(|code| code.key == "all" || code.key == alias)
        };
        !rule.on_by_default && rule.aliases.iter().filter(|alias| EXPERIMENTAL.contains(alias)).any(is_meant)
    }

    /// Leaves out all comments in one language.
    pub(crate) fn disregard(&mut self, dialect: Dialect) {
        self.next.retain(|(_, suppression)| suppression.dialect != dialect);
        self.global.retain(|suppression| suppression.dialect != dialect);
    }

    /// Every comment and directive that suppresses something, whoever's language it speaks, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Suppression> {
        self.next.iter().map(|(_, suppression)| suppression).chain(&self.global)
    }

    /// Our own comments, in no order.
    pub fn own(&self) -> impl Iterator<Item = &Suppression> {
        self.all().filter(|suppression| suppression.dialect == Dialect::Layerwise)
    }
}

impl Suppression {
    fn take(&mut self, finding: &Finding) -> Option<String> {
        let dialect = self.dialect;
        let is_meant = |code: &mut SuppressedCode| {
            let meant = names_finding(&code.key, finding) && dialect.knows(finding);
            code.used |= meant;
            meant
        };
        // Every code is asked, so that none that would have done is called unused.
        let meant = self.codes.iter_mut().filter_map(|code| is_meant(code).then_some(())).count() > 0;
        meant.then(|| self.reason.clone())
    }
}

impl SuppressedCode {
    fn new(name: &str, range: TextRange) -> Self {
        // tally's codes have a namespace: `hadolint/DL3009`.
        let bare = name.rsplit('/').next().unwrap_or(name);
        Self { name: name.to_owned(), range, used: false, key: normalized(bare) }
    }
}

impl Dialect {
    /// Whether a comment in this language can speak of the finding at all.
    fn knows(self, finding: &Finding) -> bool {
        self != Self::BuildKit || finding.aliases.iter().any(|alias| is_build_check(alias))
    }
}
