//! Where a cache lies for the user that runs a step.

use semantic::image_reference::ImageReference;
use semantic::{Lookup, Stage, StageInstruction, path};

use super::caches::{Cache, OFFICIAL_USERS, OFFICIAL_VARIABLES};
use crate::offer::Input;

/// Who runs a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    /// The home folder.
    pub(super) folder: String,
    /// The user's number, where it is not root.
    pub(super) number: Option<&'static str>,
    /// The image that all rests on, where nothing is known of it.
    pub(super) unknown_image: Option<String>,
}

/// The user of a step, or why it is not known, as the rest of a sentence about the step.
pub(super) fn home(input: &Input<'_>, stage: &Stage, item: &StageInstruction) -> Result<Home, String> {
    let image = base_image(input, stage);
    let facts = image.as_ref().and_then(|image| input.facts.base_images.get(image));
    let official = image.as_deref().and_then(official);
    let user = match (&item.user, facts) {
        (Some(user), _) => user.value.clone().ok_or("runs as a user that is not known")?,
        (None, Some(facts)) => facts.user.clone(),
        (None, None) => String::new(),
    };
    let name = user.split(':').next().unwrap_or_default();
    let unknown_image = image.filter(|_| facts.is_none() && official.is_none() && item.user.is_none());
    if matches!(name, "" | "0" | "root") {
        let set = variable(input, stage, item, "HOME").map_err(|()| "has a HOME that is not known")?;
        let folder = set.unwrap_or_else(|| "/root".to_owned());
        return Ok(Home { folder, number: None, unknown_image });
    }
    let known = OFFICIAL_USERS.iter().find(|(repository, official_name, _, number)| {
        official.as_deref() == Some(repository) && (name == *official_name || name == *number)
    });
    let (_, _, folder, number) =
        known.ok_or_else(|| format!("runs as `{name}`, whose home folder and number are not known"))?;
    Ok(Home { folder: (*folder).to_owned(), number: Some(number), unknown_image: None })
}

/// Where the cache lies in a step. Absent where a variable of unknown value moves it.
pub(super) fn of_cache(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    home: &Home,
    cache: &Cache,
) -> Option<String> {
    for (name, below) in cache.moved_by {
        match variable(input, stage, item, name) {
            Ok(Some(value)) if value.starts_with('/') => {
                return Some(path::clean(&format!("{value}/{below}")));
            }
            Ok(None) => {}
            _ => return None,
        }
    }
    Some(match cache.folder.strip_prefix('~') {
        Some(rest) => format!("{}{rest}", home.folder.trim_end_matches('/')),
        None => cache.folder.to_owned(),
    })
}

/// A variable's value in a step: what official images set counts where the image is not known. An error where it has one that is not known.
pub(super) fn variable(
    input: &Input<'_>,
    stage: &Stage,
    item: &StageInstruction,
    name: &str,
) -> Result<Option<String>, ()> {
    match input.model.lookup(item.scope, name) {
        Lookup::Value(value) => Ok(Some(value.to_owned()).filter(|value| !value.is_empty())),
        Lookup::Unset => Ok(None),
        Lookup::Unknown if input.model.scopes.definition(item.scope, name).is_some() => Err(()),
        Lookup::Unknown => {
            let official = base_image(input, stage).as_deref().and_then(official);
            let set = OFFICIAL_VARIABLES.iter().find(|(repository, variable, _)| {
                official.as_deref() == Some(repository) && *variable == name
            });
            Ok(set.map(|(_, _, value)| (*value).to_owned()))
        }
    }
}

/// The image at the bottom of a stage.
fn base_image(input: &Input<'_>, stage: &Stage) -> Option<String> {
    input.model.lineage(stage.index).first()?.image.value.clone()
}

/// The repository of an official image: one without a registry and without an owner.
fn official(image: &str) -> Option<String> {
    let repository = ImageReference::parse(image).ok()?;
    (repository.registry == semantic::image_reference::DOCKER_HUB)
        .then(|| repository.repository.strip_prefix("library/").map(str::to_owned))?
}
