//! A cursor and a new name in, the new text or the reason against it out.

mod property;

use expect_test::{Expect, expect};
use semantic::Facts;
use semantic::facts::ImageFacts;

use crate::fixture::{Opened, open, open_with};

fn check(text: &str, new_name: &str, expected: Expect) {
    check_opened(&open(text), new_name, expected);
}

fn check_opened(opened: &Opened, new_name: &str, expected: Expect) {
    let shown = match opened.snapshot.rename(&opened.id, opened.cursor, new_name) {
        Ok(edits) => opened.edited(&edits).replace('\r', "␍"),
        Err(reason) => format!("refused: {reason}"),
    };
    expected.assert_eq(&shown);
}

fn check_prepare(text: &str, expected: Expect) {
    let opened = open(text);
    let shown = match opened.snapshot.prepare_rename(&opened.id, opened.cursor) {
        Ok(Some(found)) => {
            assert_eq!(opened.slice(found.range), found.name);
            opened.place(found.range)
        }
        Ok(None) => "nothing".to_owned(),
        Err(reason) => format!("refused: {reason}"),
    };
    expected.assert_eq(&shown);
}

#[test]
fn a_stage_everywhere_but_by_number() {
    check(
        "FROM node AS Build\nFROM build AS test\nCOPY --from=BUILD /a /a\nCOPY --from=0 /b /b\nRUN --mount=type=bind,from=build$0,target=/m true\n",
        "deps",
        expect![[r#"
            FROM node AS deps
            FROM deps AS test
            COPY --from=deps /a /a
            COPY --from=0 /b /b
            RUN --mount=type=bind,from=deps,target=/m true
        "#]],
    );
}

#[test]
fn a_variable_from_the_global_arg_into_every_stage() {
    check(
        "ARG V=1\nFROM node:${V} AS a\nRUN echo $V\nARG V$0\nRUN echo \"$V\" '$V' ${V:-$W} && sh -c 'echo $V'\nCOPY <<EOF /x\n$V\nEOF\nFROM b\nENV V=3\nRUN echo $V\n",
        "TAG",
        expect![[r#"
            ARG TAG=1
            FROM node:${TAG} AS a
            RUN echo $V
            ARG TAG
            RUN echo "$TAG" '$V' ${TAG:-$W} && sh -c 'echo $TAG'
            COPY <<EOF /x
            $TAG
            EOF
            FROM b
            ENV V=3
            RUN echo $V
        "#]],
    );
}

#[test]
fn with_another_escape_character_and_line_end() {
    check(
        "# escape=`\r\nFROM a AS b\r\nARG V=😀\r\nRUN echo `\r\n  ü$V$0`\r\n  # $V\r\n  -$V\r\n",
        "LONGER",
        expect![[r#"
            # escape=`␍
            FROM a AS b␍
            ARG LONGER=😀␍
            RUN echo `␍
              ü$LONGER`␍
              # $V␍
              -$LONGER␍
        "#]],
    );
}

#[test]
fn a_heredoc_at_both_ends() {
    check(
        "FROM a\nRUN cat <<-'EOF' > /x && cat <<X$0 > /y\n\tEOF2\n\tEOF\nb\nX\n",
        "END",
        expect![[r#"
        FROM a
        RUN cat <<-'EOF' > /x && cat <<END > /y
        	EOF2
        	EOF
        b
        END
    "#]],
    );
    check(
        "FROM a\nCOPY <<-\"EOF$0\" /x\n\tEOF2\n\tEOF\n",
        "END",
        expect![[r#"
        FROM a
        COPY <<-"END" /x
        	EOF2
        	END
    "#]],
    );
    check(
        "FROM a\nCOPY <<EOF$0 /x\nEND\nEOF\n",
        "END",
        expect!["refused: line 3 of the text is `END`, and would end it"],
    );
    check(
        "FROM a\nCOPY <<EOF$0 <<END /x/\nEOF\nEND\n",
        "END",
        expect!["refused: another heredoc of this instruction is called END already"],
    );
}

#[test]
fn what_is_not_ours_is_refused() {
    check_prepare(
        "FROM --platform=$BUILD$0PLATFORM a\n",
        expect!["refused: BUILDPLATFORM is the builder's own variable: its name is fixed"],
    );
    check_prepare(
        "FROM a\nARG TARGET$0ARCH\n",
        expect!["refused: TARGETARCH is the builder's own variable: its name is fixed"],
    );
    check_prepare(
        "FROM a\nARG HTTP_PR$0OXY\n",
        expect!["refused: HTTP_PROXY is the builder's own variable: its name is fixed"],
    );
    check_prepare(
        "FROM a\nENV PATH=/x:$PA$0TH\n",
        expect!["refused: nothing before this place defines PATH: it is the base image's, or nobody's"],
    );
    check_prepare(
        "FROM alp$0ine\n",
        expect!["refused: alpine is an image: it has its name from a registry, not from this file"],
    );
    check_prepare(
        "FROM scr$0atch\n",
        expect!["refused: scratch is the builder's own name for an empty image"],
    );
    check_prepare(
        "FROM a\nCOPY --from=alp$0ine /x /x\n",
        expect!["refused: alpine is an image: it has its name from a registry, not from this file"],
    );
    check_prepare(
        "FROM a\nFROM b\nCOPY --from=0$0 /x /x\n",
        expect!["refused: stage 0 is given by its number here: rename it where it has its name"],
    );
    check_prepare("FROM a\nR$0UN x\n", expect!["nothing"]);
}

#[test]
fn what_is_ours_is_offered() {
    check_prepare("FROM a AS b$0\n", expect!["1:11 b"]);
    check_prepare("FROM a\nARG V\nRUN echo $0${V}\n", expect!["3:12 V"]);
    check_prepare("FROM a\nENV \"V$0\"=1\n", expect!["2:6 V"]);
}

#[test]
fn names_that_are_none() {
    for name in ["1a", "A", "a b", "", "ä", "-a", "scratch"] {
        let opened = open("FROM a AS b$0\n");
        assert!(opened.snapshot.rename(&opened.id, opened.cursor, name).is_err(), "{name}");
    }
    for name in ["1a", "a-b", "a b", "", "Ä", "TARGETARCH", "http_proxy"] {
        let opened = open("FROM a\nARG V$0\n");
        assert!(opened.snapshot.rename(&opened.id, opened.cursor, name).is_err(), "{name}");
    }
    check(
        "FROM a AS b$0\n",
        "Final",
        expect![
            "refused: `Final` is no stage name: it begins with a lower-case letter and has only lower-case letters, digits, `-`, `_` and `.`"
        ],
    );
    check(
        "FROM a\nARG V$0\n",
        "a-b",
        expect![
            "refused: `a-b` is no variable name: it begins with a letter or `_` and has only letters, digits and `_`"
        ],
    );
}

#[test]
fn a_stage_name_that_is_taken() {
    check("FROM a AS b$0\nFROM c AS d\n", "d", expect!["refused: line 2 has a stage `d` already"]);
    check(
        "FROM a AS b$0\nFROM c\nCOPY --from=nginx /x /x\n",
        "nginx",
        expect!["refused: line 3 takes `nginx` for an image, and would get this stage instead"],
    );
    check(
        "FROM a AS b$0\nFROM c\n",
        "c",
        expect!["refused: line 2 takes `c` for an image, and would get this stage instead"],
    );
    check(
        "FROM node AS b$0\n",
        "node",
        expect![[r#"
        FROM node AS node
    "#]],
    );
    check(
        "ARG BASE=b\nFROM a AS b$0\nFROM $BASE\n",
        "c",
        expect!["refused: line 3 names this stage through a variable: write the name itself there first"],
    );
}

#[test]
fn a_variable_name_that_is_taken() {
    check("FROM a\nARG V$0\nARG W\n", "W", expect!["refused: line 3 defines W already"]);
    check("FROM a AS x\nENV W=1\nFROM x\nARG V$0\n", "W", expect!["refused: line 2 defines W already"]);
    check(
        "FROM a\nARG V$0\nENV X=$W\n",
        "W",
        expect!["refused: line 3 uses W already, and means another variable"],
    );
    check(
        "FROM a\nARG V$0\nRUN W=1; echo $V $W\n",
        "W",
        expect!["refused: the command in line 3 has a variable W of its own"],
    );
    check(
        "FROM a\nARG V$0\nRUN echo $W\n",
        "W",
        expect!["refused: the command in line 3 has a variable W of its own"],
    );
    check("ARG V$0=1\nFROM a\nARG W\n", "W", expect!["refused: line 3 defines W already"]);
    // These meet nowhere.
    check(
        "FROM a\nARG V$0\nFROM b\nARG W\n",
        "W",
        expect![[r#"
        FROM a
        ARG W
        FROM b
        ARG W
    "#]],
    );
    check(
        "FROM a\nARG V$0\nRUN for W in 1; do echo $W; done\n",
        "W",
        expect![[r#"
        FROM a
        ARG W
        RUN for W in 1; do echo $W; done
    "#]],
    );
}

#[test]
fn a_command_that_cannot_be_read_is_not_passed_over() {
    check(
        "FROM a\nARG V$0\nSHELL [\"pwsh\", \"-c\"]\nRUN echo $env:V\n",
        "W",
        expect!["refused: the command in line 4 has V in it and cannot be read: rename it there first"],
    );
    check(
        "FROM a\nARG V$0\nRUN echo $V ${V\n",
        "W",
        expect!["refused: the command in line 3 has V in it and cannot be read: rename it there first"],
    );
    check(
        "FROM a\nARG V$0\nRUN echo ( $VALUE\n",
        "W",
        expect![[r#"
        FROM a
        ARG W
        RUN echo ( $VALUE
    "#]],
    );
}

#[test]
fn a_variable_that_the_base_image_sets_too_keeps_its_name() {
    let image =
        ImageFacts { environment: [("V".to_owned(), "1".to_owned())].into(), ..ImageFacts::default() };
    let facts = Facts { base_images: [("node".to_owned(), image)].into(), ..Facts::default() };
    check_opened(
        &open_with("FROM node\nENV V$0=2\n", facts),
        "W",
        expect!["refused: V is set by the base image too, which would keep the old name"],
    );
}

#[test]
fn names_in_another_language_are_not_touched() {
    check_prepare("# syntax=example.com/other:1\nFROM a AS b$0\n", expect!["nothing"]);
}
