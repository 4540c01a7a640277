//! `layerwise test` on real engines: tests in logs and in reports, on the user's own lines, and green from the record.

use serde_json::Value;

use super::program_build::{ALL, TODAYS, nonce, on_each};
use super::program_shell::docker;
use crate::program::{Folder, Output, fields};

/// A runner that says what a file of the context tells it to, and ends as that says.
const TAP: &str = "FROM debian:bookworm-slim AS build\nFROM build AS test\nWORKDIR /srv/app\nCOPY spec ./t\nRUN cat t/said.txt; exit $(cat t/status) # NONCE\nFROM build\nRUN exit 3\n";
const GREEN: &str = "ok 1 - adds\nok 2 - größe # SKIP later\n1..2\n";
const RED: &str = "not ok 1 - adds \u{1b}[31m\u{202e}\n  ---\n  error: 'größe'\n  stack: |-\n    f (/srv/app/t/sum.js:2:9)\n  ...\nok 2 - fine\n1..2\n";

fn folder(host: &str, said: &str, status: &str) -> Folder {
    let files = [("spec/said.txt", said), ("spec/status", status), ("spec/sum.js", "a\n  throw größe\n")];
    let folder = Folder::new(&files).with_host(host);
    folder.write("Dockerfile", TAP.replace("NONCE", &nonce()));
    folder
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", output.stdout))
}

#[test]
fn a_failed_test_is_told_with_its_place_and_its_message() {
    on_each(&ALL, |host| {
        let folder = folder(host, RED, "1");
        let output = folder.run(&["test", "."]).exits(1);
        let told = output.stdout.split_once("\n\n").expect("a gap before the tests").1;
        let (failure, closing) = told.rsplit_once("\n\n").expect("a gap after them");
        assert_eq!(failure, "FAILED adds \u{fffd}\n  spec/sum.js:2:9\n    größe");
        assert!(closing.starts_with("1 failed, 1 passed in "), "{closing}");
        let told = json(&folder.run(&["test", ".", "--format", "json"]).exits(1));
        let expected = "built cached failed notices ok passed problem seconds skipped target tests version";
        assert_eq!(fields(&told), expected);
        let [failed, fine] = &told["tests"].as_array().unwrap()[..] else { panic!("{told}") };
        let expected = "built cached column dockerfile_line file line message name outcome seconds suite";
        assert_eq!(fields(failed), expected);
        assert_eq!(
            (&failed["file"], &failed["line"], &failed["column"]),
            (&"spec/sum.js".into(), &2.into(), &9.into())
        );
        assert_eq!(
            (&failed["outcome"], &failed["cached"], &failed["dockerfile_line"]),
            (&"failed".into(), &false.into(), &5.into())
        );
        assert_eq!(
            (&fine["outcome"], &told["ok"], &told["target"]),
            (&"passed".into(), &false.into(), &"test".into())
        );
        assert_eq!(told["problem"]["dockerfile_line"], 5);
    });
}

#[test]
fn tests_that_passed_stay_green_until_what_they_read_changes() {
    on_each(&ALL, |host| {
        let folder = folder(host, GREEN, "0");
        let output = folder.run(&["test", "."]).exits(0);
        assert!(output.stdout.contains("\n1 passed, 1 skipped in "), "{}", output.stdout);
        let output = folder.run(&["test", "."]).exits(0);
        let closing = output.stdout.lines().last().unwrap();
        assert!(closing.starts_with("1 passed, 1 skipped, from the build of 20"), "{closing}");
        // A build of the same stage says nothing of tests, and takes nothing away.
        folder.run(&["build", ".", "--target", "test"]).exits(0);
        let told = json(&folder.run(&["test", ".", "--format", "json"]).exits(0));
        assert_eq!(
            (&told["cached"], &told["passed"], &told["tests"][0]["cached"]),
            (&true.into(), &1.into(), &true.into())
        );
        assert!(told["built"].as_str().unwrap().starts_with("20"), "{told}");
        let again = json(&folder.run(&["test", ".", "--format", "json", "--no-cache"]).exits(0));
        assert_eq!((&again["cached"], &again["built"]), (&false.into(), &Value::Null));
        folder.write("spec/sum.js", "b\n");
        let changed = json(&folder.run(&["test", ".", "--format", "json"]).exits(0));
        assert_eq!((&changed["cached"], &changed["passed"]), (&false.into(), &1.into()));
    });
}

#[test]
fn events_of_tests_come_before_the_last_one() {
    on_each(&TODAYS, |host| {
        let folder = folder(host, RED, "1");
        let events = folder.run(&["test", ".", "--progress", "json"]).exits(1).json_lines();
        let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert!(kinds.ends_with(&["problem", "problem", "test", "test", "tests", "finished"]), "{kinds:?}");
        assert_eq!(events[events.len() - 2]["failed"], 1);
    });
}

#[test]
fn go_and_its_module_are_found_behind_a_nested_workdir() {
    on_each(&["28"], |host| {
        let test = "package sum\n\nimport \"testing\"\n\nfunc TestFine(t *testing.T) {}\n\nfunc TestSum(t *testing.T) {\n\tt.Run(\"größe\", func(t *testing.T) { t.Errorf(\"got 3,\\nwant 4\") })\n}\n";
        let folder = Folder::new(&[
            ("api/go.mod", "module example.com/app\n\ngo 1.19\n"),
            ("api/deep/sum/sum_test.go", test),
        ])
        .with_host(host);
        folder.write(
            "Dockerfile",
            format!("FROM golang:1.19-bookworm AS test\nENV CGO_ENABLED=0 GOFLAGS=-mod=mod\nWORKDIR /srv\nWORKDIR mod\nCOPY api .\nRUN go test -json ./... # {}\n", nonce()),
        );
        let output = folder.run(&["test", "."]).exits(1);
        let expected = "FAILED TestSum/größe  example.com/app/deep/sum";
        assert!(output.stdout.contains(expected), "{}", output.stdout);
        assert!(
            output.stdout.contains("\n  api/deep/sum/sum_test.go:8\n    got 3,\n    want 4\n"),
            "{}",
            output.stdout
        );
        assert!(output.stdout.contains("\n1 failed, 1 passed in "), "{}", output.stdout);
    });
}

/// Writes a report that shows its secret, and ends well.
const REPORTS: &str = "FROM debian:bookworm-slim AS test\nWORKDIR /srv/app\nCOPY spec ./t\nRUN --mount=type=secret,id=token sh t/run.sh --junitxml=out/junit.xml # NONCE\n";
const WRITES: &str = "mkdir out\ncat > out/junit.xml <<EOF\n<testsuites><testsuite name=\"s\"><testcase classname=\"a.T\" name=\"adds\" time=\"0.5\"><failure message=\"not a&lt;&amp;$(sed 's/&.*//' /run/secrets/token)&amp;b\">t/sum.py:2: AssertionError</failure></testcase><testcase name=\"b\"><skipped/></testcase></testsuite></testsuites>\nEOF\n";

#[test]
fn a_report_is_read_out_of_the_image_and_shows_no_secret() {
    on_each(&ALL, |host| {
        let folder = Folder::new(&[("spec/run.sh", WRITES), ("spec/sum.py", "x\n  größe\n")])
            .with_host(host)
            .with_variable("TOKEN", "hunter2hunter2&b");
        folder.write("Dockerfile", REPORTS.replace("NONCE", &nonce()));
        for is_cached in [false, true] {
            let output = folder.run(&["test", ".", "--secret", "id=token,env=TOKEN"]).exits(1);
            assert!(!output.stdout.contains("hunter2"), "{}", output.stdout);
            let expected = "FAILED adds  a.T  500 ms\n  spec/sum.py:2\n    not a<&***\n";
            assert!(output.stdout.contains(expected), "{}", output.stdout);
            assert_eq!(output.stdout.contains("from the build of "), is_cached, "{}", output.stdout);
        }
        let output =
            folder.run(&["test", ".", "--secret", "id=token,env=TOKEN", "--report", "no.xml"]).exits(1);
        assert!(
            output.stdout.contains("note: the report /srv/app/no.xml was not read: "),
            "{}",
            output.stdout
        );
    });
}

#[test]
fn a_report_of_a_step_that_fails_is_read_on_every_engine() {
    on_each(&ALL, |host| {
        let writes = format!("{WRITES}exit 1\n");
        let folder = Folder::new(&[("spec/run.sh", writes.as_str()), ("spec/sum.py", "x\n  größe\n")])
            .with_host(host)
            .with_variable("TOKEN", "hunter2hunter2&b");
        folder.write("Dockerfile", REPORTS.replace("NONCE", &nonce()));
        let arguments = ["test", ".", "--secret", "id=token,env=TOKEN", "--report", "out/*.xml"];
        let output = folder.run(&arguments).exits(1);
        assert!(!output.stdout.contains("hunter2"), "{}", output.stdout);
        let expected = "FAILED adds  a.T  500 ms\n  spec/sum.py:2\n    not a<&***\n\n1 failed, 1 skipped in ";
        assert!(output.stdout.contains(expected), "{}", output.stdout);
        let again = "keeps nothing of a step that failed: line 4 is run once more";
        assert_eq!(output.stdout.contains(again), host.contains("20.10"), "{}", output.stdout);
        let images = docker(host, &["images", "-q", "layerwise-reports"]);
        assert_eq!(images, "", "{host}");
    });
}

#[test]
fn a_stage_that_is_built_through_the_gateway_is_an_image_as_ever() {
    on_each(&TODAYS, |host| {
        let folder = folder(host, GREEN, "0");
        let id = |arguments: &[&str]| {
            let events = folder.run(&[arguments, &["--progress", "json"]].concat()).exits(0).json_lines();
            let last = events.last().unwrap();
            assert_eq!((&last["event"], &last["ok"]), (&"finished".into(), &true.into()), "{last}");
            (last["image"].clone(), last["size"].clone())
        };
        let built = id(&["build", ".", "--target", "test"]);
        assert_eq!(id(&["test", ".", "--report", "no.xml"]), built);
    });
}

#[test]
fn without_a_list_of_tests_the_step_speaks_for_itself() {
    on_each(&TODAYS, |host| {
        let folder = folder(host, "all is fine\n", "0");
        let output = folder.run(&["test", "."]).exits(0);
        assert!(output.stdout.contains("\npassed in "), "{}", output.stdout);
        folder.write("spec/status", "3");
        let output = folder.run(&["test", "."]).exits(1);
        assert!(output.stdout.contains("│ all is fine"), "{}", output.stdout);
        assert!(
            output.stdout.contains("Dockerfile:5: ") && output.stdout.contains("\nfailed in "),
            "{}",
            output.stdout
        );
    });
}

#[test]
fn another_stage_is_tested_where_it_is_named() {
    on_each(&["28"], |host| {
        let folder = folder(host, GREEN, "0");
        folder.write("layerwise.toml", "[test]\ntarget = \"2\"\n");
        let output = folder.run(&["test", "."]).exits(1);
        assert!(output.stdout.contains("Dockerfile:7: "), "{}", output.stdout);
        folder.run(&["test", ".", "--target", "test"]).exits(0);
    });
}
