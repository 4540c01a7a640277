//! Rules for the files that say how a Dockerfile is built: Compose files, Bake files, `devcontainer.json`. One file a rule, as for all
//! rules, and one more line in [`CALLER_REGISTRY`].
//!
//! What stands in such a file is read elsewhere; here is what it names of a Dockerfile, and whether that has it. Nothing is found where
//! a value or a Dockerfile is not known.

use semantic::{Facts, Kind, Model};
use syntax::{Document, TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::names::distance;
use crate::rule::{Finding, Findings, Rule};
use crate::rules::{missing_dockerfile, unknown_target, unused_build_arg};
use crate::settings::{Choice, Settings};

/// A rule for files that name callers.
#[derive(Debug)]
pub struct CallerRule {
    /// Its code, its page and the like.
    pub rule: &'static Rule,
    /// Finds it.
    pub check: fn(&Named, &mut Findings),
}

/// Every rule for files that name callers, by code.
pub const CALLER_REGISTRY: &[&CallerRule] =
    &[&missing_dockerfile::CALLER_RULE, &unknown_target::CALLER_RULE, &unused_build_arg::CALLER_RULE];

/// Names that are offered in the place of a wrong one.
const OFFERED: usize = 6;

/// Something that a service, a target or a devcontainer names of the Dockerfile that it builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where the name stands, without quotes and without a value behind it.
    pub range: TextRange,
    /// What is named.
    pub what: What,
    /// The name, with its variables expanded.
    pub name: String,
    /// Whether the name stands there letter by letter, so that another one can take its place.
    pub is_written: bool,
    /// The Dockerfile.
    pub dockerfile: Called,
}

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The stage.
    Target,
    /// A build argument.
    Argument,
    /// The Dockerfile itself, or the folder that it lies in.
    Dockerfile,
}

/// The Dockerfile that a caller builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Its path for messages.
    pub shown: String,
    /// What it has to name; absent where there is no such file.
    pub names: Option<Names>,
    /// The Dockerfiles that are there instead: paths as the caller would write them.
    pub others: Vec<String>,
}

/// What callers can name of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The names of its stages, in order, in lower case.
    pub stages: Vec<String>,
    /// How many stages it has: they go by their numbers, too.
    pub n_stages: usize,
    /// Its build arguments.
    pub arguments: Vec<String>,
    /// Another frontend reads it, and takes what it likes.
    pub is_foreign: bool,
}

impl Names {
    /// What a document has.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let model = Model::new(document, &Facts::default());
        let in_stages = model.stages.iter().flat_map(|stage| &stage.instructions);
        let of_stages = in_stages.clone().filter_map(|item| match &item.kind {
            Kind::Arg(arguments) => Some(arguments.iter().map(|(name, _)| name.raw.clone())),
            _ => None,
        });
        // What ONBUILD keeps is for images built on this one, and yet a stage of this file may be one of them.
        let triggers = in_stages.filter_map(|item| item.instruction.trigger.as_ref());
        let of_triggers = triggers.filter(|trigger| trigger.keyword == syntax::Keyword::Arg);
        let of_triggers =
            of_triggers.flat_map(|trigger| trigger.arguments.pairs.iter().map(|pair| pair.key.text.clone()));
        let globals = model.scopes.globals().iter().map(|global| global.name.clone());
        let mut arguments: Vec<String> =
            globals.chain(of_stages.flatten()).chain(of_triggers.collect::<Vec<_>>()).collect();
        arguments.sort();
        arguments.dedup();
        Self {
            stages: model.stages.iter().filter_map(|stage| Some(stage.lower_name()?.into_owned())).collect(),
            n_stages: model.stages.len(),
            arguments,
            is_foreign: matches!(model.frontend, semantic::Frontend::Foreign(_)),
        }
    }
}

/// Whether any of these rules runs; by itself none does, for diagnostics in files of other tools are asked for.
#[must_use]
pub fn are_callers_checked(settings: &Settings) -> bool {
    let choice = Choice::new(settings);
    CALLER_REGISTRY.iter().any(|one| choice.runs(one.rule))
}

/// What the rules find in a file that names callers, by place, then by code, after settings.
#[must_use]
pub fn check_callers(named: &[Named], settings: &Settings) -> Vec<Finding> {
    let choice = Choice::new(settings);
    let mut kept: Vec<Finding> = Vec::new();
    for one in CALLER_REGISTRY.iter().filter(|one| choice.runs(one.rule)) {
        let mut findings = Findings::new(one.rule);
        named.iter().for_each(|named| (one.check)(named, &mut findings));
        for finding in findings.into_vec().into_iter().filter_map(|finding| choice.keep(finding)) {
            // Targets of a matrix stand in the same place, and often say the same.
            if !kept.iter().any(|known| (known.range, &known.message) == (finding.range, &finding.message)) {
                kept.push(finding);
            }
        }
    }
    kept.sort_by_key(|finding| (finding.range.start, finding.range.end, finding.code));
    kept
}

/// Offers other names in the place of the one that is written, the nearest first.
pub(crate) fn offer(named: &Named, candidates: &[String], finding: &mut Finding) {
    if !named.is_written {
        return;
    }
    let wrong = named.name.as_str();
    let mut candidates: Vec<&String> = candidates.iter().collect();
    candidates.sort_by_key(|candidate| distance(wrong, candidate));
    for candidate in candidates.into_iter().take(OFFERED) {
        let edits = vec![TextEdit { range: named.range, new_text: candidate.clone() }];
        let title = format!("Change to `{candidate}`");
        finding.fixes.push(to_check(title, format!("that `{candidate}` is what you mean"), edits));
    }
}

/// What a rule for files of callers finds in a Dockerfile.
pub(crate) fn nothing(_: &rewrites::Input<'_>, _: &mut Findings) {}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What a Compose file in its shortest form names: `target: X`, `dockerfile: X`, and arguments below `args:`. The Dockerfile is given as
    /// comments: `# stage: NAME`, `# argument: NAME`, `# dockerfile: NAME` for one that is there.
    pub(crate) fn named(text: &str) -> Vec<Named> {
        let marked = |mark: &str| -> Vec<String> {
            text.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
        };
        let stages = marked("# stage: ");
        let names = Names {
            n_stages: stages.len(),
            stages,
            arguments: marked("# argument: "),
            is_foreign: text.contains("# foreign"),
        };
        let there = marked("# dockerfile: ");
        let mut found = Vec::new();
        let mut start = 0;
        let mut in_args = false;
        for line in text.split_inclusive('\n') {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            let (key, value) = (key.trim(), value.trim());
            let what = match key {
                "args" => None,
                "target" => Some((What::Target, value)),
                "dockerfile" => Some((What::Dockerfile, value)),
                key if in_args && !key.starts_with('#') => Some((What::Argument, key)),
                _ => None,
            };
            in_args = key == "args" || (in_args && matches!(what, Some((What::Argument, _))));
            if let Some((what, name)) = what {
                let at = start + line.find(name).unwrap_or_default();
                let range = TextRange::new(at as u32, (at + name.len()) as u32);
                let path = if what == What::Dockerfile { name } else { "Dockerfile" };
                let is_there = what != What::Dockerfile || there.iter().any(|known| known == name);
                let dockerfile = Called {
                    shown: path.to_owned(),
                    names: is_there.then(|| names.clone()),
                    others: there.clone(),
                };
                // `${NAME:-default}` without a value for the variable.
                let default = name.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                let expanded =
                    default.and_then(|rest| rest.split_once(":-")).map_or(name, |(_, default)| default);
                let is_written = !name.contains('$');
                found.push(Named { range, what, name: expanded.to_owned(), is_written, dockerfile });
            }
            start += line.len();
        }
        found
    }

    /// What one rule finds, with the titles of its fixes.
    pub(crate) fn found(code: &str, text: &str) -> Vec<String> {
        let settings = Settings { select: vec![code.to_owned()], ..Settings::default() };
        let found = check_callers(&named(text), &settings);
        let line = |finding: &Finding| {
            let place = &text[finding.range.start as usize..finding.range.end as usize];
            let fixes: Vec<&str> = finding.fixes.iter().map(|fix| fix.title.as_str()).collect();
            format!("{place} ({}): {} {fixes:?}", finding.severity.as_str(), finding.message)
        };
        found.iter().map(line).collect()
    }

    #[test]
    fn a_dockerfile_has_its_stages_and_arguments() {
        let text =
            "ARG G\r\nFROM a AS Build\r\nARG A=ü B\r\nARG A\r\nONBUILD ARG T\r\nFROM b\r\nARG \\\r\n  C\r\n";
        let names = Names::of(&Document::new(text));
        assert_eq!((names.stages, names.n_stages), (vec!["build".to_owned()], 2));
        assert_eq!(names.arguments, ["A", "B", "C", "G", "T"]);
        assert!(!names.is_foreign && Names::of(&Document::new("# syntax=acme/x\nFROM a\n")).is_foreign);
        assert_eq!(Names::of(&Document::new("FROM a AS\nARG\n")).arguments, [""; 0]);
    }
}
