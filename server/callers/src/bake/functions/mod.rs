//! The functions of Bake's library that depend on their arguments alone and are in common use. A call of any other, and one with
//! arguments that do not fit, cannot be told.

mod collections;
mod numbers;
mod texts;

use super::evaluate::refused;
use super::value::Value;

/// Calls a function.
pub(super) fn call(name: &str, arguments: &[Value]) -> Value {
    match name {
        // These look at what fails, and what fails cannot be told from what is not known.
        "try" => return arguments.first().cloned().unwrap_or(Value::Null),
        "can" => {
            return match arguments.first().and_then(Value::reason) {
                Some(reason) => Value::Unknown(reason),
                None => Value::Bool(true),
            };
        }
        _ => {}
    }
    if arguments.iter().any(|argument| argument.reason().is_some()) {
        return refused(arguments);
    }
    let found = texts::call(name, arguments)
        .or_else(|| numbers::call(name, arguments))
        .or_else(|| collections::call(name, arguments));
    match found {
        Some(Some(value)) => value,
        Some(None) => Value::unknown(format!("the arguments of {name} do not fit")),
        None => Value::unknown(format!("the function {name} is not understood")),
    }
}
