//! BuildKit's own checks: our rules find what they find, case by case, those too that its documentation shows, and every difference has
//! its reason.
//!
//! The cases are data, in `build_checks/cases.txt`; `engine::build_checks` asks a real engine about the same ones.

use std::collections::{BTreeMap, BTreeSet};

use rewrites::Input;
use rules::Settings;
use semantic::facts::{ContextFacts, Facts, IgnoreFile, ImageFacts};
use semantic::{Frontend, Model};
use syntax::Document;

/// A Dockerfile with what is to be found in it.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) ignore: Option<String>,
    /// `NAME=VALUE`, for the engine alone: our rules know no build arguments.
    pub(crate) build_args: Vec<String>,
    pub(crate) expected: Vec<Expected>,
}

/// A check with the line of the instruction that it is about.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) check: String,
    pub(crate) line: u32,
    pub(crate) by: By,
}

/// Who reports it. All but the first come with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Both,
    /// Not we.
    BuildKit,
    /// Not we, and not today's BuildKit.
    OldBuildKit,
    /// We, and today's BuildKit.
    NewBuildKit,
    /// We alone.
    Us,
}

impl By {
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Both | Self::NewBuildKit | Self::Us)
    }
}

/// The cases.
pub(crate) fn cases() -> Vec<Case> {
    include_str!("build_checks/cases.txt").split("=== ").skip(1).map(case).collect()
}

fn case(source: &str) -> Case {
    let (name, rest) = source.split_once('\n').unwrap();
    let mut case = Case { name: name.to_owned(), ..Case::default() };
    let mut in_ignore = false;
    for line in rest.trim_end().split('\n') {
        if let Some(argument) = line.strip_prefix("--- build-arg ") {
            case.build_args.push(argument.to_owned());
        } else if line.starts_with("---") {
            in_ignore = line != "---";
        } else if let Some(expected) = line.strip_prefix(">>> ") {
            case.expected.push(self::expected(expected));
        } else {
            let text = if in_ignore { case.ignore.get_or_insert_default() } else { &mut case.text };
            text.push_str(line);
            text.push('\n');
        }
    }
    case
}

fn expected(source: &str) -> Expected {
    let (what, who) = source.split_once(" -- ").unwrap_or((source, ""));
    let (check, line) = what.split_once(' ').unwrap();
    let (who, reason) = who.split_once(": ").unwrap_or((who, ""));
    let by = match who {
        "" => By::Both,
        "BuildKit alone" => By::BuildKit,
        "BuildKit before 0.26" => By::OldBuildKit,
        "here and BuildKit since 0.26" => By::NewBuildKit,
        "here alone" => By::Us,
        other => panic!("who is {other}?"),
    };
    assert_eq!(by == By::Both, reason.is_empty(), "{source}: a difference has a reason");
    Expected { check: check.to_owned(), line: line.parse().unwrap(), by }
}

/// Check and line of what our rules find, by the names of BuildKit's checks, as often as they find it.
pub(crate) fn ours(text: &str, ignore: Option<&str>) -> BTreeMap<(String, u32), usize> {
    let ignore_file =
        ignore.map(|text| IgnoreFile { path: ".dockerignore".to_owned(), text: text.to_owned() });
    let context = ContextFacts { ignore_file, complete: true, ..ContextFacts::default() };
    let environment = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
    let image = ImageFacts { environment, platform: "linux/amd64".to_owned(), ..ImageFacts::default() };
    let facts = Facts {
        context: Some(context),
        base_images: BTreeMap::from([("debian:bookworm-slim".to_owned(), image)]),
        ..Facts::default()
    };
    let document = Document::new(text);
    let model = Model::new(&document, &facts);
    assert_eq!(model.frontend, Frontend::BuiltIn);
    let mut found = BTreeMap::new();
    for finding in rules::check(&Input { model: &model, facts: &facts }, &Settings::default()) {
        let line = instruction_line(&document, document.buildkit_line(finding.range.start) + 1);
        for alias in finding.aliases.iter().filter(|alias| is_build_check(alias)) {
            *found.entry(((*alias).to_owned(), line)).or_default() += 1;
        }
    }
    found
}

/// BuildKit's checks are named in words, those of the other peers have digits.
fn is_build_check(alias: &str) -> bool {
    !alias.bytes().any(|byte| byte.is_ascii_digit())
}

/// The first line of the instruction that a line is in, both from 1: checks point at an instruction, some at its first line and
/// some at its last.
pub(crate) fn instruction_line(document: &Document, line: u32) -> u32 {
    let mut instructions = document.instructions();
    let found =
        instructions.find(|instruction| instruction.line < line && line <= instruction.end_line() + 1);
    found.map_or(line, |instruction| instruction.line + 1)
}

#[test]
fn the_rules_find_what_buildkits_checks_find() {
    for case in cases() {
        let mut expected = BTreeMap::new();
        for wanted in case.expected.iter().filter(|wanted| wanted.by.is_ours()) {
            *expected.entry((wanted.check.clone(), wanted.line)).or_default() += 1;
        }
        assert_eq!(ours(&case.text, case.ignore.as_deref()), expected, "{}\n{}", case.name, case.text);
    }
}

#[test]
fn every_check_has_a_rule_and_a_case() {
    let with_a_rule: BTreeSet<&str> = rules::REGISTRY
        .iter()
        .flat_map(|rule| rule.aliases)
        .copied()
        .filter(|alias| is_build_check(alias))
        .collect();
    assert_eq!(with_a_rule.len(), 22, "{with_a_rule:?}");
    let cases = cases();
    let with_a_case: BTreeSet<&str> =
        cases.iter().flat_map(|case| &case.expected).map(|expected| expected.check.as_str()).collect();
    // An engine never has an image of the wrong platform at hand; the rule's own tests have one.
    let without: Vec<_> = with_a_rule.difference(&with_a_case).collect();
    assert_eq!(without, [&"InvalidBaseImagePlatform"]);
}

#[test]
fn every_documented_example_has_a_case_where_the_check_fires_and_one_where_it_does_not() {
    let cases = cases();
    // A page is no more to be had of the one about platforms, and its own tests show it.
    let checks = ide::catalogue::CHECKS.iter().filter(|check| check.name != "InvalidBaseImagePlatform");
    for check in checks {
        let documented = format!("documented: {}", check.name);
        let own: Vec<&Case> = cases.iter().filter(|case| case.name.starts_with(&documented)).collect();
        let fires = own.iter().flat_map(|case| &case.expected).filter(|one| one.check == check.name).count();
        let instructions: usize =
            own.iter().map(|case| Document::new(&case.text).instructions().count()).sum();
        assert!(fires > 0 && instructions > fires, "{}", check.name);
    }
}
