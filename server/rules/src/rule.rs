//! What a rule is, and what it finds.

use std::borrow::Cow;

use rewrites::{Fix, Input};
use semantic::Stage;
use syntax::TextRange;

use crate::settings::Settings;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, naming the problem, such as `secret-in-arg-or-env`.
    pub code: &'static str,
    /// The codes under which BuildKit, hadolint, Trivy and Checkov report it.
    pub aliases: &'static [&'static str],
    /// What it is about.
    pub category: Category,
    /// How severe it is unless settings say otherwise.
    pub severity: Severity,
    /// Whether it runs without settings.
    pub on_by_default: bool,
    /// One line for lists.
    pub summary: &'static str,
    /// The page, in Markdown: what, why with its cost, bad, good, when to ignore.
    pub page: &'static str,
    /// Finds it.
    pub check: Check,
}

/// How a rule looks at a file.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// As a whole. It runs for every version of the file.
    File(fn(&Input<'_>, &mut Findings)),
    /// One stage at a time, see [`StageInput`]. What it finds is remembered: see [`crate::memory`].
    Stage(fn(&StageInput<'_>, &mut Findings)),
    /// As a whole and by what the settings want of it. It finds nothing where they want nothing.
    Wanted(fn(&Input<'_>, &Settings, &mut Findings)),
}

/// What a rule knows that looks at one stage at a time: the stage, and how it stands among the others.
///
/// What such a rule finds depends on this, on the facts and on nothing else: of the rest of the file it may look at the stages
/// below (those that the stage builds on) and at line numbers, for its messages.
#[derive(Debug, Clone, Copy)]
pub struct StageInput<'a> {
    /// The file.
    pub file: &'a Input<'a>,
    /// The stage.
    pub stage: &'a Stage,
    /// Whether its layers are those of the image.
    pub is_shipped: bool,
    /// Whether another stage builds on it.
    pub is_built_on: bool,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// The file does not parse, or not as meant.
    Syntax,
    /// The file parses and does not do what it says.
    Semantic,
    /// The order of steps makes builds slow.
    Cache,
    /// Credentials leak.
    Secrets,
    /// The image is larger than need be.
    Size,
    /// Stages and references between them.
    Stages,
    /// The build context and its .dockerignore.
    Context,
    /// Other security matters.
    Security,
    /// Works here, breaks elsewhere.
    Portability,
    /// Shell inside RUN.
    Shell,
    /// Layout and habits.
    Style,
}

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// For the curious.
    Hint,
    /// Worth knowing.
    Info,
    /// It leaks, slows or bloats.
    Warning,
    /// It does not build, or not what it says.
    Error,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The peers' codes that report this very thing.
    pub aliases: Cow<'static, [&'static str]>,
    /// The category.
    pub category: Category,
    /// The severity, after settings.
    pub severity: Severity,
    /// Where.
    pub range: TextRange,
    /// What is wrong, why it matters here, what to do.
    pub message: String,
    /// Changes that mend it, the best first.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// The same without its fixes.
    pub(crate) fn without_fixes(&self) -> Self {
        let Self { code, category, severity, range, .. } = *self;
        let (aliases, message) = (self.aliases.clone(), self.message.clone());
        Self { code, aliases, category, severity, range, message, fixes: Vec::new() }
    }
}

/// Collects the findings of one rule.
#[derive(Debug)]
pub struct Findings {
    rule: &'static Rule,
    found: Vec<Finding>,
}

impl Findings {
    /// An empty collection for a rule.
    #[must_use]
    pub const fn new(rule: &'static Rule) -> Self {
        Self { rule, found: Vec::new() }
    }

    /// Adds a finding with all of the rule's aliases and its severity; the reference lets the caller refine it.
    pub fn add(&mut self, range: TextRange, message: impl Into<String>) -> &mut Finding {
        let Rule { code, aliases, category, severity, .. } = *self.rule;
        let (aliases, message) = (Cow::Borrowed(aliases), message.into());
        self.found.push(Finding { code, aliases, category, severity, range, message, fixes: Vec::new() });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// What was found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}

impl Category {
    /// Every category.
    pub const ALL: &'static [Self] = &[
        Self::Syntax,
        Self::Semantic,
        Self::Cache,
        Self::Secrets,
        Self::Size,
        Self::Stages,
        Self::Context,
        Self::Security,
        Self::Portability,
        Self::Shell,
        Self::Style,
    ];

    /// The name in JSON and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Semantic => "semantic",
            Self::Cache => "cache",
            Self::Secrets => "secrets",
            Self::Size => "size",
            Self::Stages => "stages",
            Self::Context => "context",
            Self::Security => "security",
            Self::Portability => "portability",
            Self::Shell => "shell",
            Self::Style => "style",
        }
    }
}

impl Severity {
    /// The name in JSON and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hint, Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == name)
    }
}
