//! Running rules: which of them, in what order their findings come, and what comments suppress.

use rewrites::Input;
use semantic::Frontend;

use crate::analysis::shipped::shipped;
use crate::catalogue::REGISTRY;
use crate::rule::{Check, Finding, Findings, Rule, Severity, StageInput};
use crate::rules::{foreign_frontend, unused_suppression};
use crate::settings::{Choice, Settings};
use crate::suppress::{Dialect, Suppressions};

/// What the rules found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What is to be shown, by place, then by code.
    pub findings: Vec<Finding>,
    /// What comments suppress.
    pub suppressed: Vec<Suppressed>,
}

/// A finding that a comment suppresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The reason that the comment gives; empty where it gives none.
    pub reason: String,
}

/// What the rules find in a file, by place, then by code, after settings and suppression comments.
#[must_use]
pub fn check(input: &Input<'_>, settings: &Settings) -> Vec<Finding> {
    report(input, settings).findings
}

/// What the rules find in a file, with what comments suppress.
#[must_use]
pub fn report(input: &Input<'_>, settings: &Settings) -> Report {
    report_with(input, settings, &mut |rule| run(rule, input, settings))
}

/// What one rule finds, before settings choose and comments suppress.
#[must_use]
pub fn run(rule: &'static Rule, input: &Input<'_>, settings: &Settings) -> Vec<Finding> {
    let mut findings = Findings::new(rule);
    match rule.check {
        Check::File(check) => check(input, &mut findings),
        Check::Stage(check) => each_stage(input, |input| check(input, &mut findings)),
        Check::Wanted(check) => check(input, settings, &mut findings),
    }
    findings.into_vec()
}

/// Calls with each stage, in order.
pub(crate) fn each_stage<'a>(input: &'a Input<'a>, mut visit: impl FnMut(&StageInput<'a>)) {
    let stages = &input.model.stages;
    let (mut is_shipped, mut is_built_on) = (vec![false; stages.len()], vec![false; stages.len()]);
    shipped(input.model).into_iter().for_each(|stage| is_shipped[stage.index] = true);
    for base in stages.iter().filter_map(|stage| stage.base.stage()) {
        is_built_on.get_mut(base).into_iter().for_each(|is_built_on| *is_built_on = true);
    }
    for (index, stage) in stages.iter().enumerate() {
        let (is_shipped, is_built_on) = (is_shipped[index], is_built_on[index]);
        visit(&StageInput { file: input, stage, is_shipped, is_built_on });
    }
}

/// Like [`report`], with each rule run by `run`: that is where a caller catches the panic of one rule, so that the others still answer.
pub fn report_with(
    input: &Input<'_>,
    settings: &Settings,
    run: &mut dyn FnMut(&'static Rule) -> Vec<Finding>,
) -> Report {
    let choice = Choice::new(settings);
    if matches!(input.model.frontend, Frontend::Foreign(_)) {
        let found = run(&foreign_frontend::RULE);
        let findings = found.into_iter().filter(|finding| !choice.ignores(finding)).collect();
        return Report { findings, suppressed: Vec::new() };
    }
    let mut suppressions = Suppressions::new(&input.model.document);
    if settings.ignores_hadolint_comments {
        suppressions.disregard(Dialect::Hadolint);
    }
    let mut report = Report::default();
    let mut active = Vec::new();
    let runs = |rule: &&'static Rule, suppressions: &Suppressions| {
        choice.runs(rule) || suppressions.ask_for(rule) && choice.runs_if_asked(rule)
    };
    for rule in REGISTRY.iter().copied() {
        if !runs(&rule, &suppressions) {
            continue;
        }
        active.push(rule);
        for finding in run(rule).into_iter().filter_map(|finding| choice.keep(finding)) {
            report.take(finding, &mut suppressions, &choice);
        }
    }
    if choice.runs(&unused_suppression::RULE) {
        let found = unused_suppression::find(input, &suppressions, &active);
        for finding in found.into_iter().filter_map(|finding| choice.keep(finding)) {
            report.take(finding, &mut suppressions, &choice);
        }
    }
    for finding in &mut report.findings {
        finding.fixes.retain(|fix| rewrites::keeps_directives(&input.model.document, &fix.edits));
    }
    let place = |finding: &Finding| (finding.range.start, finding.range.end, finding.code);
    report.findings.sort_by_key(place);
    report.suppressed.sort_by_key(|suppressed| place(&suppressed.finding));
    report
}

impl Report {
    fn take(&mut self, mut finding: Finding, suppressions: &mut Suppressions, choice: &Choice) {
        if let Some(reason) = suppressions.suppress(&finding) {
            self.suppressed.push(Suppressed { finding, reason });
            return;
        }
        if suppressions.checks_are_errors()
            && finding.aliases.iter().any(|alias| is_build_check(alias))
            && !choice.has_level(&finding)
        {
            finding.severity = Severity::Error;
        }
        self.findings.push(finding);
    }
}

/// Whether a peer's code is one of BuildKit's own checks. Their names are words, those of the other peers have digits.
pub(crate) fn is_build_check(alias: &str) -> bool {
    !alias.bytes().any(|byte| byte.is_ascii_digit())
}
