//! The settings that the VS Code extension announces are made from those that the server reads: none is forgotten, none does nothing, and
//! each is described in the words of its page.
//!
//! `UPDATE_EXPECT=1 cargo test -p layerwise-tests tidy` writes them into the extension's manifest anew.

use expect_test::expect_file;
use ide::Settings;
use ide::settings::schema::{KEYS, Key, Kind};
use ide::settings::{Layer, read};
use serde_json::{Map, Value, json};

use super::tree::root;

const PACKAGE: &str = "vscode-extension/package.json";
const PROPERTIES: &str = "/contributes/configuration/properties";
const RESTRICTED: &str = "/capabilities/untrustedWorkspaces/restrictedConfigurations";

/// What only the extension itself reads, and is announced as the manifest has it.
const OF_THE_EXTENSION: [&str; 2] = ["layerwise.server.path", "layerwise.trace.server"];

fn manifest() -> String {
    std::fs::read_to_string(root().join(PACKAGE)).expect("the extension's manifest")
}

/// The manifest with the settings as they should be.
fn fresh(manifest: &str) -> String {
    let mut manifest: Value = serde_json::from_str(manifest).expect("a manifest in JSON");
    let own = manifest.pointer(PROPERTIES).cloned().unwrap_or_default();
    let announced = KEYS.iter().enumerate().map(|(order, key)| (name_of(key), announced(order, key)));
    let own = OF_THE_EXTENSION.iter().map(|name| ((*name).to_owned(), own[name].clone()));
    let properties: Map<String, Value> = announced.chain(own).collect();
    // What goes into a build is not taken from a folder that nobody trusts.
    let goes_in = |key: &&Key| key.name.starts_with("build.") || key.name.starts_with("test.");
    let of_builds = KEYS.iter().filter(goes_in).map(name_of);
    let restricted: Vec<String> = [OF_THE_EXTENSION[0].to_owned()].into_iter().chain(of_builds).collect();
    for (place, value) in [(PROPERTIES, Value::Object(properties)), (RESTRICTED, json!(restricted))] {
        *manifest.pointer_mut(place).unwrap_or_else(|| panic!("{PACKAGE} lacks {place}")) = value;
    }
    format!("{manifest:#}\n")
}

fn name_of(key: &Key) -> String {
    format!("layerwise.{}", key.name)
}

/// A setting as VS Code wants it, in JSON Schema.
fn announced(order: usize, key: &Key) -> Value {
    let mut setting = match key.kind {
        Kind::Rules(_) | Kind::Paths(_) | Kind::Registries(_) | Kind::Secrets(_) => {
            json!({"type": "array", "items": {"type": "string"}, "default": []})
        }
        Kind::Levels(_) => {
            let levels = json!({"type": "string", "enum": ["error", "warning", "info", "hint", "off"]});
            json!({"type": "object", "additionalProperties": levels, "default": {}})
        }
        Kind::Labels(_) => {
            let kinds = json!({"type": "string", "enum": rules::LabelKind::NAMES});
            json!({"type": "object", "additionalProperties": kinds, "default": {}})
        }
        Kind::Text(_) => json!({"type": ["string", "null"], "default": null}),
        Kind::Texts(_) => {
            let texts = json!({"type": ["string", "number", "boolean"]});
            json!({"type": "object", "additionalProperties": texts, "default": {}})
        }
        Kind::Flag(set) => json!({"type": "boolean", "default": changes_nothing(|layer| set(layer, true))}),
        Kind::Choice(names, set) => {
            let default = names.iter().find(|name| changes_nothing(|layer| set(layer, name)));
            json!({"type": "string", "enum": names, "default": default})
        }
    };
    setting["order"] = order.into();
    setting["markdownDescription"] = key.says.into();
    setting
}

/// Whether a setting is what holds without it.
fn changes_nothing(set: impl Fn(&mut Layer)) -> bool {
    let mut layer = Layer::default();
    set(&mut layer);
    Settings::merged([&layer]) == Settings::default()
}

/// The section that VS Code sends where the user has set nothing: every default, in nested tables.
fn section_of_defaults(manifest: &str) -> Value {
    let manifest: Value = serde_json::from_str(manifest).expect("a manifest in JSON");
    let mut section = json!({});
    for (name, announced) in manifest.pointer(PROPERTIES).and_then(Value::as_object).into_iter().flatten() {
        if OF_THE_EXTENSION.contains(&name.as_str()) {
            continue;
        }
        let mut table = &mut section;
        for part in name.trim_start_matches("layerwise.").split('.') {
            table = &mut table[part];
        }
        *table = announced["default"].clone();
    }
    section
}

#[test]
fn the_extension_announces_what_the_server_reads() {
    expect_file![root().join(PACKAGE)].assert_eq(&fresh(&manifest()));
}

#[test]
fn the_defaults_of_the_extension_change_nothing() {
    let reading = read(&section_of_defaults(&manifest()));
    assert_eq!(reading.problems, []);
    assert_eq!(Settings::merged([&reading.layer]), Settings::default());
}

#[test]
fn a_setting_that_is_missing_or_of_no_use_or_restricted_no_more_is_mended() {
    let manifest = manifest();
    let stale = manifest
        .replace("\"layerwise.hints.build\"", "\"layerwise.hints.bulid\"")
        .replace("      \"align\"\n", "      \"wide\"\n")
        .replace("        \"layerwise.build.args\",\n", "");
    assert_eq!(stale.lines().count(), manifest.lines().count() - 1);
    assert_eq!(fresh(&stale), fresh(&manifest));
}
