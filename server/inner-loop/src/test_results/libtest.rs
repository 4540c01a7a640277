//! Lines of Rust's own test harness: `test calc::adds ... ok`.

use super::{Outcome, Test};

/// A line that says how a test ended.
pub(super) fn read(line: &str) -> Option<Test> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let outcome = match outcome.split([' ', ',']).next()? {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Skipped,
        _ => return None,
    };
    Some(Test::new(name, outcome))
}
