//! No text is too much: each of these would not end for hours if the work grew with the square of its size.

use crate::{Document, Encoding, TextRange};

const MANY: usize = 40_000;

/// Parses, asks for everything once, and types one character at both ends and in the middle.
fn check(text: &str) -> Document {
    let mut document = Document::new(text);
    for start in [0, document.len() / 2, document.len()] {
        document.edit(TextRange::empty(start), "x");
        let end = document.position(document.len(), Encoding::Utf16);
        assert_eq!(document.offset(end, Encoding::Utf16), document.len());
        assert!(document.buildkit_line_range(document.buildkit_line(start)).end <= document.len());
    }
    document.edit(TextRange::empty(document.len()), "\n");
    let _ = document.comments();
    let _ = document.problems();
    document
}

fn repeated(before: &str, part: &str) -> String {
    format!("{before}{}", part.repeat(MANY))
}

#[test]
fn many_lines() {
    assert_eq!(check(&repeated("FROM x\n", "RUN y\n")).instructions().len(), MANY + 1);
    check(&repeated("FROM x\n", "\n"));
    check(&repeated("FROM x\n", "# c\n"));
    check(&repeated("", "# syntax=x\n"));
    check(&repeated("FROM x\n", "\r"));
    check(&repeated("RUN x", "\\\n"));
    check(&repeated("RUN x \\\n", "# c\n"));
    check(&repeated("RUN x \\\n", " y\\\n"));
}

#[test]
fn one_long_line() {
    for before in [
        "",
        "RUN ",
        "FROM ",
        "ENV a=",
        "ARG ",
        "CMD [\"",
        "COPY ",
        "ONBUILD RUN ",
        "RUN <<",
        "# ",
        "# escape=",
    ] {
        for part in ["x", "\\", "\"", "'", "é", "\0", "$", "${x:-", "<", " "] {
            check(&format!("{before}{}", part.repeat(MANY / 2)));
        }
    }
}

#[test]
fn many_words_and_flags() {
    check(&repeated("RUN ", "<<A "));
    check(&(repeated("COPY ", "<<A ") + "\nA\n"));
    check(&repeated("ENV ", "a=b "));
    check(&repeated("ENV ", "a=b\\\n "));
    check(&repeated("RUN ", "--mount=type=cache,target=/x "));
    check(&(repeated("COPY ", "--exclude=x ") + &"--link ".repeat(MANY)));
    check(&repeated("RUN --mount=", "type=x,"));
    check(&repeated("RUN --mount=", "a\"'\""));
    check(&repeated("CMD [", "\"a\", "));
    check(&repeated("CMD [\"", "\\u00e9"));
    check(&repeated("FROM ", "a "));
}

#[test]
fn deep_nesting() {
    check(&repeated("", "ONBUILD "));
    check(&repeated("CMD ", "["));
    check(&repeated("CMD ", "[{\"a\":"));
    check(&repeated("{\"syntax\":", "["));
    check(&repeated("RUN <<", "${a:-"));
    check(&repeated("RUN <<", "\"${a:-"));
}

#[test]
fn unfinished_heredocs() {
    check(&repeated("RUN <<A\n", "RUN <<A\n"));
    check(&repeated("RUN <<A\n", "RUN <<B\nB\n"));
    check(&repeated("", "RUN <<A\nA\n"));
}
