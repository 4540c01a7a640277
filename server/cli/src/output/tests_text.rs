//! Tests for people: those that failed, with place and message, and a closing line with the counts.

use std::path::Path;

use inner_loop::BuildRecord;
use inner_loop::test_results::Test;
use workspace::foresight::rfc3339;
use workspace::test_run::{RanTest, TestRun};

/// More are counted; one is cured after the other anyway.
const MOST_SHOWN: usize = 20;

/// The failures and the counts.
pub(crate) fn text(run: &TestRun, record: &BuildRecord, is_canceled: bool) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    text_from(&here, run, record, is_canceled)
}

fn text_from(here: &Path, run: &TestRun, record: &BuildRecord, is_canceled: bool) -> String {
    let mut text: String =
        run.failed().take(MOST_SHOWN).map(|failed| format!("\n{}", failure(here, failed))).collect();
    match run.counts.failed.saturating_sub(MOST_SHOWN) {
        0 => {}
        more => text += &format!("\n… and {more} more failed\n"),
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text += &run.notices.iter().map(|notice| format!("note: {notice}\n")).collect::<String>();
    text + &closing(run, record, is_canceled) + "\n"
}

/// `FAILED TestSum  example.com/app/sum  20 ms`, and where and why.
fn failure(here: &Path, RanTest { test, place, .. }: &RanTest) -> String {
    let Test { name, suite, seconds, message, frames, .. } = test;
    let suite = suite.as_ref().map(|suite| format!("  {suite}")).unwrap_or_default();
    let seconds = seconds.map(|seconds| format!("  {}", ide::seconds(seconds))).unwrap_or_default();
    let mut text = format!("FAILED {name}{suite}{seconds}\n");
    match (place, frames.first()) {
        (Some(place), _) => {
            let file = place.file.strip_prefix(here).unwrap_or(&place.file).display();
            let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
            text += &format!("  {file}:{}{column}\n", place.line);
        }
        (None, Some(frame)) => {
            text += &format!("  in the container: {}:{}\n", ide::plain::plain(&frame.path), frame.line);
        }
        (None, None) => {}
    }
    text + &message.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect::<String>()
}

/// What it comes to.
fn closing(run: &TestRun, record: &BuildRecord, is_canceled: bool) -> String {
    let after = ide::seconds(record.seconds);
    if is_canceled {
        return format!("canceled after {after}, {}", run.counts);
    }
    match (run.counts.all(), record.ok, run.is_cached) {
        (0, true, true) => format!("passed, {}", origin(run)),
        (0, true, false) => format!(
            "passed in {after}; its tests are not listed, for they write neither `go test -json` nor TAP nor a JUnit report"
        ),
        (0, false, _) => format!("failed in {after}"),
        (_, true, true) => format!("{}, {}", run.counts, origin(run)),
        (_, false, _) if run.counts.failed == 0 => {
            format!("failed in {after}, though no test did: {}", run.counts)
        }
        _ => format!("{} in {after}", run.counts),
    }
}

fn origin(run: &TestRun) -> String {
    let when = run.at.map(|at| format!("the build of {}", rfc3339(at)));
    format!(
        "from {}: nothing that they read has changed (--no-cache runs them again)",
        when.unwrap_or_else(|| "an earlier build".to_owned())
    )
}
