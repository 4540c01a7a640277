//! The client's settings: the section `layerwise`, the same keys as `layerwise.toml`.
//!
//! What has the wrong type is left out and named in the client's log; everything else still counts.

use std::collections::BTreeMap;

use ide::{Level, Settings};
use inner_loop::{SecretSource, SecretSpec};
use serde_json::{Map, Value};

/// The section's name.
pub(crate) const SECTION: &str = "layerwise";

/// Settings and what could not be read of them.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) settings: Settings,
    pub(crate) complaints: Vec<String>,
}

/// Reads a section. `null` and what is no object are no settings at all.
pub(crate) fn read(section: &Value) -> Reading {
    let mut reading = Reading::default();
    let Some(section) = section.as_object() else { return reading };
    let complaints = &mut reading.complaints;
    let settings = &mut reading.settings;
    settings.rules.select = texts(section, "select", complaints);
    settings.rules.ignore = texts(section, "ignore", complaints);
    for (name, level) in pairs(section, "severity", complaints) {
        match Level::from_name(&level) {
            Some(level) => drop(settings.rules.severity.insert(name, level)),
            None => complaints.push(format!(
                "severity `{level}` of `{name}` is left out: it must be error, warning, info, hint or off"
            )),
        }
    }
    for (name, nearest) in settings.rules.unknown_names() {
        let hint = nearest.map(|nearest| format!("; is `{nearest}` meant?")).unwrap_or_default();
        complaints.push(format!("there is no rule `{name}`{hint}"));
    }
    if let Some(build) = field(section, "build").and_then(Value::as_object) {
        settings.build.target = field(build, "target").and_then(Value::as_str).map(str::to_owned);
        settings.build.args = pairs(build, "args", complaints);
        settings.build.secrets = texts(build, "secrets", complaints);
        settings.build.on_save = field(build, "onSave").and_then(Value::as_bool) == Some(true);
    }
    reading
}

/// The section inside `initializationOptions` or the `settings` of `didChangeConfiguration`: these hold it by name, or are it.
pub(crate) fn section(options: &Value) -> &Value {
    options.get(SECTION).unwrap_or(options)
}

/// A secret as `docker buildx build --secret` takes it; nothing where it has no id.
pub(crate) fn secret(text: &str) -> Option<SecretSpec> {
    let fields: BTreeMap<&str, &str> = text
        .split(',')
        .filter_map(|field| field.split_once('='))
        .map(|(key, value)| (key.trim(), value))
        .collect();
    let id = (*fields.get("id")?).to_owned();
    let source = match (fields.get("src").or_else(|| fields.get("source")), fields.get("env")) {
        (Some(file), _) => SecretSource::File(file.into()),
        (None, Some(name)) => SecretSource::Environment((*name).to_owned()),
        (None, None) => SecretSource::Environment(id.clone()),
    };
    Some(SecretSpec { id, source })
}

/// A field that is there; editors write `null` for what is not set.
fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn texts(object: &Map<String, Value>, name: &str, complaints: &mut Vec<String>) -> Vec<String> {
    let Some(value) = field(object, name) else { return Vec::new() };
    let texts: Option<Vec<String>> = value
        .as_array()
        .and_then(|values| values.iter().map(|value| value.as_str().map(str::to_owned)).collect());
    if texts.is_none() {
        complaints.push(format!("setting `{SECTION}.{name}` is left out: it must be a list of texts"));
    }
    texts.unwrap_or_default()
}

fn pairs(object: &Map<String, Value>, name: &str, complaints: &mut Vec<String>) -> BTreeMap<String, String> {
    let Some(value) = field(object, name) else { return BTreeMap::new() };
    let Some(fields) = value.as_object() else {
        complaints.push(format!("setting `{SECTION}.{name}` is left out: it must be an object"));
        return BTreeMap::new();
    };
    let as_text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    fields.iter().filter_map(|(key, value)| Some((key.clone(), as_text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_costs_itself_alone() {
        let reading = read(
            &json!({"ignore": ["syntax-problem"], "select": "all", "severity": {"syntax-problm": "off", "cache": "loud", "b": []},
            "build": {"target": null, "args": {"PORT": 80}, "secrets": ["id=npm,src=/x"]}}),
        );
        assert_eq!(reading.settings.rules.ignore, ["syntax-problem"]);
        assert!(reading.settings.rules.select.is_empty());
        assert_eq!(reading.complaints.len(), 3, "{:?}", reading.complaints);
        assert_eq!(reading.settings.rules.severity.len(), 1);
        assert_eq!(reading.settings.build.args["PORT"], "80");
        assert!(read(&json!(null)).complaints.is_empty());
    }

    #[test]
    fn the_section_may_be_named_or_not() {
        assert_eq!(section(&json!({"layerwise": {"ignore": []}})), &json!({"ignore": []}));
        assert_eq!(section(&json!({"ignore": []})), &json!({"ignore": []}));
    }

    #[test]
    fn secrets_as_buildx_takes_them() {
        let file = secret("id=npm,src=/run/token").unwrap();
        assert_eq!(file, SecretSpec { id: "npm".into(), source: SecretSource::File("/run/token".into()) });
        let environment = secret("id=npm,env=NPM_TOKEN").unwrap();
        assert_eq!(environment.source, SecretSource::Environment("NPM_TOKEN".into()));
        assert_eq!(secret("id=NPM").unwrap().source, SecretSource::Environment("NPM".into()));
        assert_eq!(secret("npm"), None);
    }
}
