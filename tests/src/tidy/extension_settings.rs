//! The settings that the VS Code extension announces are those that the server reads: none is forgotten, and none does nothing.

use ide::Settings;
use ide::settings::schema::{KEYS, Key, Kind};
use serde_json::{Map, Value, json};

use super::assert_none;
use super::tree::root;

const PACKAGE: &str = "vscode-extension/package.json";

/// What only the extension itself reads.
const OF_THE_EXTENSION: [&str; 2] = ["server.path", "trace.server"];

fn properties() -> Map<String, Value> {
    let text = std::fs::read_to_string(root().join(PACKAGE)).expect("the extension's manifest");
    let mut package: Value = serde_json::from_str(&text).expect("a manifest in JSON");
    match package.pointer_mut("/contributes/configuration/properties").map(Value::take) {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    }
}

/// What a setting is announced as in JSON Schema.
fn type_of(key: &Key) -> Value {
    match key.kind {
        Kind::Rules(_) | Kind::Secrets(_) => json!("array"),
        Kind::Levels(_) | Kind::Texts(_) => json!("object"),
        Kind::Text(_) | Kind::Choice(..) => json!("string"),
        Kind::Flag(_) => json!("boolean"),
    }
}

fn problems(properties: &Map<String, Value>) -> Vec<String> {
    let mut problems = Vec::new();
    for key in KEYS {
        let Some(announced) = properties.get(&format!("layerwise.{}", key.name)) else {
            problems.push(format!("{PACKAGE} lacks layerwise.{}", key.name));
            continue;
        };
        let types = match &announced["type"] {
            // `null` stands for a setting that is not set.
            Value::Array(types) => types.iter().filter(|one| **one != "null").cloned().collect(),
            one => vec![one.clone()],
        };
        if types != [type_of(key)] {
            problems.push(format!("layerwise.{} takes {}, not {types:?}", key.name, type_of(key)));
        }
        if let Kind::Choice(names, _) = key.kind
            && announced["enum"] != json!(names)
        {
            problems.push(format!("layerwise.{} is one of {names:?}", key.name));
        }
        if announced["markdownDescription"].as_str().is_none_or(|text| !text.ends_with('.')) {
            problems.push(format!("layerwise.{} is not described in whole sentences", key.name));
        }
    }
    for name in properties.keys() {
        let name = name.strip_prefix("layerwise.").unwrap_or(name);
        if !OF_THE_EXTENSION.contains(&name) && !KEYS.iter().any(|key| key.name == name) {
            problems.push(format!("{PACKAGE} has layerwise.{name}, which the server does not read"));
        }
    }
    problems
}

/// The section that VS Code sends where the user has set nothing: every default, in nested tables.
fn section_of_defaults(properties: &Map<String, Value>) -> Value {
    let mut section = json!({});
    for (name, announced) in properties {
        let path = name.trim_start_matches("layerwise.").replace('.', "/");
        if OF_THE_EXTENSION.iter().any(|own| own.replace('.', "/") == path) {
            continue;
        }
        let mut table = &mut section;
        for part in path.split('/') {
            table = &mut table[part];
        }
        *table = announced["default"].clone();
    }
    section
}

#[test]
fn the_extension_announces_what_the_server_reads() {
    assert_none(&problems(&properties()));
}

#[test]
fn the_defaults_of_the_extension_change_nothing() {
    let reading = ide::settings::read(&section_of_defaults(&properties()));
    assert_eq!(reading.problems, []);
    assert_eq!(Settings::merged([&reading.layer]), Settings::default());
}

#[test]
fn a_key_that_is_missing_or_of_no_use_is_a_problem() {
    let mut properties = properties();
    let hints = properties.remove("layerwise.hints.build");
    properties.insert("layerwise.hints.bulid".to_owned(), hints.unwrap_or_default());
    properties["layerwise.format.layout"]["enum"] = json!(["tidy"]);
    assert_eq!(
        problems(&properties),
        [
            "layerwise.format.layout is one of [\"tidy\", \"align\"]",
            "vscode-extension/package.json lacks layerwise.hints.build",
            "vscode-extension/package.json has layerwise.hints.bulid, which the server does not read",
        ]
    );
}
