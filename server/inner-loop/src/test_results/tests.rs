//! What tools really write, and what nobody should: tests out, one a line.

use expect_test::{Expect, expect};

use super::*;
use crate::event::{BuildEvent, BuildFailure, BuildOutcome, LogStream, Vertex};
use crate::progress::{Progress, Update};
use crate::request::BuildRequest;

fn shown(results: &TestResults) -> String {
    let mut text = String::new();
    for Test { name, suite, outcome, seconds, message, frames } in &results.tests {
        let suite = suite.as_ref().map(|suite| format!(" [{suite}]")).unwrap_or_default();
        let seconds = seconds.map(|seconds| format!(" {seconds}s")).unwrap_or_default();
        let place =
            frames.first().map(|frame| format!(" at {}:{}", frame.path, frame.line)).unwrap_or_default();
        text += &format!("{} {name}{suite}{seconds}{place}\n", outcome.as_str());
        text += &message
            .lines()
            .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
            .collect::<String>();
    }
    text + &format!("= {}\n", results.counts)
}

const REQUEST: &str = "FROM a AS test\nRUN tests\n";

fn request() -> BuildRequest {
    BuildRequest { dockerfile_text: REQUEST.to_owned(), ..BuildRequest::default() }
}

/// What is read from the log of a step, that fails or does not, and from a report.
fn tested(log: &str, fails: bool, report: Option<&[u8]>) -> TestedSteps {
    let request = request();
    let mut progress = Progress::of(&request.model(), None);
    let mut tests = TestLog::of(&request);
    let vertex = |completed| {
        BuildEvent::Vertex(Vertex {
            digest: "d".to_owned(),
            name: "[2/2] RUN tests".to_owned(),
            started: Some(0.0),
            completed,
            ..Vertex::default()
        })
    };
    let report = report.map(|bytes| {
        BuildEvent::Report(ReportFile { path: "/r.xml".to_owned(), content: Ok(bytes.to_vec()) })
    });
    let failure = BuildFailure { vertex: Some("d".to_owned()), ..BuildFailure::default() };
    let outcome = if fails { BuildOutcome::Failed(failure) } else { BuildOutcome::Succeeded { image: None } };
    let log =
        BuildEvent::Log { vertex: "d".to_owned(), stream: LogStream::Stdout, data: log.as_bytes().to_vec() };
    let events = [vertex(None), log, vertex((!fails).then_some(1.0))].into_iter().chain(report);
    for event in events.chain([BuildEvent::Finished { outcome, seconds: 1.0 }]) {
        progress.apply(event).iter().for_each(|update: &Update| tests.take(update));
    }
    tests.finish()
}

#[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
#[track_caller]
fn check(log: &str, fails: bool, expected: Expect) {
    let tested = tested(log, fails, None);
    let text: String =
        tested.steps.iter().map(|(line, results)| format!("line {line}\n{}", shown(results))).collect();
    let notices: String = tested.notices.iter().map(|notice| format!("note: {notice}\n")).collect();
    expected.assert_eq(&(text + &notices));
}

#[expect(clippy::needless_pass_by_value, reason = "as everywhere with inline snapshots")]
#[track_caller]
fn check_report(report: &str, expected: Expect) {
    let text = match junit::parse(report.as_bytes()) {
        Ok(results) => shown(&results),
        Err(reason) => format!("error: {reason}\n"),
    };
    expected.assert_eq(&text);
}

#[test]
fn go_tells_each_test_and_where_it_failed() {
    // Go 1.19, `go test -json ./...`.
    check(
        r#"{"Time":"2026-11-22T18:00:00Z","Action":"run","Package":"example.com/app/sum","Test":"TestFine"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestFine","Output":"=== RUN   TestFine\n"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestFine","Output":"--- PASS: TestFine (0.00s)\n"}
{"Action":"pass","Package":"example.com/app/sum","Test":"TestFine","Elapsed":0}
{"Action":"run","Package":"example.com/app/sum","Test":"TestSum"}
{"Action":"run","Package":"example.com/app/sum","Test":"TestSum/größe"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestSum/größe","Output":"    sum_test.go:10: got 3,\n"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestSum/größe","Output":"        want 4\n"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestSum","Output":"--- FAIL: TestSum (0.02s)\n"}
{"Action":"output","Package":"example.com/app/sum","Test":"TestSum/größe","Output":"    --- FAIL: TestSum/größe (0.02s)\n"}
{"Action":"fail","Package":"example.com/app/sum","Test":"TestSum/größe","Elapsed":0.02}
{"Action":"fail","Package":"example.com/app/sum","Test":"TestSum","Elapsed":0.02}
{"Action":"skip","Package":"example.com/app/sum","Test":"TestLater","Elapsed":0}
{"Action":"output","Package":"example.com/app/sum","Output":"FAIL\texample.com/app/sum\t0.003s\n"}
{"Action":"fail","Package":"example.com/app/sum","Elapsed":0.003}
{"Action":"output","Package":"example.com/app/other","Output":"panic: in TestMain\n"}
{"Action":"fail","Package":"example.com/app/other","Elapsed":0.1}
"#,
        true,
        expect![[r#"
            line 2
            passed TestFine [example.com/app/sum] 0s
            failed TestSum/größe [example.com/app/sum] 0.02s at example.com/app/sum/sum_test.go:10
                got 3,
                want 4
            skipped TestLater [example.com/app/sum] 0s
            failed example.com/app/other 0.1s
                panic: in TestMain
            = 2 failed, 1 passed, 1 skipped
        "#]],
    );
}

#[test]
fn half_an_event_and_what_looks_like_one_is_none() {
    check(
        "{\"Action\":\"pass\",\"Package\":\"p\",\"Te\n{\"Action\":\"fly\",\"Test\":\"T\"}\n{\"Action\":1}\n{\"a\":\"\\\"Action\\\":\\\"pass\\\"\"}\nok  \texample.com/app\t0.1s\nok then\nnot ok\ntest x ... maybe\n",
        true,
        expect![[""]],
    );
}

#[test]
fn tap_of_node_with_its_diagnoses() {
    // Node 22, `node --test`.
    check(
        "TAP version 13\n# Subtest: adds\nnot ok 1 - adds\n  ---\n  duration_ms: 1.5\n  location: '/srv/test/sum.test.js:4:1'\n  failureType: 'testCodeFailure'\n  error: |-\n    Expected values to be strictly equal:\n    \n    2 !== 3\n    \n  code: 'ERR_ASSERTION'\n  stack: |-\n    TestContext.<anonymous> (/srv/test/sum.test.js:5:10)\n    Test.runInAsyncScope (node:async_hooks:206:9)\n  ...\n# Subtest: group\n    # Subtest: inner\n    not ok 1 - inner\n      ---\n      error: 'größe'\n      ...\n    1..1\nnot ok 2 - group\n  ---\n  failureType: 'subtestsFailed'\n  error: '1 subtest failed'\n  ...\nok 3 - later # SKIP not here\nok 4 - fine\n  ---\n  duration_ms: 0.25\n  ...\n1..4\n",
        true,
        expect![[r#"
            line 2
            failed adds 0.0015s at /srv/test/sum.test.js:5
                Expected values to be strictly equal:
    
                2 !== 3
            failed inner
                größe
            skipped later
            passed fine 0.00025s
            = 2 failed, 1 passed, 1 skipped
        "#]],
    );
}

#[test]
fn tap_of_others() {
    check(
        "1..4\r\nok 1 adds\r\nnot ok 2 - bats größe\r\n# (in test file test/a.bats, line 3)\r\n#   `false' failed\r\nnot ok 3 - todo # todo some day\r\nok 4\r\n",
        true,
        expect![[r#"
            line 2
            passed adds
            failed bats größe
                (in test file test/a.bats, line 3)
                  `false' failed
            skipped todo
            passed test 4
            = 1 failed, 2 passed, 1 skipped
        "#]],
    );
}

#[test]
fn rust_and_verbose_go() {
    check(
        "test calc::adds ... ok\ntest calc::breaks ... FAILED\ntest calc::slow ... ignored, takes long\n=== RUN   TestA\n--- PASS: TestA (0.01s)\n    --- SKIP: TestA/b (0.00s)\n",
        false,
        expect![[r#"
            line 2
            passed calc::adds
            failed calc::breaks
            skipped calc::slow
            passed TestA 0.01s
            skipped TestA/b 0s
            = 1 failed, 2 passed, 2 skipped
        "#]],
    );
}

#[test]
fn matchers_say_where_and_tell_of_tests_that_nothing_else_does() {
    check(
        "test tests::adds ... FAILED\n\nthread 'tests::adds' panicked at src/lib.rs:5:9:\nassertion `left == right` failed\n  left: 2\n right: 3\n\nFAIL: test_adds (test_sum.T)\n----------------------------------------------------------------------\nTraceback (most recent call last):\n  File \"/srv/test_sum.py\", line 5, in test_adds\n    self.assertEqual(1 + 1, 3)\nAssertionError: 2 != 3\n",
        true,
        expect![[r#"
            line 2
            failed tests::adds at src/lib.rs:5
                assertion `left == right` failed
                left: 2
                right: 3
            failed test_adds [unittest] at /srv/test_sum.py:5
                AssertionError: 2 != 3
            = 2 failed
        "#]],
    );
}

#[test]
fn a_clipped_log_is_said() {
    check(
        "ok 1 - a\n[output clipped, log limit 2MiB reached]\n",
        false,
        expect![[r#"
        line 2
        passed a
        = 1 passed
        note: the builder left out output of the tests: those that it does not show are not counted; a JUnit report has all of them
    "#]],
    );
}

#[test]
fn junit_of_pytest_and_surefire() {
    check_report(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites name=\"pytest tests\"><testsuite name=\"pytest\" errors=\"0\" failures=\"1\" skipped=\"1\" tests=\"3\" time=\"0.1\"><testcase classname=\"tests.test_sum.TestSum\" name=\"test_adds[größe]\" time=\"0.001\"><failure message=\"AssertionError: assert 2 == 3&#10; +  where 2 = f()\">self = &lt;x&gt;\n\n    def test_adds(self):\n&gt;       assert f() == 3\nE       AssertionError: assert 2 == 3\n\ntests/test_sum.py:9: AssertionError</failure></testcase><testcase classname=\"tests.test_sum\" name=\"test_later\" time=\"0\"><skipped message=\"later\"/></testcase><testcase classname=\"tests.test_sum\" name=\"test_fine\" time=\"0\"><system-out>x</system-out></testcase></testsuite></testsuites>",
        expect![[r#"
            failed test_adds[größe] [tests.test_sum.TestSum] 0.001s at tests/test_sum.py:9
                AssertionError: assert 2 == 3
                 +  where 2 = f()
            skipped test_later [tests.test_sum] 0s
            passed test_fine [tests.test_sum] 0s
            = 1 failed, 1 passed, 1 skipped
        "#]],
    );
    check_report(
        "<testsuite xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" name=\"com.example.SumTest\"><testcase name=\"adds\" classname=\"com.example.SumTest\" time=\"1,234.5\"><error message=\"\" type=\"java.lang.AssertionError\"><![CDATA[java.lang.AssertionError\n\tat org.junit.Assert.fail(Assert.java:87)\n\tat com.example.SumTest.adds(SumTest.java:7)\n]]></error></testcase></testsuite>",
        expect![[r#"
            failed adds [com.example.SumTest] 1234.5s at org/junit/Assert.java:87
                java.lang.AssertionError
            = 1 failed
        "#]],
    );
}

#[test]
fn hostile_reports_do_no_harm() {
    check_report(
        "",
        expect![[r#"
        error: it is no XML: the document does not have a root node
    "#]],
    );
    check_report(
        "<html/>",
        expect![[r#"
        error: it is no JUnit report: it begins with <html>
    "#]],
    );
    check_report(
        "<testsuite><testcase name=\"a\"><failure>",
        expect![[r#"
        error: it is no XML: the root node was opened but never closed
    "#]],
    );
    check_report(
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><testsuite name=\"&b;\"/>",
        expect![[r#"
        error: it is no XML: XML with DTD detected
    "#]],
    );
    check_report(
        "\u{feff}<testsuite><testcase name=\"a\u{1b}[31m\u{202e}evil\u{7}&#10;b\"><failure message=\"\u{1b}]8;;http://x\u{7}link\u{8}\"/></testcase><testcase/></testsuite>",
        expect![[r#"
            failed a�[31m�evil� b
                �]8;;http://x�link�
            passed (without a name)
            = 1 failed, 1 passed
        "#]],
    );
    let deep = "<testsuite>".repeat(100_000);
    assert!(junit::parse(deep.as_bytes()).is_err());
    let deep = deep + "<testcase name=\"a\"/>" + &"</testsuite>".repeat(100_000);
    assert!(junit::parse(deep.as_bytes()).map_or(1, |results| results.counts.all()) == 1);
    assert!(junit::parse(&[0xff, 0xfe, 0x00]).is_err());
}

#[test]
fn what_is_too_much_is_counted_and_failures_stay() {
    let many: String = (0..MOST_TESTS + 50).map(|number| format!("<testcase name=\"t{number}\"/>")).collect();
    let report = format!("<testsuite>{many}<testcase name=\"bad\"><failure/></testcase></testsuite>");
    let results = junit::parse(report.as_bytes()).unwrap();
    assert_eq!(results.counts, Counts { passed: MOST_TESTS + 50, failed: 1, skipped: 0 });
    assert_eq!((results.tests.len(), results.tests.last().unwrap().name.as_str()), (MOST_TESTS, "bad"));
    let mut both = results.clone();
    both.extend(results);
    assert_eq!((both.counts.passed, both.counts.failed), (2 * (MOST_TESTS + 50), 2));
}

#[test]
fn a_report_and_the_log_tell_of_the_same_tests_once() {
    let report = b"<testsuite><testcase name=\"adds\" classname=\"a.T\"><failure message=\"2 != 3\"/></testcase><testcase name=\"b\"/></testsuite>";
    let log = "FAIL: adds (a.T)\n----\nTraceback (most recent call last):\n  File \"/srv/a.py\", line 5, in adds\n    x\nAssertionError: 2 != 3\n";
    let tested = tested(log, true, Some(report));
    expect![[r#"
        failed adds [a.T] at /srv/a.py:5
            2 != 3
        passed b
        = 1 failed, 1 passed
    "#]]
    .assert_eq(&shown(&tested.steps[&2]));
}

#[test]
fn a_report_that_two_paths_mean_counts_once() {
    let report = Update::Report(ReportFile {
        path: "/r.xml".to_owned(),
        content: Ok(b"<testsuite><testcase name=\"a\"/></testsuite>".to_vec()),
    });
    let mut tests = TestLog::of(&request());
    tests.take(&report);
    tests.take(&report);
    assert_eq!(tests.finish().steps[&2].counts.passed, 1);
}

#[test]
fn a_report_that_cannot_be_read_is_named() {
    let tested = tested("ok 1 - a\n", false, Some(b"<testsuite"));
    assert_eq!(tested.steps[&2].counts.passed, 1);
    assert!(
        tested.notices[0].starts_with("the report /r.xml was not read: it is no XML: "),
        "{:?}",
        tested.notices
    );
}

#[test]
fn two_tools_mean_one_test() {
    let results =
        |name: &str| TestResults { tests: vec![Test::new(name, Outcome::Failed)], ..TestResults::default() };
    let merged = |known: &str, said: &str| {
        let finding = Finding {
            frames: vec![Frame { path: "a".to_owned(), line: 1, ..Frame::default() }],
            severity: Severity::Error,
            message: format!("{said}: why"),
            title: Some(said.to_owned()),
            source: "jest",
        };
        with_findings(results(known), &[finding]).tests.len()
    };
    assert_eq!(merged("test_adds", "TestSum.test_adds"), 1);
    assert_eq!(merged("sum › adds", "adds"), 1);
    assert_eq!(merged("adds", "adds \u{202e}"), 2);
    assert_eq!(merged("adds \u{fffd}", "adds \u{1b}[31m\u{202e}"), 1);
    assert_eq!(merged("adds", "loads"), 2);
    assert_eq!(merged("adds", ""), 2);
}
