//! Results that the cache gives although the world outside has moved on. BuildKit looks neither at the value of a secret nor at what a
//! command would fetch today, so nothing of this makes a step run again.

use semantic::commands::{self, Action, Verb};
use semantic::{Model, MountKind, Run, Step};

use crate::history::PastBuild;

/// What is fetched changes slowly enough for this many seconds: a day.
const FRESH: u64 = 86_400;

/// A step whose result may be stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its position in the build.
    pub step: usize,
    /// What is stale, and what to do.
    pub text: String,
}

/// The stale results of a build. `steps` are those of the Dockerfile as it is now, where they are still those that were built; `now` is
/// in seconds since 1970.
#[must_use]
pub fn stale(
    build: &PastBuild,
    before: Option<&PastBuild>,
    model: &Model,
    steps: &[Option<Step>],
    now: u64,
) -> Vec<Stale> {
    let mut found = Vec::new();
    for (at, past) in build.steps.iter().enumerate().filter(|(_, past)| past.cached) {
        let Some(run) = steps.get(at).and_then(Option::as_ref).and_then(|step| run_of(model, step)) else {
            continue;
        };
        let changed = changed_secret(build, before, run).map(|id| {
            format!(
                "the file of secret {id} changed, but a secret's value is in no cache key: this ran with the old one; build with --no-cache to \
                 use the new one"
            )
        });
        let age = past.ran_at.map_or(0, |ran_at| now.saturating_sub(ran_at));
        let fetched = || {
            let program = fetching(run).filter(|_| age >= FRESH)?;
            Some(format!(
                "`{program}` last ran {} ago: what has come out since is not in it; build with --no-cache to fetch it",
                days(age)
            ))
        };
        found.extend(changed.or_else(fetched).map(|text| Stale { step: at, text }));
    }
    found
}

fn run_of<'a>(model: &'a Model, step: &Step) -> Option<&'a Run> {
    let instructions = &model.stages.get(step.stage)?.instructions;
    instructions.iter().find(|item| item.instruction.line + 1 == step.line)?.as_run()
}

fn changed_secret<'a>(build: &PastBuild, before: Option<&PastBuild>, run: &'a Run) -> Option<&'a str> {
    let before = before?;
    let ids = run
        .mounts
        .iter()
        .filter(|mount| mount.kind == MountKind::Secret)
        .filter_map(|mount| mount.id.as_deref());
    ids.into_iter().find(|id| {
        let (new, old) = (build.secrets.get(*id), before.secrets.get(*id));
        new.is_some() && old.is_some() && new != old
    })
}

/// The first command that fetches whatever is newest.
fn fetching(run: &Run) -> Option<&str> {
    run.commands().find_map(|command| {
        let meaning = commands::meaning(command);
        let fetches = match &meaning.action {
            Action::Package(package) => {
                matches!(package.verb, Verb::Update | Verb::Upgrade)
                    || package.verb == Verb::Install && !package.is_locked()
            }
            Action::Download(_) => true,
            _ => false,
        };
        fetches.then_some(meaning.program)
    })
}

fn days(seconds: u64) -> String {
    match seconds / 86_400 {
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}
