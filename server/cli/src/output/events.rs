//! `build --progress json`: one JSON object a line.

use ide::build_events;
use inner_loop::{StepProblem, Update};
use serde_json::{Value, json};
use workspace::source_errors::LocatedProblem;

/// The line of an update, without its line end.
pub(crate) fn line(update: &Update, file: &str, target: &str) -> Option<String> {
    Some(build_events::event(update, file, target)?.to_string())
}

/// The line that goes before the build that these files are the reason for.
pub(crate) fn changed(files: &[String]) -> Value {
    json!({"event": "changed", "files": files})
}

/// A failed step, on its instruction.
pub(crate) fn step_problem(problem: &StepProblem, file: &str) -> Value {
    build_events::step_problem(problem, file)
}

/// What a tool in it said, on the user's own line; `file` is the Dockerfile.
pub(crate) fn source_problem(located: &LocatedProblem, file: &str) -> Value {
    json!({
        "event": "problem", "file": located.shown.as_deref().unwrap_or(file), "line": located.line,
        "column": located.column.unwrap_or(1), "severity": located.severity.as_str(), "message": located.message,
        "source": located.source, "dockerfile_line": located.dockerfile_line,
    })
}
