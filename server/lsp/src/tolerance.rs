//! What unusual clients send, put into the shape that the protocol's types accept.
//!
//! The types of the protocol are strict: one odd capability would make `initialize` an error, and one odd number would lose an
//! edit, after which the text has drifted for good. Meaning is never changed here: what cannot be read is left out.

use serde_json::{Map, Value, json};
use tower_lsp::ls_types::InitializeParams;

/// Mends a message in place before it is read.
pub(crate) fn mend(message: &mut Value) {
    let Some(message) = message.as_object_mut() else { return };
    message.entry("jsonrpc").or_insert_with(|| json!("2.0"));
    if let Some(id) = message.get_mut("id") {
        whole_number(id);
    }
    if message.contains_key("id")
        && !["method", "result", "error"].iter().any(|name| message.contains_key(*name))
    {
        // An answer without a result: what a JSON library makes of `undefined`.
        message.insert("result".into(), Value::Null);
    }
    let method = message.get("method").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(params) = message.get_mut("params") else {
        if method == "initialize" {
            message.insert("params".into(), json!({"capabilities": {}}));
        }
        return;
    };
    whole_numbers(params);
    match method.as_str() {
        "initialize" => mend_initialize(params),
        // Servers get `{}`, `null` or nothing here, depending on the client's JSON library.
        "initialized" => *params = json!({}),
        "shutdown" | "exit" => *params = Value::Null,
        "textDocument/didOpen" => {
            mend_document(params);
            mend_version(params);
            default_field(params, "languageId", json!(""));
            default_field(params, "text", json!(""));
        }
        "textDocument/didChange" => {
            mend_document(params);
            mend_version(params);
        }
        "workspace/didChangeWorkspaceFolders" => {
            mend_uris(params.pointer_mut("/event/added"));
            mend_uris(params.pointer_mut("/event/removed"));
        }
        "workspace/didChangeWatchedFiles" => mend_uris(params.get_mut("changes")),
        "workspace/executeCommand" => mend_uris(params.get_mut("arguments")),
        _ => mend_document(params),
    }
}

/// The URIs of a list of things that have one each.
fn mend_uris(list: Option<&mut Value>) {
    for thing in list.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::String(uri)) = thing.get_mut("uri") {
            mend_uri(uri);
        }
    }
}

/// Numbers such as `3.0`, which some JSON libraries write for every integer.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(_) => whole_number(value),
        Value::Array(values) => values.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

fn whole_number(value: &mut Value) {
    let Some(number) = value.as_f64().filter(|_| value.is_f64()) else { return };
    // Beyond 2^53 a float is no exact integer any more.
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        let whole = number as i64;
        *value = json!(whole);
    }
}

/// A document's URI with unencoded characters.
fn mend_document(params: &mut Value) {
    if let Some(Value::String(uri)) = params.pointer_mut("/textDocument/uri") {
        mend_uri(uri);
    }
}

/// A version that is missing or null.
fn mend_version(params: &mut Value) {
    let Some(document) = params.get_mut("textDocument").and_then(Value::as_object_mut) else { return };
    if !document.get("version").is_some_and(Value::is_i64) {
        document.insert("version".into(), json!(0));
    }
}

fn default_field(params: &mut Value, name: &str, default: Value) {
    if let Some(document) = params.get_mut("textDocument").and_then(Value::as_object_mut) {
        document.entry(name).or_insert(default);
    }
}

/// Percent-encodes what may not stand in a URI (RFC 3986): spaces, brackets, everything outside ASCII, a `%` that encodes nothing.
fn mend_uri(uri: &mut String) {
    let bytes = uri.as_bytes();
    let encodes =
        |at: usize| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let is_allowed = |(at, byte): (usize, &u8)| {
        byte.is_ascii_alphanumeric()
            || b"-._~:/?#@!$&'()*+,;=".contains(byte)
            || (*byte == b'%' && encodes(at))
    };
    if bytes.iter().enumerate().all(is_allowed) {
        return;
    }
    let mended = bytes.iter().enumerate().map(|(at, byte)| match is_allowed((at, byte)) {
        true => char::from(*byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    *uri = mended.collect();
}

/// Leaves out of `initialize` every part that its type refuses, the smallest such parts that there are.
fn mend_initialize(params: &mut Value) {
    let Value::Object(fields) = params else {
        *params = json!({"capabilities": {}});
        return;
    };
    if let Some(Value::String(uri)) = fields.get_mut("rootUri") {
        mend_uri(uri);
    }
    mend_uris(fields.get_mut("workspaceFolders"));
    let capabilities = fields.remove("capabilities").unwrap_or(Value::Null);
    fields.retain(|name, value| reads(&json!({"capabilities": {}, name.as_str(): value})));
    let readable = readable_part(capabilities, &|capabilities| reads(&json!({"capabilities": capabilities})));
    fields.insert("capabilities".into(), readable.unwrap_or_else(|| json!({})));
}

fn reads(params: &Value) -> bool {
    use serde::Deserialize as _;
    InitializeParams::deserialize(params).is_ok()
}

/// The largest part of a value that `accepts` takes: the value itself, or an object of the readable parts of its fields.
fn readable_part(value: Value, accepts: &dyn Fn(&Value) -> bool) -> Option<Value> {
    if accepts(&value) {
        return Some(value);
    }
    let Value::Object(fields) = value else { return None };
    let mut kept = Map::new();
    for (name, field) in fields {
        let in_place = |field: &Value| accepts(&json!({name.as_str(): field}));
        if let Some(field) = readable_part(field, &in_place) {
            kept.insert(name, field);
        }
    }
    let kept = Value::Object(kept);
    accepts(&kept).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(params: Value) -> Value {
        let mut message = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
        mend(&mut message);
        assert!(reads(&message["params"]), "{message}");
        message["params"].take()
    }

    #[test]
    fn an_odd_capability_costs_that_capability_alone() {
        let params = mended(json!({"processId": 7.0, "capabilities": {
            "textDocument": {"semanticTokens": {}, "publishDiagnostics": {"relatedInformation": "yes", "versionSupport": true}, "hover": 3},
            "window": {"workDoneProgress": true}}}));
        assert_eq!(params["processId"], json!(7));
        assert_eq!(
            params["capabilities"],
            json!({"textDocument": {"publishDiagnostics": {"versionSupport": true}}, "window": {"workDoneProgress": true}})
        );
    }

    #[test]
    fn odd_shapes_of_initialize() {
        for params in [
            json!(null),
            json!([]),
            json!({}),
            json!({"capabilities": null}),
            json!({"capabilities": []}),
            json!({"capabilities": {"textDocument": []}, "rootUri": "", "trace": "loud", "workspaceFolders": {}}),
            json!({"rootUri": "file:///a b/ü", "capabilities": {}}),
        ] {
            mended(params);
        }
    }

    #[test]
    fn an_edit_without_version_or_with_floats_is_kept() {
        let mut message = json!({"method": "textDocument/didChange", "params": {
            "textDocument": {"uri": "file:///a b/Dockerfile", "version": null},
            "contentChanges": [{"range": {"start": {"line": 1.0, "character": 0}, "end": {"line": 1, "character": 2.0}}, "text": "x"}]}});
        mend(&mut message);
        assert_eq!(
            message["params"]["textDocument"],
            json!({"uri": "file:///a%20b/Dockerfile", "version": 0})
        );
        assert_eq!(
            message["params"]["contentChanges"][0]["range"]["end"],
            json!({"line": 1, "character": 2})
        );
        assert_eq!(message["jsonrpc"], "2.0");
    }
}
