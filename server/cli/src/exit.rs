//! How the program ends: 0 fine, 1 findings or a failed build, 2 wrong usage, unreadable input or no builder, 130 interrupted.
//!
//! An error is one line on stderr that says what to do.

use std::process::ExitCode;

/// The exit code of a program that the user interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is fine.
    Fine,
    /// There are findings, or the build failed.
    Findings,
    /// Some input could not be read; it was said where.
    Unreadable,
    /// The user interrupted it.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Findings => 1,
            Outcome::Unreadable => 2,
            Outcome::Interrupted => INTERRUPTED,
        })
    }
}

/// A refusal that is no misuse: exit 1 with its reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// Wrong usage, in one line; help and version as clap prints them.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe is no reason to complain.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let paragraphs: Vec<_> = text.split("\n\n").map(str::trim).collect();
    let first = paragraphs.first().copied().unwrap_or_default().trim_start_matches("error: ");
    let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
    let tip = paragraphs.iter().find_map(|paragraph| paragraph.strip_prefix("tip: ")).unwrap_or_default();
    let said = match (error.kind(), tip) {
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => "a command is missing".to_owned(),
        (_, "") => first,
        (_, tip) => format!("{first}; {tip}"),
    };
    say(&format!("{said} (see layerwise --help)"));
    ExitCode::from(2)
}

/// An error that ended a command.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    let is_closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_closed_pipe) {
        return ExitCode::SUCCESS;
    }
    say(&format!("{error:#}"));
    ExitCode::from(if error.downcast_ref::<Refused>().is_some() { 1 } else { 2 })
}

/// One line on stderr.
pub(crate) fn say(message: &str) {
    use std::io::Write;
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "layerwise: {line}");
}
