//! The client's settings: the section `layerwise`, the same keys as `layerwise.toml`, read by the one schema of `ide`.
//!
//! What is wrong is left out and named in the client's log; everything else still counts.

use ide::settings::{self, Layer};
use serde::Deserialize;
use serde_json::Value;
use tower_lsp::ls_types::ProgressToken;

/// The section's name.
pub(crate) const SECTION: &str = "layerwise";

/// What clients keep in the section for themselves.
const CLIENTS_OWN: [&str; 5] = ["server", "trace", TRUST, BUILD_EVENTS, TERMINALS];

/// What a client says in `initializationOptions` of a workspace that the user does not trust: `false`.
const TRUST: &str = "workspaceTrusted";

/// The token in `initializationOptions` under which a client wants to be told the events of all builds.
const BUILD_EVENTS: &str = "buildEvents";

/// What a client says in `initializationOptions` that runs a command line in a terminal by itself: `true`.
const TERMINALS: &str = "opensTerminals";

/// What a section sets, and what could not be read of it.
pub(crate) fn read(section: &Value) -> (Layer, Vec<String>) {
    let Some(section) = section.as_object() else { return (Layer::default(), Vec::new()) };
    let mut section = section.clone();
    section.retain(|key, _| !CLIENTS_OWN.contains(&key.as_str()));
    let reading = settings::read(&Value::Object(section));
    let complaints = reading.problems.into_iter().map(|problem| {
        let place = [&[SECTION.to_owned()], problem.at.as_slice()].concat().join(".");
        format!("setting `{place}` is left out: {}", problem.message)
    });
    (reading.layer, complaints.collect())
}

/// Whether the client says that the user does not trust the workspace: what it holds then goes into no build.
pub(crate) fn is_untrusted(options: &Value) -> bool {
    options.get(TRUST) == Some(&Value::Bool(false))
}

/// Whether the client opens terminals itself.
pub(crate) fn opens_terminals(options: &Value) -> bool {
    options.get(TERMINALS) == Some(&Value::Bool(true))
}

/// The token under which the client wants to be told the events of builds.
pub(crate) fn build_events_token(options: &Value) -> Option<ProgressToken> {
    ProgressToken::deserialize(options.get(BUILD_EVENTS)?).ok()
}

/// The section inside `initializationOptions` or the `settings` of `didChangeConfiguration`: these hold it by name, or are it.
pub(crate) fn section(options: &Value) -> &Value {
    options.get(SECTION).unwrap_or(options)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_section_and_costs_itself_alone() {
        let section = json!({"ignore": ["syntax-problem"], "select": "all", "build": {"args": {"PORT": 80}},
            "server": {"path": ""}, "trace": {"server": "off"}, "workspaceTrusted": true});
        let (layer, complaints) = read(&section);
        assert_eq!(layer.ignore, Some(vec!["syntax-problem".to_owned()]));
        assert_eq!((layer.select, layer.build.args["PORT"].as_str()), (None, "80"));
        assert_eq!(complaints, ["setting `layerwise.select` is left out: `select` must be a list of texts"]);
        assert!(read(&json!(null)).1.is_empty());
    }

    #[test]
    fn a_client_may_say_that_the_workspace_is_not_trusted() {
        assert!(is_untrusted(&json!({"workspaceTrusted": false})));
        assert!(!is_untrusted(&json!({"workspaceTrusted": true})) && !is_untrusted(&json!(null)));
    }

    #[test]
    fn the_section_may_be_named_or_not() {
        assert_eq!(section(&json!({"layerwise": {"ignore": []}})), &json!({"ignore": []}));
        assert_eq!(section(&json!({"ignore": []})), &json!({"ignore": []}));
    }
}
