//! Paths in `.dockerignore` files.

use expect_test::{Expect, expect};
use semantic::facts::FileKind;

use super::fixture::{Around, shown_as};
use crate::kind::DocumentKind;

fn around() -> Around {
    let mut around = Around::context(
        &[
            "README.md",
            "# notes",
            "a*b",
            "node_modules/x/i.js",
            "node_modules/x/j.js",
            "node_modules/y.js",
            "src/main.rs",
            "src/größe/ä b.txt",
            ".git/HEAD",
            ".git/config",
        ],
        "",
    );
    let context = around.facts.context.as_mut().unwrap();
    for (path, file) in &mut context.files {
        if file.kind == FileKind::File && path.starts_with(".git") {
            file.size = 5_000_000;
        }
    }
    around
}

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&shown_as(DocumentKind::Ignore, text, &around()));
}

#[test]
fn folders_come_first_and_the_largest_before_the_others() {
    check(
        "$0",
        &expect![[r#"
            [|]
            .git  (2 files, 10.0 MB)
            node_modules  (3 files, 3 B)
            src  (2 files, 2 B)
            README.md  (1 B)
        "#]],
    );
    check(
        "# c\r\n  src/gr$0ö\r\n",
        &expect![[r#"
            [gr|ö]
            größe  (1 file, 1 B)
            main.rs  (1 B)
        "#]],
    );
    check(
        "/src/größe/$0",
        &expect![[r#"
            [|]
            ä b.txt  (1 B)
        "#]],
    );
    check(
        "sr$0/main.rs\n",
        &expect![[r#"
            [sr|]
            .git  (2 files, 10.0 MB)
            node_modules  (3 files, 3 B)
            src  (2 files, 2 B)
            README.md  (1 B)
        "#]],
    );
}

#[test]
fn what_is_listed_or_left_out_is_not_offered_again() {
    check(
        ".git\nnode_modules/*\n!node_modules/y.js\n*.md\n$0",
        &expect![[r#"
            [|]
            node_modules  (3 files, 3 B)
            src  (2 files, 2 B)
        "#]],
    );
}

#[test]
fn behind_a_mark_is_what_can_be_taken_back_in() {
    check(
        "node_modules\n**/main.rs\n! $0\n",
        &expect![[r#"
            [|]
            node_modules  (3 files, 3 B)
            src  (2 files, 2 B)
        "#]],
    );
    check(
        "node_modules\n!node_modules/y.js\n!node_modules/$0\n",
        &expect![[r#"
            [|]
            x  (2 files, 2 B)
        "#]],
    );
    check("$0\nnode_modules\n".replace("$0", "!$0").as_str(), &expect!["nothing\n"]);
}

#[test]
fn comments_and_patterns_offer_no_paths() {
    for text in ["# s$0", "#$0", "\u{feff}# $0", "**/$0", "s[rc]/$0", "../$0", "nowhere/$0", "$0# c"] {
        assert_eq!(shown_as(DocumentKind::Ignore, text, &around()), "nothing\n", "{text}");
    }
    assert_eq!(shown_as(DocumentKind::Ignore, "$0", &Around::default()), "nothing\n");
}
