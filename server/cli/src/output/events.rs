//! `build --progress json`: one JSON object a line.

use inner_loop::{LogStream, StepProblem, StepState, Update};
use serde_json::{Value, json};
use workspace::foresight::json::rounded;
use workspace::source_errors::LocatedProblem;

/// The line of an update, without its line end.
pub(crate) fn line(update: &Update, file: &str, target: &str) -> Option<String> {
    Some(value(update, file, target)?.to_string())
}

/// The line that goes before the build that these files are the reason for.
pub(crate) fn changed(files: &[String]) -> Value {
    json!({"event": "changed", "files": files})
}

/// A failed step, on its instruction.
pub(crate) fn step_problem(problem: &StepProblem, file: &str) -> Value {
    json!({
        "event": "problem", "file": file, "line": problem.line, "column": 1, "severity": "error",
        "message": problem.message, "source": "build", "dockerfile_line": problem.line,
    })
}

/// What a tool in it said, on the user's own line; `file` is the Dockerfile.
pub(crate) fn source_problem(located: &LocatedProblem, file: &str) -> Value {
    json!({
        "event": "problem", "file": located.shown.as_deref().unwrap_or(file), "line": located.line,
        "column": located.column.unwrap_or(1), "severity": located.severity.as_str(), "message": located.message,
        "source": located.source, "dockerfile_line": located.dockerfile_line,
    })
}

fn value(update: &Update, file: &str, target: &str) -> Option<Value> {
    Some(match update {
        Update::Started { builder } => {
            json!({"event": "started", "file": file, "target": target, "builder": builder})
        }
        Update::Step(step) => {
            let mut value = json!({
                "event": "step", "stage": step.stage, "line": step.line, "end_line": step.end_line,
                "instruction": step.instruction, "state": step.state.as_str(),
            });
            if step.state.is_closed()
                && let Some(object) = value.as_object_mut()
            {
                object.insert("cached".to_owned(), (step.state == StepState::Done && step.cached).into());
                object.insert("seconds".to_owned(), rounded(step.seconds));
            }
            value
        }
        Update::Log { line, stream, text } => {
            let stream = if *stream == LogStream::Stderr { "stderr" } else { "stdout" };
            json!({"event": "log", "line": line, "stream": stream, "text": text})
        }
        Update::Context(sent) => json!({
            "event": "context", "files_sent": sent.files_sent, "bytes_sent": sent.bytes_sent,
            "files_total": sent.files_total, "bytes_total": sent.bytes_total,
        }),
        Update::Notice { text } => json!({"event": "notice", "text": text}),
        Update::Problem(problem) => step_problem(problem, file),
        Update::Finished { ok, image, seconds, steps, cached, .. } => json!({
            "event": "finished", "ok": ok, "image": image.as_ref().map(|image| &image.id),
            "size": image.as_ref().map(|image| image.size), "seconds": rounded(*seconds), "steps": steps, "cached": cached,
        }),
    })
}
