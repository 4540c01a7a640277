//! What a script sets by itself.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::{Script, instruction};

fn check(source: &str, expected: &Expect) {
    let script = Script::of(&instruction(source, '\\')).unwrap();
    let mut out = String::new();
    for set in &script.sets {
        assert_eq!(set.range.of(source), set.name);
        writeln!(out, "{:?} {} before {:?}", set.how, set.name, &source[set.seen_from as usize..]).unwrap();
    }
    expected.assert_eq(&out);
}

#[test]
fn assignments_are_seen_behind_their_values() {
    check(
        "RUN A=$A && export B=1 C && D+=x; readonly E=2",
        &expect![[r#"
            Assigned A before " && export B=1 C && D+=x; readonly E=2"
            Assigned B before " C && D+=x; readonly E=2"
            Exported C before " && D+=x; readonly E=2"
            Extended D before "; readonly E=2"
            Assigned E before ""
        "#]],
    );
}

#[test]
fn loops_reads_and_locals_bind() {
    check(
        "RUN for a in $a; do read -r b c; done; f() { local d=1 e; }; getopts ab: g; unset -v h",
        &expect![[r#"
            Bound a before "do read -r b c; done; f() { local d=1 e; }; getopts ab: g; unset -v h"
            Bound b before "; done; f() { local d=1 e; }; getopts ab: g; unset -v h"
            Bound c before "; done; f() { local d=1 e; }; getopts ab: g; unset -v h"
            Bound d before " e; }; getopts ab: g; unset -v h"
            Bound e before "; }; getopts ab: g; unset -v h"
            Bound g before "; unset -v h"
            Removed h before ""
        "#]],
    );
}

#[test]
fn what_one_program_alone_sees_is_not_set() {
    check("RUN A=1 make B=2 && echo read C && echo 'D=1'", &expect![""]);
}

#[test]
fn bodies_and_inner_scripts_set_too() {
    check(
        "RUN <<EOF\nA=1\n\tB=2\nEOF",
        &expect![[r#"
        Assigned A before "\n\tB=2\nEOF"
        Assigned B before "\nEOF"
    "#]],
    );
    check(
        r#"RUN ["sh", "-c", "A=1; echo $A"]"#,
        &expect![[r#"
        Assigned A before "; echo $A\"]"
    "#]],
    );
}
