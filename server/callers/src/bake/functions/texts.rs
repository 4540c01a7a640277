//! Functions over texts.

use crate::bake::value::{MAX_LENGTH, Value};
use crate::paths;

/// Nothing for a function that is not here; inside, nothing for arguments that do not fit.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Option<Value>> {
    let text = |index: usize| arguments.get(index).and_then(Value::as_text);
    let change = |change: &dyn Fn(&str) -> String| text(0).map(|text| Value::text(change(&text)));
    let change_by = |change: &dyn Fn(&str, &str) -> String| Some(Value::text(change(&text(0)?, &text(1)?)));
    Some(match name {
        "upper" => change(&str::to_uppercase),
        "lower" => change(&str::to_lowercase),
        "title" => change(&title),
        "trimspace" => change(&|text| text.trim().to_owned()),
        "chomp" => change(&|text| text.trim_end_matches(['\n', '\r']).to_owned()),
        "strlen" => text(0).map(|text| count(text.chars().count())),
        "byteslen" => text(0).map(|text| count(text.len())),
        "reverse" => change(&|text| text.chars().rev().collect()),
        "basename" => change(&|text| paths::name(text.trim_end_matches('/')).to_owned()),
        "dirname" => change(&|text| match text.rfind('/') {
            Some(0) => "/".to_owned(),
            Some(end) => text[..end].to_owned(),
            None => ".".to_owned(),
        }),
        "sanitize" => change(&|text| {
            text.replace(
                |letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-',
                "_",
            )
        }),
        "trim" => change_by(&|text, cut| text.trim_matches(|letter| cut.contains(letter)).to_owned()),
        "trimprefix" => change_by(&|text, cut| text.strip_prefix(cut).unwrap_or(text).to_owned()),
        "trimsuffix" => change_by(&|text, cut| text.strip_suffix(cut).unwrap_or(text).to_owned()),
        "replace" => replace(&text(0)?, &text(1)?, &text(2)?),
        "split" => text(0).zip(text(1)).map(|(separator, text)| split(&separator, &text)),
        "join" => {
            text(0).zip(arguments.get(1)).and_then(|(separator, list)| join(&separator, list.as_list()?))
        }
        "substr" => substring(&text(0)?, arguments.get(1)?.as_number()?, arguments.get(2)?.as_number()?),
        "indent" => {
            text(1).zip(arguments.first().and_then(Value::as_number)).and_then(|(text, by)| indent(&text, by))
        }
        "format" => text(0).and_then(|shape| format(&shape, &arguments[1..])),
        "jsonencode" => arguments.first().map(|value| Value::text(json(value))),
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "texts are shorter than that")]
fn count(count: usize) -> Value {
    Value::Number(count as f64)
}

fn title(text: &str) -> String {
    let mut first = true;
    let change = |letter: char| {
        let changed = if first { letter.to_uppercase().next().unwrap_or(letter) } else { letter };
        first = !letter.is_alphanumeric() && letter != '_' && letter != '\'';
        changed
    };
    text.chars().map(change).collect()
}

fn replace(text: &str, old: &str, new: &str) -> Option<Value> {
    let places = text.matches(old).count();
    let is_long = text.len() + places * new.len() > MAX_LENGTH;
    Some(if is_long {
        Value::unknown("it makes too long a text")
    } else {
        Value::text(text.replace(old, new))
    })
}

fn split(separator: &str, text: &str) -> Value {
    if separator.is_empty() {
        return Value::list(text.chars().map(|letter| Value::text(letter.to_string())).collect());
    }
    Value::list(text.split(separator).map(Value::text).collect())
}

fn join(separator: &str, list: &[Value]) -> Option<Value> {
    let parts = list.iter().map(Value::as_text).collect::<Option<Vec<_>>>()?;
    if separator.len() * parts.len() > MAX_LENGTH {
        return Some(Value::unknown("it makes too long a text"));
    }
    Some(Value::text(parts.join(separator)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "kept inside of the text first"
)]
fn substring(text: &str, offset: f64, length: f64) -> Option<Value> {
    let letters: Vec<char> = text.chars().collect();
    let n_letters = letters.len() as f64;
    let start = if offset < 0.0 { n_letters + offset } else { offset }.clamp(0.0, n_letters) as usize;
    let rest = &letters[start..];
    let taken = if length < 0.0 { rest.len() } else { length.min(rest.len() as f64) as usize };
    Some(Value::text(rest[..taken].iter().collect::<String>()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked first")]
fn indent(text: &str, by: f64) -> Option<Value> {
    if !(0.0..=1000.0).contains(&by) {
        return None;
    }
    Some(Value::text(text.replace('\n', &format!("\n{}", " ".repeat(by as usize)))))
}

/// `%s`, `%v`, `%d`, `%q`, `%t` and `%%`; widths are not understood.
fn format(shape: &str, arguments: &[Value]) -> Option<Value> {
    let mut arguments = arguments.iter();
    let mut text = String::new();
    let mut letters = shape.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next()? {
            '%' => text.push('%'),
            's' | 'v' => text.push_str(&arguments.next()?.as_text()?),
            'd' => text.push_str(&super::super::value::number(arguments.next()?.as_number()?.trunc())),
            't' => text.push_str(&arguments.next()?.as_bool()?.to_string()),
            'q' => text.push_str(&json(&Value::text(arguments.next()?.as_text()?))),
            _ => return None,
        }
        if text.len() > MAX_LENGTH {
            return Some(Value::unknown("it makes too long a text"));
        }
    }
    arguments.next().is_none().then(|| Value::text(text))
}

fn json(value: &Value) -> String {
    match value {
        Value::Null | Value::Unknown(_) => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => super::super::value::number(*value),
        Value::Text(text) => serde_json::Value::from(&**text).to_string(),
        Value::List(values, _) => format!("[{}]", values.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Object(values, _) => {
            let pairs = values
                .iter()
                .map(|(key, value)| format!("{}:{}", serde_json::Value::from(key.as_str()), json(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
        }
    }
}
