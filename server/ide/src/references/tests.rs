//! A cursor in, all places of the same name out.

use expect_test::{Expect, expect};

use crate::fixture::open;

fn check(text: &str, expected: Expect) {
    let opened = open(text);
    let highlights = opened.snapshot.document_highlights(&opened.id, opened.cursor);
    let shown: String = highlights
        .iter()
        .map(|highlight| format!("{} {:?}\n", opened.place(highlight.range), highlight.access))
        .collect();
    expected.assert_eq(&shown);
    let all: Vec<_> = highlights.iter().map(|highlight| highlight.range).collect();
    assert_eq!(opened.snapshot.references(&opened.id, opened.cursor, true), all);
}

#[test]
fn a_stage_with_its_numbers() {
    check(
        "FROM a AS Build\nFROM b AS c\nCOPY --from=$0build /x /x\nCOPY --from=0 /y /y\nCOPY --from=c /z /z\n",
        expect![[r#"
            1:11 Build Write
            3:13 build Read
            4:13 0 Read
        "#]],
    );
}

#[test]
fn a_variable_from_the_global_arg_to_the_shell() {
    check(
        "ARG V=1\r\nFROM a:$V$0\r\nARG V\r\nRUN echo 😀 \"${V}\" \\\r\n && if x; then V=2; fi; echo $V\r\nFROM b\r\nENV V=3\r\n",
        expect![[r#"
            1:5 V Write
            2:9 V Read
            3:5 V Write
            4:18 V Read
            5:16 V Write
            5:31 V Read
        "#]],
    );
}

#[test]
fn a_heredoc_has_two_ends() {
    check(
        "FROM a\nRUN <<E$0OF\nx\nEOF\n",
        expect![[r#"
        2:7 EOF Text
        4:1 EOF Text
    "#]],
    );
}

#[test]
fn what_is_no_name_has_no_references() {
    check("FR$0OM a\n", expect![""]);
    check("FROM a\nRUN for i in 1; do echo $i$0; done\n", expect![""]);
}

#[test]
fn the_declaration_may_be_left_out() {
    let opened = open("FROM a\nARG V$0=1\nRUN echo $V\nARG V=2\n");
    let without = opened.snapshot.references(&opened.id, opened.cursor, false);
    assert_eq!(without.into_iter().map(|range| opened.place(range)).collect::<Vec<_>>(), ["3:11 V"]);
}
