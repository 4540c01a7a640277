//! Why builds fail outside of what the Dockerfile says: no network, no login, no room, no such package. One line of cause, one of cure.
//!
//! Each family of failures is a file, which reads the builder's message and the end of the step's log, as they really are. Where none
//! of them is sure, nothing is said: a wrong cause is worse than none.

mod certificate;
mod disk_full;
mod missing_package;
mod missing_program;
pub(crate) mod name_resolution;
mod out_of_memory;
mod rate_limit;
mod registry_login;
mod several_platforms;
#[cfg(test)]
mod tests;
mod wrong_platform;

/// What is known of a failure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// What the builder says.
    pub message: &'a str,
    /// The end of the failed step's output, oldest line first.
    pub log: &'a [String],
    /// Exit status of the command that failed.
    pub exit_code: Option<i32>,
    /// The failed step's instruction on one line; empty where no step failed.
    pub instruction: &'a str,
}

/// Why a build failed, and what helps. Each is one line, without a stop at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Why.
    pub cause: String,
    /// What to do.
    pub cure: String,
}

/// A family of failures.
type Family = fn(&Evidence<'_>) -> Option<Cause>;

/// The families, the surest first: what a registry answers is no matter of names or certificates any more.
const FAMILIES: &[Family] = &[
    rate_limit::find,
    registry_login::find,
    certificate::find,
    name_resolution::find,
    disk_full::find,
    several_platforms::find,
    wrong_platform::find,
    missing_program::find,
    missing_package::find,
    out_of_memory::find,
];

/// The cause of a failure, where it is one of those that are known.
#[must_use]
pub fn of(evidence: &Evidence<'_>) -> Option<Cause> {
    FAMILIES.iter().find_map(|family| family(evidence))
}

impl Evidence<'_> {
    /// The lines to look in: the builder's message, then the log from its end, for what came last, failed. What the builder says of a
    /// command that failed is the command's own text, and no evidence.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let is_command =
            ["process \"", "executor failed running"].iter().any(|start| self.message.starts_with(start));
        let message = if is_command { "" } else { self.message };
        message.lines().chain(self.log.iter().rev().map(String::as_str)).map(str::trim_end)
    }

    /// The first line that holds one of these texts.
    fn line_with(&self, texts: &[&str]) -> Option<&str> {
        self.lines().find(|line| texts.iter().any(|text| line.contains(text)))
    }

    /// Whether it is a command of the Dockerfile that failed.
    fn is_run(&self) -> bool {
        self.instruction.starts_with("RUN")
    }
}

impl Cause {
    fn new(cause: impl Into<String>, cure: impl Into<String>) -> Option<Self> {
        Some(Self { cause: cause.into(), cure: cure.into() })
    }
}

/// The text between two others.
fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    Some(found.trim()).filter(|found| !found.is_empty())
}

/// The word behind a text, without quotes and marks around it.
fn word_after<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    let word = rest.split_whitespace().next()?;
    let word =
        word.trim_matches(|ch: char| matches!(ch, '\'' | '"' | '`' | ',' | ';' | ':' | '(' | ')' | '.'));
    Some(word).filter(|word| !word.is_empty())
}
