//! What holds for all tools: bounds, streams, repetitions, and silence.

use expect_test::expect;

use super::fixture::{check, is_silent, read};
use super::*;

#[test]
fn what_is_said_twice_is_told_once() {
    check(
        "a.c:1:2: error: x\na.c:1:2: error: x\na.c:1:3: error: x\na.c:1:2: error: y\n",
        expect![[r#"
            a.c:1:2
              error (gcc): x
            a.c:1:3
              error (gcc): x
            a.c:1:2
              error (gcc): y
        "#]],
    );
}

#[test]
fn errors_come_before_warnings_and_colours_go() {
    check(
        "\u{1b}[1ma.c:1:2: \u{1b}[35mwarning: \u{1b}[mgröße\nb.c:1:2: \u{1b}[31merror: \u{1b}[mx\n",
        expect![[r#"
            b.c:1:2
              error (gcc): x
            a.c:1:2
              warning (gcc): größe
        "#]],
    );
}

#[test]
fn streams_that_come_together_are_read_apart() {
    let mut reader = LogReader::default();
    for (out, err) in [
        ("Traceback (most recent call last):", "error[E0308]: mismatched types"),
        ("  File \"/a.py\", line 3, in f", " --> src/main.rs:1:2"),
        ("    g()", "  |"),
        ("ValueError: x", "1 | fn f()"),
    ] {
        reader.read(LogStream::Stdout, out);
        reader.read(LogStream::Stderr, err);
    }
    let found = reader.finish().list;
    let sources: Vec<_> = found.iter().map(|finding| (finding.source, finding.message.as_str())).collect();
    assert_eq!(sources, [("python", "ValueError: x"), ("rustc", "E0308: mismatched types")]);
}

#[test]
fn make_says_on_one_stream_where_the_compiler_is_that_complains_on_the_other() {
    let mut reader = LogReader::default();
    reader.read(LogStream::Stdout, "make[1]: Entering directory '/srv/größe'");
    reader.read(LogStream::Stderr, "a.c:1:2: error: x");
    reader.read(LogStream::Stdout, "make[1]: Leaving directory '/srv/größe'");
    reader.read(LogStream::Stderr, "b.c:1:2: error: x");
    let folders: Vec<_> =
        reader.finish().list.into_iter().map(|finding| finding.frames[0].folder.clone()).collect();
    assert_eq!(folders, [Some("/srv/größe".to_owned()), None]);
}

#[test]
fn what_is_shown_turns_no_writing_round() {
    let found = read("a.c:1:2: error: \u{202e}x\u{7}\n");
    assert_eq!(found.list[0].message, "\u{fffd}x\u{fffd}");
}

#[test]
fn a_flood_is_bounded_and_counted() {
    let log: String =
        (1..=1_000).map(|line| format!("a.c:{line}: error: x\na.c:{line}: warning: y\n")).collect();
    let found = read(&log);
    let n_errors = found.list.iter().filter(|finding| finding.severity == Severity::Error).count();
    assert_eq!((n_errors, found.list.len()), (MOST_ERRORS, MOST_ERRORS + MOST_WARNINGS));
    assert_eq!(found.left_out, 2_000 - found.list.len());
}

#[test]
fn a_traceback_without_end_is_bounded() {
    let mut log = "Traceback (most recent call last):\n".to_owned();
    for line in 1..=10_000 {
        log += &format!("  File \"/a.py\", line {line}, in f\n    f()\n");
    }
    log += "RecursionError: maximum recursion depth exceeded\n";
    let [finding] = &read(&log).list[..] else { panic!() };
    assert!(finding.frames.len() <= 50);
    assert_eq!(finding.frames[0].line, 10_000);
    let jest = format!("  ● x\n\n{}", "    Expected: 1\n".repeat(10_000));
    assert_eq!(read(&jest), Findings::default());
}

#[test]
fn what_the_builder_left_out_is_known() {
    let found = read(
        "a\n[output clipped, log limit 200KiB/s reached]\nb\n[output clipped, log limit 2MiB reached]\n",
    );
    assert_eq!(found.clipped.as_deref(), Some("200KiB/s"));
    assert!(!found.is_empty());
    assert_eq!(read("echo [output clipped, log limit 2MiB reached]\n"), Findings::default());
}

#[test]
fn logs_that_are_none_of_it_are_silent() {
    is_silent(
        "2026-11-22T10:00:00Z INFO server.go:12: listening on :8080\n\
         10:30:45 [main] INFO App:12 - 3 errors\n\
         error: could not compile `app` (bin \"app\") due to 1 previous error\n\
         warning: unused manifest key: package.x\n\
         E: Unable to locate package frob\n\
         npm ERR! code ELIFECYCLE\n\
         npm error path /srv/app\n\
         make: *** [Makefile:3: all] Error 2\n\
         exit status 1\n\
         \u{20}   at node:internal/main:12:3\n\
         Error: boom\n    at f (/srv/app/a.js:1:2)\n\
         ERROR: failed to solve: process \"/bin/sh -c x\" did not complete successfully: exit code: 1\n\
         https://example.com/a.c:3:5: error: x\n\
         note: src/main.rs:3:5\n\
         (a.c:1:2: error: x)\n\
         a.txt:1:2: error: x\n\
         In file included from a.c:1:\n\
         main.rs:1:2\n\
         FAILED (failures=1)\n\
         1) first point\n\
         awk: line 1: syntax error at or near }\n\
         yaml: line 3: mapping values are not allowed\n\
         PASS src/a.test.js\n\
         \u{20}   > 1 | quoted\n",
    );
}

#[test]
fn junk_does_no_harm() {
    let junk: String = (0u8..=255).map(char::from).chain("ü😀\u{2028}{}[]():\"'`\\/".chars()).collect();
    let mut log = String::new();
    for (at, _) in junk.char_indices() {
        for prefix in ["", "a.c:1:", "error: ", "  File \"", "\u{1b}[", "thread '", "    at "] {
            log += &format!(
                "{prefix}{}\n",
                junk[at..].chars().filter(|letter| *letter != '\n').collect::<String>()
            );
        }
    }
    read(&log);
    let colons = format!("{}\n{}\n", ":1".repeat(50_000), "(1,1):".repeat(50_000));
    read(&colons);
}

/// Where the first place of each problem is marked in the text that is shown.
#[track_caller]
fn check_marks(log: &str, expected: &[(&str, Option<u32>)]) {
    let found = read(log);
    let marks: Vec<_> = found.list.iter().map(|finding| &finding.frames[0]).collect();
    let marks: Vec<_> =
        marks.iter().map(|frame| (frame.text.as_deref().unwrap_or_default(), frame.mark)).collect();
    assert_eq!(marks, expected, "{log}");
}

#[test]
fn what_tools_mark_is_counted_in_letters_from_the_beginning_of_the_text() {
    check_marks(
        "a.c:2:16: error: x\n    2 |         return größe + missing;\n      |                        ^~~~~~~\n",
        &[("return größe + missing;", Some(15))],
    );
    check_marks(
        "a.c:2:22: error: x\n    return größe + missing;\n           ~~~~~ ^ ~~~~~~~\n",
        &[("return größe + missing;", Some(13))],
    );
    check_marks(
        "A.java:5: error: x\n        int gr??e = missing();\n                    ^\n",
        &[("int gr??e = missing();", Some(12))],
    );
    check_marks(
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    return 1 / x\n           ~~^~~\nZeroDivisionError: x\n",
        &[("return 1 / x", Some(9))],
    );
    check_marks("/a.js:2\n  function (;\n           ^\n\nSyntaxError: x\n", &[("function (;", Some(9))]);
    // Nothing is marked.
    check_marks("a.c:2:16: error: x\n    2 |  return größe;\nmake: ^\n", &[("return größe;", None)]);
}
