//! Lists, pipelines, compounds and substitutions.

use expect_test::expect;

use super::{Script, check, instruction};

#[test]
fn a_list_keeps_its_connectors() {
    check(
        "RUN a && b || c; d & e",
        &expect![[r#"
        Command "a"
          + a
        And Command "b"
          + b
        Or Command "c"
          + c
        Then Command "d"
          + d
        Background Command "e"
          + e
    "#]],
    );
}

#[test]
fn a_pipeline_with_stderr() {
    check(
        "RUN curl -fsSL https://example.org/x | tar xz -C /opt |& tee log",
        &expect![[r#"
        Pipeline "curl -fsSL https://example.org/x | tar xz -C /opt |& tee log"
          + curl -fsSL https://example.org/x
          + tar xz -C /opt
          + tee log
    "#]],
    );
}

#[test]
fn a_list_piped_is_piped_at_its_last_command() {
    check(
        "RUN a && b | c && d",
        &expect![[r#"
        Command "a"
          + a
        And Pipeline "b | c"
          + b
          + c
        And Command "d"
          + d
    "#]],
    );
}

#[test]
fn or_true() {
    check(
        "RUN rm x || true",
        &expect![[r#"
        Command "rm x"
          + rm x
        Or Command "true"
          + true
    "#]],
    );
}

#[test]
fn an_if_is_a_compound() {
    check(
        r#"RUN if [ "$A" = "b" ]; then apk add git; elif test -f x; then :; else exit 1; fi && next"#,
        &expect![[r#"
            Compound "if [ \"$A\" = \"b\" ]; then apk add git; elif test -f x; then :; else exit 1; fi"
              - [ <"$A"> = b ]
              - apk add git
              - test -f x
              - :
              - exit 1
            And Command "next"
              + next
            variables: A at "$A"
        "#]],
    );
}

#[test]
fn a_for_loop() {
    check(
        "RUN set -ex; for p in a $B; do \\\n  pip install \"$p\"; \\\n done",
        &expect![[r#"
        Command "set -ex"
          + set -ex
        Then Compound "for p in a $B; do \\\n  pip install \"$p\"; \\\n done"
          - pip install <"$p">
        variables: B at "$B", p at "$p"
    "#]],
    );
}

#[test]
fn while_and_until() {
    check(
        r#"RUN while read -r x; do echo "$x"; done < list"#,
        &expect![[r#"
        Compound "while read -r x; do echo \"$x\"; done < list"
          - read -r x
          - echo <"$x">
          around [< list]
        variables: x at "$x"
    "#]],
    );
}

#[test]
fn a_case() {
    check(
        r#"RUN case "$(uname -m)" in x86_64) A=amd64 ;; arm*|aarch64) A=arm64;; *) exit 1 ;; esac; echo $A"#,
        &expect![[r#"
            Compound "case \"$(uname -m)\" in x86_64) A=amd64 ;; arm*|aarch64) A=arm64;; *) exit 1 ;; esac"
              - uname -m
              - A=amd64
              - A=arm64
              - exit 1
            Then Command "echo $A"
              + echo <$A>
            variables: A at "$A"
        "#]],
    );
}

#[test]
fn groups_and_their_redirections() {
    check(
        r#"RUN { echo a; echo "$T"; } > /etc/conf && (cd x && make)"#,
        &expect![[r#"
        Compound "{ echo a; echo \"$T\"; } > /etc/conf"
          - echo a
          - echo <"$T">
          around [> /etc/conf]
        And Compound "(cd x && make)"
          - cd x
          - make
        variables: T at "$T"
    "#]],
    );
}

#[test]
fn a_function() {
    check(
        r#"RUN f() { curl "$1"; }; f https://example.org"#,
        &expect![[r#"
        Compound "f() { curl \"$1\"; }"
          - curl <"$1">
        Then Command "f https://example.org"
          + f https://example.org
    "#]],
    );
}

#[test]
fn a_negation() {
    check(
        "RUN ! grep -q x y && a",
        &expect![[r#"
        Compound "! grep -q x y"
          - grep -q x y
        And Command "a"
          + a
    "#]],
    );
}

#[test]
fn substitutions_are_nested_commands() {
    check(
        r#"RUN apt-get install -y linux-headers-$(uname -r) "$(cat <list | tr a b)""#,
        &expect![[r#"
        Command "apt-get install -y linux-headers-$(uname -r) \"$(cat <list | tr a b)\""
          + apt-get install -y $<linux-headers-$(uname -r)> $<"$(cat <list | tr a b)">
          - uname -r
          - cat [< list]
          - tr a b
    "#]],
    );
}

#[test]
fn tests_are_commands() {
    check(
        r#"RUN [[ -z "$X" && $Y == z* ]] && [ ! -e /a ]"#,
        &expect![[r#"
            Command "[[ -z \"$X\" && $Y == z* ]]"
              + [[ -z <"$X"> && <$Y> == <z*> ]]
            And Command "[ ! -e /a ]"
              + [ ! -e /a ]
            variables: X at "$X", Y at "$Y"
        "#]],
    );
}

#[test]
fn an_unfinished_script() {
    check(
        r#"RUN if true; then a && b ""#,
        &expect![[r#"
        not clean
        Command "true"
          + true
        Then Command "a"
          + a
    "#]],
    );
}

#[test]
fn deep_nesting_ends_well() {
    for (open, close) in
        [("(", ")"), ("$(", ")"), ("{ ", "; }"), ("if ", ""), ("\"$(", ")\""), ("${A:-", "}"), ("a && ", "")]
    {
        let source = format!("RUN {}x{}", open.repeat(20_000), close.repeat(20_000));
        let script = Script::of(&instruction(&source, '\\')).unwrap();
        assert!(!script.clean || open == "a && ", "{open}");
    }
}

#[test]
fn hostile_scripts_end_in_time() {
    let units = [
        "(",
        "$(",
        "{ ",
        "if ",
        "\"$(",
        "${A:-",
        "a && ",
        "a | ",
        "<<E ",
        "case x in ",
        "[[ ",
        "`",
        "'",
        "\"",
        "${",
        "))",
        "; ;",
        "for x in ",
        "a=(",
        "<(",
        "$((1+",
        "{a,",
        "é",
        ") (",
        "} {",
        "x) y;; ",
    ];
    for unit in units {
        let source = format!("RUN x {}", unit.repeat(40_000 / unit.len()));
        let document = crate::document::Document::new(&source);
        let script = document.instructions().next().and_then(|run| Script::of(&run)).unwrap();
        assert!(!script.clean || matches!(unit, "'" | "é" | "\"" | "{a," | "} {"), "{unit}");
    }
}
