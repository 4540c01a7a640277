//! The values of flags that BuildKit judges as it parses: durations, counts, network and security modes, devices.

use crate::accepted::{NETWORKS, SECURITY_MODES, SIGNALS};
use crate::arguments::Word;
use crate::check::{mounts, nearest, problem, shown};
use crate::keyword::Keyword;
use crate::mount;
use crate::problem::LocalProblem;

/// The problems of a known flag's value.
pub(crate) fn check(keyword: Keyword, name: &str, value: &Word, problems: &mut Vec<LocalProblem>) {
    let text = value.text.as_str();
    let message = match (keyword, name) {
        (Keyword::Healthcheck, "retries") => retries(text),
        (Keyword::Healthcheck, name) => interval(name, text),
        (Keyword::Run, "network") if !NETWORKS.contains(&text) => {
            Some(format!("there is no network {}: use default, none or host", shown(text)))
        }
        (Keyword::Run, "security") if !SECURITY_MODES.contains(&text) => {
            Some(format!("there is no security mode {}: use sandbox or insecure", shown(text)))
        }
        (Keyword::Run, "mount") => {
            problems.extend(mounts::check(value));
            None
        }
        (Keyword::Run, "device") => device(value),
        _ => None,
    };
    problems.extend(message.map(|message| problem(value.range, message)));
}

/// The problem of a STOPSIGNAL; one with a variable, a quote or an escape is not judged.
pub(crate) fn signal(word: &Word) -> Option<LocalProblem> {
    let text = word.text.as_str();
    if text.contains(['$', '"', '\'', '\\', '`']) {
        return None;
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let offset = |prefix: &str, most: u8| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|number| (1..=most).any(|known| known.to_string() == number))
    };
    let known = match text.parse::<i64>() {
        Ok(number) => number != 0,
        Err(_) => SIGNALS.contains(&name) || offset("RTMIN+", 15) || offset("RTMAX-", 14),
    };
    if known {
        return None;
    }
    let shown = shown(text);
    let message = match nearest(name, SIGNALS.iter().copied()) {
        Some(near) => format!("there is no signal {shown}: did you mean SIG{near}?"),
        None => format!("there is no signal {shown}: use a name such as SIGTERM, or a number"),
    };
    Some(problem(word.range, message))
}

fn retries(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match text.parse::<i32>() {
        Ok(count) if count >= 0 => None,
        Ok(_) => Some("--retries cannot be negative: use 0 or more".to_owned()),
        Err(_) => Some(format!("--retries needs a whole number, not {}", shown(text))),
    }
}

fn interval(name: &str, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match nanoseconds(text) {
        None => Some(format!("--{name} needs a duration such as 30s or 1m30s, not {}", shown(text))),
        Some(0) => None,
        Some(1_000_000..) => None,
        Some(_) => {
            Some(format!("--{name} cannot be less than a millisecond: use 1ms or more, or 0 for the default"))
        }
    }
}

/// A duration as Go writes it, in nanoseconds.
fn nanoseconds(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let (whole, tail) = digits(rest);
        let (fraction, tail) = tail.strip_prefix('.').map_or(("", tail), digits);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = tail.find(|char: char| char == '.' || char.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let unit: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        sum = sum.checked_add(whole.checked_mul(unit)?)?;
        if !fraction.is_empty() {
            let part: f64 = format!("0.{fraction}").parse().ok()?;
            // The fraction is below one unit, so that the product fits.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let part = (part * unit as f64) as u64;
            sum = sum.checked_add(part)?;
        }
        if sum > 1 << 63 {
            return None;
        }
        rest = tail;
    }
    if negative {
        return Some(i64::try_from(sum).map_or(i64::MIN, |sum| -sum));
    }
    i64::try_from(sum).ok()
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn device(value: &Word) -> Option<String> {
    let fields = match mount::split(value) {
        Ok(fields) => fields,
        Err(message) => return Some(message),
    };
    let mut named: Option<String> = None;
    for field in fields {
        let key = field.key.to_lowercase();
        match (key.as_str(), field.has_value.then_some(&field.value)) {
            ("required", None) => {}
            ("required", Some(value)) if mounts::boolean(value).is_none() => {
                return Some(format!("required is either true or false, not {}", shown(value)));
            }
            ("required", Some(_)) => {}
            ("name", Some(name)) => match &named {
                Some(first) => {
                    return Some(format!("the device has a name already, {first}: remove one of them"));
                }
                None if name.is_empty() => {}
                None => named = Some(name.clone()),
            },
            (_, value) => {
                if named.is_some() {
                    return Some(match (value, nearest(&key, ["name", "required"])) {
                        (None, _) => format!("{} must be written as key=value", field.key),
                        (_, Some(near)) => format!("a device has no {key}: did you mean {near}?"),
                        (_, None) => format!("a device has no {key}: it takes name and required"),
                    });
                }
                named = Some(field.key.clone());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        for (text, expected) in [
            ("30s", Some(30_000_000_000)),
            ("1m30s", Some(90_000_000_000)),
            ("1.5h", Some(5_400_000_000_000)),
            (".5ms", Some(500_000)),
            ("0", Some(0)),
            ("-1s", Some(-1_000_000_000)),
            ("1us", Some(1_000)),
            ("30", None),
            ("s", None),
            ("", None),
            ("1d", None),
            ("1 s", None),
            ("9999999999999999999s", None),
        ] {
            assert_eq!(nanoseconds(text), expected, "{text}");
        }
    }
}
