//! Fixing all that can be fixed at once.
//!
//! A round takes the first suitable fix of each finding and leaves out those that overlap one taken before; these come in a
//! later round. What a round makes must still parse, with no problem that was not there before: a fix that spoils this is left out.

pub mod ignore_file;

use rewrites::{Applicability, Fix, Input};
use semantic::{Facts, Model};
use syntax::{Document, TextEdit};

use crate::report::check;
use crate::rule::Finding;
use crate::settings::Settings;

/// A fix makes room for the next; a file that is not done after so many rounds has two that undo each other.
const ROUNDS: usize = 10;

/// Which fixes are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Those alone whose result builds and runs as before.
    Safe,
    /// Those too whose result must be looked at.
    Unsafe,
}

/// Fixes of one text that can be applied together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Round {
    /// The findings that are mended, by place.
    pub fixed: Vec<Fixed>,
    /// The change; edits do not overlap and stand in order of place.
    pub edits: Vec<TextEdit>,
}

/// A finding that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The rule's code.
    pub code: &'static str,
    /// What was done.
    pub title: String,
    /// What is to be looked at, where the fix is not safe.
    pub check: Option<String>,
    /// BuildKit's line, from 0, in the text as it was before this round.
    pub line: u32,
}

/// A text after all rounds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The text.
    pub text: String,
    /// What was mended, round by round.
    pub fixed: Vec<Fixed>,
}

/// Applies fixes until there are none left that apply.
#[must_use]
pub fn all(document: &Document, facts: &Facts, settings: &Settings, trust: Trust) -> Outcome {
    let mut document = document.clone();
    let mut outcome = Outcome { text: document.text(), fixed: Vec::new() };
    for _ in 0..ROUNDS {
        let model = Model::new(&document, facts);
        let input = Input { model: &model, facts };
        let round = round(&input, check(&input, settings), trust);
        if round.edits.is_empty() {
            break;
        }
        outcome.text = rewrites::apply(&outcome.text, &round.edits);
        outcome.fixed.extend(round.fixed);
        document = Document::new(&outcome.text);
    }
    outcome
}

/// The fixes of these findings that can be applied together.
#[must_use]
pub fn round(input: &Input<'_>, findings: Vec<Finding>, trust: Trust) -> Round {
    let document = &input.model.document;
    let text = document.text();
    let line = |offset| document.buildkit_line(offset);
    select(&text, findings, trust, line, |edits| is_sound(input, edits))
}

/// The fixes that can be applied together. `line` is that of an offset, and `is_sound` says whether what edits make of the text may stand.
fn select(
    text: &str,
    findings: Vec<Finding>,
    trust: Trust,
    line: impl Fn(u32) -> u32,
    is_sound: impl Fn(&[TextEdit]) -> bool,
) -> Round {
    let suitable = |fix: &Fix| {
        (trust == Trust::Unsafe || fix.applicability == Applicability::Safe)
            && !fix.edits.is_empty()
            && are_in_order(&fix.edits)
            && rewrites::is_change(text, &fix.edits)
    };
    let mut taken: Vec<(Fixed, Vec<TextEdit>)> = Vec::new();
    for finding in findings {
        let Some(fix) = finding.fixes.into_iter().find(suitable) else { continue };
        if taken.iter().any(|(_, edits)| overlap(edits, &fix.edits)) {
            continue;
        }
        let check = match fix.applicability {
            Applicability::Safe => None,
            Applicability::Unsafe { check } => Some(check),
        };
        let line = line(finding.range.start);
        taken.push((Fixed { code: finding.code, title: fix.title, check, line }, fix.edits));
    }
    let together = assemble(&taken);
    if taken.is_empty() || is_sound(&together.edits) {
        return together;
    }
    // Some of them do not go together: each is tried on top of those before it.
    let mut kept = Vec::new();
    for one in taken {
        kept.push(one);
        if !is_sound(&assemble(&kept).edits) {
            kept.pop();
        }
    }
    assemble(&kept)
}

fn assemble(taken: &[(Fixed, Vec<TextEdit>)]) -> Round {
    let mut edits: Vec<TextEdit> = taken.iter().flat_map(|(_, edits)| edits.iter().cloned()).collect();
    edits.sort_by_key(|edit| edit.range);
    Round { fixed: taken.iter().map(|(fixed, _)| fixed.clone()).collect(), edits }
}

/// Whether the text after the edits parses with no problem that was not there before.
///
/// A long file has many fixes, each of a few letters: only what they touch is read anew.
fn is_sound(input: &Input<'_>, edits: &[TextEdit]) -> bool {
    if !rewrites::keeps_directives(&input.model.document, edits) {
        return false;
    }
    let mut document = input.model.document.clone();
    for edit in edits.iter().rev() {
        document.edit(edit.range, &edit.new_text);
    }
    let after = Model::carried(input.model.clone(), &document, input.facts);
    let mut before = problems(input.model);
    problems(&after).into_iter().all(|problem| {
        let known = before.iter().position(|known| *known == problem);
        known.map(|index| before.swap_remove(index)).is_some()
    })
}

/// The messages of all problems. Their places move with the text.
fn problems(model: &Model) -> Vec<String> {
    let all = model.document.problems().into_iter().chain(model.problems.iter().cloned());
    all.map(|problem| problem.message).collect()
}

fn are_in_order(edits: &[TextEdit]) -> bool {
    edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start)
}

/// Whether two changes touch: what stands side by side may mean another thing together.
fn overlap(left: &[TextEdit], right: &[TextEdit]) -> bool {
    left.iter().any(|one| right.iter().any(|other| one.range.intersects(other.range)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::catalogue::REGISTRY;

    fn everything() -> Settings {
        Settings { select: vec!["all".to_owned()], ..Settings::default() }
    }

    fn check_all(text: &str, settings: &Settings, trust: Trust, expected: Expect) {
        let outcome = all(&Document::new(text), &Facts::default(), settings, trust);
        let lines = outcome.fixed.iter().map(|fixed| format!("{}: {}\n", fixed.line + 1, fixed.code));
        let shown = outcome.text.replace('\r', "␍");
        expected.assert_eq(&format!("{}---\n{shown}", lines.collect::<String>()));
        let again = all(&Document::new(&outcome.text), &Facts::default(), settings, trust);
        assert_eq!((again.text, again.fixed), (outcome.text, Vec::new()), "fixing twice changes more");
    }

    #[test]
    fn safe_fixes_alone_and_the_others_on_request() {
        let text = "from alpine as build\nMAINTAINER me\nWORKDIR app\nENV A b\nCMD server x\n";
        check_all(
            text,
            &Settings::default(),
            Trust::Safe,
            expect![[r#"
                1: inconsistent-instruction-casing
                2: maintainer-deprecated
                4: legacy-key-value-format
                5: shell-form-command
                1: from-as-casing
                ---
                FROM alpine AS build
                LABEL org.opencontainers.image.authors="me"
                WORKDIR app
                ENV A=b
                CMD ["server", "x"]
            "#]],
        );
        check_all(
            text,
            &Settings::default(),
            Trust::Unsafe,
            expect![[r#"
            1: inconsistent-instruction-casing
            2: maintainer-deprecated
            3: relative-workdir
            4: legacy-key-value-format
            5: shell-form-command
            1: from-as-casing
            ---
            FROM alpine AS build
            LABEL org.opencontainers.image.authors="me"
            WORKDIR /app
            ENV A=b
            CMD ["server", "x"]
        "#]],
        );
    }

    #[test]
    fn what_settings_drop_is_left_alone() {
        let ignore = vec!["legacy-key-value-format".to_owned()];
        let settings = Settings { ignore, ..Settings::default() };
        check_all(
            "FROM alpine AS x\nENV A b\n",
            &settings,
            Trust::Safe,
            expect![[r#"
            ---
            FROM alpine AS x
            ENV A b
        "#]],
        );
    }

    #[test]
    fn line_ends_letters_and_broken_lines_stay() {
        check_all(
            "FROM alpine as x\r\n# ü\r\nENV A \\\r\n  é\r\nFETCH x\r\nRUN <<E\r\necho\r\n",
            &Settings::default(),
            Trust::Safe,
            expect![[r#"
                1: from-as-casing
                3: legacy-key-value-format
                ---
                FROM alpine AS x␍
                # ü␍
                ENV A=é␍
                FETCH x␍
                RUN <<E␍
                echo␍
            "#]],
        );
    }

    #[test]
    fn every_example_of_a_rule_ends_and_stays_sound() {
        for rule in REGISTRY {
            for text in rule.page.split("```dockerfile\n").skip(1) {
                let text = text.split("```").next().unwrap();
                let document = Document::new(text);
                let facts = Facts::default();
                for trust in [Trust::Safe, Trust::Unsafe] {
                    let outcome = all(&document, &facts, &everything(), trust);
                    let after = Document::new(&outcome.text);
                    let again = all(&after, &facts, &everything(), trust);
                    assert_eq!(again.fixed, Vec::new(), "{}:\n{text}\n{}", rule.code, outcome.text);
                    let mut before = problems(&Model::new(&document, &facts));
                    for problem in problems(&Model::new(&after, &facts)) {
                        let known = before.iter().position(|known| *known == problem);
                        before.swap_remove(known.unwrap_or_else(|| panic!("{}: {problem}", rule.code)));
                    }
                }
            }
        }
    }

    #[test]
    fn what_overlaps_waits_and_what_spoils_is_left_out() {
        let document = Document::new("FROM a\nRUN b\nRUN c\n");
        let model = Model::new(&document, &Facts::default());
        let input = Input { model: &model, facts: &Facts::default() };
        let rule = REGISTRY[0];
        let finding = |start: u32, end: u32, new_text: &str| {
            let mut found = crate::Findings::new(rule);
            let range = syntax::TextRange::new(start, end);
            let edits = vec![TextEdit { range, new_text: new_text.to_owned() }];
            let fix = Fix { title: new_text.to_owned(), applicability: Applicability::Safe, edits };
            found.add(range, "x").fixes.push(fix);
            found.into_vec().remove(0)
        };
        let findings = vec![
            finding(11, 12, "one"),
            finding(7, 12, "overlaps"),
            finding(13, 16, "SPOILS"),
            finding(17, 18, "two"),
            finding(5, 6, "a"),
        ];
        let round = round(&input, findings, Trust::Safe);
        let titles: Vec<&str> = round.fixed.iter().map(|fixed| fixed.title.as_str()).collect();
        assert_eq!(titles, ["one", "two"]);
        assert_eq!(rewrites::apply(&document.text(), &round.edits), "FROM a\nRUN one\nRUN two\n");
    }
}
