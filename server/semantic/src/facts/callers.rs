//! Who builds a Dockerfile, and how: services of Compose files, targets of Bake files, devcontainers.
//!
//! Callers are read elsewhere; here is what they say, and what follows where several speak of one file: what all of them say alike
//! holds, and what they say differently is shown and never chosen from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::image_reference::ImageReference;

/// One way in which a Dockerfile is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// What kind of file says so.
    pub kind: CallerKind,
    /// The file that names the service or target, by its whole path.
    pub file: String,
    /// The same for messages: its path from the workspace's folder.
    pub shown_file: String,
    /// The line of the name there, from 0.
    pub line: u32,
    /// The service, the target, or the devcontainer's name.
    pub name: String,
    /// What it builds.
    pub build: CallerBuild,
}

/// What kind of file a caller stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallerKind {
    /// A Compose file.
    Compose,
    /// A Bake file.
    Bake,
    /// `devcontainer.json`.
    Devcontainer,
}

/// The build that a caller asks for. What is absent, the caller does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallerBuild {
    /// The build context: an absolute path, or an address.
    pub context: Option<Setting>,
    /// The Dockerfile: its whole path; absent where its text stands in the caller.
    pub dockerfile: Option<Setting>,
    /// The Dockerfile's text, where it stands in the caller.
    pub inline: Option<Setting>,
    /// The stage.
    pub target: Option<Setting>,
    /// Build arguments.
    pub args: BTreeMap<String, Setting>,
    /// Named contexts.
    pub contexts: BTreeMap<String, Setting>,
    /// Secrets by id: as `docker buildx build --secret` takes them.
    pub secrets: BTreeMap<String, Setting>,
    /// SSH agents and keys as `docker buildx build --ssh` takes them.
    pub ssh: Vec<Setting>,
    /// Platforms.
    pub platforms: Vec<Setting>,
    /// Why more may be set than is known here: a file that could not be read, an expression that is not understood.
    pub incomplete: Option<String>,
}

/// A value that a caller sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Setting {
    /// This value.
    Known(String),
    /// It cannot be told, and why.
    Unknown(String),
}

/// What several callers say about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed<'a> {
    /// None of them says anything.
    Nothing,
    /// All say this.
    Value(&'a str),
    /// They differ, or one of them cannot be told.
    Differs,
}

impl Setting {
    /// The value, where it is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl CallerKind {
    /// The kind as users call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compose => "service",
            Self::Bake => "target",
            Self::Devcontainer => "devcontainer",
        }
    }
}

impl Caller {
    /// The build argument that it gives; one that it may give without our knowing is unknown.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<Option<&str>> {
        match self.build.args.get(name) {
            Some(setting) => Some(setting.known()),
            None => self.build.incomplete.as_ref().map(|_| None),
        }
    }

    /// The stage that it builds: absent for the last one, and inside absent where it is not known.
    #[must_use]
    pub fn target(&self) -> Option<Option<&str>> {
        match &self.build.target {
            Some(setting) => Some(setting.known()),
            None => self.build.incomplete.as_ref().map(|_| None),
        }
    }
}

/// Whether two names of contexts are one to BuildKit: names of images, of which `node`, `node:latest` and `docker.io/library/node` are
/// the same (`frontend/dockerui/namedcontext.go`).
#[must_use]
pub fn same_context(left: &str, right: &str) -> bool {
    left == right || normalized(left) == normalized(right)
}

fn normalized(name: &str) -> String {
    let Ok(reference) = ImageReference::parse(name) else { return name.to_lowercase() };
    let mut normalized = reference.familiar_name();
    if let Some(tag) = reference.tag.filter(|tag| tag != "latest") {
        normalized = format!("{normalized}:{tag}");
    }
    if let Some(digest) = reference.digest {
        normalized = format!("{normalized}@{digest}");
    }
    normalized
}

/// What all callers say alike.
pub fn agreed<'a>(callers: &'a [Caller], said: impl Fn(&'a Caller) -> Option<Option<&'a str>>) -> Agreed<'a> {
    let mut values = callers.iter().map(said);
    let Some(first) = values.next() else { return Agreed::Nothing };
    if values.any(|other| other != first) {
        return Agreed::Differs;
    }
    match first {
        None => Agreed::Nothing,
        Some(Some(value)) => Agreed::Value(value),
        Some(None) => Agreed::Differs,
    }
}

/// The build argument of this name, as all callers give it.
#[must_use]
pub fn agreed_arg<'a>(callers: &'a [Caller], name: &str) -> Agreed<'a> {
    agreed(callers, |caller| caller.arg(name))
}

/// The build context, as all callers give it.
#[must_use]
pub fn agreed_context(callers: &[Caller]) -> Agreed<'_> {
    agreed(callers, |caller| Some(caller.build.context.as_ref().and_then(Setting::known)))
}

/// The stage that is built, as all callers give it.
#[must_use]
pub fn agreed_target(callers: &[Caller]) -> Agreed<'_> {
    agreed(callers, Caller::target)
}

/// The names of all build arguments that some caller gives.
#[must_use]
pub fn arg_names(callers: &[Caller]) -> BTreeSet<&str> {
    callers.iter().flat_map(|caller| caller.build.args.keys()).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str, args: &[(&str, Option<&str>)]) -> Caller {
        let setting = |value: &Option<&str>| {
            value.map_or_else(|| Setting::Unknown("why".to_owned()), |value| Setting::Known(value.to_owned()))
        };
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), setting(value))).collect();
        Caller {
            kind: CallerKind::Compose,
            file: "/p/compose.yaml".to_owned(),
            shown_file: "compose.yaml".to_owned(),
            line: 1,
            name: name.to_owned(),
            build: CallerBuild { args, ..CallerBuild::default() },
        }
    }

    #[test]
    fn what_all_say_alike_holds_and_the_rest_is_not_guessed() {
        let both = [
            caller("web", &[("A", Some("1")), ("B", Some("1")), ("C", None), ("D", Some("1"))]),
            caller("worker", &[("A", Some("1")), ("B", Some("2")), ("C", None)]),
        ];
        assert_eq!(agreed_arg(&both, "A"), Agreed::Value("1"));
        assert_eq!(agreed_arg(&both, "B"), Agreed::Differs);
        assert_eq!(agreed_arg(&both, "C"), Agreed::Differs);
        assert_eq!(agreed_arg(&both, "D"), Agreed::Differs);
        assert_eq!(agreed_arg(&both, "E"), Agreed::Nothing);
        assert_eq!(agreed_arg(&[], "A"), Agreed::Nothing);
        assert_eq!(agreed_context(&both), Agreed::Differs);
    }

    #[test]
    fn contexts_are_named_as_images_are() {
        assert!(same_context("node", "docker.io/library/node:latest"));
        assert!(same_context("Shared", "shared") && same_context("node:22", "library/node:22"));
        assert!(!same_context("node", "node:22") && !same_context("a", "b"));
    }

    #[test]
    fn a_caller_that_is_not_known_as_a_whole_may_say_anything() {
        let mut web = caller("web", &[("A", Some("1"))]);
        web.build.incomplete = Some("../base.yaml lies outside of the workspace".to_owned());
        assert_eq!(agreed_arg(std::slice::from_ref(&web), "A"), Agreed::Value("1"));
        assert_eq!(agreed_arg(std::slice::from_ref(&web), "B"), Agreed::Differs);
        assert_eq!(agreed_target(std::slice::from_ref(&web)), Agreed::Differs);
    }
}
