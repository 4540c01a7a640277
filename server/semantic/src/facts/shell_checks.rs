//! What ShellCheck said of the scripts of a file, where it was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers by the text that the program was given.
pub type ShellChecks = BTreeMap<String, Arc<Vec<ShellComment>>>;

/// One thing that ShellCheck says of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellComment {
    /// The number of its rule: 2086 for SC2086.
    pub code: u16,
    /// How severe it is there.
    pub level: ShellLevel,
    /// What it says.
    pub message: String,
    /// Where it starts in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it would put in the place of what; places are in bytes of the text, too.
    pub replacements: Vec<ShellReplacement>,
}

/// ShellCheck's severities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShellLevel {
    /// It does not do what it says.
    Error,
    /// It mostly does not.
    Warning,
    /// It may not.
    Info,
    /// A habit.
    Style,
}

/// A part of a text that another takes the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellReplacement {
    /// Where the part starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What takes its place.
    pub text: String,
}
