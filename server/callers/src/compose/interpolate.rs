//! `${VARIABLE}` in Compose files, as the Compose specification has it.

/// Depth of `${A:-${B:-…}}` at most.
const MAX_DEPTH: usize = 32;

/// A text with its variables put in. What is not set is empty, as for Compose.
///
/// # Errors
/// Why Compose would refuse it.
pub(crate) fn interpolate(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut result = String::with_capacity(text.len());
    Reader { text, lookup }.read(0, 0, &mut result).map(|_| result)
}

struct Reader<'a> {
    text: &'a str,
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    /// Reads up to the end or, inside of braces, up to the closing one; gives the offset behind.
    fn read(&self, mut at: usize, depth: usize, result: &mut String) -> Result<usize, String> {
        if depth > MAX_DEPTH {
            return Err("variables are nested too deeply".to_owned());
        }
        while let Some(next) = self.text[at..].chars().next() {
            match next {
                '}' if depth > 0 => return Ok(at + 1),
                '$' => at = self.variable(at + 1, depth, result)?,
                other => {
                    result.push(other);
                    at += other.len_utf8();
                }
            }
        }
        if depth > 0 { Err(format!("`{}` has no closing brace", self.text)) } else { Ok(at) }
    }

    /// Behind a `$`.
    fn variable(&self, at: usize, depth: usize, result: &mut String) -> Result<usize, String> {
        let rest = &self.text[at..];
        if rest.starts_with('$') {
            result.push('$');
            return Ok(at + 1);
        }
        let braced = rest.starts_with('{');
        let start = at + usize::from(braced);
        let name_length = name_length(&self.text[start..]);
        if name_length == 0 {
            return Err(format!("`{}` has a `$` that begins no variable; write `$$`", self.text));
        }
        let name = &self.text[start..start + name_length];
        let mut at = start + name_length;
        let value = (self.lookup)(name);
        if !braced {
            result.push_str(&value.unwrap_or_default());
            return Ok(at);
        }
        let rest = &self.text[at..];
        if rest.starts_with('}') {
            result.push_str(&value.unwrap_or_default());
            return Ok(at + 1);
        }
        let colon = rest.starts_with(':');
        at += usize::from(colon);
        let is_set = value.as_deref().is_some_and(|value| !colon || !value.is_empty());
        let operator = self.text[at..].chars().next();
        let Some(operator @ ('-' | '+' | '?')) = operator else {
            return Err(format!("`{}` is no variable that Compose understands", self.text));
        };
        let mut operand = String::new();
        at = self.read(at + 1, depth + 1, &mut operand)?;
        match operator {
            '-' => result.push_str(&if is_set { value.unwrap_or_default() } else { operand }),
            '+' if is_set => result.push_str(&operand),
            '+' => {}
            _ if is_set => result.push_str(&value.unwrap_or_default()),
            _ if operand.is_empty() => return Err(format!("the variable {name} must be set")),
            _ => return Err(format!("the variable {name} must be set: {operand}")),
        }
        Ok(at)
    }
}

fn name_length(text: &str) -> usize {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|first| is_first(*first)) {
        return 0;
    }
    bytes.iter().take_while(|byte| is_first(**byte) || byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        let lookup = |name: &str| match name {
            "A" => Some("1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let result = interpolate(text, &lookup).unwrap_or_else(|error| format!("error: {error}"));
        assert_eq!(result, shown, "{text}");
    }

    #[test]
    fn variables_have_defaults_alternatives_and_demands() {
        check("x-$A-${A}-é", "x-1-1-é");
        check("${NO}|${NO-d}|${EMPTY-d}|${EMPTY:-d}", "|d||d");
        check("${A:+yes}|${EMPTY:+yes}|${EMPTY+yes}|${NO+yes}", "yes||yes|");
        check("${NO:-${EMPTY:-$A}x}", "1x");
        check("$$A $${A}", "$A ${A}");
        check("${NO:?give it}", "error: the variable NO must be set: give it");
        check("${A?}", "1");
    }

    #[test]
    fn what_compose_refuses_is_an_error() {
        check("${A", "error: `${A` is no variable that Compose understands");
        check("${A:-b", "error: `${A:-b` has no closing brace");
        check("$", "error: `$` has a `$` that begins no variable; write `$$`");
        check("${1}", "error: `${1}` has a `$` that begins no variable; write `$$`");
        let deep = format!("{}x{}", "${N:-".repeat(100), "}".repeat(100));
        check(&deep, "error: variables are nested too deeply");
    }
}
