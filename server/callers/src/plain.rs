//! Any YAML file as plain values with their places, for settings that are written in it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use crate::yaml::{Content, Node, read};

/// A file's values, and where each key and each item stands, in bytes.
#[derive(Debug, Default)]
pub struct Plain {
    /// The values; numbers are texts. Null where the file is empty.
    pub values: Value,
    /// The places, by the way to them.
    pub places: BTreeMap<Vec<String>, Range<usize>>,
}

/// Reads a file of one document.
///
/// # Errors
/// Says why it is no such file.
pub fn values(text: &str) -> Result<Plain, String> {
    let documents = read(text)?;
    if documents.len() > 1 {
        return Err("it has several documents, and may have one".to_owned());
    }
    let mut plain = Plain::default();
    if let Some(document) = documents.first() {
        plain.values = value(document, &mut Vec::new(), &mut plain.places);
    }
    Ok(plain)
}

fn value(node: &Node, at: &mut Vec<String>, places: &mut BTreeMap<Vec<String>, Range<usize>>) -> Value {
    match &*node.content {
        _ if node.is_null() => Value::Null,
        Content::Plain(text) => match text.as_str() {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => Value::String(text.clone()),
        },
        Content::Quoted(text) => Value::String(text.clone()),
        Content::Sequence(items) => {
            let mut values = Vec::new();
            for (index, item) in items.iter().enumerate() {
                at.push(index.to_string());
                places.insert(at.clone(), item.place.start..item.place.end);
                values.push(value(item, at, places));
                at.pop();
            }
            Value::Array(values)
        }
        Content::Mapping(pairs) => {
            let mut values = Map::new();
            for (key, inner) in pairs {
                let Some(name) = key.raw() else { continue };
                at.push(name.to_owned());
                places.insert(at.clone(), key.place.start..key.place.end);
                values.insert(name.to_owned(), value(inner, at, places));
                at.pop();
            }
            Value::Object(values)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_their_places() {
        let text = "ignored:\n  - DL3008 # größe\n  - 'SC2086'\nno-fail: true\nx: 1\nempty:\n";
        let plain = values(text).unwrap();
        assert_eq!(
            plain.values,
            json!({"ignored": ["DL3008", "SC2086"], "no-fail": true, "x": "1", "empty": null})
        );
        let place = |at: &[&str]| {
            let at: Vec<String> = at.iter().map(|part| (*part).to_owned()).collect();
            &text[plain.places[&at].clone()]
        };
        assert_eq!((place(&["ignored", "1"]), place(&["no-fail"])), ("'SC2086'", "no-fail"));
    }

    #[test]
    fn what_is_no_yaml_is_an_error() {
        assert!(values("a: [").is_err() && values("a: 1\n---\nb: 2\n").is_err());
        assert_eq!(values("").unwrap().values, Value::Null);
        assert!(values("a: &x [*x]").is_err() || values("a: &x [*x]").is_ok());
    }
}
