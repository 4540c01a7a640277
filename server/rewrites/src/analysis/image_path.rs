//! Paths in the image that shell words name: `~`, `$HOME` and variables of known value resolved, `cd` followed.

use crate::offer::Input;
use semantic::path::Place;
use semantic::path::{clean, is_within};
use semantic::{Lookup, StageInstruction};
use syntax::shell::{Command, ShellWord};

use super::call::{Call, is};

/// A path, or a pattern of paths, that a shell word names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePath {
    /// The path without the last component where that is a pattern.
    pub place: Place,
    /// The pattern of the last component.
    pub pattern: Option<String>,
}

impl ImagePath {
    /// Whether removing this removes `place`: it is the same, lies above it, or matches it.
    pub fn covers(&self, place: &Place) -> bool {
        let (Some(own), Some(other)) = (text(&self.place), text(place)) else { return false };
        if is_relative(&self.place) != is_relative(place) || !is_within(other, own) {
            return false;
        }
        let Some(pattern) = &self.pattern else { return true };
        let below = if own == "/" || own == "." {
            other.trim_start_matches('/')
        } else {
            other[own.len()..].trim_start_matches('/')
        };
        let first = below.split('/').next().unwrap_or_default();
        !first.is_empty() && matches_glob(pattern, first)
    }
}

fn text(place: &Place) -> Option<&str> {
    match place {
        Place::Known(path) | Place::Relative(path) => Some(path),
        Place::Unknown => None,
    }
}

const fn is_relative(place: &Place) -> bool {
    matches!(place, Place::Relative(_))
}

/// The path that a word names where `cwd` is the working directory.
pub fn resolve(
    input: &Input<'_>,
    item: &StageInstruction,
    cwd: &Place,
    word: &ShellWord,
) -> Option<ImagePath> {
    let text = match &word.value {
        Some(value) => value.clone(),
        None => expanded(input, item, word)?,
    };
    if text.is_empty() {
        return None;
    }
    let (directory, last) = text
        .trim_end_matches('/')
        .rsplit_once('/')
        .map_or(("", text.as_str()), |(up, last)| (if up.is_empty() { "/" } else { up }, last));
    if directory.contains(['*', '?', '[']) {
        return None;
    }
    if last.contains(['*', '?', '[']) {
        let place = if directory.is_empty() { cwd.clone() } else { cwd.join(directory) };
        return Some(ImagePath { place, pattern: Some(last.to_owned()) });
    }
    Some(ImagePath { place: cwd.join(&text), pattern: None })
}

/// The home directory of the user in force; root's where only the base image knows.
pub fn home(item: &StageInstruction) -> String {
    let user = item.user.as_ref().and_then(|user| user.value.as_deref()).unwrap_or("root");
    match user.split(':').next().unwrap_or_default() {
        "root" | "0" | "" => "/root".to_owned(),
        name => format!("/home/{name}"),
    }
}

/// A word with its quotes removed and its variables replaced, where all are known.
fn expanded(input: &Input<'_>, item: &StageInstruction, word: &ShellWord) -> Option<String> {
    if word.substitution {
        return None;
    }
    let source = word.text.as_str();
    let is_quoted = source.starts_with(['"', '\'']);
    let bare: String = source.chars().filter(|letter| !matches!(letter, '"' | '\'')).collect();
    let mut text = match bare
        .strip_prefix('~')
        .filter(|rest| !is_quoted && (rest.is_empty() || rest.starts_with('/')))
    {
        Some(rest) => format!("{}{rest}", home(item)),
        None => bare,
    };
    for variable in &word.variables {
        let name = variable.name.as_str();
        let value = match input.model.lookup(item.scope, name) {
            Lookup::Value(value) => value.to_owned(),
            _ if name == "HOME" => home(item),
            _ => return None,
        };
        let (braced, plain) = (format!("${{{name}}}"), format!("${name}"));
        text = if text.contains(&braced) {
            text.replacen(&braced, &value, 1)
        } else {
            text.replacen(&plain, &value, 1)
        };
    }
    (!text.contains('$') && !text.contains('`')).then_some(text)
}

/// Every command of a RUN with the working directory that it runs in, as far as `cd` tells.
pub fn for_each_command<'a>(item: &'a StageInstruction, mut visit: impl FnMut(&'a Command, &Place)) {
    let Some(run) = item.as_run() else { return };
    let mut cwd = item.workdir.clone();
    for command in run.commands() {
        visit(command, &cwd);
        let Some(call) = Call::of(command).filter(|call| matches!(call.program, "cd" | "pushd")) else {
            continue;
        };
        cwd = match call.arguments.first() {
            Some(word) if is(word, "-") => Place::Unknown,
            Some(ShellWord { value: Some(path), .. }) => cwd.join(path),
            Some(ShellWord { text, .. }) if text == "~" || text == "$HOME" => Place::Known(home(item)),
            Some(_) => Place::Unknown,
            None => Place::Known(home(item)),
        };
    }
}

/// Whether a file name matches a shell pattern; a class in brackets matches any letter.
pub fn matches_glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    if name.first() == Some(&'.') && pattern.first() != Some(&'.') {
        return false;
    }
    // Positions to return to: behind the last `*`, and where it began to match.
    let (mut at, mut letter, mut retry) = (0, 0, None);
    while letter < name.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at + 1, letter));
                at += 1;
            }
            Some('[') => {
                let close = pattern[at..].iter().position(|mark| *mark == ']').unwrap_or(0);
                at += close + 1;
                letter += 1;
            }
            Some(mark) if *mark == '?' || *mark == name[letter] => {
                at += 1;
                letter += 1;
            }
            _ => {
                let Some((behind, from)) = retry else { return false };
                at = behind;
                letter = from + 1;
                retry = Some((behind, letter));
            }
        }
    }
    pattern[at.min(pattern.len())..].iter().all(|mark| *mark == '*')
}

/// A path below a place, cleaned.
pub fn below(place: &Place, path: &str) -> Place {
    place.join(&clean(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*", "lists", true),
            ("*", ".npmrc", false),
            (".*", ".npmrc", true),
            ("*.tar.gz", "go.tar.gz", true),
            ("*.tar.gz", "go.zip", false),
            ("go*.tgz", "go1.25.tgz", true),
            ("?.c", "a.c", true),
            ("[ab].c", "a.c", true),
        ] {
            assert_eq!(matches_glob(pattern, name), expected, "{pattern} {name}");
        }
    }
}
