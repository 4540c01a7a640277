//! Which rules run and how severe they are, as settings say it. Comments in the file are [`crate::suppress`].

use std::collections::BTreeMap;

use crate::catalogue::REGISTRY;
use crate::labels::LabelSchema;
use crate::names::{nearest, normalized};
use crate::profile::Profile;
use crate::rule::{Category, Finding, Rule, Severity};

/// Which rules run and how severe they are. Every name may be a code, an alias of a peer, or a category, in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Which rules run where nothing below says so, and how severe they are.
    pub profile: Profile,
    /// Only these run; `all` stands for every rule. Empty: those of the profile.
    pub select: Vec<String>,
    /// These are dropped.
    pub ignore: Vec<String>,
    /// How severe findings are; a rule with a severity of its own runs even if it is off by default.
    pub severity: BTreeMap<String, Level>,
    /// The registries that images may come from, with a `*` at one end for any letters; empty where all are trusted.
    pub trusted_registries: Vec<String>,
    /// The labels that an image has to have.
    pub labels: LabelSchema,
    /// Whether comments made for hadolint suppress nothing.
    pub ignores_hadolint_comments: bool,
}

/// A severity, or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported so.
    At(Severity),
}

impl Level {
    /// The level of this name: `error`, `warning`, `info`, `hint` or `off`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "off" { Some(Self::Off) } else { Severity::from_name(name).map(Self::At) }
    }
}

impl Settings {
    /// The names that mean nothing, each with the one that may have been meant.
    #[must_use]
    pub fn unknown_names(&self) -> Vec<(&str, Option<&'static str>)> {
        let names = self.select.iter().chain(&self.ignore).chain(self.severity.keys());
        names.filter(|name| !is_known(name)).map(|name| (name.as_str(), suggestion(name))).collect()
    }
}

/// What is wrong with a name that is no code, alias or category, and what to do; nothing where it is one.
#[must_use]
pub fn complaint(name: &str) -> Option<String> {
    if is_known(name) {
        return None;
    }
    let meant = suggestion(name).map(|nearest| format!(" (did you mean {nearest}?)")).unwrap_or_default();
    Some(format!("there is no rule or category {name}{meant}: `layerwise rules` lists them"))
}

/// The rule or alias nearest to a name that means nothing.
pub(crate) fn suggestion(name: &str) -> Option<&'static str> {
    nearest(
        name,
        REGISTRY.iter().flat_map(|rule| std::iter::once(rule.code).chain(rule.aliases.iter().copied())),
    )
}

/// Whether a name is a code, an alias, a category or `all`.
pub(crate) fn is_known(name: &str) -> bool {
    let wanted = normalized(name);
    wanted == "all"
        || Category::ALL.iter().any(|category| category.as_str() == wanted)
        || crate::catalogue::find(name).is_some()
        || is_shellcheck_code(&wanted)
}

/// Whether a comparable name is one of ShellCheck's codes, `sc2086`.
fn is_shellcheck_code(name: &str) -> bool {
    name.strip_prefix("sc")
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Settings with their names made comparable once.
#[derive(Debug)]
pub(crate) struct Choice {
    profile: Profile,
    select: Vec<String>,
    ignore: Vec<String>,
    severity: Vec<(String, Level)>,
}

impl Choice {
    pub(crate) fn new(settings: &Settings) -> Self {
        let names = |names: &[String]| names.iter().map(|name| normalized(name)).collect();
        Self {
            profile: settings.profile,
            select: names(&settings.select),
            ignore: names(&settings.ignore),
            severity: settings.severity.iter().map(|(name, level)| (normalized(name), *level)).collect(),
        }
    }

    /// Whether the rule can find anything that is kept.
    pub(crate) fn runs(&self, rule: &Rule) -> bool {
        self.is_asked_for(rule) && !self.drops(rule)
    }

    /// Whether the rule runs where the file itself asks for it: unless settings choose the rules, or drop this one.
    pub(crate) fn runs_if_asked(&self, rule: &Rule) -> bool {
        self.select.is_empty() && !self.drops(rule)
    }

    fn drops(&self, rule: &Rule) -> bool {
        let code = normalized(rule.code);
        let is_dropped = |name: &String| *name == code || *name == "all" || is_category(name, rule.category);
        self.ignore.iter().any(is_dropped)
            || matches!(self.level(rule), Some((name, Level::Off)) if *name == code)
    }

    fn level(&self, rule: &Rule) -> Option<&(String, Level)> {
        self.severity.iter().find(|(name, _)| names_rule(name, rule))
    }

    fn is_asked_for(&self, rule: &Rule) -> bool {
        if self.select.is_empty() {
            return self.profile.has(rule) || self.level(rule).is_some();
        }
        self.select.iter().any(|name| name == "all" || names_rule(name, rule))
    }

    /// The finding with the severity that settings give it; none where they drop it.
    pub(crate) fn keep(&self, mut finding: Finding) -> Option<Finding> {
        let is_plain = self.profile == Profile::Default;
        if is_plain && self.ignore.is_empty() && self.severity.is_empty() && self.select.is_empty() {
            return Some(finding);
        }
        let is_meant = |name: &String| names_finding(name, &finding);
        if self.ignore.iter().any(is_meant) {
            return None;
        }
        if !self.select.is_empty() && !self.select.iter().any(is_meant) {
            return None;
        }
        match self.severity.iter().find(|(name, _)| is_meant(name)) {
            Some((_, Level::Off)) => None,
            Some((_, Level::At(severity))) => {
                finding.severity = *severity;
                Some(finding)
            }
            None => match self.profile.severity(&finding) {
                Some(severity) => {
                    finding.severity = severity;
                    Some(finding)
                }
                // Who selects a rule wants what it finds, whichever profile has it.
                None => (!self.select.is_empty()).then_some(finding),
            },
        }
    }

    /// Whether settings drop this finding wherever it comes from.
    pub(crate) fn ignores(&self, finding: &Finding) -> bool {
        let is_off = |(name, level): &(String, Level)| *level == Level::Off && names_finding(name, finding);
        self.ignore.iter().any(|name| names_finding(name, finding)) || self.severity.iter().any(is_off)
    }

    /// Whether settings say how severe this finding is.
    pub(crate) fn has_level(&self, finding: &Finding) -> bool {
        self.severity.iter().any(|(name, _)| names_finding(name, finding))
    }
}

/// Whether a comparable name means the rule.
fn names_rule(name: &str, rule: &Rule) -> bool {
    rule_names(rule).any(|known| known == name)
        || rule.code == "shell-script-problem" && is_shellcheck_code(name)
}

/// Whether ShellCheck is to be asked, for whom it is there: nothing where no rule needs it; else whether somebody named it, or a profile that has it.
#[must_use]
pub fn wants_shell_checks(settings: &Settings) -> Option<bool> {
    let rule = &crate::rules::shell_script_problem::RULE;
    let choice = Choice::new(settings);
    let is_named = choice.profile != Profile::Default
        || choice.select.iter().any(|name| name != "all" && names_rule(name, rule))
        || choice.level(rule).is_some();
    choice.runs(rule).then_some(is_named)
}

/// Everything that a rule can be called, made comparable.
fn rule_names(rule: &Rule) -> impl Iterator<Item = String> {
    std::iter::once(rule.code)
        .chain(rule.aliases.iter().copied())
        .chain([rule.category.as_str()])
        .map(normalized)
}

fn is_category(name: &str, category: Category) -> bool {
    category.as_str() == name
}

/// Whether a comparable name means this very finding: its rule, its category, or a peer's code that reports it.
pub(crate) fn names_finding(name: &str, finding: &Finding) -> bool {
    name == "all"
        || is_category(name, finding.category)
        || normalized(finding.code) == name
        || finding.aliases.iter().any(|alias| normalized(alias) == name)
}
