//! Functions over numbers and truth values.

use crate::bake::value::Value;

/// Nothing for a function that is not here; inside, nothing for arguments that do not fit.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Option<Value>> {
    let number = |index: usize| arguments.get(index).and_then(Value::as_number);
    let one = |change: fn(f64) -> f64| number(0).map(|value| Value::Number(change(value)));
    let two = |change: fn(f64, f64) -> f64| {
        let value = change(number(0)?, number(1)?);
        value.is_finite().then_some(Value::Number(value))
    };
    let compare = |compare: fn(&f64, &f64) -> bool| Some(Value::Bool(compare(&number(0)?, &number(1)?)));
    let truth = |index: usize| arguments.get(index).and_then(Value::as_bool);
    let all = || arguments.iter().map(Value::as_number).collect::<Option<Vec<_>>>();
    Some(match name {
        "absolute" => one(f64::abs),
        "ceil" => one(f64::ceil),
        "floor" => one(f64::floor),
        "int" => one(f64::trunc),
        "negate" => one(|value| -value),
        "signum" => one(|value| if value == 0.0 { 0.0 } else { value.signum() }),
        "add" => two(|left, right| left + right),
        "subtract" => two(|left, right| left - right),
        "multiply" => two(|left, right| left * right),
        "divide" => two(|left, right| left / right),
        "modulo" => two(|left, right| left % right),
        "pow" => two(f64::powf),
        "max" => all().and_then(|values| values.into_iter().reduce(f64::max)).map(Value::Number),
        "min" => all().and_then(|values| values.into_iter().reduce(f64::min)).map(Value::Number),
        "parseint" => parse(arguments),
        "greaterthan" => compare(f64::gt),
        "greaterthanorequalto" => compare(f64::ge),
        "lessthan" => compare(f64::lt),
        "lessthanorequalto" => compare(f64::le),
        "equal" => arguments.first().zip(arguments.get(1)).map(|(one, other)| Value::Bool(one == other)),
        "notequal" => arguments.first().zip(arguments.get(1)).map(|(one, other)| Value::Bool(one != other)),
        "and" => truth(0).zip(truth(1)).map(|(one, other)| Value::Bool(one && other)),
        "or" => truth(0).zip(truth(1)).map(|(one, other)| Value::Bool(one || other)),
        "not" => truth(0).map(|value| Value::Bool(!value)),
        _ => return None,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the radix is checked, and larger numbers are rounded"
)]
fn parse(arguments: &[Value]) -> Option<Value> {
    let radix =
        arguments.get(1)?.as_number().filter(|radix| (2.0..=36.0).contains(radix) && radix.fract() == 0.0)?;
    let value = i64::from_str_radix(&arguments.first()?.as_text()?, radix as u32).ok()?;
    Some(Value::Number(value as f64))
}
