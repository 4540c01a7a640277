//! One target of a Bake file: what its block says, what it inherits, and what Bake fills in.

use std::collections::BTreeMap;

use super::evaluate::{Evaluator, Locals};
use super::source::Block;
use super::value::Value;
use crate::{CallerBuild, Outside, Setting, in_context, paths};

/// What a block says about a target, paths not yet made absolute.
#[derive(Debug, Clone, Default)]
pub(super) struct Target {
    pub(super) inherits: Vec<String>,
    context: Option<Setting>,
    dockerfile: Option<Setting>,
    inline: Option<Setting>,
    target: Option<Setting>,
    args: BTreeMap<String, Setting>,
    contexts: BTreeMap<String, Setting>,
    secrets: BTreeMap<String, Setting>,
    ssh: Vec<Setting>,
    platforms: Option<Vec<Setting>>,
    pub(super) incomplete: Option<String>,
}

impl Target {
    /// Reads a block; `locals` are those of its matrix.
    pub(super) fn read(block: &Block, evaluator: &Evaluator<'_>, locals: &Locals) -> Self {
        let mut target = Self::default();
        for attribute in &block.attributes {
            let value = || evaluator.evaluate(&attribute.source, locals);
            match attribute.name.as_str() {
                "context" => target.context = value().setting(),
                "dockerfile" => target.dockerfile = value().setting(),
                "dockerfile-inline" => target.inline = value().setting(),
                "target" => target.target = value().setting(),
                "args" => target.args = target.pairs(&value()),
                "contexts" => target.contexts = target.pairs(&value()),
                "inherits" => {
                    let names = target.list(&value()).into_iter();
                    target.inherits = names.filter_map(|name| name.known().map(str::to_owned)).collect();
                }
                "secret" => target.secrets = target.secrets(&value()),
                "ssh" => target.ssh = target.ssh(&value()),
                "platforms" => {
                    let value = value();
                    if value != Value::Null {
                        target.platforms = Some(target.list(&value));
                    }
                }
                _ => {}
            }
        }
        target
    }

    /// What a Compose service of the same folder says.
    pub(super) fn of_service(build: &CallerBuild) -> Self {
        Self {
            inherits: Vec::new(),
            context: build.context.clone(),
            dockerfile: build.dockerfile.clone(),
            inline: build.inline.clone(),
            target: build.target.clone(),
            args: build.args.clone(),
            contexts: build.contexts.clone(),
            secrets: build.secrets.clone(),
            ssh: build.ssh.clone(),
            platforms: (!build.platforms.is_empty()).then(|| build.platforms.clone()),
            incomplete: build.incomplete.clone(),
        }
    }

    /// What cannot be told as a whole may hold anything.
    fn note(&mut self, value: &Value) {
        if let Value::Unknown(reason) = value {
            self.incomplete.get_or_insert_with(|| reason.to_string());
        }
    }

    fn pairs(&mut self, value: &Value) -> BTreeMap<String, Setting> {
        self.note(value);
        let Value::Object(values, _) = value else { return BTreeMap::new() };
        values.iter().filter_map(|(name, value)| Some((name.clone(), value.setting()?))).collect()
    }

    fn list(&mut self, value: &Value) -> Vec<Setting> {
        self.note(value);
        let values = value.as_list().unwrap_or_default();
        for value in values {
            self.note(value);
        }
        values.iter().filter_map(Value::setting).collect()
    }

    /// By id: `id=npm,src=.npmrc`, or an object with these fields.
    fn secrets(&mut self, value: &Value) -> BTreeMap<String, Setting> {
        self.note(value);
        let mut secrets = BTreeMap::new();
        for value in value.as_list().unwrap_or_default() {
            self.note(value);
            let fields: BTreeMap<String, String> = match value {
                Value::Object(fields, _) => {
                    let text = |value: &Value| {
                        value.as_text().filter(|text| !text.is_empty()).map(|text| text.to_string())
                    };
                    fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
                }
                other => {
                    let text = other.as_text().unwrap_or_default();
                    let pair = |field: &str| {
                        field.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
                    };
                    text.split(',').filter_map(pair).collect()
                }
            };
            let Some(id) = fields.get("id") else { continue };
            let file = fields.get("src").or_else(|| fields.get("source"));
            let is_variable = fields.get("type").is_some_and(|kind| kind == "env");
            let source = match (fields.get("env"), file) {
                (Some(name), _) => format!(",env={name}"),
                (None, Some(name)) if is_variable => format!(",env={name}"),
                (None, Some(path)) => format!(",src={path}"),
                (None, None) => String::new(),
            };
            secrets.insert(id.clone(), Setting::Known(format!("id={id}{source}")));
        }
        secrets
    }

    fn ssh(&mut self, value: &Value) -> Vec<Setting> {
        self.note(value);
        let keys = value.as_list().unwrap_or_default().iter();
        let one = |value: &Value| match value {
            Value::Object(fields, _) => {
                let id = fields.get("id").and_then(Value::as_text).unwrap_or_default();
                let paths = fields.get("paths").and_then(Value::as_list).unwrap_or_default();
                let paths: Vec<_> = paths.iter().filter_map(Value::as_text).collect();
                Some(Setting::Known(if paths.is_empty() {
                    id.to_string()
                } else {
                    format!("{id}={}", paths.join(","))
                }))
            }
            other => other.setting(),
        };
        keys.filter_map(one).collect()
    }

    /// This one under another one that counts more.
    pub(super) fn under(mut self, above: Self) -> Self {
        self.inherits.extend(above.inherits);
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
        self.platforms = above.platforms.or(self.platforms);
        self.incomplete = above.incomplete.or(self.incomplete);
        self
    }

    /// The whole of it: paths count from `folder`.
    pub(super) fn finish(self, folder: &str, outside: &dyn Outside) -> CallerBuild {
        let unknown = self.incomplete.clone().map(Setting::Unknown);
        let local = |setting: Setting| match setting {
            Setting::Known(path) => {
                let inside = path.strip_prefix("cwd://").unwrap_or(&path);
                if paths::is_remote(inside) || inside.starts_with("target:") {
                    return Setting::Known(path);
                }
                Setting::Known(paths::join(folder, inside))
            }
            unknown => unknown,
        };
        let context = self.context.filter(|context| context.known() != Some(""));
        let context = context.or_else(|| unknown.clone()).unwrap_or_else(|| Setting::Known(".".to_owned()));
        let context = local(context);
        let dockerfile = self.dockerfile.filter(|dockerfile| dockerfile.known() != Some(""));
        let dockerfile = match (dockerfile, &self.inline) {
            (_, Some(_)) => None,
            (Some(Setting::Known(path)), None) if path.starts_with("cwd://") => {
                Some(local(Setting::Known(path)))
            }
            (Some(dockerfile), None) => Some(in_context(&context, dockerfile)),
            (None, None) => {
                let dockerfile = unknown.unwrap_or_else(|| Setting::Known("Dockerfile".to_owned()));
                Some(in_context(&context, dockerfile))
            }
        };
        let secret = |specification: Setting| match specification {
            Setting::Known(text) => Setting::Known(match text.split_once(",src=") {
                Some((id, path)) => {
                    format!("{id},src={}", paths::join_home(folder, path, outside.home().as_deref()))
                }
                None => text,
            }),
            unknown => unknown,
        };
        CallerBuild {
            context: Some(context),
            dockerfile,
            inline: self.inline,
            target: self.target.filter(|target| target.known() != Some("")),
            args: self.args,
            contexts: self.contexts.into_iter().map(|(name, value)| (name, local(value))).collect(),
            secrets: self.secrets.into_iter().map(|(id, value)| (id, secret(value))).collect(),
            ssh: self.ssh,
            platforms: self.platforms.unwrap_or_default(),
            incomplete: self.incomplete,
        }
    }
}
