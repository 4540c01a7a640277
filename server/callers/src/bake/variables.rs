//! Variables of Bake files: their defaults, their types, and what the environment sets in their place.

use hcl_edit::Ident;
use hcl_edit::expr::Expression;

use super::evaluate::{Evaluator, Locals, parameter};
use super::source::{Block, Source};
use super::value::Value;

impl Evaluator<'_> {
    /// A variable's default, or what the environment sets in its place.
    pub(super) fn block_variable(&self, block: &Block) -> Value {
        let default = block.attribute("default").map(|source| self.evaluate(source, &Locals::new()));
        let kind = block.attribute("type").map(type_name);
        let given = self.outside.variable(&block.name);
        let Some(given) = given else {
            return match (default, &kind) {
                (Some(default), Some(kind)) => converted(default, kind),
                (Some(default), None) => default,
                (None, None) => Value::text(""),
                (None, Some(_)) => Value::Null,
            };
        };
        let wrong = || Value::unknown(format!("{} of the environment does not fit the variable", block.name));
        match (kind.as_deref(), &default) {
            (Some("bool"), _) | (None, Some(Value::Bool(_))) => match given.as_str() {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Value::Bool(true),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Value::Bool(false),
                _ => wrong(),
            },
            (Some("number"), _) | (None, Some(Value::Number(_))) => {
                given.parse().ok().filter(|value: &f64| value.is_finite()).map_or_else(wrong, Value::Number)
            }
            (Some("string"), _) | (None, None | Some(Value::Null | Value::Text(_))) => Value::text(given),
            (Some("list(string)"), _) if !given.contains('"') => {
                Value::list(given.split(',').map(Value::text).collect())
            }
            _ => wrong(),
        }
    }
}

/// `string`, `list(string)` …
fn type_name(source: &Source) -> String {
    match source {
        Source::Hcl(Expression::Variable(name)) => Ident::as_str(name).to_owned(),
        Source::Hcl(Expression::FuncCall(call)) => {
            let inner = call.args.iter().next().and_then(parameter).unwrap_or("?");
            format!("{}({inner})", call.name.name.as_str())
        }
        Source::Json(node) => node.raw().unwrap_or("?").to_owned(),
        Source::Hcl(_) => "?".to_owned(),
    }
}

fn converted(value: Value, kind: &str) -> Value {
    let converted = match (kind, &value) {
        (_, Value::Null | Value::Unknown(_)) => None,
        ("string", _) => value.as_text().map(Value::Text),
        ("number", _) => value.as_number().map(Value::Number),
        ("bool", _) => value.as_bool().map(Value::Bool),
        _ => None,
    };
    converted.unwrap_or(value)
}
