//! `.dockerignore` as Docker reads and matches it.
//!
//! The rules are those of BuildKit: the file's reader (`moby/patternmatcher/ignorefile`) and its matcher
//! (`moby/patternmatcher`), which the builder applies again to the patterns that a client sends. Which file is read
//! (`<Dockerfile>.dockerignore` before `.dockerignore`) and what lies in the context is `workspace`'s business.
//!
//! Known differences: inside `[…]`, `*` and `?` are themselves, and an escaped letter is that letter; the original
//! turns both into something else by way of its regular expressions.

mod effects;
mod glob;
#[cfg(test)]
mod tests;

pub use effects::{Effect, Effects, Fate, Tally};
use glob::Glob;

use crate::path;

/// The patterns of one `.dockerignore`, in order. The last one that matches a path, or a folder above it, decides.
#[derive(Debug, Clone, Default)]
pub struct Dockerignore {
    patterns: Vec<Pattern>,
}

/// One pattern and where it stands.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Line in the file, from 1.
    pub line: u32,
    /// The pattern cleaned as Docker cleans it, without the `!`: no leading `/`, no `.` or `..` that can be resolved.
    pub text: String,
    /// Whether the pattern starts with `!` and takes paths back in.
    pub exception: bool,
    glob: Glob,
}

/// A line that the builder refuses; the build would fail on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: u32,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Which patterns matched a folder; what lies in the folder inherits it. The default is the context's root.
#[derive(Debug, Clone, Default)]
pub struct FolderMatch {
    matched: Vec<bool>,
}

impl Dockerignore {
    /// Reads a whole file. Bad patterns are reported and left out.
    pub fn parse(text: &str) -> (Self, Vec<Problem>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.split('\n').zip(1..).filter(|(line, _)| !line.starts_with('#'));
        Self::collect(lines.map(|(line, number)| (clean_line(line), number)))
    }

    /// Takes patterns that were read already, as a builder sends them: no comments, no byte order mark. Their lines are
    /// their positions, from 1.
    pub fn from_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> (Self, Vec<Problem>) {
        Self::collect(patterns.into_iter().zip(1..).map(|(pattern, number)| {
            let pattern = pattern.trim();
            (if pattern.is_empty() { String::new() } else { path::clean(pattern) }, number)
        }))
    }

    fn collect(lines: impl Iterator<Item = (String, u32)>) -> (Self, Vec<Problem>) {
        let mut patterns = Vec::new();
        let mut problems = Vec::new();
        for (pattern, line) in lines {
            if pattern.is_empty() {
                continue;
            }
            let (exception, text) = match pattern.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, pattern.as_str()),
            };
            if text.is_empty() {
                let message =
                    "`!` alone takes nothing back in, and the builder refuses it; name a path after it";
                problems.push(Problem { line, message: message.to_owned() });
                continue;
            }
            match Glob::new(text) {
                Ok(glob) => patterns.push(Pattern { line, text: text.to_owned(), exception, glob }),
                Err(reason) => problems.push(Problem {
                    line,
                    message: format!("the builder refuses the pattern `{text}`: {reason}"),
                }),
            }
        }
        (Self { patterns }, problems)
    }

    /// The patterns in the file's order.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Whether nothing is ignored.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether the builder leaves `path` out of the context. The path is relative to the context, with `/` between its
    /// names. The root itself (`.`) is never ignored.
    pub fn is_ignored(&self, path: &str) -> bool {
        self.deciding_pattern(path).is_some_and(|pattern| !pattern.exception)
    }

    /// The pattern that decides about `path`: the last one that matches it or a folder above it. None where none does.
    pub fn deciding_pattern(&self, path: &str) -> Option<&Pattern> {
        let mut folder = FolderMatch::default();
        let mut decider = None;
        for part in path_and_folders(path) {
            (decider, folder) = self.decide_in(&folder, part);
            if decider.is_some_and(|pattern| !pattern.exception) && self.can_skip_folder(part) {
                break;
            }
        }
        decider
    }

    /// Whether `path` is ignored, given the match of the folder that holds it: one step of a walk.
    pub fn matches_in(&self, folder: &FolderMatch, path: &str) -> (bool, FolderMatch) {
        let (decider, matched) = self.decide_in(folder, path);
        (decider.is_some_and(|pattern| !pattern.exception), matched)
    }

    /// The pattern that decides about `path`, given the match of the folder that holds it: [`Self::matches_in`] for those who name it.
    ///
    /// This is what the builder does while it walks: a pattern that matched the folder holds for all in it, but a pattern is
    /// tried only where it would change the answer so far, and one that was not tried on the folder is not inherited.
    pub fn decide_in(&self, folder: &FolderMatch, path: &str) -> (Option<&Pattern>, FolderMatch) {
        let mut ignored = false;
        let mut decider = None;
        let mut matched = vec![false; self.patterns.len()];
        for (pattern_idx, pattern) in self.patterns.iter().enumerate() {
            let inherited = folder.matched.get(pattern_idx).copied().unwrap_or(false);
            if inherited || (pattern.exception == ignored && pattern.glob.is_match(path)) {
                matched[pattern_idx] = true;
                ignored = !pattern.exception;
                decider = Some(pattern);
            }
        }
        (decider, FolderMatch { matched })
    }

    /// Whether a walk passes the ignored folder `path` by, with all that is in it. It does where no exception leads there, by
    /// what the exception says before its last `/*` or `/**`: `!a/*/**` leads to `a`, and so takes nothing back in from an
    /// ignored `a/b`, though it matches `a/b/c`. That is what Docker's clients do (`tonistiigi/fsutil`, filter.go).
    pub fn can_skip_folder(&self, path: &str) -> bool {
        !self.patterns.iter().any(|pattern| pattern.exception && pattern.may_match_below(path))
    }

    /// For patterns that say what to take instead of what to leave out: whether something in the folder `path`, which
    /// did not match itself, may match.
    pub fn may_match_below(&self, path: &str) -> bool {
        self.patterns.iter().any(|pattern| !pattern.exception && pattern.may_match_below(path))
    }
}

impl Pattern {
    /// Whether the pattern, by itself, matches this very path.
    pub fn is_match(&self, path: &str) -> bool {
        self.glob.is_match(path)
    }

    fn may_match_below(&self, folder: &str) -> bool {
        let literal = self.text.strip_suffix("/**").unwrap_or(&self.text);
        let literal = literal.strip_suffix("/*").unwrap_or(literal);
        if literal.contains(['*', '?', '[', ']', '^', '\\']) {
            return true;
        }
        literal.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Every folder above the path, outermost first, and then the path.
fn path_and_folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(slash, _)| &path[..slash]).chain([path])
}

/// One line of the file: trimmed, cleaned, and without one leading `/`. Empty where the line holds no pattern.
fn clean_line(line: &str) -> String {
    let line = line.trim();
    let (mark, pattern) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    if pattern.is_empty() {
        return mark.to_owned();
    }
    let cleaned = path::clean(pattern);
    let relative = match cleaned.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => cleaned.as_str(),
    };
    // The matcher cleans once more, with the mark in place.
    path::clean(&format!("{mark}{relative}"))
}
