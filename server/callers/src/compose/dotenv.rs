//! `.env` files, as Compose reads them.

use std::collections::BTreeMap;

use super::interpolate::interpolate;

/// The variables of a file. `outside` is what its values may refer to besides.
pub(crate) fn read(text: &str, outside: &dyn Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        rest = rest.trim_start();
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let Some(separator) = rest[..line_end].find(['=', ':']) else {
            rest = &rest[line_end..];
            continue;
        };
        let key = rest[..separator].trim();
        let key = key.strip_prefix("export ").map_or(key, str::trim);
        let (value, after) = value(rest[separator + 1..].trim_start_matches([' ', '\t']));
        let value = match value {
            Written::Literal(value) => value,
            Written::Open(value) => {
                let lookup = |name: &str| outside(name).or_else(|| variables.get(name).cloned());
                // What does not read as variables stays as it is.
                interpolate(&value, &lookup).unwrap_or(value)
            }
        };
        if !key.is_empty() && !key.contains(char::is_whitespace) {
            variables.insert(key.to_owned(), value);
        }
        rest = after;
    }
    variables
}

enum Written {
    /// In single quotes.
    Literal(String),
    /// Variables count in it.
    Open(String),
}

/// A value, and what follows it.
fn value(text: &str) -> (Written, &str) {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote
        && let Some(end) = closing(&text[1..], quote)
    {
        let inside = &text[1..=end];
        let after = &text[end + 2..];
        let after = after.find('\n').map_or("", |line_end| &after[line_end..]);
        let value = if quote == '\'' {
            Written::Literal(inside.to_owned())
        } else {
            Written::Open(unescaped(inside))
        };
        return (value, after);
    }
    let (line, after) = text.split_at(text.find('\n').unwrap_or(text.len()));
    let comment = line.find(" #").or_else(|| line.find("\t#"));
    let line = if line.starts_with('#') { "" } else { &line[..comment.unwrap_or(line.len())] };
    (Written::Open(line.trim().to_owned()), after)
}

/// The offset of the closing quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(offset, character)| {
        let closes = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(offset)
    })
}

fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            Some('$') => result.push_str("$$"),
            Some(other @ ('"' | '\\')) => result.push(other),
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_plain_quoted_or_made_of_others() {
        let text = "# é\r\nA=1 # one\r\nexport B = \"x $A\\n\" # y\nC='$A'\nD: ${A}${OUT}\n\nE=\nNONSENSE\nF=\"two\nlines\"\nG=a#b\nH=";
        let outside = |name: &str| (name == "OUT").then(|| "o".to_owned());
        let shown: Vec<_> =
            read(text, &outside).into_iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        assert_eq!(shown.join(" "), r#"A="1" B="x 1\n" C="$A" D="1o" E="" F="two\nlines" G="a#b" H="""#);
    }
}
