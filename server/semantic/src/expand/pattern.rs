//! The patterns of `${X#…}`, `${X%…}` and `${X/…/…}`: `*`, `?` and escapes, matched over characters.

use super::lexer::MAX_VALUE;

/// More steps than this (pattern by value, squared where a match may start anywhere) are not tried; the value is then not known.
const MAX_STEPS: usize = 1 << 22;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Any,
    One,
    Literal(char),
}

/// `value` less the prefix (or suffix) that the pattern of `${X#pattern}` matches; a first `#` (or `%`) asks for the longest.
/// Nothing where the search would take too long.
pub(super) fn trimmed(value: &str, word: &str, is_prefix: bool) -> Result<Option<String>, String> {
    let mark = if is_prefix { '#' } else { '%' };
    let longest = word.starts_with(mark);
    let mut pattern = parse(word.strip_prefix(mark).unwrap_or(word))?;
    let mut characters: Vec<char> = value.chars().collect();
    if (pattern.len() + 1) * (characters.len() + 1) > MAX_STEPS {
        return Ok(None);
    }
    if !is_prefix {
        pattern.reverse();
        characters.reverse();
    }
    let cut = match_length(&pattern, &characters, longest).unwrap_or(0);
    let mut rest = characters.split_off(cut);
    if !is_prefix {
        rest.reverse();
    }
    Ok(Some(rest.into_iter().collect()))
}

/// `value` with the first match replaced, the longest at its place.
pub(super) fn replaced_once(value: &str, pattern: &str, replacement: &str) -> Result<Option<String>, String> {
    replaced(value, pattern, replacement, 1)
}

/// `value` with every match replaced. A `$` in the replacement means something else to the builder: not known then.
pub(super) fn replaced_everywhere(
    value: &str,
    pattern: &str,
    replacement: &str,
) -> Result<Option<String>, String> {
    if replacement.contains('$') {
        return parse(pattern).map(|_| None);
    }
    replaced(value, pattern, replacement, usize::MAX)
}

fn replaced(value: &str, pattern: &str, replacement: &str, most: usize) -> Result<Option<String>, String> {
    let pattern = parse(pattern)?;
    let characters: Vec<char> = value.chars().collect();
    let steps = (pattern.len() + 1).saturating_mul(characters.len() + 1).saturating_mul(characters.len() + 1);
    if steps > MAX_STEPS {
        return Ok(None);
    }
    let mut result = String::new();
    let mut start = 0;
    let mut n_matches = 0;
    let mut last_end = None;
    while start <= characters.len() {
        let length = if n_matches < most { match_length(&pattern, &characters[start..], true) } else { None };
        match length {
            Some(length) if length > 0 || last_end != Some(start) => {
                if result.len() + replacement.len() > MAX_VALUE {
                    return Ok(None);
                }
                result.push_str(replacement);
                n_matches += 1;
                start += length;
                last_end = Some(start);
                if length > 0 {
                    continue;
                }
            }
            _ => {}
        }
        result.extend(characters.get(start));
        start += 1;
    }
    Ok(Some(result))
}

fn parse(pattern: &str) -> Result<Vec<Element>, String> {
    let mut elements = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        elements.push(match character {
            '*' => Element::Any,
            '?' => Element::One,
            '\\' => match characters.next() {
                Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Element::Literal(escaped),
                Some(other) => {
                    return Err(format!(
                        "`\\{other}` is no escape in a pattern; `\\*`, `\\?` and `\\\\` are"
                    ));
                }
                None => return Err("a pattern must not end in `\\`".to_owned()),
            },
            literal => Element::Literal(literal),
        });
    }
    Ok(elements)
}

/// How many characters from the first on the pattern matches, if it does: the longest or the shortest match. Wildcards do not match
/// line ends.
fn match_length(pattern: &[Element], characters: &[char], longest: bool) -> Option<usize> {
    let mut states = vec![false; pattern.len() + 1];
    activate(pattern, &mut states, 0);
    let mut found = None;
    for length in 0..=characters.len() {
        if states[pattern.len()] {
            found = Some(length);
            if !longest {
                return found;
            }
        }
        let Some(character) = characters.get(length) else { break };
        let mut next = vec![false; pattern.len() + 1];
        for (state, element) in pattern.iter().enumerate().filter(|(state, _)| states[*state]) {
            match element {
                Element::Any if *character != '\n' => activate(pattern, &mut next, state),
                Element::One if *character != '\n' => activate(pattern, &mut next, state + 1),
                Element::Literal(literal) if literal == character => activate(pattern, &mut next, state + 1),
                _ => {}
            }
        }
        if !next.contains(&true) {
            break;
        }
        states = next;
    }
    found
}

fn activate(pattern: &[Element], states: &mut [bool], mut state: usize) {
    states[state] = true;
    while pattern.get(state) == Some(&Element::Any) {
        state += 1;
        states[state] = true;
    }
}
