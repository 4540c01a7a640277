//! What BuildKit refuses, and what it takes though it looks wrong. Every row was put to a real engine.

mod flags;

use expect_test::{Expect, expect};

use crate::Document;

fn check(rows: &[&str], expected: &Expect) {
    let mut out = String::new();
    for row in rows {
        let document = Document::new(&format!("FROM scratch\n{row}\n"));
        out += &format!("{row:?}\n");
        for problem in document.problems() {
            out += &format!("  {:?}: {}\n", document.slice(problem.range), problem.message);
        }
    }
    expected.assert_eq(&out);
}

fn check_accepted(rows: &[&str]) {
    for row in rows {
        let text = format!("FROM scratch\n{row}\n");
        assert_eq!(Document::new(&text).problems(), [], "{row:?}");
    }
}

#[test]
fn unknown_instructions() {
    check(
        &["RUNX x", "rnu x", "FOO bar", "  copz a b", "\u{feff}RUN x", "\\", "// note", "RUN\u{a0}x"],
        &expect![[r#"
            "RUNX x"
              "RUNX": unknown instruction RUNX: did you mean RUN?
            "rnu x"
              "rnu": unknown instruction rnu: did you mean RUN?
            "FOO bar"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
            "  copz a b"
              "copz": unknown instruction copz: did you mean COPY?
            "\u{feff}RUN x"
              "\u{feff}RUN": unknown instruction ﻿RUN: a line begins with an instruction such as RUN, or with # for a comment
            "\\"
              "": there is no instruction here: remove the line
            "// note"
              "//": unknown instruction //: a line begins with an instruction such as RUN, or with # for a comment
            "RUN\u{a0}x"
              "RUN\u{a0}x": unknown instruction RUN x: a line begins with an instruction such as RUN, or with # for a comment
        "#]],
    );
}

#[test]
fn argument_counts() {
    check(
        &[
            "COPY",
            "COPY a",
            "COPY [\"a\"]",
            "ADD --chown=x a",
            "FROM",
            "FROM a b",
            "FROM a as",
            "FROM a AS b c",
            "ENV",
            "LABEL",
            "ARG",
            "EXPOSE",
            "VOLUME []",
            "USER",
            "WORKDIR",
            "STOPSIGNAL",
            "MAINTAINER",
            "ONBUILD",
            "HEALTHCHECK",
            "HEALTHCHECK CMD",
            "HEALTHCHECK CMD []",
            "HEALTHCHECK NONE x",
            "SHELL",
            "SHELL []",
        ],
        &expect![[r#"
            "COPY"
              "COPY": COPY requires at least two arguments: add what to copy, and where to
            "COPY a"
              "a": COPY requires at least two arguments, and there is only one: add the destination
            "COPY [\"a\"]"
              "\"a\"": COPY requires at least two arguments, and there is only one: add the destination
            "ADD --chown=x a"
              "a": ADD requires at least two arguments, and there is only one: add the destination
            "FROM"
              "FROM": FROM requires an argument: add a base image
            "FROM a b"
              "b": FROM requires either one argument or three: an image, or an image, AS and a name
            "FROM a as"
              "as": FROM requires either one argument or three: an image, or an image, AS and a name
            "FROM a AS b c"
              "AS b c": FROM requires either one argument or three: an image, or an image, AS and a name
            "ENV"
              "ENV": ENV requires an argument: add name=value
            "LABEL"
              "LABEL": LABEL requires an argument: add name=value
            "ARG"
              "ARG": ARG requires an argument: add a name
            "EXPOSE"
              "EXPOSE": EXPOSE requires an argument: add a port
            "VOLUME []"
              "VOLUME": VOLUME requires an argument: add a path
            "USER"
              "USER": USER requires an argument: add a user
            "WORKDIR"
              "WORKDIR": WORKDIR requires an argument: add a path
            "STOPSIGNAL"
              "STOPSIGNAL": STOPSIGNAL requires an argument: add a signal
            "MAINTAINER"
              "MAINTAINER": MAINTAINER requires an argument: add a name
            "ONBUILD"
              "ONBUILD": ONBUILD requires an argument: add an instruction
            "HEALTHCHECK"
              "HEALTHCHECK": HEALTHCHECK requires an argument: add CMD and a command, or NONE
            "HEALTHCHECK CMD"
              "CMD": HEALTHCHECK CMD needs a command: add the one that checks the container
            "HEALTHCHECK CMD []"
              "CMD": HEALTHCHECK CMD needs a command: add the one that checks the container
            "HEALTHCHECK NONE x"
              "x": HEALTHCHECK NONE takes no arguments: remove them
            "SHELL"
              "SHELL": SHELL requires an argument: add a JSON list such as ["/bin/sh", "-c"]
            "SHELL []"
              "SHELL": SHELL requires an argument: add a JSON list such as ["/bin/sh", "-c"]
        "#]],
    );
    check_accepted(&[
        "RUN",
        "CMD",
        "ENTRYPOINT",
        "RUN []",
        "CMD []",
        "USER a b",
        "WORKDIR /a b",
        "HEALTHCHECK none",
        "HEALTHCHECK CMD [\"\"]",
        "ARG a b",
        "ARG a=b c",
        "FROM scratch as b-c_d.e",
    ]);
}

#[test]
fn wrong_arguments() {
    check(
        &[
            "ENV a",
            "ENV a=b c",
            "ENV =b",
            "LABEL a=b =c",
            "ARG =b",
            "FROM scratch AS 1b",
            "FROM scratch AS b/c",
            "SHELL bash -c",
            "VOLUME [\"a\",\" \"]",
            "HEALTHCHECK curl",
            "COPY a <<EOF\nEOF",
            "COPY [\"a\", \"<<EOF\"]",
        ],
        &expect![[r#"
            "ENV a"
              "a": ENV needs a value for a: write a=value
            "ENV a=b c"
              "c": there is no = in c: write name=value, and put a value with spaces in quotes
            "ENV =b"
              "=b": ENV needs a name before the =
            "LABEL a=b =c"
              "=c": LABEL needs a name before the =
            "ARG =b"
              "=b": ARG needs a name before the =
            "FROM scratch AS 1b"
              "1b": 1b cannot be a stage's name: use letters, digits, -, _ and . only, and begin with a letter
            "FROM scratch AS b/c"
              "b/c": b/c cannot be a stage's name: use letters, digits, -, _ and . only, and begin with a letter
            "SHELL bash -c"
              "bash -c": SHELL needs a JSON list: write it as ["/bin/sh", "-c"], with double quotes
            "VOLUME [\"a\",\" \"]"
              "\" \"": a VOLUME's path cannot be empty: name one or remove it
            "HEALTHCHECK curl"
              "curl": HEALTHCHECK knows CMD and NONE, not curl: put CMD before the command
            "COPY a <<EOF\nEOF"
              "<<EOF": COPY cannot take a heredoc as its destination: add a path behind it
            "COPY [\"a\", \"<<EOF\"]"
              "\"<<EOF\"": COPY cannot take a heredoc as its destination: add a path behind it
        "#]],
    );
    check_accepted(&[
        "ENV a =b",
        "ENV a= b=",
        "LABEL \"a b\"=c",
        "COPY \"<<EOF\" /x",
        "COPY [\"<<EOF\", \"/x\"]",
        "CMD <<EOF",
    ]);
}

#[test]
fn stop_signals() {
    check(
        &["STOPSIGNAL SIGTREM", "STOPSIGNAL 0", "STOPSIGNAL a b", "STOPSIGNAL SIGRTMIN+16"],
        &expect![[r#"
            "STOPSIGNAL SIGTREM"
              "SIGTREM": there is no signal SIGTREM: did you mean SIGTERM?
            "STOPSIGNAL 0"
              "0": there is no signal 0: use a name such as SIGTERM, or a number
            "STOPSIGNAL a b"
              "a b": there is no signal a b: use a name such as SIGTERM, or a number
            "STOPSIGNAL SIGRTMIN+16"
              "SIGRTMIN+16": there is no signal SIGRTMIN+16: use a name such as SIGTERM, or a number
        "#]],
    );
    check_accepted(&[
        "STOPSIGNAL SIGTERM",
        "STOPSIGNAL term",
        "STOPSIGNAL 9",
        "STOPSIGNAL SIGRTMIN+3",
        "STOPSIGNAL $X",
    ]);
}

#[test]
fn lists() {
    check(
        &[
            "CMD [1]",
            "CMD [\"a\", [\"b\"]]",
            "VOLUME [null]",
            "COPY [1,2]",
            "ONBUILD CMD [1]",
            "HEALTHCHECK CMD [{}]",
        ],
        &expect![[r#"
            "CMD [1]"
              "1": a JSON list of arguments may hold strings only: put this value in double quotes
            "CMD [\"a\", [\"b\"]]"
              "[\"b\"]": a JSON list of arguments may hold strings only: put this value in double quotes
            "VOLUME [null]"
              "null": a JSON list of arguments may hold strings only: put this value in double quotes
            "COPY [1,2]"
              "1": a JSON list of arguments may hold strings only: put this value in double quotes
            "ONBUILD CMD [1]"
              "1": a JSON list of arguments may hold strings only: put this value in double quotes
            "HEALTHCHECK CMD [{}]"
              "{}": a JSON list of arguments may hold strings only: put this value in double quotes
        "#]],
    );
    check_accepted(&[
        "CMD [\"a\",]",
        "CMD [1e999]",
        "CMD [01]",
        "CMD ['a']",
        "CMD [\"a\"] x",
        "RUN [ -f /x ] && y",
        "CMD [1\u{a0}]x",
    ]);
}

#[test]
fn triggers() {
    check(
        &[
            "ONBUILD ONBUILD RUN x",
            "ONBUILD FROM x",
            "ONBUILD maintainer x",
            "ONBUILD ENV a",
            "ONBUILD --x RUN y",
            "ONBUILD RUN <<E",
        ],
        &expect![[r#"
            "ONBUILD ONBUILD RUN x"
              "ONBUILD": ONBUILD cannot trigger another ONBUILD: remove one of them
            "ONBUILD FROM x"
              "FROM": ONBUILD cannot trigger FROM: move it out of the ONBUILD
            "ONBUILD maintainer x"
              "maintainer": ONBUILD cannot trigger MAINTAINER: move it out of the ONBUILD
            "ONBUILD ENV a"
              "a": ENV needs a value for a: write a=value
            "ONBUILD --x RUN y"
              "--x": ONBUILD takes no flags: remove --x
            "ONBUILD RUN <<E"
              "<<E": the heredoc E has no end: add a line that holds E and nothing else
        "#]],
    );
    check_accepted(&["ONBUILD COPY a", "ONBUILD COPY --foo a b", "ONBUILD FOO x", "ONBUILD RUN <<E\nE"]);
}

#[test]
fn heredocs() {
    check(
        &[
            "RUN <<EOF\nx",
            "RUN <<EOF \nEOF\nx",
            "RUN <<-E\n E",
            "RUN echo 1<<2",
            "COPY <<A <<B /x\nA\nA\nB\nFOO",
            "RUN <<E\nE\nFOO",
        ],
        &expect![[r#"
            "RUN <<EOF\nx"
              "<<EOF": the heredoc EOF has no end: add a line that holds EOF and nothing else
            "RUN <<EOF \nEOF\nx"
              "x": unknown instruction x: a line begins with an instruction such as RUN, or with # for a comment
            "RUN <<-E\n E"
              "<<-E": the heredoc E has no end: add a line that holds E and nothing else
            "RUN echo 1<<2"
              "1<<2": the heredoc 2 has no end: add a line that holds 2 and nothing else
            "COPY <<A <<B /x\nA\nA\nB\nFOO"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
            "RUN <<E\nE\nFOO"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
        "#]],
    );
    check_accepted(&[
        "RUN <<EOF\nFOO\nEOF",
        "RUN cat <<<x",
        "RUN $((1<<2))",
        "RUN \"<<EOF\"",
        "RUN \\<<EOF",
        "RUN echo \"x <<EOF",
        "RUN it's <<EOF",
        "RUN a<<EOF",
        "RUN (<<EOF)",
        "RUN <<'E F'\nE F",
        "RUN <<E\"F\"\nEF",
        "RUN <<\"\"",
        "RUN <<\\EOF\nEOF",
        "RUN [\"a\", \"<<EOF\"]",
        "RUN ${a:#b} <<EOF",
        "RUN ${a#b} <<EOF\nEOF",
        "RUN x # <<EOF\nEOF",
        "RUN <<EOF;x\nEOF;x",
        "RUN <<EOF\\\n x\nEOF",
        "COPY << EOF /x\nEOF",
        "COPY <<a${X:-Y} /x",
        "RUN <<EOF\r\nx\r\nEOF\r\n",
        "RUN <<\"a\\\"b\"\na\"b",
    ]);
}

#[test]
fn lines() {
    let long = format!("RUN {}", "x".repeat(65_531));
    check_accepted(&[
        &long,
        "RUN x \\\n\n\n  # c\n y",
        "RUN x \\ \nFOO",
        "R\\\nUN x",
        "\\\nRUN x",
        "RUN x\rFOO",
        "RUN x\0y",
    ]);
    check(
        &["RUN x \\\\\nFOO", "RUN x \\\\\\\nFOO", "RUN x \\\r\n y\n\u{b}FOO"],
        &expect![[r#"
            "RUN x \\\\\nFOO"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
            "RUN x \\\\\\\nFOO"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
            "RUN x \\\r\n y\n\u{b}FOO"
              "FOO": unknown instruction FOO: a line begins with an instruction such as RUN, or with # for a comment
        "#]],
    );
    let document = Document::new(&format!("FROM x\n{long}x\n# {long}"));
    let problems: Vec<_> =
        document.problems().iter().map(|problem| document.buildkit_line(problem.range.start)).collect();
    assert_eq!(problems, [1, 2]);
}

#[test]
fn the_top_of_a_file() {
    let check = |text: &str, expected: &Expect| {
        let document = Document::new(text);
        let mut out = format!("{} {}\n", document.escape(), document.directives().len());
        for problem in document.problems() {
            out += &format!("{:?}: {}\n", document.slice(problem.range), problem.message);
        }
        expected.assert_eq(&out);
    };
    check(
        "",
        &expect![[r#"
        \ 0
        "": the file has no instructions: begin with FROM and a base image
    "#]],
    );
    check(
        "# escape=x\nFROM a",
        &expect![[r#"
        \ 1
        "x": x cannot be the escape character: it is either \ or `
    "#]],
    );
    check(
        "# escape=`\n#ESCAPE = \\\nFROM a",
        &expect![[r##"
        ` 1
        "#ESCAPE = \\": there may be only one escape directive: remove this one or the one above
    "##]],
    );
    check(
        "\n# escape=`\nFROM a",
        &expect![[r#"
        \ 0
    "#]],
    );
    check(
        "# note\n# escape=`\nFROM a",
        &expect![[r#"
        \ 0
    "#]],
    );
    check(
        "#!/bin/x\n# syntax=y\n# escape=`\nFROM a",
        &expect![[r#"
        \ 1
    "#]],
    );
    check(
        "  # escape=` \r\n# check=skip=all\nFROM a",
        &expect![[r#"
        ` 2
    "#]],
    );
    check(
        "// syntax=x\nFROM a",
        &expect![[r#"
        \ 1
        "//": unknown instruction //: a line begins with an instruction such as RUN, or with # for a comment
    "#]],
    );
    check(
        "{\"a\": [1], \"syntax\": \"x\"}",
        &expect![[r#"
        \ 1
        "{\"a\":": unknown instruction {"a":: a line begins with an instruction such as RUN, or with # for a comment
    "#]],
    );
}
