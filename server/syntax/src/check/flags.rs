//! Whether flags are those that an instruction takes, and as often as it takes them; the list is in `accepted`.

use crate::accepted::{self, FlagKind};
use crate::arguments::Flag;
use crate::check::{problem, shown, values};
use crate::keyword::Keyword;
use crate::parse::Parsed;
use crate::problem::LocalProblem;

/// Whether BuildKit looks at the flags at all.
fn ignored(parsed: &Parsed) -> bool {
    let none = || parsed.arguments.words.first().is_some_and(|word| word.text.eq_ignore_ascii_case("NONE"));
    match parsed.keyword {
        Keyword::Arg | Keyword::Stopsignal | Keyword::Unknown => true,
        Keyword::Healthcheck => none(),
        _ => false,
    }
}

/// The flags' problems.
pub(crate) fn check(parsed: &Parsed, problems: &mut Vec<LocalProblem>) {
    if ignored(parsed) {
        return;
    }
    let known = accepted::flags(parsed.keyword);
    let mut used = Vec::new();
    for flag in &parsed.flags {
        let Some((name, kind)) = known.iter().copied().find(|(name, _)| *name == flag.name) else {
            problems.push(unknown(parsed.keyword, flag));
            continue;
        };
        let again = used.contains(&name);
        if again && kind != FlagKind::Values {
            let message = format!("--{name} may be given only once: remove this one or the one before");
            problems.push(problem(flag.range, message));
            continue;
        }
        if !again {
            used.push(name);
        }
        match (kind, &flag.value) {
            (FlagKind::Switch, Some(value)) => {
                if !matches!(value.text.to_lowercase().as_str(), "true" | "false") {
                    let message =
                        format!("--{name} is either true or false: write --{name} alone to switch it on");
                    problems.push(problem(flag.range, message));
                }
            }
            (FlagKind::Switch, None) => {}
            (_, None) => {
                problems.push(problem(flag.range, format!("--{name} needs a value: write --{name}=…")));
            }
            (_, Some(value)) => values::check(parsed.keyword, name, value, problems),
        }
    }
}

fn unknown(keyword: Keyword, flag: &Flag) -> LocalProblem {
    let known = accepted::flags(keyword);
    let name = shown(&flag.name);
    let message = if known.is_empty() {
        format!("{keyword} takes no flags: remove --{name}")
    } else if let Some(near) = nearest(&flag.name, known.iter().map(|(name, _)| *name)) {
        format!("{keyword} has no flag --{name}: did you mean --{near}?")
    } else {
        let names: Vec<String> = known.iter().map(|(name, _)| format!("--{name}")).collect();
        format!("{keyword} has no flag --{name}: it takes {}", names.join(", "))
    };
    problem(flag.name_range, message)
}

/// The candidate that a word is most likely a misspelling of: one or two letters apart, and less than half of it wrong.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) < 3)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance < 3 && distance * 2 < candidate.len().max(word.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, changed, or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (at, char) in one.chars().enumerate() {
        let mut next = vec![at + 1];
        for (column, candidate) in other.iter().enumerate() {
            let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let changed = cell(&row, column) + usize::from(char != *candidate);
            let mut best = changed.min(cell(&row, column + 1) + 1).min(cell(&next, column) + 1);
            let neighbour = column.checked_sub(1).and_then(|column| Some((column, *other.get(column)?)));
            if let Some((column, neighbour)) = neighbour
                && last == Some(*candidate)
                && neighbour == char
            {
                best = best.min(cell(&before, column) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(char);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("RUNX", "RUN"), 1);
        assert_eq!(distance("", "RUN"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("FORM", "FROM"), 1);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", ""), 0);
        assert_eq!(nearest("FOO", ["FROM", "ENV"]), None);
        assert_eq!(nearest("form", ["chown", "from"]), Some("from"));
        assert_eq!(nearest("nothing", ["chown", "from"]), None);
    }
}
