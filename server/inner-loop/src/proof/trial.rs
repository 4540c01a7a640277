//! What a container of an image did, and whether a container of another image did the same.
//!
//! What differs from one run of the same image to the next proves nothing: where two images differ, the first one is run again, and what
//! it then does in another way is no difference. Outputs and answers are compared byte by byte and never told.

use std::collections::BTreeMap;

use super::Sides;

/// What the check of the user's command is called.
pub(super) const RUN: &str = "--run";

/// A trial run of an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// How far its program came by itself.
    pub ending: Ending,
    /// What it answers to `GET /`, by port; ports that gave no answer in HTTP are absent.
    pub answers: BTreeMap<u16, Response>,
    /// The declared HEALTHCHECK, where one is declared and the container ran.
    pub health: Option<Ran>,
    /// The command that the user wants to be run.
    pub run: Option<Ran>,
    /// The last line of its log, secrets hidden.
    pub last_line: String,
}

/// How a program ended within the time that it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ending {
    /// It still runs.
    #[default]
    Running,
    /// It ended by itself.
    Ended(Ran),
    /// It could not be started: why.
    NotStarted(String),
}

/// A command that ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ran {
    /// Its exit status.
    pub status: i64,
    /// What it wrote to stdout, as far as it is kept.
    pub stdout: Vec<u8>,
}

/// An answer to an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The status, such as 200.
    pub status: u16,
    /// The body, as far as it is kept.
    pub body: Vec<u8>,
}

/// Something that both images were made to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Such as `GET :3000/`, `HEALTHCHECK`, `--run` or `program`.
    pub what: String,
    /// What each did, in a few words.
    pub shown: Sides<String>,
    /// Whether it is the same.
    pub verdict: Verdict,
}

impl Check {
    /// In which way it came out differently, where it did.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Different { reason, .. } => Some(reason),
            Verdict::Same | Verdict::Unproven { .. } => None,
        }
    }
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Both did the same.
    Same,
    /// They did not.
    Different {
        /// In which way, as the rest of a sentence about it.
        reason: String,
        /// The statuses differ; else only what was written.
        is_outcome: bool,
    },
    /// It says nothing: why.
    Unproven {
        /// As the rest of a sentence about it.
        why: String,
    },
}

/// The checks that two runs come to. `again` is another run of the first image, made where something differs.
#[must_use]
pub fn checks(before: &Observed, after: &Observed, again: Option<&Observed>) -> Vec<Check> {
    let mut checks = compared(before, after);
    let Some(again) = again else { return checks };
    let own = compared(before, again);
    for check in &mut checks {
        let Verdict::Different { is_outcome, .. } = check.verdict else { continue };
        let varies = own.iter().any(|own| match own.verdict {
            // A status that varies makes what is written vary too.
            Verdict::Different { is_outcome: varies, .. } => {
                own.what == check.what && (varies || !is_outcome)
            }
            _ => false,
        });
        if varies {
            let why = "the old image does not do the same twice either".to_owned();
            check.verdict = Verdict::Unproven { why };
        }
    }
    checks
}

fn compared(before: &Observed, after: &Observed) -> Vec<Check> {
    let mut checks: Vec<Check> =
        before.answers.iter().map(|(port, answer)| answered(*port, answer, after)).collect();
    if checks.is_empty() || after.ending != Ending::Running {
        checks.extend(program(before, after, !checks.is_empty()));
    }
    checks.extend(command("HEALTHCHECK", before.health.as_ref(), after.health.as_ref(), after, true));
    checks.extend(command(RUN, before.run.as_ref(), after.run.as_ref(), after, false));
    checks
}

fn answered(port: u16, before: &Response, after: &Observed) -> Check {
    let show = |answer: &Response| format!("{}, {}", answer.status, length(answer.body.len()));
    let new = after.answers.get(&port);
    let verdict = match new {
        None => different(true, format!("the new image does not answer{}", log_of(after))),
        Some(new) if new.status != before.status => different(
            true,
            format!("the new image answers {}, not {}{}", new.status, before.status, log_of(after)),
        ),
        Some(new) if new.body != before.body => {
            different(false, "the new image answers something else".to_owned())
        }
        Some(_) => Verdict::Same,
    };
    let shown = Sides { before: show(before), after: new.map_or_else(|| "no answer".to_owned(), show) };
    Check { what: format!("GET :{port}/"), shown, verdict }
}

/// Whether the programs themselves came equally far. None where that is said by the answers already.
fn program(before: &Observed, after: &Observed, has_answered: bool) -> Option<Check> {
    let show = |observed: &Observed| match &observed.ending {
        Ending::Running => "runs on".to_owned(),
        Ending::Ended(ran) => ended(ran),
        Ending::NotStarted(_) => "does not start".to_owned(),
    };
    let unproven = |why: &str| Verdict::Unproven { why: why.to_owned() };
    let verdict = match (&before.ending, &after.ending) {
        (Ending::NotStarted(why), _) => unproven(&format!("the old image does not start: {why}")),
        (_, Ending::NotStarted(why)) => different(true, format!("the new image does not start: {why}")),
        // Both answered before they ended, and their answers are compared.
        (Ending::Ended(_), Ending::Ended(_)) if has_answered => return None,
        (Ending::Ended(old), Ending::Ended(new)) => written("it", old, new, after),
        (Ending::Running, Ending::Ended(new)) => {
            different(true, format!("it ends with status {} in the new image{}", new.status, log_of(after)))
        }
        (Ending::Ended(old), Ending::Running) => different(
            true,
            format!("it runs on in the new image; in the old one it ends with status {}", old.status),
        ),
        (Ending::Running, Ending::Running) => {
            unproven("it neither ends nor answers in the time that it is given")
        }
    };
    let shown = Sides { before: show(before), after: show(after) };
    Some(Check { what: "program".to_owned(), shown, verdict })
}

/// A command that both ran. A HEALTHCHECK tells by its status alone.
fn command(
    what: &str,
    before: Option<&Ran>,
    after: Option<&Ran>,
    log: &Observed,
    by_status: bool,
) -> Option<Check> {
    let before = before?;
    let show = |ran: &Ran| if by_status { format!("status {}", ran.status) } else { ended(ran) };
    let verdict = match after {
        None => different(true, format!("the new image cannot run it{}", log_of(log))),
        Some(new) if by_status && new.status == before.status && before.status != 0 => {
            Verdict::Unproven { why: format!("it fails in both, with status {}", before.status) }
        }
        Some(new) if by_status && new.status == before.status => Verdict::Same,
        Some(new) => written("it", before, new, log),
    };
    let shown = Sides { before: show(before), after: after.map_or_else(|| "not run".to_owned(), show) };
    Some(Check { what: what.to_owned(), shown, verdict })
}

fn written(what: &str, old: &Ran, new: &Ran, log: &Observed) -> Verdict {
    if old.status != new.status {
        let (new, old) = (new.status, old.status);
        return different(
            true,
            format!("{what} ends with status {new} in the new image, not {old}{}", log_of(log)),
        );
    }
    if old.stdout != new.stdout {
        return different(false, format!("{what} writes something else in the new image"));
    }
    // What fails in the same way in both may lack what it needs to run at all.
    match (old.status, old.stdout.is_empty()) {
        (0, _) | (_, false) => Verdict::Same,
        (status, true) => Verdict::Unproven { why: format!("it fails in both, with status {status}") },
    }
}

fn different(is_outcome: bool, reason: String) -> Verdict {
    Verdict::Different { reason, is_outcome }
}

fn log_of(observed: &Observed) -> String {
    match observed.last_line.trim() {
        "" => String::new(),
        line => format!("; its log ends: {line}"),
    }
}

fn ended(ran: &Ran) -> String {
    format!("status {}, {}", ran.status, length(ran.stdout.len()))
}

fn length(bytes: usize) -> String {
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn ran(status: i64, stdout: &str) -> Ran {
        Ran { status, stdout: stdout.as_bytes().to_vec() }
    }

    fn ended(status: i64, stdout: &str) -> Observed {
        Observed { ending: Ending::Ended(ran(status, stdout)), ..Observed::default() }
    }

    fn answers(status: u16, body: &str) -> Observed {
        let answer = Response { status, body: body.as_bytes().to_vec() };
        Observed { answers: [(80, answer)].into(), ..Observed::default() }
    }

    fn check(before: &Observed, after: &Observed, again: Option<&Observed>, expected: &Expect) {
        let checks = checks(before, after, again);
        let shown = checks.iter().map(|check| {
            let Check { what, shown: Sides { before, after }, verdict } = check;
            let verdict = match verdict {
                Verdict::Same => "same",
                Verdict::Different { reason, .. } => reason,
                Verdict::Unproven { why } => why,
            };
            format!("{what}: {before} | {after}: {verdict}\n")
        });
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn answers_are_compared_with_status_and_body() {
        check(
            &answers(200, "ü"),
            &answers(200, "ü"),
            None,
            &expect![[r#"
            GET :80/: 200, 2 B | 200, 2 B: same
        "#]],
        );
        check(
            &answers(200, "a"),
            &answers(200, "b"),
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | 200, 1 B: the new image answers something else
        "#]],
        );
        let failing = Observed { last_line: "Error: no such file".to_owned(), ..answers(500, "a") };
        check(
            &answers(200, "a"),
            &failing,
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | 500, 1 B: the new image answers 500, not 200; its log ends: Error: no such file
        "#]],
        );
        check(
            &answers(200, "a"),
            &ended(1, ""),
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | no answer: the new image does not answer
            program: runs on | status 1, 0 B: it ends with status 1 in the new image
        "#]],
        );
    }

    #[test]
    fn what_varies_by_itself_is_no_difference_and_a_status_is_one() {
        let (old, again) = (answers(200, "12:00:01"), answers(200, "12:00:02"));
        check(
            &old,
            &answers(200, "12:00:03"),
            Some(&again),
            &expect![[r#"
            GET :80/: 200, 8 B | 200, 8 B: the old image does not do the same twice either
        "#]],
        );
        check(
            &old,
            &answers(500, "12:00:03"),
            Some(&again),
            &expect![[r#"
            GET :80/: 200, 8 B | 500, 8 B: the new image answers 500, not 200
        "#]],
        );
        check(
            &old,
            &answers(200, "x"),
            Some(&old),
            &expect![[r#"
            GET :80/: 200, 8 B | 200, 1 B: the new image answers something else
        "#]],
        );
    }

    #[test]
    fn programs_are_compared_by_how_they_end() {
        check(
            &ended(0, "a"),
            &ended(0, "a"),
            None,
            &expect![[r#"
            program: status 0, 1 B | status 0, 1 B: same
        "#]],
        );
        check(
            &ended(0, "a"),
            &ended(127, ""),
            None,
            &expect![[r#"
            program: status 0, 1 B | status 127, 0 B: it ends with status 127 in the new image, not 0
        "#]],
        );
        check(
            &ended(1, ""),
            &ended(1, ""),
            None,
            &expect![[r#"
            program: status 1, 0 B | status 1, 0 B: it fails in both, with status 1
        "#]],
        );
        check(
            &Observed::default(),
            &Observed::default(),
            None,
            &expect![[r#"
            program: runs on | runs on: it neither ends nor answers in the time that it is given
        "#]],
        );
        let lost = Observed { ending: Ending::NotStarted("no such file".to_owned()), ..Observed::default() };
        check(
            &Observed::default(),
            &lost,
            None,
            &expect![[r#"
            program: runs on | does not start: the new image does not start: no such file
        "#]],
        );
    }

    #[test]
    fn health_checks_tell_by_their_status_and_commands_by_what_they_write_too() {
        let with = |health: Option<Ran>, run: Option<Ran>| Observed { health, run, ..answers(200, "a") };
        let old = with(Some(ran(0, "pid 1")), Some(ran(0, "1.0")));
        check(
            &old,
            &with(Some(ran(0, "pid 7")), Some(ran(0, "1.0"))),
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | 200, 1 B: same
            HEALTHCHECK: status 0 | status 0: same
            --run: status 0, 3 B | status 0, 3 B: same
        "#]],
        );
        check(
            &old,
            &with(None, Some(ran(0, "2.0"))),
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | 200, 1 B: same
            HEALTHCHECK: status 0 | not run: the new image cannot run it
            --run: status 0, 3 B | status 0, 3 B: it writes something else in the new image
        "#]],
        );
        let failing = with(Some(ran(1, "")), None);
        check(
            &failing,
            &failing,
            None,
            &expect![[r#"
            GET :80/: 200, 1 B | 200, 1 B: same
            HEALTHCHECK: status 1 | status 1: it fails in both, with status 1
        "#]],
        );
    }
}
