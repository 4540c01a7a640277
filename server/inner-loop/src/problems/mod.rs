//! What compilers, checkers, linters and tests say is wrong, read from the log of a step, with the places as they name them.
//!
//! Each tool is data in `tools`: the shapes of its lines. Lines come in one by one, as the step writes them, and nothing of them is kept but
//! what belongs to a problem; the cost of a line that says nothing is a look at its bytes. Which file of the user's a place
//! means is [`source_map`](crate::source_map)'s to say, and whether the step failed at all is the build's.

mod folders;
mod marks;
mod plain;
mod reader;
mod shapes;
mod template;
mod tool;
mod tools;

#[cfg(test)]
pub(crate) mod fixture;

use serde::{Deserialize, Serialize};

use crate::event::LogStream;
use crate::test_results::output_in;
use folders::Folders;
use reader::Reader;

pub(crate) use plain::plain;

/// So many errors of a step are kept, and so many warnings; the first ones.
const MOST_ERRORS: usize = 100;
const MOST_WARNINGS: usize = 20;

/// What BuildKit writes in the place of output that it leaves out (`util/progress/logs`).
const CLIPPED: (&str, &str) = ("[output clipped, log limit ", " reached]");

/// A problem that a tool reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where it is, the innermost place first. Never empty.
    pub frames: Vec<Frame>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the tool's words; one line or a few. The title comes first, where there is one.
    pub message: String,
    /// What failed, mostly a test, where the tool names it.
    pub title: Option<String>,
    /// The tool.
    pub source: &'static str,
}

/// A place as a tool names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Frame {
    /// The path in the container: absolute, or relative to a folder that only the tool knows.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// From 1, as the tool counts; absent where it does not say.
    pub column: Option<u32>,
    /// The text of that line, where the tool shows it, without the blanks around it.
    pub text: Option<String>,
    /// Where the tool marks that text in the line below: how many letters from its beginning.
    #[serde(default)]
    pub mark: Option<u32>,
    /// The folder that the tool was run in, where another tool said so.
    pub folder: Option<String>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It is wrong.
    Error,
    /// It may be.
    Warning,
}

impl Severity {
    /// The name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What the log of a step says is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Errors before warnings, each in the order of the log.
    pub list: Vec<Finding>,
    /// How many more there were.
    pub left_out: usize,
    /// The limit at which the builder left out output, such as `2MiB`, where it did.
    pub clipped: Option<String>,
}

impl Findings {
    /// Whether nothing was found, and all was looked at.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty() && self.left_out == 0 && self.clipped.is_none()
    }
}

/// The limit at which the builder left out output, where a line says that it did.
pub(crate) fn clipped_after(line: &str) -> Option<&str> {
    line.strip_prefix(CLIPPED.0)?.strip_suffix(CLIPPED.1)
}

/// Reads the log of one step. What it holds on to is bounded, however long the log is.
#[derive(Debug, Default)]
pub(crate) struct LogReader {
    /// Of each stream, for lines of two may come in any order.
    streams: [Reader; 2],
    heard: Heard,
    clipped: Option<String>,
}

impl LogReader {
    /// Takes in a line, without its end.
    pub(crate) fn read(&mut self, stream: LogStream, line: &str) {
        if let Some(limit) = clipped_after(line) {
            self.clipped.get_or_insert_with(|| limit.to_owned());
        }
        let reader = &mut self.streams[usize::from(stream == LogStream::Stderr)];
        match output_in(line) {
            Some(inner) => reader.read(&plain(&inner), &mut self.heard),
            None => reader.read(&plain(line), &mut self.heard),
        }
    }

    /// The log is over.
    pub(crate) fn finish(mut self) -> Findings {
        for reader in &mut self.streams {
            reader.finish(&mut self.heard.found);
        }
        let Collected { errors, warnings, left_out } = self.heard.found;
        Findings { list: errors.into_iter().chain(warnings).collect(), left_out, clipped: self.clipped }
    }
}

/// What both streams have told.
#[derive(Debug, Default)]
struct Heard {
    found: Collected,
    folders: Folders,
}

/// The problems so far.
#[derive(Debug, Default)]
struct Collected {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    left_out: usize,
}

impl Collected {
    /// Adds a problem, unless it was said before: tools like to repeat at the end what they said, and one runs inside of another.
    fn add(&mut self, finding: Finding) {
        let (list, most) = match finding.severity {
            Severity::Error => (&mut self.errors, MOST_ERRORS),
            Severity::Warning => (&mut self.warnings, MOST_WARNINGS),
        };
        if list.iter().any(|known| known.repeats(&finding)) {
            return;
        }
        if list.len() == most {
            self.left_out += 1;
        } else {
            list.push(finding);
        }
    }
}

impl Finding {
    /// The message without the title.
    #[must_use]
    pub(crate) fn message_alone(&self) -> &str {
        let title = self.title.as_deref().and_then(|title| self.message.strip_prefix(title));
        title.map_or(&*self.message, |rest| rest.strip_prefix(": ").unwrap_or(rest))
    }

    /// Whether another one is the same, said again or by another tool.
    fn repeats(&self, other: &Self) -> bool {
        let (mine, others) = (self.frames.first(), other.frames.first());
        let place = |frame: Option<&Frame>| frame.map(|frame| (frame.line, frame.column));
        place(mine) == place(others)
            && mine.map(|frame| &frame.path) == others.map(|frame| &frame.path)
            && (self.message.contains(&other.message) || other.message.contains(&self.message))
    }
}

#[cfg(test)]
mod tests;
