//! What holds for every rewrite, tried on every project of [`all`].

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use semantic::{Facts, Kind, Model, RuntimeSettings};

use crate::cases::{Case, all};
use crate::fixture::{facts, model, rewritten};
use crate::improve::STEPS;
use crate::offer::{Applicability, Input, apply};
use crate::{REGISTRY, Recipe, exec_form, find};

/// A recipe that applies to fewer projects, each for two builders, is hardly tried at all.
const FEWEST: usize = 6;

/// What a recipe made of a project.
struct Outcome {
    recipe: &'static Recipe,
    case: &'static Case,
    facts: Arc<Facts>,
    head: String,
    result: String,
}

/// Every recipe on every project, with what it gives; once for a builder that knows `env=` of secrets, once for an old one.
fn outcomes() -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for case in all() {
        for frontend in [facts(&[]).frontend, None] {
            let facts = Arc::new(Facts { frontend, ..facts(case.files) });
            for recipe in REGISTRY {
                if let Ok((head, result)) = rewritten(recipe, case.dockerfile, &facts) {
                    outcomes.push(Outcome { recipe, case, facts: Arc::clone(&facts), head, result });
                }
            }
        }
    }
    outcomes
}

/// The outcomes, worked out once for all tests.
fn results(mut check: impl FnMut(&Recipe, &Case, &Facts, &str, &str)) {
    static OUTCOMES: LazyLock<Vec<Outcome>> = LazyLock::new(outcomes);
    let mut applied: BTreeMap<&str, usize> = BTreeMap::new();
    for Outcome { recipe, case, facts, head, result } in OUTCOMES.iter() {
        *applied.entry(recipe.id).or_default() += 1;
        check(recipe, case, facts, head, result);
    }
    for recipe in REGISTRY {
        let results = applied.get(recipe.id).copied().unwrap_or_default();
        assert!(results >= FEWEST, "{}: only {results} results", recipe.id);
    }
}

#[test]
fn results_parse_and_start_the_same_program_in_the_same_way() {
    results(|recipe, case, facts, _, result| {
        let (before, after) = (model(case.dockerfile, facts), model(result, facts));
        assert!(after.document.problems().is_empty() && after.problems.is_empty(), "{}", case.name);
        let settings = |model: &Model| RuntimeSettings::of(model, model.stages.len() - 1);
        let mut wanted = settings(&before);
        if recipe.id == "mount-secrets" {
            wanted.environment.retain(|name, _| !crate::secret::is_secret(name));
        }
        if ["exec-form", "improve"].contains(&recipe.id) {
            wanted = as_lists(&before, &after, wanted);
        }
        assert_eq!(settings(&after), wanted, "{} {}", recipe.id, case.name);
    });
}

/// The settings with a command as the list of its words, where that is what became of it.
fn as_lists(before: &Model, after: &Model, mut wanted: RuntimeSettings) -> RuntimeSettings {
    let result = RuntimeSettings::of(after, after.stages.len() - 1);
    if exec_form::is_same(before, after, |kind| matches!(kind, Kind::Cmd)) {
        wanted.command = result.command;
    }
    if exec_form::is_same(before, after, |kind| matches!(kind, Kind::Entrypoint)) {
        wanted.entrypoint = result.entrypoint;
    }
    wanted
}

#[test]
fn a_second_time_changes_nothing() {
    results(|recipe, case, facts, _, result| {
        if let Ok((head, again)) = rewritten(recipe, result, facts) {
            assert_eq!(again, result, "{} {}: {head}", recipe.id, case.name);
        }
    });
}

#[test]
fn the_same_input_gives_the_same_result() {
    results(|recipe, case, facts, head, result| {
        let again = rewritten(recipe, case.dockerfile, facts);
        assert_eq!(again, Ok((head.to_owned(), result.to_owned())), "{}", case.name);
    });
}

/// Comment lines with how often they are there, white space around them left out.
fn comments(text: &str) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with('#')) {
        *found.entry(line).or_default() += 1;
    }
    found
}

#[test]
fn comments_are_kept_and_none_is_added() {
    results(|recipe, case, _, _, result| {
        assert_eq!(comments(result), comments(case.dockerfile), "{} {}", recipe.id, case.name);
    });
}

#[test]
fn lines_end_as_they_did() {
    results(|recipe, case, _, _, result| {
        let breaks = result.matches('\n').count();
        let expected = if case.dockerfile.contains("\r\n") { breaks } else { 0 };
        assert_eq!(result.matches("\r\n").count(), expected, "{} {}", recipe.id, case.name);
    });
}

#[test]
fn no_secret_is_left_or_named() {
    let mount = find("mount-secrets").unwrap();
    results(|recipe, case, _, head, result| {
        assert!(!head.contains("0123456789abcdef"), "{}", case.name);
        if recipe.id == mount.id {
            assert!(!result.contains("0123456789abcdef") && !result.contains(".npmrc"), "{result}");
            assert!(!result.to_lowercase().contains("arg npm_token"), "{result}");
        }
    });
}

#[test]
fn what_an_old_builder_refuses_is_not_added() {
    results(|_, case, facts, _, result| {
        let is_old = facts.frontend.is_none();
        for part in ["<<EOF", "--link", ",env=", "# syntax"] {
            assert!(!is_old || case.dockerfile.contains(part) || !result.contains(part), "{result}");
        }
    });
}

#[test]
fn any_order_gives_the_same_file() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for case in all() {
        let facts = facts(case.files);
        let results = orders.map(|order| {
            order.iter().fold(case.dockerfile.to_owned(), |text, index| {
                let recipe = find(["copy-manifests-first", "mount-secrets", "split-stages"][*index]).unwrap();
                rewritten(recipe, &text, &facts).map_or(text, |(_, result)| result)
            })
        });
        for result in &results[1..] {
            assert_eq!(*result, results[0], "{}", case.name);
        }
    }
}

/// Caches are mounted last, as `improve` does it: where mounts stand in a RUN, and what is no longer shipped, follows from the others.
/// Then none of them has anything left to do.
#[test]
fn caches_mounted_last_leave_nothing_to_do() {
    let ids = ["copy-manifests-first", "mount-secrets", "split-stages", "cache-mounts"];
    for case in all() {
        let facts = facts(case.files);
        let apply = |text: String, id: &&str| {
            let recipe = find(id).unwrap();
            rewritten(recipe, &text, &facts).map_or(text, |(_, result)| result)
        };
        let once = ids.iter().fold(case.dockerfile.to_owned(), apply);
        let twice = ids.iter().fold(once.clone(), apply);
        assert_eq!(twice, once, "{}", case.name);
    }
}

/// The smaller rewrites of `improve`, in whichever order they run until none has anything left to do.
#[test]
fn the_smaller_ones_give_the_same_file_in_any_order() {
    let ids =
        ["merge-runs", "clean-package-index", "copy-chown", "move-arg-down", "add-to-copy", "exec-form"];
    assert!(ids.iter().all(|id| STEPS.iter().any(|step| step.id == *id)));
    let rotated = [0, 2, 4].into_iter().map(|first| [&ids[first..], &ids[..first]].concat());
    let orders: Vec<Vec<&str>> =
        rotated.flat_map(|order| [order.iter().rev().copied().collect(), order]).collect();
    for case in all() {
        let facts = facts(case.files);
        let results: Vec<String> =
            orders.iter().map(|order| at_rest(case.dockerfile, order, &facts)).collect();
        for result in &results[1..] {
            assert_eq!(*result, results[0], "{}", case.name);
        }
    }
}

/// A file after the safe changes of these rewrites, one after the other, again and again until nothing changes.
fn at_rest(text: &str, ids: &[&str], facts: &Facts) -> String {
    let mut text = text.to_owned();
    loop {
        let before = text.clone();
        for id in ids {
            let model = model(&text, facts);
            let offers = find(id).unwrap().find(&Input { model: &model, facts });
            let safe =
                offers.rewrites.iter().find(|rewrite| rewrite.fix.applicability == Applicability::Safe);
            text = safe.map_or(text.clone(), |rewrite| apply(&text, &rewrite.fix.edits));
        }
        if text == before {
            return text;
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 96, ..Default::default() })]

    /// Half-typed and mangled files: nothing panics, and what is offered keeps the promise.
    #[test]
    fn mangled_files_are_refused_or_rewritten_well(
        index in 0..all().len(),
        start in 0.0..1.0_f64,
        length in 0_usize..12,
        insert in "[ \\n\\\\\"'$&|;{}#<A-Z=-]{0,4}",
    ) {
        let case = all()[index];
        let characters: Vec<char> = case.dockerfile.chars().collect();
        let at = (characters.len() as f64 * start) as usize;
        let rest = characters.iter().skip(at + length);
        let text: String = characters[..at].iter().copied().chain(insert.chars()).chain(rest.copied()).collect();
        let facts = facts(case.files);
        for recipe in REGISTRY {
            if let Ok((_, result)) = rewritten(recipe, &text, &facts) {
                let (before, after) = (model(&text, &facts), model(&result, &facts));
                proptest::prop_assert!(after.document.problems().is_empty(), "{result}");
                let settings = |model: &Model| RuntimeSettings::of(model, model.stages.len() - 1);
                let wanted = as_lists(&before, &after, settings(&before));
                proptest::prop_assert_eq!(wanted.command, settings(&after).command);
                proptest::prop_assert_eq!(wanted.entrypoint, settings(&after).entrypoint);
                if let Ok((_, again)) = rewritten(recipe, &result, &facts) {
                    proptest::prop_assert_eq!(again, result);
                }
            }
        }
    }
}
