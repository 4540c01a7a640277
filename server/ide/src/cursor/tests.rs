//! Where a cursor stands, as text: the keyword, and the part that the text up to the cursor ends in.

use expect_test::{Expect, expect};
use syntax::Document;

use super::{Argument, Cursor, Part};

fn shown(text: &str) -> String {
    let offset = text.find("$0").expect("a cursor");
    let document = Document::new(&text.replacen("$0", "", 1));
    let Some(cursor) = Cursor::new(&document, u32::try_from(offset).unwrap()) else {
        return "nowhere".to_owned();
    };
    let at = match cursor {
        Cursor::Blank => return "a blank line".to_owned(),
        Cursor::Comment { start, before, after } => {
            return format!("a comment from {start}: {before:?} {after:?}");
        }
        Cursor::Heredoc(at) => {
            return format!("a heredoc, expanded: {}: {:?} {:?}", at.expands, at.before, at.after);
        }
        Cursor::Instruction(at) => at,
    };
    let part = match &at.read.part {
        Part::Keyword => "keyword".to_owned(),
        Part::FlagName { start } => format!("flag {:?}", at.text_from(*start)),
        Part::FlagValue { name, start, .. } => format!("value {:?} of {name}", at.text_from(*start)),
        Part::Argument(argument) => {
            let Argument { index, start, element, behind_list, .. } = argument;
            let element = element.map(|element| format!(" of a list, element {}", element.index));
            let behind = if *behind_list { " behind a list" } else { "" };
            format!("argument {index} {:?}{}{behind}", at.text_from(*start), element.unwrap_or_default())
        }
    };
    let trigger = if at.read.is_trigger { "ONBUILD " } else { "" };
    format!("{trigger}{}: {part}, then {:?}", at.read.keyword, at.after)
}

fn check(texts: &[&str], expected: &Expect) {
    let lines: Vec<_> =
        texts.iter().map(|text| format!("{}  {}", text.escape_debug(), shown(text))).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn keywords_flags_and_arguments() {
    check(
        &[
            "CO$0PY a b",
            "COPY$0",
            "COPY $0",
            "COPY -$0",
            "COPY --$0 b",
            "COPY --fr$0om=x",
            "COPY --from=x$0y a",
            "COPY --link a$0 b",
            "COPY a $0",
            "COPY a  b$0c d",
            "COPY -- --a$0",
            "RUN --mount=type=x,\"a b\",c$0 d",
            "HEALTHCHECK CMD [\"a\", \"b$0\"]",
            "ONBUILD $0",
            "ONBUILD RU$0N x",
            "ONBUILD COPY --from=$0",
            "FOO b$0",
        ],
        &expect![[r#"
            CO$0PY a b  : keyword, then "PY a b"
            COPY$0  COPY: keyword, then ""
            COPY $0  COPY: argument 0 "", then ""
            COPY -$0  COPY: flag "-", then ""
            COPY --$0 b  COPY: flag "--", then " b"
            COPY --fr$0om=x  COPY: flag "--fr", then "om=x"
            COPY --from=x$0y a  COPY: value "x" of from, then "y a"
            COPY --link a$0 b  COPY: argument 0 "a", then " b"
            COPY a $0  COPY: argument 1 "", then ""
            COPY a  b$0c d  COPY: argument 1 "b", then "c d"
            COPY -- --a$0  COPY: argument 0 "--a", then ""
            RUN --mount=type=x,\"a b\",c$0 d  RUN: value "type=x,\"a b\",c" of mount, then " d"
            HEALTHCHECK CMD [\"a\", \"b$0\"]  HEALTHCHECK: argument 0 "b" of a list, element 1, then "\"]"
            ONBUILD $0  ONBUILD : keyword, then ""
            ONBUILD RU$0N x  ONBUILD : keyword, then "N x"
            ONBUILD COPY --from=$0  ONBUILD COPY: value "" of from, then ""
            FOO b$0  : argument 0 "b", then ""
        "#]],
    );
}

#[test]
fn lists() {
    check(
        &[
            "COPY [$0",
            "COPY [\"a\", \"b$0",
            "COPY [\"a$0\", \"b\"]",
            "COPY [\"a\"$0, \"b\"]",
            "COPY [\"a\\\"b, c$0\"]",
            "CMD [\"a\"] $0",
            "RUN [ -f $0 ]",
            "RUN [ \"$0\" ]",
            "ENV [\"$0\"]",
        ],
        &expect![[r#"
            COPY [$0  COPY: argument 0 "" of a list, element 0, then ""
            COPY [\"a\", \"b$0  COPY: argument 0 "b" of a list, element 1, then ""
            COPY [\"a$0\", \"b\"]  COPY: argument 0 "a" of a list, element 0, then "\", \"b\"]"
            COPY [\"a\"$0, \"b\"]  COPY: argument 0 "" of a list, element 0, then ", \"b\"]"
            COPY [\"a\\\"b, c$0\"]  COPY: argument 0 "a\\\"b, c" of a list, element 0, then "\"]"
            CMD [\"a\"] $0  CMD: argument 1 "" behind a list, then ""
            RUN [ -f $0 ]  RUN: argument 2 "", then " ]"
            RUN [ \"$0\" ]  RUN: argument 0 "" of a list, element 0, then "\" ]"
            ENV [\"$0\"]  ENV: argument 0 "[\"", then "\"]"
        "#]],
    );
}

#[test]
fn lines_that_go_on() {
    check(
        &[
            "COPY \\\n  a$0 \\\n  b",
            "COPY a \\\n  # why$0\n  b",
            "COPY a \\\n  # why\n  b$0",
            "COPY a \\$0\n  b",
            "COPY a $0\\\n  b",
            "COPY a \\\n$0",
            "COPY a \\\n\n$0",
            "COPY a\n$0",
            "COPY a \\\r\n  b$0\r\n",
            "COPY a \\\n$0\n  b",
            "COP\\\nY a$0",
            "# escape=`\nCOPY a\\ `\n  b$0",
            "RUN é😀$0é",
        ],
        &expect![[r#"
            COPY \\\n  a$0 \\\n  b  COPY: argument 0 "a", then " "
            COPY a \\\n  # why$0\n  b  nowhere
            COPY a \\\n  # why\n  b$0  COPY: argument 1 "b", then ""
            COPY a \\$0\n  b  nowhere
            COPY a $0\\\n  b  COPY: argument 1 "", then ""
            COPY a \\\n$0  COPY: argument 1 "", then ""
            COPY a \\\n\n$0  COPY: argument 1 "", then ""
            COPY a\n$0  a blank line
            COPY a \\\r\n  b$0\r\n  COPY: argument 1 "b", then ""
            COPY a \\\n$0\n  b  COPY: argument 1 "", then ""
            COP\\\nY a$0  COPY: argument 0 "a", then ""
            # escape=`\nCOPY a\\ `\n  b$0  COPY: argument 1 "b", then ""
            RUN é😀$0é  RUN: argument 0 "é😀", then "é"
        "#]],
    );
}

#[test]
fn heredocs() {
    check(
        &[
            "RUN <<E$0OF\nx\nEOF",
            "RUN <<EOF\nx$0y\nEOF",
            "RUN <<EOF\n$0",
            "RUN <<EOF\nx\n$0",
            "RUN <<EOF\nx\nE$0OF\n",
            "COPY <<'A' <<B /x\na$0\nA\nb\nB\n",
            "COPY <<'A' <<B /x\na\nA\nb$0\nB\n",
            "RUN <<EOF\r\nx$0\r\nEOF\r\n",
        ],
        &expect![[r#"
            RUN <<E$0OF\nx\nEOF  RUN: argument 0 "<<E", then "OF"
            RUN <<EOF\nx$0y\nEOF  a heredoc, expanded: true: "x" "y"
            RUN <<EOF\n$0  a heredoc, expanded: true: "" ""
            RUN <<EOF\nx\n$0  a heredoc, expanded: true: "" ""
            RUN <<EOF\nx\nE$0OF\n  nowhere
            COPY <<\'A\' <<B /x\na$0\nA\nb\nB\n  a heredoc, expanded: false: "a" ""
            COPY <<\'A\' <<B /x\na\nA\nb$0\nB\n  a heredoc, expanded: true: "b" ""
            RUN <<EOF\r\nx$0\r\nEOF\r\n  a heredoc, expanded: true: "x" ""
        "#]],
    );
}

#[test]
fn between_instructions() {
    check(
        &[
            "$0",
            "\u{feff}$0\nFROM a",
            "FROM a\n  $0\n",
            "FROM a\n# b$0 c\n",
            "  $0FROM a",
            " $0 FROM a",
            "\n\n\t$0",
            "FROM a\r\n$0\r\nRUN x",
        ],
        &expect![[r##"
            $0  a blank line
            \u{feff}$0\nFROM a  a blank line
            FROM a\n  $0\n  a blank line
            FROM a\n# b$0 c\n  a comment from 7: "# b" " c"
              $0FROM a  : keyword, then "FROM a"
             $0 FROM a  nowhere
            \n\n\t$0  a blank line
            FROM a\r\n$0\r\nRUN x  a blank line
        "##]],
    );
}
