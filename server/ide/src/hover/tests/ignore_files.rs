//! Patterns of `.dockerignore` files.

use expect_test::{Expect, expect};

use super::{Outside, hover_in};
use crate::kind::DocumentKind;

const FILES: [&str; 7] =
    ["README.md", "dist/app", "dist/b.log", "dist/größe.log", "src/main.rs", "x.log", "logs/a/b.txt"];

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&hover_in(DocumentKind::Ignore, text, Outside::new().files(&FILES, "")));
}

#[test]
fn a_pattern_says_what_it_takes_out_and_what_comes_back() {
    check(
        "# é\r\n  dis$0t \r\n!dist/app\r\n*.md\r\n",
        expect![[r#"
            [dist]
            **`dist`** leaves out 2 files, 20 B

            - `dist/b.log`, `dist/größe.log`
            - `!dist/app` in line 3 takes 1 file of these back in

            All in all the builder gets 4 files, 40 B.
        "#]],
    );
    check(
        "dist\n!dist/app$0\n",
        expect![[r#"
            [!dist/app]
            **`!dist/app`** takes 1 file back in, 10 B

            - `dist/app`

            All in all the builder gets 5 files, 50 B.
        "#]],
    );
    check(
        "$0**/*.log\ndist\n",
        expect![[r#"
            [**/*.log]
            **`**/*.log`** leaves out 1 file, 10 B

            - `x.log`
            - `dist` in line 2 leaves 2 files of these out

            All in all the builder gets 3 files, 30 B.
        "#]],
    );
}

#[test]
fn a_pattern_that_decides_nothing_says_so() {
    check(
        "$0logs\n!logs\n",
        expect![[r#"
            [logs]
            **`logs`** matches 1 file, and decides about none

            - `logs/a/b.txt`
            - `!logs` in line 2 takes 1 file of these back in

            All in all the builder gets 7 files, 70 B.
        "#]],
    );
    check(
        "$0!logs\n",
        expect![[r#"
            [!logs]
            **`!logs`** matches 1 file, of which nothing is left out

            - `logs/a/b.txt`

            All in all the builder gets 7 files, 70 B.
        "#]],
    );
    check(
        "$0nowhere\n",
        expect![[r#"
            [nowhere]
            **`nowhere`** matches nothing in the build context

            All in all the builder gets 7 files, 70 B.
        "#]],
    );
}

#[test]
fn comments_blank_lines_and_refused_patterns_say_nothing() {
    for text in ["# di$0st\n", "\n$0\ndist\n", "[$0\n", "dist$0  \n".replace("$0  ", "  $0").as_str()] {
        let said = hover_in(DocumentKind::Ignore, text, Outside::new().files(&FILES, ""));
        assert_eq!(said, "nothing\n", "{text}");
    }
    assert_eq!(hover_in(DocumentKind::Ignore, "di$0st\n", Outside::new()), "nothing\n");
}
