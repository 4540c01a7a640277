//! The events of a build for programs: what `build --progress json` prints, and what clients of the language server can follow.

use inner_loop::{LogStream, StepProblem, StepState, Update};
use serde_json::{Value, json};

use crate::graph::rounded;

/// An update as one object; `file` is the Dockerfile, `target` the stage that is built. Lines count from 1, times are seconds, sizes bytes.
/// Nothing of a report of tests, which is told test by test.
#[must_use]
pub fn event(update: &Update, file: &str, target: &str) -> Option<Value> {
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
                object.insert("seconds".to_owned(), rounded(step.seconds).into());
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
        Update::Report(_) => return None,
        Update::Notice { text } => json!({"event": "notice", "text": text}),
        Update::Problem(problem) => step_problem(problem, file),
        Update::Finished { ok, image, seconds, steps, cached, .. } => json!({
            "event": "finished", "ok": ok, "image": image.as_ref().map(|image| &image.id),
            "size": image.as_ref().map(|image| image.size), "seconds": rounded(*seconds), "steps": steps, "cached": cached,
        }),
    })
}

/// A failed step, on its instruction.
#[must_use]
pub fn step_problem(problem: &StepProblem, file: &str) -> Value {
    json!({
        "event": "problem", "file": file, "line": problem.line, "column": 1, "severity": "error",
        "message": problem.message, "source": "build", "dockerfile_line": problem.line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(update: &Update, expected: &Value) {
        assert_eq!(event(update, "Dockerfile", "größe").as_ref(), Some(expected));
    }

    #[test]
    fn an_event_says_what_it_is_and_where() {
        check(
            &Update::Started { builder: "docker 28.5.2".to_owned() },
            &json!({"event": "started", "file": "Dockerfile", "target": "größe", "builder": "docker 28.5.2"}),
        );
        check(
            &Update::Log { line: None, stream: LogStream::Stderr, text: "warning 😀".to_owned() },
            &json!({"event": "log", "line": null, "stream": "stderr", "text": "warning 😀"}),
        );
    }

    #[test]
    fn times_are_rounded_to_milliseconds() {
        let end = Update::Finished {
            ok: false,
            canceled: true,
            image: None,
            seconds: 1.23456,
            steps: 3,
            cached: 1,
        };
        check(
            &end,
            &json!({"event": "finished", "ok": false, "image": null, "size": null, "seconds": 1.235, "steps": 3, "cached": 1}),
        );
    }
}
