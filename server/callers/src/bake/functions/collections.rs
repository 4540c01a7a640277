//! Functions over lists and objects.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bake::evaluate::index;
use crate::bake::value::{MAX_LENGTH, Value};

/// Nothing for a function that is not here; inside, nothing for arguments that do not fit.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Option<Value>> {
    let list = |at: usize| arguments.get(at).and_then(Value::as_list);
    let all_lists = || arguments.iter().map(Value::as_list).collect::<Option<Vec<_>>>();
    Some(match name {
        "length" => arguments.first().and_then(length),
        "concat" => all_lists().map(|lists| Value::list(lists.concat())),
        "flatten" => arguments.first().and_then(|value| flatten(value, 0)).map(Value::list),
        "distinct" => list(0).map(|values| distinct(values.iter())),
        "setunion" => all_lists().map(|lists| sorted(&distinct(lists.into_iter().flatten()))),
        "setintersection" => all_lists().map(|lists| {
            let first = lists.first().copied().unwrap_or_default();
            sorted(&distinct(first.iter().filter(|value| lists.iter().all(|list| list.contains(value)))))
        }),
        "setsubtract" => list(0)
            .zip(list(1))
            .map(|(values, less)| sorted(&distinct(values.iter().filter(|value| !less.contains(value))))),
        "compact" => list(0).map(|values| {
            Value::list(
                values
                    .iter()
                    .filter(|value| **value != Value::text("") && **value != Value::Null)
                    .cloned()
                    .collect(),
            )
        }),
        "contains" => {
            list(0).zip(arguments.get(1)).map(|(values, wanted)| Value::Bool(values.contains(wanted)))
        }
        "indexof" => list(0)
            .zip(arguments.get(1))
            .and_then(|(values, wanted)| Some(count(values.iter().position(|value| value == wanted)?))),
        "index" => arguments.first().zip(arguments.get(1)).map(|(value, key)| index(value, key)),
        "hasindex" => arguments
            .first()
            .zip(arguments.get(1))
            .map(|(value, key)| Value::Bool(!matches!(index(value, key), Value::Unknown(_)))),
        "element" => element(list(0)?, arguments.get(1)?),
        "sort" => list(0).map(|values| sorted(&Value::list(values.to_vec()))),
        "reverselist" => list(0).map(|values| Value::list(values.iter().rev().cloned().collect())),
        "slice" => slice(list(0)?, arguments.get(1)?, arguments.get(2)?),
        "chunklist" => chunks(list(0)?, arguments.get(1)?),
        "range" => range(arguments),
        "keys" => {
            object(arguments.first()?).map(|pairs| Value::list(pairs.keys().map(Value::text).collect()))
        }
        "values" => object(arguments.first()?).map(|pairs| Value::list(pairs.values().cloned().collect())),
        "lookup" => lookup(arguments),
        "merge" => merge(arguments),
        "zipmap" => zipmap(list(0)?, list(1)?),
        "coalesce" => arguments.iter().find(|value| **value != Value::Null).cloned(),
        "coalescelist" => {
            arguments.iter().find(|value| value.as_list().is_some_and(|list| !list.is_empty())).cloned()
        }
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "lists are shorter than that")]
fn count(count: usize) -> Value {
    Value::Number(count as f64)
}

fn length(value: &Value) -> Option<Value> {
    match value {
        Value::List(values, _) => Some(count(values.len())),
        Value::Object(values, _) => Some(count(values.len())),
        _ => None,
    }
}

fn object(value: &Value) -> Option<&Rc<BTreeMap<String, Value>>> {
    match value {
        Value::Object(values, _) => Some(values),
        _ => None,
    }
}

fn flatten(value: &Value, depth: usize) -> Option<Vec<Value>> {
    let mut flat = Vec::new();
    for value in value.as_list()? {
        match value {
            Value::List(..) if depth < 32 => flat.extend(flatten(value, depth + 1)?),
            other => flat.push(other.clone()),
        }
    }
    Some(flat)
}

/// More than some thousand values are not compared with each other.
fn distinct<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    let mut seen: Vec<Value> = Vec::new();
    for value in values {
        if seen.len() > 2000 {
            return Value::unknown("it makes too large a list");
        }
        if !seen.contains(value) {
            seen.push(value.clone());
        }
    }
    Value::list(seen)
}

/// Sets are in order: of numbers by size, of texts by letters.
fn sorted(list: &Value) -> Value {
    let Some(values) = list.as_list() else { return list.clone() };
    let mut values = values.to_vec();
    values.sort_by(|one, other| match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        _ => one.as_text().cmp(&other.as_text()),
    });
    Value::list(values)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn position(value: &Value) -> Option<usize> {
    value
        .as_number()
        .filter(|number| *number >= 0.0 && number.fract() == 0.0 && *number < 1e9)
        .map(|number| number as usize)
}

/// The list begins anew behind its end.
fn element(values: &[Value], at: &Value) -> Option<Value> {
    let position = position(at)?;
    values.get(position.checked_rem(values.len())?).cloned()
}

fn slice(values: &[Value], start: &Value, end: &Value) -> Option<Value> {
    Some(Value::list(values.get(position(start)?..position(end)?)?.to_vec()))
}

fn chunks(values: &[Value], size: &Value) -> Option<Value> {
    let size = position(size).filter(|size| *size > 0)?;
    Some(Value::list(values.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect()))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded before"
)]
fn range(arguments: &[Value]) -> Option<Value> {
    let numbers = arguments.iter().map(Value::as_number).collect::<Option<Vec<_>>>()?;
    let (start, end, step) = match numbers[..] {
        [end] => (0.0, end, if end < 0.0 { -1.0 } else { 1.0 }),
        [start, end] => (start, end, if end < start { -1.0 } else { 1.0 }),
        [start, end, step] if step != 0.0 => (start, end, step),
        _ => return None,
    };
    let n_steps = ((end - start) / step).ceil().max(0.0);
    if n_steps > MAX_LENGTH as f64 {
        return Some(Value::unknown("it makes too large a list"));
    }
    Some(Value::list((0..n_steps as usize).map(|index| Value::Number(start + index as f64 * step)).collect()))
}

fn lookup(arguments: &[Value]) -> Option<Value> {
    let found = object(arguments.first()?)?.get(&*arguments.get(1)?.as_text()?).cloned();
    found.or_else(|| arguments.get(2).cloned())
}

fn merge(arguments: &[Value]) -> Option<Value> {
    let mut all = BTreeMap::new();
    for argument in arguments.iter().filter(|argument| **argument != Value::Null) {
        all.extend(object(argument)?.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Some(Value::object(all))
}

fn zipmap(keys: &[Value], values: &[Value]) -> Option<Value> {
    if keys.len() != values.len() {
        return None;
    }
    let pairs = keys.iter().zip(values).map(|(key, value)| Some((key.as_text()?.to_string(), value.clone())));
    Some(Value::object(pairs.collect::<Option<_>>()?))
}
