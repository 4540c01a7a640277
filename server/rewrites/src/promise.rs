//! What every rewrite promises, checked on each result before it is offered.
//!
//! The result parses with no new problem, its final image starts the same program in the same way, and an independent parser sees
//! the stages in it that we see. Whether it builds is not known here.

use semantic::{Kind, Model, RuntimeSettings};
use syntax::Document;

use crate::exec_form;
use crate::offer::{Input, Offers, Refusal, Rewrite, apply, keeps_directives};
use crate::second_opinion;

/// Withholds what breaks the promise; the reason becomes a refusal. A rewrite that changes nothing is dropped.
pub(crate) fn keep(input: &Input<'_>, mut offers: Offers) -> Offers {
    if offers.rewrites.is_empty() {
        return offers;
    }
    let before = input.model.document.text();
    for rewrite in std::mem::take(&mut offers.rewrites) {
        let after = apply(&before, &rewrite.fix.edits);
        if after == before && rewrite.creates.is_none() {
            continue;
        }
        match broken(input, &rewrite, &before, &after) {
            None => offers.rewrites.push(rewrite),
            Some(what) => offers.refusals.push(Refusal {
                place: rewrite.place,
                reason: format!("the rewritten file {what}, so it is not offered"),
            }),
        }
    }
    offers
}

/// What is wrong with a result, as the rest of a sentence about it.
fn broken(input: &Input<'_>, rewrite: &Rewrite, before: &str, after: &str) -> Option<String> {
    if !are_in_order(rewrite) {
        return Some("would have overlapping changes".to_owned());
    }
    let document = Document::new(after);
    let model = Model::new(&document, input.facts);
    let problems_before = input.model.document.problems().len() + input.model.problems.len();
    if let Some(problem) = document.problems().into_iter().chain(model.problems.clone()).nth(problems_before)
    {
        return Some(format!("would have a problem: {}", problem.message));
    }
    if !keeps_directives(&input.model.document, &rewrite.fix.edits) {
        return Some("would have other directives".to_owned());
    }
    if let Some(setting) = changed_setting(input.model, &model) {
        return Some(format!("would change {setting} of the final image"));
    }
    second_opinion::objection(before, after, &model)
}

fn are_in_order(rewrite: &Rewrite) -> bool {
    let edits = &rewrite.fix.edits;
    edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start)
}

/// The instruction whose setting differs. A variable may go (a secret, or one that only the build needs), but none may come or change.
fn changed_setting(before: &Model, after: &Model) -> Option<&'static str> {
    let (Some(first), Some(second)) = (before.final_stage(), after.final_stage()) else {
        return Some("FROM");
    };
    let first = RuntimeSettings::of(before, first.index);
    let second = RuntimeSettings::of(after, second.index);
    let same_variables =
        second.environment.iter().all(|(name, value)| first.environment.get(name) == Some(value));
    let is_cmd = |kind: &Kind| matches!(kind, Kind::Cmd);
    let is_entrypoint = |kind: &Kind| matches!(kind, Kind::Entrypoint);
    [
        (same_variables, "ENV"),
        (first.workdir == second.workdir, "WORKDIR"),
        (first.user == second.user, "USER"),
        (first.ports == second.ports, "EXPOSE"),
        (first.volumes == second.volumes, "VOLUME"),
        (first.labels == second.labels, "LABEL"),
        (first.command == second.command || exec_form::is_same(before, after, is_cmd), "CMD"),
        (
            first.entrypoint == second.entrypoint || exec_form::is_same(before, after, is_entrypoint),
            "ENTRYPOINT",
        ),
        (first.healthcheck == second.healthcheck, "HEALTHCHECK"),
        (first.stop_signal == second.stop_signal, "STOPSIGNAL"),
        (first.maintainer == second.maintainer, "MAINTAINER"),
        (first.shell == second.shell, "SHELL"),
    ]
    .into_iter()
    .find_map(|(same, name)| (!same).then_some(name))
}

#[cfg(test)]
mod tests {
    use semantic::Facts;
    use syntax::{TextEdit, TextRange};

    use super::*;
    use crate::offer::{Applicability, Fix};

    /// What becomes of a rewrite that replaces `old` by `new`.
    fn check(text: &str, old: &str, new: &str) -> Result<(), String> {
        let facts = Facts::default();
        let model = Model::new(&Document::new(text), &facts);
        let start = text.find(old).unwrap();
        let range = TextRange::new(start as u32, (start + old.len()) as u32);
        let edits = vec![TextEdit { range, new_text: new.to_owned() }];
        let fix = Fix { title: "Change".to_owned(), applicability: Applicability::Safe, edits };
        let rewrites = vec![Rewrite { id: "x", place: range, fix, needs: None, creates: None }];
        let offers = keep(&Input { model: &model, facts: &facts }, Offers { rewrites, refusals: Vec::new() });
        match offers.refusals.first() {
            Some(refusal) => Err(refusal.reason.clone()),
            None => Ok(()),
        }
    }

    #[test]
    fn a_harmless_change_is_kept() {
        assert_eq!(check("FROM a\nRUN x\n", "RUN x", "RUN y"), Ok(()));
        assert_eq!(check("FROM a\nENV B=1\nCMD x\n", "ENV B=1\n", ""), Ok(()));
    }

    #[test]
    fn a_result_that_does_not_parse_is_withheld() {
        let reason = check("FROM a\nRUN x\n", "RUN x", "COPY x").unwrap_err();
        assert!(reason.contains("would have a problem"), "{reason}");
        assert!(check("FROM a\nCOPY b c\n", "b", "--from=nope2 --from=5 b").is_err());
    }

    #[test]
    fn a_comment_does_not_become_a_directive_nor_a_directive_a_comment() {
        let reason = check("ARG A\n# escape=`\nFROM a\n", "ARG A\n", "").unwrap_err();
        assert!(reason.contains("other directives"), "{reason}");
        assert!(check("# note\n# check=skip=all\nFROM a\n", "# note\n", "").is_err());
        assert!(check("# syntax=docker/dockerfile:1\nFROM a\n", "", "# note\n").is_err());
        assert_eq!(check("# check=skip=all\nARG A\nFROM a\n", "ARG A\n", ""), Ok(()));
        assert_eq!(check("# check=skip=A\nFROM a\n", "skip=A", "skip=B"), Ok(()));
        assert_eq!(check("# check=skip=A\nFROM a\n", "# check=skip=A\n", ""), Ok(()));
    }

    #[test]
    fn a_result_with_other_runtime_settings_is_withheld() {
        let text = "FROM a\nENV A=1\nWORKDIR /w\nUSER u\nEXPOSE 1\nVOLUME /v\nLABEL l=1\nENTRYPOINT [\"e\"]\n\
                    HEALTHCHECK CMD h\nSTOPSIGNAL 9\nMAINTAINER m\nSHELL [\"/bin/sh\"]\nCMD c\n";
        for (old, new, name) in [
            ("A=1", "A=2", "ENV"),
            ("A=1", "A=1 NODE_ENV=production", "ENV"),
            ("/w", "/x", "WORKDIR"),
            ("USER u", "USER v", "USER"),
            ("EXPOSE 1\n", "", "EXPOSE"),
            ("/v", "/x", "VOLUME"),
            ("l=1", "l=2", "LABEL"),
            ("\"e\"", "\"f\"", "ENTRYPOINT"),
            ("CMD h", "CMD i", "HEALTHCHECK"),
            ("STOPSIGNAL 9", "STOPSIGNAL 3", "STOPSIGNAL"),
            ("MAINTAINER m", "MAINTAINER n", "MAINTAINER"),
            ("/bin/sh", "/bin/bash", "SHELL"),
            ("CMD c\n", "", "CMD"),
            ("CMD c\n", "CMD c\nFROM b\n", "ENV"),
        ] {
            let reason = check(text, old, new);
            assert!(
                reason.as_ref().is_err_and(|reason| reason.contains(&format!("change {name} of"))
                    || reason.contains("change WORKDIR")),
                "{old}: {reason:?}"
            );
        }
    }
}
