//! What one service of one file says about its build, and how files are laid over each other.

use std::collections::BTreeMap;

use super::Environment;
use super::interpolate::interpolate;
use crate::paths;
use crate::yaml::Node;
use crate::{CallerBuild, Setting};

/// The `build` of a service, paths made absolute.
#[derive(Debug, Clone, Default)]
pub(super) struct Build {
    /// The service has one.
    pub(super) is_there: bool,
    context: Option<Setting>,
    dockerfile: Option<Setting>,
    inline: Option<Setting>,
    target: Option<Setting>,
    /// Absent inside: the environment's value, where it has one.
    args: BTreeMap<String, Option<Setting>>,
    contexts: BTreeMap<String, Option<Setting>>,
    /// By id: the name of a secret of the project.
    secrets: BTreeMap<String, Setting>,
    ssh: Vec<Setting>,
    platforms: Vec<Setting>,
    incomplete: Option<String>,
    /// What `!reset` and `!override` take away from what lies below; `build` stands for all of it.
    taken_away: Vec<String>,
}

/// Reads values of one file.
pub(super) struct Values<'a> {
    pub(super) environment: &'a Environment<'a>,
    /// From where its paths count.
    pub(super) folder: &'a str,
}

impl Values<'_> {
    /// A scalar with its variables put in; nothing for null.
    pub(super) fn scalar(&self, node: &Node) -> Option<Setting> {
        if node.is_null() {
            return None;
        }
        let Some(text) = node.text() else { return Some(Setting::Unknown("it is no text".to_owned())) };
        Some(self.interpolated(&text))
    }

    fn interpolated(&self, text: &str) -> Setting {
        match interpolate(text, &|name| self.environment.get(name)) {
            Ok(value) => Setting::Known(value),
            Err(reason) => Setting::Unknown(reason),
        }
    }

    fn field(&self, node: &Node, name: &str) -> Option<Setting> {
        node.get(name)
            .filter(|value| value.tag.as_deref() != Some("reset"))
            .and_then(|value| self.scalar(value))
    }

    /// A path from the file's folder; what the builder fetches stays as it is.
    fn path(&self, setting: Setting) -> Setting {
        match setting {
            Setting::Known(path) if !paths::is_remote(&path) => {
                Setting::Known(paths::join_home(self.folder, &path, self.environment.home().as_deref()))
            }
            other => other,
        }
    }

    /// `build:` of a service.
    pub(super) fn build(&self, service: &Node) -> Build {
        let Some(node) = service.get("build") else { return Build::default() };
        let mut build = Build { is_there: !node.is_null(), ..Build::default() };
        match node.tag.as_deref() {
            Some("reset") => {
                return Build { taken_away: vec!["build".to_owned()], ..Build::default() };
            }
            Some("override") => build.taken_away.push("build".to_owned()),
            _ => {}
        }
        if !node.is_mapping() {
            build.context = self.scalar(node).map(|context| self.path(context));
            return build;
        }
        let tagged =
            node.entries().filter(|(_, value)| matches!(value.tag.as_deref(), Some("reset" | "override")));
        build.taken_away.extend(tagged.filter_map(|(key, _)| key.raw().map(str::to_owned)));
        build.context = self.field(node, "context").map(|context| self.path(context));
        build.dockerfile = self.field(node, "dockerfile");
        build.inline = self.field(node, "dockerfile_inline");
        build.target = self.field(node, "target");
        build.args = self.pairs(node, "args");
        build.contexts = self.pairs(node, "additional_contexts");
        for context in build.contexts.values_mut().flatten() {
            let is_named = context
                .known()
                .is_some_and(|value| value.starts_with("service:") || value.starts_with("target:"));
            if !is_named {
                *context = self.path(context.clone());
            }
        }
        build.secrets = self.secrets(node);
        build.ssh = self.ssh(node);
        build.platforms = self.list(node, "platforms");
        build
    }

    fn list(&self, node: &Node, name: &str) -> Vec<Setting> {
        let Some(value) = node.get(name).filter(|value| value.tag.as_deref() != Some("reset")) else {
            return Vec::new();
        };
        if value.is_sequence() {
            value.items().iter().filter_map(|item| self.scalar(item)).collect()
        } else {
            self.scalar(value).into_iter().collect()
        }
    }

    /// A mapping, or a list of `KEY=VALUE`.
    fn pairs(&self, node: &Node, name: &str) -> BTreeMap<String, Option<Setting>> {
        let Some(value) = node.get(name).filter(|value| value.tag.as_deref() != Some("reset")) else {
            return BTreeMap::new();
        };
        let listed = value.items().iter().filter_map(|item| {
            let text = item.text()?;
            Some(match self.interpolated(&text) {
                Setting::Known(pair) => match pair.split_once('=') {
                    Some((key, value)) => (key.to_owned(), Some(Setting::Known(value.to_owned()))),
                    None => (pair, None),
                },
                unknown => (text.split('=').next().unwrap_or_default().to_owned(), Some(unknown)),
            })
        });
        let mapped =
            value.entries().filter_map(|(key, value)| Some((key.raw()?.to_owned(), self.scalar(value))));
        listed.chain(mapped).collect()
    }

    fn secrets(&self, node: &Node) -> BTreeMap<String, Setting> {
        let items =
            node.get("secrets").filter(|value| value.tag.as_deref() != Some("reset")).map(Node::items);
        let secret = |item: &Node| {
            if !item.is_mapping() {
                let name = self.scalar(item)?;
                return Some((name.known()?.to_owned(), name.clone()));
            }
            let source = self.field(item, "source")?;
            let id = self
                .field(item, "target")
                .filter(|target| target.known() != Some(""))
                .unwrap_or_else(|| source.clone());
            Some((id.known()?.to_owned(), source))
        };
        items.unwrap_or_default().iter().filter_map(secret).collect()
    }

    fn ssh(&self, node: &Node) -> Vec<Setting> {
        let pairs = node.get("ssh").into_iter().flat_map(Node::entries);
        let mapped: Vec<_> = pairs
            .filter_map(|(key, value)| {
                let key = key.raw()?;
                Some(match self.scalar(value) {
                    None => Setting::Known(key.to_owned()),
                    Some(Setting::Known(path)) if path.is_empty() => Setting::Known(key.to_owned()),
                    Some(Setting::Known(path)) => Setting::Known(format!("{key}={path}")),
                    Some(unknown) => unknown,
                })
            })
            .collect();
        if mapped.is_empty() { self.list(node, "ssh") } else { mapped }
    }
}

impl Build {
    /// What is known to be missing: all that is not set may be set there.
    pub(super) fn incomplete(reason: String) -> Self {
        Self { incomplete: Some(reason), ..Self::default() }
    }

    /// This one under another one that counts more.
    pub(super) fn under(mut self, mut above: Self) -> Self {
        if !above.is_there && above.taken_away.is_empty() && above.incomplete.is_none() {
            return self;
        }
        for name in std::mem::take(&mut above.taken_away) {
            self.take_away(&name);
        }
        self.is_there |= above.is_there;
        self.context = above.context.or(self.context);
        self.dockerfile = above.dockerfile.or(self.dockerfile);
        self.inline = above.inline.or(self.inline);
        self.target = above.target.or(self.target);
        self.args.extend(above.args);
        self.contexts.extend(above.contexts);
        self.secrets.extend(above.secrets);
        for key in above.ssh {
            if !self.ssh.contains(&key) {
                self.ssh.push(key);
            }
        }
        self.platforms.extend(above.platforms);
        self.incomplete = above.incomplete.or(self.incomplete);
        self
    }

    fn take_away(&mut self, name: &str) {
        match name {
            "build" => *self = Self::default(),
            "context" => self.context = None,
            "dockerfile" => self.dockerfile = None,
            "dockerfile_inline" => self.inline = None,
            "target" => self.target = None,
            "args" => self.args.clear(),
            "additional_contexts" => self.contexts.clear(),
            "secrets" => self.secrets.clear(),
            "ssh" => self.ssh.clear(),
            "platforms" => self.platforms.clear(),
            _ => {}
        }
    }

    /// The whole of it, with what Compose fills in.
    pub(super) fn finish(
        self,
        folder: &str,
        environment: &Environment<'_>,
        project_secrets: &BTreeMap<String, Setting>,
    ) -> CallerBuild {
        let unknown = self.incomplete.clone().map(Setting::Unknown);
        let context =
            self.context.or_else(|| unknown.clone()).unwrap_or_else(|| Setting::Known(folder.to_owned()));
        let dockerfile = match (self.dockerfile, &self.inline) {
            (None, Some(_)) => None,
            (Some(Setting::Known(name)), _) if name.is_empty() => {
                Some(Setting::Known("Dockerfile".to_owned()))
            }
            (Some(dockerfile), _) => Some(dockerfile),
            (None, None) => Some(unknown.unwrap_or_else(|| Setting::Known("Dockerfile".to_owned()))),
        };
        let from_environment = |(name, value): (String, Option<Setting>)| {
            let value = value.or_else(|| environment.get(&name).map(Setting::Known))?;
            Some((name, value))
        };
        let secret = |(id, source): (String, Setting)| {
            let found = source.known().and_then(|name| project_secrets.get(name));
            let missing = || Setting::Unknown(format!("the secret {id} is not defined"));
            let specification = match found {
                Some(Setting::Known(source)) => Setting::Known(format!("id={id},{source}")),
                Some(unknown) => unknown.clone(),
                None => missing(),
            };
            (id, specification)
        };
        CallerBuild {
            dockerfile: dockerfile.map(|dockerfile| crate::in_context(&context, dockerfile)),
            context: Some(context),
            inline: self.inline,
            target: self.target.filter(|target| target.known() != Some("")),
            args: self.args.into_iter().filter_map(from_environment).collect(),
            contexts: self.contexts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            secrets: self.secrets.into_iter().map(secret).collect(),
            ssh: self.ssh,
            platforms: self.platforms,
            incomplete: self.incomplete,
        }
    }
}
