//! `test --format json`, and the events of tests in `test --progress json`. The page `tests.md` says what each field is.

use inner_loop::{BuildRecord, StepProblem};
use serde_json::{Value, json};
use workspace::foresight::json::rounded;
use workspace::foresight::rfc3339;
use workspace::test_run::{RanTest, TestRun};

/// All tests as one object. `problem` is the failed step's.
pub(crate) fn object(
    run: &TestRun,
    record: &BuildRecord,
    target: &str,
    problem: Option<&StepProblem>,
) -> Value {
    let counts = run.counts;
    json!({
        "version": 1,
        "ok": record.ok && counts.failed == 0,
        "target": target,
        "passed": counts.passed, "failed": counts.failed, "skipped": counts.skipped,
        "cached": run.is_cached,
        "built": run.at.map(rfc3339),
        "seconds": rounded(record.seconds),
        "tests": run.tests.iter().map(test).collect::<Vec<_>>(),
        "problem": problem.map(|problem| json!({"dockerfile_line": problem.line, "message": problem.message})),
        "notices": run.notices,
    })
}

/// An event a test, and one with the counts; each on a line.
pub(crate) fn events(run: &TestRun) -> String {
    let with_event = |ran: &RanTest| {
        let mut event = json!({"event": "test"});
        if let (Some(event), Value::Object(fields)) = (event.as_object_mut(), test(ran)) {
            event.extend(fields);
        }
        format!("{event}\n")
    };
    let notices = run.notices.iter().map(|text| format!("{}\n", json!({"event": "notice", "text": text})));
    let counts = run.counts;
    let sum = json!({
        "event": "tests", "passed": counts.passed, "failed": counts.failed, "skipped": counts.skipped,
        "cached": run.is_cached, "built": run.at.map(rfc3339),
    });
    notices.chain(run.tests.iter().map(with_event)).chain([format!("{sum}\n")]).collect()
}

fn test(RanTest { test, place, dockerfile_line, is_cached, at }: &RanTest) -> Value {
    let place = place.as_ref();
    json!({
        "name": test.name,
        "suite": test.suite,
        "outcome": test.outcome.as_str(),
        "seconds": test.seconds.map(rounded),
        "file": place.and_then(|place| place.shown.as_ref()),
        "line": place.map(|place| place.line),
        "column": place.and_then(|place| place.column),
        "message": (!test.message.is_empty()).then_some(&test.message),
        "dockerfile_line": dockerfile_line,
        "cached": is_cached,
        "built": at.map(rfc3339),
    })
}
