//! What the same words come to for each of the callers, where that is not the same for all.
//!
//! The file is read once for each build that callers ask for, as if nobody else built it: what a variable, an image or a folder comes to
//! then is what the builder of that caller makes of it, and needs no second opinion here.

use semantic::{Caller, CallerBuild, Facts, Model};

use super::View;
use super::card::{Line, say};
use crate::callers::address;

/// Different builds that are looked at. A hover is read at a glance, and must not take long either.
const BUILDS: usize = 8;

/// Callers of one value that are named.
const NAMES: usize = 4;

/// Something with the callers that it holds for.
pub(super) type For<'a, T> = (T, Vec<&'a Caller>);

/// What callers make of the same words.
pub(super) struct Values<'a, T> {
    /// Each value with its callers; empty where it is the same for all.
    pub(super) found: Vec<For<'a, T>>,
    /// How many callers were not looked at.
    n_others: usize,
}

/// What is read of the file for each caller, with the callers for whom it is the same.
pub(super) fn values<'a, T: PartialEq>(view: &View<'a>, read: impl Fn(&Model) -> T) -> Values<'a, T> {
    let mut builds: Vec<(&CallerBuild, Vec<&'a Caller>)> = Vec::new();
    for caller in &view.facts.callers {
        match builds.iter_mut().find(|(build, _)| is_same(build, &caller.build)) {
            Some((_, callers)) => callers.push(caller),
            None => builds.push((&caller.build, vec![caller])),
        }
    }
    let mut found: Vec<For<'a, T>> = Vec::new();
    let others = builds.split_off(builds.len().min(BUILDS));
    let n_others = others.iter().map(|(_, callers)| callers.len()).sum();
    for (_, callers) in builds {
        let facts = Facts {
            base_images: view.facts.base_images.clone(),
            platform_arguments: view.facts.platform_arguments.clone(),
            callers: callers.iter().take(1).map(|caller| (*caller).clone()).collect(),
            ..Facts::default()
        };
        let value = read(&Model::new(&view.model.document, &facts));
        match found.iter_mut().find(|(known, _)| *known == value) {
            Some((_, known)) => known.extend(callers),
            None => found.push((value, callers)),
        }
    }
    if found.len() <= 1 && n_others == 0 {
        found.clear();
    }
    Values { found, n_others }
}

impl<T> Values<'_, T> {
    /// What is said of the callers that were not looked at.
    pub(super) fn others(&self) -> Option<Line> {
        let callers = if self.n_others == 1 { "caller" } else { "callers" };
        (self.n_others > 0).then(|| say(format!("{} more {callers} not looked at", self.n_others)))
    }
}

/// Whether the file means the same in two builds.
fn is_same(one: &CallerBuild, other: &CallerBuild) -> bool {
    one.args == other.args && one.contexts == other.contexts && one.incomplete == other.incomplete
}

/// ` for compose.yaml:web, compose.yaml:worker`, behind what holds for them.
pub(super) fn named(line: Line, callers: &[&Caller]) -> Line {
    line.text(" for ").list(callers.iter().map(|caller| address(caller)), callers.len(), NAMES)
}
