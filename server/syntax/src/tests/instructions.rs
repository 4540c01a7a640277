//! How each kind of instruction is read.

use expect_test::{Expect, expect};

use super::render;
use crate::Document;

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&render(&Document::new(text)));
}

#[test]
fn continued_lines_are_joined() {
    check(
        "FROM a\nRUN x \\\n  # note\n\n  y \\  \n z # no comment\nCMD q\\",
        &expect![[r#"
        0-0 From "FROM" None
          text "a" "a"
          word "a"
        1-5 Run "RUN" Some(Shell)
          text "x   y  z # no comment" "x \\\n  # note\n\n  y \\  \n z # no comment"
          word "x   y  z # no comment" "x \\\n  # note\n\n  y \\  \n z # no comment"
        6-6 Cmd "CMD" Some(Shell)
          text "q" "q"
          word "q"
    "#]],
    );
}

#[test]
fn directives_and_comments() {
    check(
        "\u{feff}# Syntax = docker/dockerfile:1 \n#escape=`\n# check=skip=all\n# a note\n  #b\nFROM x `\n AS y\n",
        &expect![[r##"
            0 directive syntax=docker/dockerfile:1 "docker/dockerfile:1"
            1 directive escape=` "`"
            2 directive check=skip=all "skip=all"
            3 comment "a note" "# a note"
            4 comment "b" "#b"
            5-6 From "FROM" None
              text "x  AS y" "x `\n AS y"
              word "x"
              word "AS"
              word "y"
        "##]],
    );
}

#[test]
fn heredocs() {
    check(
        "RUN 3<<-'A' cat <<B\n\ta\n\tA\nb\nB\nCOPY <<\"x y\" <<E /z\n1\nx y\n$2\nE\nONBUILD RUN <<EOF\necho\nEOF\nRUN cat <<<w $((1<<2)) '<<Q'\nRUN <<U\nu\n",
        &expect![[r#"
            0-4 Run "RUN" Some(Shell)
              text "3<<-'A' cat <<B" "3<<-'A' cat <<B"
              word "3<<-'A' cat <<B"
              heredoc A "3<<-'A'" body "\ta\n" end "\tA" expand false chomp true descriptor 3
              heredoc B "<<B" body "b\n" end "B" expand true chomp false descriptor 0
            5-9 Copy "COPY" None
              text "<<\"x y\" <<E /z" "<<\"x y\" <<E /z"
              word "<<\"x"
              word "y\""
              word "<<E"
              word "/z"
              heredoc x y "<<\"x y\"" body "1\n" end "x y" expand false chomp false descriptor 0
              heredoc E "<<E" body "$2\n" end "E" expand true chomp false descriptor 0
            10-12 Onbuild "ONBUILD" None
              text "RUN <<EOF" "RUN <<EOF"
              word "RUN"
              word "<<EOF"
              heredoc EOF "<<EOF" body "echo\n" end "EOF" expand true chomp false descriptor 0
              trigger Run "RUN" Some(Shell)
              text "<<EOF" "<<EOF"
              word "<<EOF"
              heredoc EOF "<<EOF" body "echo\n" end "EOF" expand true chomp false descriptor 0
            13-13 Run "RUN" Some(Shell)
              text "cat <<<w $((1<<2)) '<<Q'" "cat <<<w $((1<<2)) '<<Q'"
              word "cat <<<w $((1<<2)) '<<Q'"
            14-15 Run "RUN" Some(Shell)
              text "<<U" "<<U"
              word "<<U"
              heredoc U "<<U" body "u" end "" expand true chomp false descriptor 0
            problem "<<U": the heredoc U has no end: add a line that holds U and nothing else
        "#]],
    );
}

#[test]
fn flags_lose_quotes_and_escapes() {
    check(
        "COPY --from=a --chown=\"b c\" --link -- d e\nRUN --mount=type=cache,\\\n  target=/x --network='none' make --flag\nHEALTHCHECK --interval=5s CMD [\"a\"]\nADD --chmod=\\ 7 a b\n",
        &expect![[r#"
            0-0 Copy "COPY" None
              flag from "--from" "--from=a" Some(("a", "a"))
              flag chown "--chown" "--chown=\"b c\"" Some(("b c", "\"b c\""))
              flag link "--link" "--link" None
              text "d e" "d e"
              word "d"
              word "e"
            1-2 Run "RUN" Some(Shell)
              flag mount "--mount" "--mount=type=cache," Some(("type=cache,", "type=cache,"))
              text "target=/x --network='none' make --flag" "target=/x --network='none' make --flag"
              word "target=/x --network='none' make --flag"
            3-3 Healthcheck "HEALTHCHECK" Some(Exec)
              flag interval "--interval" "--interval=5s" Some(("5s", "5s"))
              text "CMD [\"a\"]" "CMD [\"a\"]"
              word "CMD"
              word "a" "\"a\""
            4-4 Add "ADD" None
              flag chmod "--chmod" "--chmod=\\ 7" Some((" 7", "\\ 7"))
              text "a b" "a b"
              word "a"
              word "b"
            problem "type=cache,": a mount has an empty field: remove the comma, and the white space behind it where a line goes on
        "#]],
    );
}

#[test]
fn lists_and_words() {
    check(
        "CMD [\"a\\u00e9\", \"b\\\\n\" ]\nRUN [ -f x ]\nRUN [\"a\", 1]\nENTRYPOINT []\nVOLUME [\"/a\",\"/b\"]\nEXPOSE 80  443\\\n 1\nWORKDIR /a b \nSHELL [\"s\", \"-c\"]\nCOPY [\"a b\", \"c\"]\n",
        &expect![[r#"
            0-0 Cmd "CMD" Some(Exec)
              text "[\"a\\u00e9\", \"b\\\\n\" ]" "[\"a\\u00e9\", \"b\\\\n\" ]"
              word "aé" "\"a\\u00e9\""
              word "b\\n" "\"b\\\\n\""
            1-1 Run "RUN" Some(Shell)
              text "[ -f x ]" "[ -f x ]"
              word "[ -f x ]"
            2-2 Run "RUN" Some(Shell)
              text "[\"a\", 1]" "[\"a\", 1]"
              word "[\"a\", 1]"
            3-3 Entrypoint "ENTRYPOINT" Some(Exec)
              text "[]" "[]"
            4-4 Volume "VOLUME" Some(Exec)
              text "[\"/a\",\"/b\"]" "[\"/a\",\"/b\"]"
              word "/a" "\"/a\""
              word "/b" "\"/b\""
            5-6 Expose "EXPOSE" None
              text "80  443 1" "80  443\\\n 1"
              word "80"
              word "443"
              word "1"
            7-7 Workdir "WORKDIR" None
              text "/a b" "/a b"
              word "/a b"
            8-8 Shell "SHELL" Some(Exec)
              text "[\"s\", \"-c\"]" "[\"s\", \"-c\"]"
              word "s" "\"s\""
              word "-c" "\"-c\""
            9-9 Copy "COPY" Some(Exec)
              text "[\"a b\", \"c\"]" "[\"a b\", \"c\"]"
              word "a b" "\"a b\""
              word "c" "\"c\""
            problem "1": a JSON list of arguments may hold strings only: put this value in double quotes
        "#]],
    );
}

#[test]
fn pairs() {
    check(
        "ENV a=1 b=\"2 3\" c='4'\\ 5\nENV old  value of = it\nLABEL x\nARG a b=c =d\nENV a=1 b\nENV\n",
        &expect![[r#"
            0-0 Env "ENV" None
              text "a=1 b=\"2 3\" c='4'\\ 5" "a=1 b=\"2 3\" c='4'\\ 5"
              word "a=1"
              word "b=\"2 3\""
              word "c='4'\\ 5"
              pair "a" Some("1")
              pair "b" Some("\"2 3\"")
              pair "c" Some("'4'\\ 5")
            1-1 Env "ENV" None
              text "old  value of = it" "old  value of = it"
              word "old"
              word "value of = it"
              pair "old" Some("value of = it") legacy
            2-2 Label "LABEL" None
              text "x" "x"
              word "x"
              pair "x" None legacy
            3-3 Arg "ARG" None
              text "a b=c =d" "a b=c =d"
              word "a"
              word "b=c"
              word "=d"
              pair "a" None
              pair "b" Some("c")
              pair "" Some("d")
            4-4 Env "ENV" None
              text "a=1 b" "a=1 b"
              word "a=1"
              word "b"
              pair "a" Some("1")
              pair "b" None
            5-5 Env "ENV" None
              text "" ""
            problem "x": LABEL needs a value for x: write x=value
            problem "=d": ARG needs a name before the =
            problem "b": there is no = in b: write name=value, and put a value with spaces in quotes
            problem "ENV": ENV requires an argument: add name=value
        "#]],
    );
}
