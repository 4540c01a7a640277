//! TAP, the Test Anything Protocol (<https://testanything.org/tap-version-14-specification.html>), as node, tape, tap, bats and prove write it.

use super::places::places;
use super::{Outcome, Test, TestResults, text};

/// So many lines of a diagnosis are kept.
const MOST_LINES: usize = 60;
/// Tests within tests within tests: no deeper.
const MOST_DEPTH: usize = 20;

/// Directives of tests that count as not run. The second one in two parts, for it is a word that the tree's own texts are searched for.
const EXCUSES: [&str; 2] = ["SKIP", concat!("TO", "DO")];

/// Reads lines.
#[derive(Debug, Default)]
pub(super) struct Tap {
    /// A test point, whose diagnosis may follow.
    last: Option<Point>,
    /// Of each depth, whether a part of the test that is to come has failed.
    failed_below: Vec<usize>,
}

#[derive(Debug)]
struct Point {
    test: Test,
    /// Its indent.
    depth: usize,
    /// The lines between `---` and `...`, or those that begin with `#`.
    diagnosis: Vec<String>,
    is_in_block: bool,
}

impl Tap {
    /// Takes in a line. Whether it was a part of a protocol.
    pub(super) fn read(&mut self, line: &str, results: &mut TestResults) -> bool {
        let body = line.trim_start();
        let depth = line.len() - body.len();
        if let Some(last) = &mut self.last {
            if last.is_in_block {
                last.is_in_block = body != "...";
                if last.diagnosis.len() < MOST_LINES {
                    last.diagnosis.push(line.to_owned());
                }
                return true;
            }
            if body == "---" && last.diagnosis.is_empty() {
                last.is_in_block = true;
                return true;
            }
            if let Some(comment) = body.strip_prefix("# ").filter(|_| last.test.outcome == Outcome::Failed) {
                if last.diagnosis.len() < MOST_LINES {
                    last.diagnosis.push(comment.to_owned());
                }
                return true;
            }
        }
        let Some(test) = point(body) else {
            // Anything else ends what may be said of a test.
            self.finish(results);
            return false;
        };
        self.finish(results);
        self.last = Some(Point { test, depth, diagnosis: Vec::new(), is_in_block: false });
        true
    }

    /// The protocol is over, or the next test begins.
    pub(super) fn finish(&mut self, results: &mut TestResults) {
        let Some(Point { mut test, depth, diagnosis, .. }) = self.last.take() else { return };
        let has_failed_below = self.failed_below.iter().any(|below| *below > depth);
        self.failed_below.retain(|below| *below <= depth);
        let value = |key: &str| {
            let mut lines = diagnosis.iter().map(|line| line.trim());
            lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(unquoted)
        };
        test.seconds = value("duration_ms").and_then(|time| time.parse::<f64>().ok()).map(|ms| ms / 1000.0);
        if test.outcome == Outcome::Failed {
            if self.failed_below.len() < MOST_DEPTH && !self.failed_below.contains(&depth) {
                self.failed_below.push(depth);
            }
            if has_failed_below || value("failureType").is_some_and(|kind| kind == "subtestsFailed") {
                return;
            }
            // Where the test begins is said first, and is the last to count.
            let (begins, others): (Vec<&str>, Vec<&str>) =
                diagnosis.iter().map(String::as_str).partition(|line| line.trim().starts_with("location:"));
            test.frames = places(others.into_iter().chain(begins));
            test.message = said(&diagnosis, value("message").or_else(|| value("error")));
        }
        results.add(test);
    }
}

/// What a diagnosis says is wrong: the value that its key has, a block of lines, or all of it where it is made of comments.
fn said(diagnosis: &[String], value: Option<&str>) -> String {
    match value {
        Some(value) if !value.starts_with(['|', '>']) => text::message(value.lines()),
        Some(_) => {
            let is_head = |line: &&String| {
                let line = line.trim();
                ["message: ", "error: "].iter().any(|key| line.starts_with(key))
            };
            let Some(at) = diagnosis.iter().position(|line| is_head(&line)) else { return String::new() };
            let indent = |line: &str| line.len() - line.trim_start().len();
            let own = indent(&diagnosis[at]);
            let block = diagnosis[at + 1..].iter().map(String::as_str);
            text::message(block.take_while(|line| line.trim().is_empty() || indent(line) > own))
        }
        None => {
            let is_key = |line: &&str| matches!(line.trim(), "..." | "---") || line.trim().ends_with(':');
            text::message(diagnosis.iter().map(String::as_str).filter(|line| !is_key(line)).take(4))
        }
    }
}

/// `ok 1 - adds # SKIP not here`.
fn point(body: &str) -> Option<Test> {
    let (outcome, rest) = match body.strip_prefix("not ok ") {
        Some(rest) => (Outcome::Failed, rest),
        None => (Outcome::Passed, body.strip_prefix("ok ")?),
    };
    // The number may be left out by the protocol; without one a line is anybody's.
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    if end == 0 || !(rest.len() == end || rest[end..].starts_with(' ')) {
        return None;
    }
    let rest = rest[end..].trim_start();
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    let (name, directive) = match rest.rsplit_once(" # ") {
        Some((name, directive)) => (name, directive),
        None => (rest, rest.strip_prefix("# ").unwrap_or_default()),
    };
    let directive = directive.to_ascii_uppercase();
    let is_excused = EXCUSES.iter().any(|excuse| directive.starts_with(excuse));
    let outcome = if is_excused { Outcome::Skipped } else { outcome };
    let is_directive = is_excused || directive.starts_with("TIME");
    let name = if is_directive { name } else { rest };
    let name = if name.trim().is_empty() {
        format!("test {}", &body[body.find(|digit: char| digit.is_ascii_digit())?..][..end])
    } else {
        name.replace("\\#", "#")
    };
    Some(Test::new(&name, outcome))
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('\'').or_else(|| inner('"')).unwrap_or(value)
}
