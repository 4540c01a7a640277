//! Patterns in the sources of COPY and ADD, as Go's `path.Match` matches them: no `*` and no `?` goes beyond a `/`.

/// Whether a name has a `*`, `?` or `[` that is not escaped.
pub(crate) fn has_wildcards(name: &str) -> bool {
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' | '?' | '[' => return true,
            '\\' => drop(characters.next()),
            _ => {}
        }
    }
    false
}

/// Whether a whole name matches a pattern; false for a pattern that Go refuses.
pub(crate) fn is_match(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Where the last star stands and what it has taken so far: to come back to when the rest does not match.
    let mut star: Option<(usize, usize)> = None;
    let (mut at, mut taken) = (0, 0);
    loop {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, taken));
                at += 1;
                continue;
            }
            None if taken == name.len() => return true,
            None => None,
            Some(_) => name.get(taken).and_then(|character| one(&pattern, at, *character)),
        };
        if let Some(next) = step {
            at = next;
            taken += 1;
            continue;
        }
        let Some((place, from)) =
            star.filter(|(_, from)| name.get(*from).is_some_and(|character| *character != '/'))
        else {
            return false;
        };
        star = Some((place, from + 1));
        (at, taken) = (place + 1, from + 1);
    }
}

/// Matches one character against what stands in the pattern, and gives the place behind it.
fn one(pattern: &[char], at: usize, character: char) -> Option<usize> {
    match pattern[at] {
        '?' => (character != '/').then_some(at + 1),
        '[' => class(pattern, at + 1, character),
        '\\' => (*pattern.get(at + 1)? == character).then_some(at + 2),
        literal => (literal == character).then_some(at + 1),
    }
}

/// A class such as `[^a-z]`, from behind its bracket.
fn class(pattern: &[char], mut at: usize, character: char) -> Option<usize> {
    let negated = pattern.get(at) == Some(&'^');
    at += usize::from(negated);
    let mut matched = false;
    let mut ranges = 0;
    loop {
        if pattern.get(at) == Some(&']') && ranges > 0 {
            return (matched != negated).then_some(at + 1);
        }
        let (low, next) = class_character(pattern, at)?;
        let (high, next) = match pattern.get(next) {
            Some('-') => class_character(pattern, next + 1)?,
            _ => (low, next),
        };
        matched |= (low..=high).contains(&character);
        at = next;
        ranges += 1;
    }
}

fn class_character(pattern: &[char], at: usize) -> Option<(char, usize)> {
    match pattern.get(at)? {
        '-' | ']' => None,
        '\\' => Some((*pattern.get(at + 1)?, at + 2)),
        character => Some((*character, at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases of Go's own test of `path.Match`, and a few more.
    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, name, expected) in [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "a", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a?b", "a☺b", true),
            ("a[^a][^a]b", "a☺b", false),
            ("a?b", "a/b", false),
            ("[\\-x]", "-", true),
            ("[]a]", "]", false),
            ("*x", "xxx", true),
            ("", "", true),
            ("*", "", true),
            ("/*.json", "/package.json", true),
            ("/*.json", "/web/package.json", false),
        ] {
            assert_eq!(is_match(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn wildcards_are_seen_unless_escaped() {
        assert!(has_wildcards("a*") && has_wildcards("a?") && has_wildcards("[a]") && has_wildcards("\\a*"));
        assert!(!has_wildcards("a\\*") && !has_wildcards("a.b"));
    }
}
