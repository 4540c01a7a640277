//! Layout before and after. Each result is laid out again, which must change nothing, and compared with what it came from.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use syntax::{Document, Keyword, TextEdit};

use super::{FormatOptions, Layout, enter, format, is_whole, meaning};

fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut result = String::new();
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.range.start as usize, edit.range.end as usize);
        assert!(at <= start, "edits lie over one another: {edits:?}");
        assert_ne!(&text[start..end], edit.new_text, "an edit that changes nothing");
        result += &text[at..start];
        result += &edit.new_text;
        at = end;
    }
    result + &text[at..]
}

/// The text laid out, once it is sure that this is stable and keeps the meaning.
fn formatted(text: &str, layout: Layout) -> String {
    let options = FormatOptions { layout, indent: None };
    let before = Document::new(text);
    let result = apply(text, &format(&before, &options));
    let after = Document::new(&result);
    assert_eq!(format(&after, &options), [], "not stable:\n{result:?}\nof {text:?}");
    assert_same(&before, &after, layout);
    result
}

/// The same to the builder: in `Tidy` each word byte for byte.
fn assert_same(before: &Document, after: &Document, layout: Layout) {
    let seen = |document: &Document| document.instructions().len();
    assert_eq!(seen(before), seen(after), "{:?}", after.text());
    assert_eq!((before.escape(), before.directives().len()), (after.escape(), after.directives().len()));
    let comments = |document: &Document| document.comments().into_iter().map(|comment| comment.text);
    assert!(comments(before).eq(comments(after)), "{:?}", after.text());
    for (before, after) in before.instructions().zip(after.instructions()) {
        let what = format!("{:?}\n{:?}", before.source, after.source);
        if is_whole(&before) {
            assert!(meaning::is_same(&before, &after), "{what}");
        } else {
            assert_eq!(before.source, after.source);
        }
        let words = |instruction: &syntax::Instruction| -> Vec<String> {
            instruction.arguments.words.iter().map(|word| word.text.clone()).collect()
        };
        if layout == Layout::Tidy && before.keyword != Keyword::From {
            assert_eq!(words(&before), words(&after), "{what}");
        }
    }
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&formatted(text, Layout::Tidy));
}

fn check_align(text: &str, expected: &Expect) {
    expected.assert_eq(&formatted(text, Layout::Align));
}

#[track_caller]
fn unchanged(text: &str) {
    assert_eq!(formatted(text, Layout::Tidy), text);
}

#[test]
fn a_file_is_tidied() {
    check(
        "

# syntax is no directive here
from  node:22   as build  \nRUN  --network=none   npm ci  \\  \n  && x  y \t
WORKDIR\t/srv
COPY --from=a   b  \\
c /d



# The server.
FROM a
CMD   [ \"a\",   \"b\" ]  

",
        &expect![[r##"
            # syntax is no directive here
            FROM node:22 AS build
            RUN --network=none npm ci  \
              && x  y
            WORKDIR	/srv
            COPY --from=a b  \
              c /d


            # The server.
            FROM a
            CMD [ "a",   "b" ]
        "##]],
    );
}

#[test]
fn the_majority_decides_the_case_and_as_is_as_from() {
    check(
        "from a as b\nrun x\nCMD y\nONBUILD RUN z\n",
        &expect![[r#"
        FROM a AS b
        RUN x
        CMD y
        ONBUILD RUN z
    "#]],
    );
    check(
        "FROM a As b\nrun x\n",
        &expect![[r#"
        FROM a AS b
        RUN x
    "#]],
    );
}

#[test]
fn commands_heredocs_comments_and_quotes_stay() {
    unchanged("FROM a\nRUN a && \\\nb   c \\\n  # x   y\n\n   d\n");
    unchanged("FROM a\nRUN <<EOF cat  -\n  a   \n\n\n\n\nEOF\nCOPY <<-'E' /x\n\t b \n\tE\n");
    unchanged("FROM a\nENV A=\"b   c\" D='e \\\nf'\nLABEL a=\"x \\\ny\"\nUSER a   b\nENV A b   c\n");
    unchanged("FROM a\nHEALTHCHECK --interval=5s CMD a   b\nONBUILD copy  a   b\nSHELL [\"a\",   \"b\"]\n");
}

#[test]
fn what_is_aligned_by_hand_stays() {
    unchanged(
        "FROM a\nCOPY package.json      /app/\nCOPY src/long/name.txt /app/src\nENV    A=1\nUSER   b\n",
    );
    unchanged("FROM a\nENV A=1 \\\n    B=2   \\\n    LONG=3\n");
    check(
        "FROM a\nCOPY a       /b\nCOPY c /d\nENV  A=1\n\nUSER   x\n",
        &expect![[r#"
            FROM a
            COPY a /b
            COPY c /d
            ENV A=1

            USER x
        "#]],
    );
    check(
        "FROM a\nCOPY  a  b\nCOPY  cc b\nCOPY d  b\n",
        &expect![[r#"
        FROM a
        COPY  a  b
        COPY  cc b
        COPY d b
    "#]],
    );
}

#[test]
fn lines_without_an_indent_get_the_one_of_their_instruction_or_file() {
    check(
        "FROM a\nENV A=1 \\\nB=2 \\\n  C=3\nLABEL a=b \\\n# why\nc=d\nRUN --mount=type=tmpfs,target=/x \\\nmake\n",
        &expect![[r#"
            FROM a
            ENV A=1 \
              B=2 \
              C=3
            LABEL a=b \
            # why
              c=d
            RUN --mount=type=tmpfs,target=/x \
              make
        "#]],
    );
    check(
        "FROM a\nCOPY a \\\n\tb \\\n\tc\nEXPOSE 1 \\\n2\n",
        &expect![[r#"
        FROM a
        COPY a \
        	b \
        	c
        EXPOSE 1 \
        	2
    "#]],
    );
    check(
        "FROM a\nENV A=b\\\nc \\\nD=1\nCMD [\"a\", \\\n\"b\"]\n",
        &expect![[r#"
        FROM a
        ENV A=b\
        c \
            D=1
        CMD ["a", \
            "b"]
    "#]],
    );
}

#[test]
fn align_lays_commands_out_too() {
    check_align(
        "FROM a\nRUN a && \\\nb \\\n  --c \\\n# why\n  && d 'x \\\ny'\nENV  A=1 \\\n       B=2\nCOPY a    /b\nCOPY ccc  /b\n",
        &expect![[r#"
            FROM a
            RUN a && \
                   b \
                     --c \
                   # why
                     && d 'x \
            y'
            ENV A=1 \
                   B=2
            COPY a /b
            COPY ccc /b
        "#]],
    );
    // Not understood, so left alone.
    check_align(
        "FROM a\nRUN if a; then \\\nb\n",
        &expect![[r#"
        FROM a
        RUN if a; then \
        b
    "#]],
    );
    check_align(
        "FROM a\nRUN a \\\n        b \\\n          c\nMAINTAINER a \\\nb\n",
        &expect![[r#"
        FROM a
        RUN a \
                b \
                  c
        MAINTAINER a \
        b
    "#]],
    );
}

#[test]
fn indented_instructions_are_a_style_or_a_slip() {
    unchanged("FROM a\n  RUN b\n  RUN c\n\nFROM d\n  RUN e\n");
    check(
        "FROM a\n RUN b\nRUN c\n",
        &expect![[r#"
        FROM a
        RUN b
        RUN c
    "#]],
    );
}

#[test]
fn line_ends_and_marks_are_kept() {
    let result = formatted("\u{feff}from a \r\nrun  é😀 \r\nFROM b\r\nRUN c", Layout::Tidy);
    assert_eq!(result, "\u{feff}FROM a\r\nRUN é😀\r\n\r\nFROM b\r\nRUN c\r\n");
    let result = formatted("# escape=`\r\nFROM a\r\nCOPY a `  \r\nb c\r\nRUN d`\r\n", Layout::Tidy);
    assert_eq!(result, "# escape=`\r\nFROM a\r\nCOPY a `\r\n    b c\r\nRUN d`\r\n");
}

#[test]
fn directives_stay_directives_and_comments_comments() {
    unchanged("\n# escape=`\nFROM a\nRUN b \\\n  c\n");
    unchanged("\n#!/x\nFROM a\n");
    check(
        "#  syntax=docker/dockerfile:1  \n\n\n\nFROM a\n",
        &expect![[r#"
        #  syntax=docker/dockerfile:1


        FROM a
    "#]],
    );
    check(
        "\n\n# hello\nFROM a\n",
        &expect![[r#"
        # hello
        FROM a
    "#]],
    );
    unchanged("# syntax=example.com/other\nfrom  x \n");
}

#[test]
fn what_is_half_typed_stays() {
    unchanged("FROM a\nRUN b \\");
    unchanged("FROM a\nRUN <<EOF  \nb   \n");
    unchanged("FROM a\nCOPY   \\\n");
    unchanged("FROM  \nFRM   a \nCOPY  --frm=x   a b\n");
    unchanged("\n\n\n\n");
    unchanged("");
}

#[test]
fn enter_indents_what_goes_on() {
    let after = |text: &str| {
        let offset = u32::try_from(text.find('|').unwrap()).unwrap();
        let text = text.replace('|', "");
        enter::indent(&Document::new(&text), offset, "    ").map(|edit| apply(&text, &[edit]))
    };
    assert_eq!(after("FROM a\nRUN b \\\n|").as_deref(), Some("FROM a\nRUN b \\\n    "));
    assert_eq!(after("RUN b \\\n  c \\\n|d\n").as_deref(), Some("RUN b \\\n  c \\\n  d\n"));
    assert_eq!(after("RUN b \\\n  # c\n|\nRUN x\n").as_deref(), Some("RUN b \\\n  # c\n  \nRUN x\n"));
    assert_eq!(after("# escape=`\r\nRUN b `\r\n |").as_deref(), Some("# escape=`\r\nRUN b `\r\n    "));
    for stays in [
        "RUN b\n|",
        "RUN <<EOF\na \\\n|",
        "# a \\\n|",
        "RUN a \\\nb \\\n|",
        "RUN a \\\n    |",
        "|",
        "RUN a \\\\\n|",
    ] {
        assert_eq!(after(stays), None, "{stays:?}");
    }
}

#[test]
fn random_texts_are_stable_and_keep_their_meaning() {
    let line = "(FROM a|from  b as  c|RUN  --network=none  a|COPY  a   b|ENV A=1   B='x  y'|LABEL a=b|# c|# escape=`|CMD [\"a\",  \"b\"]|RUN <<E|E|ONBUILD run  x|HEALTHCHECK  CMD  a|USER  a|EXPOSE 1  2|VOLUME  /a|ARG  A|XY|  && b|A=1|)";
    let end = "( |  |\t)?(\\\\|`|\\\\ |\"|')?(\n|\r\n|\n\n\n\n|\n  |\n\t)";
    let text = format!("(\u{feff})?(# escape=`\n)?({line}{end}){{0,12}}");
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let strategy = proptest::string::string_regex(&text).unwrap();
    runner
        .run(&strategy, |text| {
            formatted(&text, Layout::Tidy);
            formatted(&text, Layout::Align);
            Ok(())
        })
        .unwrap();
}
