//! Named contexts: what the callers of a Dockerfile put in the place of an image or of a stage.
//!
//! A context of a stage's name replaces that stage, with all that stands in it (BuildKit: `dockerfile2llb/convert.go`,
//! `buildDispatchStates`); any other one replaces the image that a FROM or a `--from` names.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use semantic::facts::callers::same_context;
use semantic::{Base, Caller, ContextFacts, Facts, Model, Setting, Stage, StageReference};

/// What is put in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given<'a> {
    /// A folder of this machine.
    Folder(&'a str),
    /// An image.
    Image(&'a str),
    /// What another service of the same Compose file builds.
    Service(&'a str),
    /// What another target of the same Bake file builds.
    Target(&'a str),
    /// What the builder fetches from an address, which may hold a password.
    Address(&'a str),
    /// It cannot be told, and why.
    Unknown(&'a str),
}

impl<'a> Given<'a> {
    fn of(setting: &'a Setting) -> Self {
        let value = match setting {
            Setting::Known(value) => value.as_str(),
            Setting::Unknown(reason) => return Self::Unknown(reason),
        };
        if let Some(image) = value.strip_prefix("docker-image://") {
            Self::Image(image)
        } else if let Some(service) = value.strip_prefix("service:") {
            Self::Service(service)
        } else if let Some(target) = value.strip_prefix("target:") {
            Self::Target(target)
        } else if value.starts_with('/') {
            Self::Folder(value)
        } else {
            Self::Address(value)
        }
    }
}

/// Who puts something in the place of a name, in order, and what.
pub(crate) fn given<'a>(facts: &'a Facts, name: &str) -> Vec<(&'a Caller, Given<'a>)> {
    let of_caller = |caller: &'a Caller| {
        let mut contexts = caller.build.contexts.iter();
        let (_, setting) = contexts.find(|(known, _)| same_context(known, name))?;
        Some((caller, Given::of(setting)))
    };
    facts.callers.iter().filter_map(of_caller).collect()
}

/// All names that some caller gives.
pub(crate) fn names(facts: &Facts) -> BTreeSet<&str> {
    facts.callers.iter().flat_map(|caller| caller.build.contexts.keys()).map(String::as_str).collect()
}

/// What lies in the folder of a name, where all who give the name mean one folder and it was read.
pub(crate) fn folder<'a>(facts: &'a Facts, name: &str) -> Option<&'a ContextFacts> {
    let given = given(facts, name);
    let (_, Given::Folder(first)) = given.first()? else { return None };
    let is_one = given.iter().all(|(_, other)| *other == Given::Folder(first));
    facts.named_contexts.get(*first).filter(|_| is_one)
}

/// The folder that a reference means for all callers: what they put in the place of a stage counts where all of them do, for else some
/// build the stage.
pub(crate) fn folder_of<'a>(
    facts: &'a Facts,
    model: &Model,
    reference: &StageReference,
) -> Option<(String, &'a ContextFacts)> {
    if let Base::Stage(index) = &reference.target {
        model.stages.get(*index)?.replaced.as_ref()?;
    }
    let name = name_of(model, reference)?;
    let context = folder(facts, &name)?;
    Some((name, context))
}

/// The name that a reference has, by which a context may replace what it means.
pub(crate) fn name_of(model: &Model, reference: &StageReference) -> Option<String> {
    match &reference.target {
        Base::Stage(index) => model.stages.get(*index)?.lower_name().map(Cow::into_owned),
        Base::Image(name) => Some(name.clone()),
        Base::Scratch | Base::Unknown => None,
    }
}

/// A folder for messages: its path from the folder that the caller's own is shown from.
pub(crate) fn shown<'a>(caller: &'a Caller, folder: &'a str) -> &'a str {
    let Some(root) = caller.file.strip_suffix(&caller.shown_file) else { return folder };
    let root = root.trim_end_matches('/');
    match folder.strip_prefix(root) {
        Some("") => ".",
        Some(inside) => inside.strip_prefix('/').unwrap_or(folder),
        None => folder,
    }
}

/// Names with those who give them, for lists: `./libs by compose.yaml:web`.
pub(crate) fn details(facts: &Facts) -> BTreeMap<&str, String> {
    let detail = |name: &str| {
        let given = given(facts, name);
        let (caller, what) = given.first()?;
        Some(format!("Named context: {}, by {}", short(caller, what), by(&given)?))
    };
    names(facts).into_iter().filter_map(|name| Some((name, detail(name)?))).collect()
}

/// What takes the place of a stage for all who build the file, and who gives it: `libs`, `compose.yaml:web and 1 more`.
pub(crate) fn in_place_of(facts: &Facts, stage: &Stage) -> Option<(String, String)> {
    stage.replaced.as_ref()?;
    let given = given(facts, &stage.lower_name()?);
    let (caller, first) = given.first()?;
    let is_one = given.iter().all(|(_, other)| other == first);
    let what = if is_one { short(caller, first) } else { "different contexts".to_owned() };
    Some((what, by(&given)?))
}

fn short(caller: &Caller, given: &Given<'_>) -> String {
    match given {
        Given::Folder(folder) => shown(caller, folder).to_owned(),
        Given::Image(image) => (*image).to_owned(),
        Given::Service(service) => format!("service {service}"),
        Given::Target(target) => format!("target {target}"),
        Given::Address(_) => "an address".to_owned(),
        Given::Unknown(_) => "not known".to_owned(),
    }
}

fn by(given: &[(&Caller, Given<'_>)]) -> Option<String> {
    let (caller, _) = given.first()?;
    let more = if given.len() > 1 { format!(" and {} more", given.len() - 1) } else { String::new() };
    Some(format!("{}{more}", crate::callers::address(caller)))
}

#[cfg(test)]
mod tests;
