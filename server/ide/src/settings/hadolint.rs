//! `.hadolint.yaml`: what it says becomes a [`Layer`], so that a project can change its linter and keep its decisions.
//!
//! Values come as JSON, which the file's YAML is turned into. As everywhere, what is wrong costs itself alone.

use std::collections::BTreeMap;

use rules::{LabelKind, Level, Severity};
use serde_json::{Map, Value};

use super::schema::{Problem, Reading};
use super::{FailOn, Layer};

/// The keys that it may have.
const KEYS: [&str; 10] = [
    "ignored",
    "override",
    "trustedRegistries",
    "label-schema",
    "strict-labels",
    "failure-threshold",
    "no-fail",
    "disable-ignore-pragma",
    "format",
    "no-color",
];

/// Reads the settings of a `.hadolint.yaml`.
#[must_use]
pub fn read(values: &Value) -> Reading {
    let mut reader = Reader::default();
    match values {
        Value::Null => {}
        Value::Object(table) => reader.table(table),
        _ => reader.complain(&[], "hadolint's settings are a table of keys"),
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

    fn table(&mut self, table: &Map<String, Value>) {
        for (key, value) in table.iter().filter(|(_, value)| !value.is_null()) {
            match key.as_str() {
                "ignored" => self.layer.ignore = Some(self.rules(value, &[key])),
                "override" => self.severities(value),
                "trustedRegistries" => {
                    let names = self.texts(value, &[key]);
                    self.layer.trusted_registries = (!names.is_empty()).then_some(names);
                }
                "label-schema" => self.labels(value),
                "strict-labels" => self.layer.strict_labels = self.flag(value, key),
                "failure-threshold" => self.threshold(value),
                "no-fail" => {
                    if self.flag(value, key) == Some(true) {
                        self.layer.fail_on = Some(FailOn::Never);
                    }
                }
                "disable-ignore-pragma" => self.layer.ignores_hadolint_comments = self.flag(value, key),
                // How findings are printed is for the command line to say.
                "format" | "no-color" => {}
                _ => {
                    let near = rules::nearest(key, KEYS.into_iter());
                    let cure = near.map_or_else(
                        || format!("there are {}", KEYS.join(", ")),
                        |near| format!("is `{near}` meant?"),
                    );
                    self.complain(&[key], format!("hadolint has no setting `{key}`; {cure}"));
                }
            }
        }
    }

    /// Rules by hadolint's codes and ShellCheck's; ours work too.
    fn rules(&mut self, value: &Value, at: &[&str]) -> Vec<String> {
        let mut known = Vec::new();
        for (index, name) in self.texts(value, at).into_iter().enumerate() {
            match rules::settings::complaint(&name) {
                Some(message) => self.complain(&[at, &[index.to_string().as_str()]].concat(), message),
                None => known.push(name),
            }
        }
        known
    }

    fn severities(&mut self, value: &Value) {
        let Some(table) = value.as_object() else {
            return self
                .complain(&["override"], "`override` must be a table of error, warning, info and style");
        };
        let mut levels: BTreeMap<String, Level> = BTreeMap::new();
        for (name, codes) in table {
            let Some(severity) = severity(name) else {
                let message =
                    format!("there is no severity `{name}` to override with: error, warning, info or style");
                self.complain(&["override", name], message);
                continue;
            };
            for code in self.rules(codes, &["override", name]) {
                if levels
                    .insert(code.clone(), Level::At(severity))
                    .is_some_and(|before| before != Level::At(severity))
                {
                    let message = format!("`{code}` is overridden with two severities; the last one counts");
                    self.complain(&["override", name], message);
                }
            }
        }
        self.layer.severity = levels;
    }

    fn labels(&mut self, value: &Value) {
        let Some(table) = value.as_object() else {
            return self
                .complain(&["label-schema"], "`label-schema` must be a table from labels to what they are");
        };
        let mut labels = BTreeMap::new();
        for (name, kind) in table {
            match kind.as_str().and_then(LabelKind::from_name) {
                Some(kind) => drop(labels.insert(name.clone(), kind)),
                None => {
                    let message =
                        format!("the label `{name}` must be one of {}", LabelKind::NAMES.join(", "));
                    self.complain(&["label-schema", name], message);
                }
            }
        }
        self.layer.required_labels = Some(labels);
    }

    fn threshold(&mut self, value: &Value) {
        let level = match value.as_str() {
            // All that is reported is above these.
            Some("ignore" | "none") => Some(Severity::Hint),
            Some(name) => severity(name),
            None => None,
        };
        match level {
            // `no-fail` wins wherever it stands.
            Some(level) => {
                let _ = self.layer.fail_on.get_or_insert(FailOn::From(level));
            }
            None => {
                let message = "`failure-threshold` must be error, warning, info, style, ignore or none";
                self.complain(&["failure-threshold"], message);
            }
        }
    }

    fn flag(&mut self, value: &Value, key: &str) -> Option<bool> {
        let flag = value.as_bool();
        if flag.is_none() {
            self.complain(&[key], format!("`{key}` must be true or false"));
        }
        flag
    }

    /// A list of texts; one text is a list of one.
    fn texts(&mut self, value: &Value, at: &[&str]) -> Vec<String> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let message = format!("`{}` must be a list of texts", at.join("."));
                    self.complain(&[at, &[index.to_string().as_str()]].concat(), message);
                }
            }
        }
        texts
    }
}

fn severity(name: &str) -> Option<Severity> {
    if name == "style" {
        Some(Severity::Hint)
    } else {
        Severity::from_name(name).filter(|found| *found != Severity::Hint)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_key_means_what_it_means_there() {
        let reading = read(&json!({
            "ignored": ["DL3008", "SC2086"],
            "override": {"error": ["DL3002"], "style": ["DL3015"]},
            "trustedRegistries": "docker.io",
            "label-schema": {"version": "semver", "maintainer": "text"},
            "strict-labels": true,
            "failure-threshold": "error",
            "disable-ignore-pragma": true,
            "format": "json",
            "no-color": true,
        }));
        assert_eq!(reading.problems, []);
        let layer = reading.layer;
        assert_eq!(layer.ignore, Some(vec!["DL3008".to_owned(), "SC2086".to_owned()]));
        assert_eq!(layer.severity["DL3002"], Level::At(Severity::Error));
        assert_eq!(layer.severity["DL3015"], Level::At(Severity::Hint));
        assert_eq!(layer.trusted_registries, Some(vec!["docker.io".to_owned()]));
        assert_eq!(layer.required_labels.unwrap().get("version"), Some(&LabelKind::Version));
        assert_eq!((layer.strict_labels, layer.ignores_hadolint_comments), (Some(true), Some(true)));
        assert_eq!(layer.fail_on, Some(FailOn::From(Severity::Error)));
        let reading = read(&json!({"failure-threshold": "none", "no-fail": true}));
        assert_eq!(reading.layer.fail_on, Some(FailOn::Never));
        assert_eq!(
            read(&json!({"failure-threshold": "none"})).layer.fail_on,
            Some(FailOn::From(Severity::Hint))
        );
        assert_eq!(read(&Value::Null).problems, []);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (values, expected) in [
            (json!([1]), "hadolint's settings are a table of keys"),
            (json!({"ignore": ["DL3008"]}), "hadolint has no setting `ignore`; is `ignored` meant?"),
            (json!({"ignored": ["DL9999"]}), "there is no rule or category DL9999"),
            (json!({"ignored": [1]}), "`ignored` must be a list of texts"),
            (json!({"override": {"hint": ["DL3008"]}}), "there is no severity `hint` to override with"),
            (
                json!({"override": {"error": ["DL3008"], "info": ["DL3008"]}}),
                "overridden with two severities",
            ),
            (json!({"override": 1}), "`override` must be a table"),
            (json!({"label-schema": {"a": "uri"}}), "the label `a` must be one of text, url"),
            (json!({"label-schema": []}), "`label-schema` must be a table"),
            (json!({"failure-threshold": "never"}), "`failure-threshold` must be"),
            (json!({"no-fail": "yes"}), "`no-fail` must be true or false"),
        ] {
            let problems = read(&values).problems;
            assert_eq!(problems.len(), 1, "{values}: {problems:?}");
            assert!(problems[0].message.contains(expected), "{problems:?}");
        }
    }
}
