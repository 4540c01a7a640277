//! Every setting, one entry a key: its name, what it takes, what its page says, and how a value becomes part of a [`Layer`].
//!
//! Values come as JSON, which is what editors send and what a TOML file is turned into. A value that is wrong costs itself alone.

use std::collections::BTreeMap;

use rules::{LabelKind, Level, Profile};
use serde_json::{Map, Value};

use super::Layer;
use crate::formatting::Layout;

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// Its name, with the table before a dot: `build.target`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it does, in Markdown, in whole sentences.
    pub says: &'static str,
    /// A line of `layerwise.toml` that sets it, after the table's head.
    pub example: &'static str,
}

/// What a setting takes, and where it goes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A list of rules: codes, aliases, categories.
    Rules(fn(&mut Layer, Vec<String>)),
    /// A table from rules to severities.
    Levels(fn(&mut Layer, BTreeMap<String, Level>)),
    /// A text.
    Text(fn(&mut Layer, String)),
    /// A table from names to texts; numbers and truth values count as texts.
    Texts(fn(&mut Layer, BTreeMap<String, String>)),
    /// A list of paths.
    Paths(fn(&mut Layer, Vec<String>)),
    /// A list of registries.
    Registries(fn(&mut Layer, Vec<String>)),
    /// A table from labels to what their values have to be.
    Labels(fn(&mut Layer, BTreeMap<String, LabelKind>)),
    /// A list of secrets.
    Secrets(fn(&mut Layer, Vec<String>)),
    /// A truth value.
    Flag(fn(&mut Layer, bool)),
    /// One of these words.
    Choice(&'static [&'static str], fn(&mut Layer, &str)),
}

/// Every setting, in the order of its page.
pub const KEYS: &[Key] = &[
    Key {
        name: "profile",
        kind: Kind::Choice(&Profile::NAMES, |layer, name| layer.profile = Profile::from_name(name)),
        says: "Which rules run where `select` does not say. `default` has what breaks, leaks, slows or bloats; `strict` every rule but `findings-suppressed`; `hadolint` \
               what hadolint reports by itself, as severe as there, and then the nearest `.hadolint.yaml` counts behind all `layerwise.toml`; `buildkit` what BuildKit's own checks report. \
               A file that does not parse is told in all of them.",
        example: "profile = \"strict\"",
    },
    Key {
        name: "select",
        kind: Kind::Rules(|layer, names| layer.select = Some(names)),
        says: "Only these rules run; `all` runs every rule, those that are off by default too. Without it, those of the profile.",
        example: "select = [\"all\"]",
    },
    Key {
        name: "ignore",
        kind: Kind::Rules(|layer, names| layer.ignore = Some(names)),
        says: "These rules do not run.",
        example: "ignore = [\"DL3020\", \"style\"]",
    },
    Key {
        name: "severity",
        kind: Kind::Levels(|layer, levels| layer.severity = levels),
        says: "How severe a rule's findings are; a rule that is off by default runs once it has a severity.",
        example: "secret-in-arg-or-env = \"error\"\nDL3020 = \"off\"",
    },
    Key {
        name: "trustedRegistries",
        kind: Kind::Registries(|layer, names| layer.trusted_registries = Some(names)),
        says: "The registries that images may come from, with a `*` at one end for any letters; `registry-not-trusted` reports others. A name without a registry is of `docker.io`. \
               Without it all are trusted.",
        example: "trustedRegistries = [\"docker.io\", \"*.example.com\"]",
    },
    Key {
        name: "labels.required",
        kind: Kind::Labels(|layer, labels| layer.required_labels = Some(labels)),
        says: "The labels that an image has to have, and what each has to be: `text`, `url`, `rfc3339` (a time), `spdx` (a licence), `hash` (a commit of git), `semver` (a version) or \
               `email`. `label-missing` and `label-value-invalid` report what is not so.",
        example: "required = { \"org.opencontainers.image.source\" = \"url\" }",
    },
    Key {
        name: "labels.strict",
        kind: Kind::Flag(|layer, strict| layer.strict_labels = Some(strict)),
        says: "Whether an image may have no labels but those; `label-not-in-schema` reports others.",
        example: "strict = true",
    },
    Key {
        name: "build.target",
        kind: Kind::Text(|layer, target| layer.build.target = Some(target)),
        says: "The stage to build where neither the command line nor the editor's command names one.",
        example: "target = \"runtime\"",
    },
    Key {
        name: "build.args",
        kind: Kind::Texts(|layer, args| layer.build.args = args),
        says: "Build arguments, by name. Not for secrets: arguments stay in the image's history.",
        example: "args = { NODE_ENV = \"production\" }",
    },
    Key {
        name: "build.secrets",
        kind: Kind::Secrets(|layer, secrets| layer.build.secrets = Some(secrets)),
        says: "Secrets as `docker buildx build --secret` takes them: `id=ID,src=FILE` or `id=ID,env=NAME`. A relative path starts at the \
               folder of `layerwise.toml`. Name where the value is, never the value.",
        example: "secrets = [\"id=npm,env=NPM_TOKEN\"]",
    },
    Key {
        name: "build.onSave",
        kind: Kind::Flag(|layer, on_save| layer.build.on_save = Some(on_save)),
        says: "Builds a Dockerfile when it is saved, and when a file is saved that its build reads; the latest save wins. It counts in the editor's own settings alone, and never in a folder that the editor says is not trusted: a file that comes with a project cannot start builds.",
        example: "onSave = false",
    },
    Key {
        name: "test.target",
        kind: Kind::Text(|layer, target| layer.test.target = Some(target)),
        says: "The stage whose build runs the tests, where neither the command line nor the editor's command names one. Without it, the \
               stage that is called `test`.",
        example: "target = \"check\"",
    },
    Key {
        name: "test.reports",
        kind: Kind::Paths(|layer, reports| layer.test.reports = Some(reports)),
        says: "Where the tests leave JUnit reports in the container: paths that begin with `/`, or at the stage's last WORKDIR. A `*` in the last part \
               stands for any letters. What options such as pytest's `--junitxml` name, and where Maven and Gradle write, is found without it.",
        example: "reports = [\"build/junit/*.xml\"]",
    },
    Key {
        name: "format.layout",
        kind: Kind::Choice(&Layout::NAMES, |layer, name| layer.layout = Layout::from_name(name)),
        says: "How far formatting goes. `tidy` keeps what was aligned by hand, and the text of every command byte for byte: no step runs again \
               for it. `align` also gives the continued lines of commands one indent, and one space between words; the builder runs a RUN \
               that was laid out anew once more. Comments, heredocs and quoted texts stay with both.",
        example: "layout = \"tidy\"",
    },
    Key {
        name: "hints.build",
        kind: Kind::Flag(|layer, shown| layer.hints.build = Some(shown)),
        says: "Hints of the last build behind each step: cached or how long, and how many bytes.",
        example: "build = true",
    },
    Key {
        name: "hints.prediction",
        kind: Kind::Flag(|layer, shown| layer.hints.prediction = Some(shown)),
        says: "Hints of the next build behind each step, as you type: cached, rebuild with what it cost last time, or maybe. They need a build that is on record; nothing is built for them.",
        example: "prediction = true",
    },
    Key {
        name: "hints.variables",
        kind: Kind::Flag(|layer, shown| layer.hints.variables = Some(shown)),
        says: "Hints of what images, paths and other words are with their variables expanded. Values of secrets are never shown.",
        example: "variables = true",
    },
    Key {
        name: "hints.workdir",
        kind: Kind::Flag(|layer, shown| layer.hints.workdir = Some(shown)),
        says: "Hints of where a relative WORKDIR leads.",
        example: "workdir = true",
    },
    Key {
        name: "hints.stages",
        kind: Kind::Flag(|layer, shown| layer.hints.stages = Some(shown)),
        says: "Hints of the stage that a number such as `--from=0` means, and of what takes the place of a stage.",
        example: "stages = true",
    },
];

/// A value that is wrong, and left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The way to it: keys, and the index of an item in a list.
    pub at: Vec<String>,
    /// What is wrong and what to do, without naming the place. It quotes no value that may be a secret.
    pub message: String,
}

/// What was read from one place.
#[derive(Debug, Default)]
pub struct Reading {
    /// What it sets.
    pub layer: Layer,
    /// What is left out.
    pub problems: Vec<Problem>,
}

/// Reads the settings of one place. `null` is what an editor sends for what is not set.
#[must_use]
pub fn read(values: &Value) -> Reading {
    let mut reader = Reader::default();
    match values {
        Value::Null => {}
        Value::Object(table) => reader.table(table, &[]),
        _ => reader.complain(&[], "settings are a table of keys"),
    }
    Reading { layer: reader.layer, problems: reader.problems }
}

#[derive(Default)]
struct Reader {
    layer: Layer,
    problems: Vec<Problem>,
}

impl Reader {
    fn complain(&mut self, at: &[&str], message: impl Into<String>) {
        let at = at.iter().map(|part| (*part).to_owned()).collect();
        self.problems.push(Problem { at, message: message.into() });
    }

    fn table(&mut self, table: &Map<String, Value>, above: &[&str]) {
        for (name, value) in table.iter().filter(|(_, value)| !value.is_null()) {
            let at = [above, &[name.as_str()]].concat();
            let full = at.join(".");
            let is_table = above.is_empty() && KEYS.iter().any(|key| table_of(key) == Some(name));
            match (KEYS.iter().find(|key| key.name == full), value) {
                (Some(key), value) => self.value(key.kind, value, &at),
                (None, Value::Object(inner)) if is_table => self.table(inner, &at),
                (None, _) if is_table => self.complain(&at, format!("`{name}` must be a table")),
                (None, _) => self.complain(&at, unknown(&full)),
            }
        }
    }

    fn value(&mut self, kind: Kind, value: &Value, at: &[&str]) {
        match kind {
            Kind::Rules(set) => {
                let Some(names) = self.texts(value, at) else { return };
                let known = self.known_rules(&names, at);
                // A list of nothing but mistakes is no list: an empty one would mean something else.
                if !known.is_empty() || names.is_empty() {
                    set(&mut self.layer, known);
                }
            }
            Kind::Levels(set) => {
                let Some(table) = self.object(value, at) else { return };
                let levels = table.iter().filter_map(|(name, level)| {
                    let at = [at, &[name.as_str()]].concat();
                    if let Some(message) = rules::settings::complaint(name) {
                        self.complain(&at, message);
                        return None;
                    }
                    let level = level.as_str().and_then(Level::from_name);
                    if level.is_none() {
                        self.complain(
                            &at,
                            format!("the severity of `{name}` must be error, warning, info, hint or off"),
                        );
                    }
                    Some((name.clone(), level?))
                });
                let levels = levels.collect();
                set(&mut self.layer, levels);
            }
            Kind::Text(set) => match value.as_str() {
                Some(text) => set(&mut self.layer, text.to_owned()),
                None => self.wrong_type(at, "a text"),
            },
            Kind::Texts(set) => {
                let Some(table) = self.object(value, at) else { return };
                let texts = table.iter().filter_map(|(name, value)| {
                    let text = as_text(value);
                    if text.is_none() && !value.is_null() {
                        self.wrong_type(&[at, &[name.as_str()]].concat(), "a text");
                    }
                    Some((name.clone(), text?))
                });
                let texts = texts.collect();
                set(&mut self.layer, texts);
            }
            Kind::Paths(set) => {
                if let Some(paths) = self.texts(value, at) {
                    set(&mut self.layer, paths);
                }
            }
            Kind::Registries(set) => {
                let Some(names) = self.texts(value, at) else { return };
                let mut good = Vec::new();
                for (index, name) in names.into_iter().enumerate() {
                    if is_registry(&name) {
                        good.push(name);
                    } else {
                        let index = index.to_string();
                        let message = format!(
                            "`{name}` is no registry: write a host such as docker.io, with a `*` at one end at most"
                        );
                        self.complain(&[at, &[index.as_str()]].concat(), message);
                    }
                }
                // A list of nothing but mistakes would trust all.
                if !good.is_empty() {
                    set(&mut self.layer, good);
                }
            }
            Kind::Labels(set) => {
                let Some(table) = self.object(value, at) else { return };
                let labels = table.iter().filter_map(|(name, kind)| {
                    let found = kind.as_str().and_then(LabelKind::from_name);
                    if found.is_none() {
                        let message = format!("the label `{name}` must be {}", one_of(&LabelKind::NAMES));
                        self.complain(&[at, &[name.as_str()]].concat(), message);
                    }
                    Some((name.clone(), found?))
                });
                let labels = labels.collect();
                set(&mut self.layer, labels);
            }
            Kind::Secrets(set) => {
                let Some(secrets) = self.texts(value, at) else { return };
                let mut good = Vec::new();
                for (index, secret) in secrets.into_iter().enumerate() {
                    if is_secret(&secret) {
                        good.push(secret);
                    } else {
                        let index = index.to_string();
                        let message = "a secret must be id=ID,src=FILE or id=ID,env=NAME";
                        self.complain(&[at, &[index.as_str()]].concat(), message);
                    }
                }
                set(&mut self.layer, good);
            }
            Kind::Flag(set) => match value.as_bool() {
                Some(flag) => set(&mut self.layer, flag),
                None => self.wrong_type(at, "true or false"),
            },
            Kind::Choice(names, set) => match value.as_str().filter(|name| names.contains(name)) {
                Some(name) => set(&mut self.layer, name),
                None => self.wrong_type(at, &one_of(names)),
            },
        }
    }

    fn known_rules(&mut self, names: &[String], at: &[&str]) -> Vec<String> {
        let mut known = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match rules::settings::complaint(name) {
                Some(message) => {
                    let index = index.to_string();
                    self.complain(&[at, &[index.as_str()]].concat(), message);
                }
                None => known.push(name.clone()),
            }
        }
        known
    }

    fn texts(&mut self, value: &Value, at: &[&str]) -> Option<Vec<String>> {
        let texts: Option<Vec<String>> = value
            .as_array()
            .and_then(|values| values.iter().map(|value| value.as_str().map(str::to_owned)).collect());
        if texts.is_none() {
            self.wrong_type(at, "a list of texts");
        }
        texts
    }

    fn object<'a>(&mut self, value: &'a Value, at: &[&str]) -> Option<&'a Map<String, Value>> {
        if !value.is_object() {
            self.wrong_type(at, "a table");
        }
        value.as_object()
    }

    fn wrong_type(&mut self, at: &[&str], wanted: &str) {
        self.complain(at, format!("`{}` must be {wanted}", at.join(".")));
    }
}

/// The table that a key stands in.
pub(super) fn table_of(key: &Key) -> Option<&'static str> {
    match key.kind {
        Kind::Levels(_) => None,
        _ => key.name.split_once('.').map(|(table, _)| table),
    }
}

fn unknown(name: &str) -> String {
    let names = KEYS.iter().map(|key| key.name);
    match rules::nearest(name, names.clone()) {
        Some(nearest) => format!("there is no setting `{name}`; is `{nearest}` meant?"),
        None => {
            let names: Vec<&str> = names.collect();
            format!("there is no setting `{name}`; there are {}", names.join(", "))
        }
    }
}

/// `a, b or c`.
fn one_of(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// Whether a text is the host of a registry, with a `*` at one end at most.
fn is_registry(text: &str) -> bool {
    let host = text.strip_prefix('*').or_else(|| text.strip_suffix('*')).unwrap_or(text);
    !text.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:_[]".contains(&byte))
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether every field of a secret is known and one of them is the id.
fn is_secret(spec: &str) -> bool {
    let fields: Option<Vec<(&str, &str)>> = spec.split(',').map(|field| field.split_once('=')).collect();
    fields.is_some_and(|fields| {
        let known = |(key, value): &(&str, &str)| {
            matches!(key.trim(), "id" | "src" | "source" | "env" | "type") && !value.is_empty()
        };
        fields.iter().all(known) && fields.iter().any(|(key, _)| key.trim() == "id")
    })
}
