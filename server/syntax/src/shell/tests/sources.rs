//! Where a script comes from: continuation lines, heredocs, the exec form, health checks; and its limits.

use expect_test::expect;

use super::{check, instruction, render};

#[test]
fn lines_are_joined_and_comments_between_them_left_out() {
    check(
        "RUN apt-get update && \\\n    # for TLS\n\n    apt-get install -y \\\n      curl \\\n  # and more\n      git && \\ \n    rm -rf /var/lib/apt/lists/*",
        &expect![[r#"
            Command "apt-get update"
              + apt-get update
            And Command "apt-get install -y \\\n      curl \\\n  # and more\n      git"
              + apt-get install -y curl git
            And Command "rm -rf /var/lib/apt/lists/*"
              + rm -rf </var/lib/apt/lists/*>
        "#]],
    );
}

#[test]
fn a_continuation_may_cut_a_word() {
    check(
        "RUN npm run bu\\\nild",
        &expect![[r#"
        Command "npm run bu\\\nild"
          + npm run build
    "#]],
    );
}

#[test]
fn non_ascii_text_keeps_its_places() {
    check(
        "RUN echo 'grüße 🐳' > /tmp/ü && \\\n  true",
        &expect![[r#"
        Command "echo 'grüße 🐳' > /tmp/ü"
          + echo "grüße 🐳" [> /tmp/ü]
        And Command "true"
          + true
    "#]],
    );
}

#[test]
fn windows_line_ends() {
    check(
        "RUN a && \\\r\n    # note\r\n    b \"x\"\r\n",
        &expect![[r#"
        Command "a"
          + a
        And Command "b \"x\""
          + b x
    "#]],
    );
}

#[test]
fn a_heredoc_is_the_script() {
    check(
        "RUN <<EOF\nset -e\napt-get update\n# note\nif true; then\n  make \\\n    all\nfi\nEOF",
        &expect![[r#"
            Command "set -e"
              + set -e
            Then Command "apt-get update"
              + apt-get update
            Then Compound "if true; then\n  make \\\n    all\nfi"
              - true
              - make all
        "#]],
    );
}

#[test]
fn a_heredoc_with_tabs_cut() {
    check(
        "RUN <<-EOF\n\techo a\n\t\tcat <<X\n\tX\n\tEOF",
        &expect![[r#"
            Command "echo a"
              + echo a
            Then Command "cat <<X"
              + cat [<< "" ("<<X")]
        "#]],
    );
}

#[test]
fn a_heredoc_with_a_shebang() {
    check(
        "RUN <<EOF\n#!/usr/bin/env -S bash\necho $A\nEOF",
        &expect![[r#"
        Command "echo $A"
          + echo <$A>
        variables: A at "$A"
    "#]],
    );
}

#[test]
fn a_heredoc_for_another_interpreter() {
    check(
        "RUN <<EOF\n#!/usr/bin/env python3\nprint('x')\nEOF",
        &expect![[r#"
        not clean
    "#]],
    );
}

#[test]
fn a_heredoc_as_input() {
    check(
        "RUN cat <<EOF > /etc/x && echo done\ntoken=$TOKEN \\$no\nEOF",
        &expect![[r#"
        Command "cat <<EOF > /etc/x"
          + cat [<< "token=$TOKEN \\$no\n" ("<<EOF")] [> /etc/x]
        And Command "echo done"
          + echo done
        variables: TOKEN at "$TOKEN"
    "#]],
    );
}

#[test]
fn a_quoted_heredoc_expands_nothing() {
    check(
        "RUN tee /x <<'EOF' | cat\ntoken=$TOKEN\nEOF",
        &expect![[r#"
        Pipeline "tee /x <<'EOF' | cat"
          + tee /x [<< "token=$TOKEN\n" ("<<'EOF'")]
          + cat
    "#]],
    );
}

#[test]
fn two_heredocs() {
    check(
        "RUN cat <<A - <<B >f\na\nA\nb ${C:-d}\nB",
        &expect![[r#"
        Command "cat <<A - <<B >f"
          + cat - [<< "a\n" ("<<A")] [<< "b ${C:-d}\n" ("<<B")] [> f]
        variables: C at "${C:-d}"
    "#]],
    );
}

#[test]
fn a_shell_reads_its_script_from_a_heredoc() {
    check(
        "RUN bash -e <<EOF\nnpm ci\nEOF",
        &expect![[r#"
        Command "bash -e <<EOF"
          + bash -e [<< "npm ci\n" ("<<EOF")]
          - npm ci
    "#]],
    );
}

#[test]
fn heredocs_inside_a_script() {
    check(
        "RUN <<EOF\na && cat <<X > f && b | c\nhi $Y\nX\nd\nEOF",
        &expect![[r#"
            Command "a"
              + a
            And Command "cat <<X > f"
              + cat [<< "hi $Y\n" ("<<X")] [> f]
            And Pipeline "b | c"
              + b
              + c
            Then Command "d"
              + d
            variables: Y at "$Y"
        "#]],
    );
}

#[test]
fn the_exec_form() {
    check(
        r#"CMD ["node", "/app/my server.js"]"#,
        &expect![[r#"
        Command "\"node\", \"/app/my server.js\""
          + node "/app/my server.js"
    "#]],
    );
}

#[test]
fn the_exec_form_of_a_shell() {
    check(
        r#"ENTRYPOINT ["/bin/sh", "-ec", "echo \"$X\" && exec node ."]"#,
        &expect![[r#"
        Command "\"/bin/sh\", \"-ec\", \"echo \\\"$X\\\" && exec node .\""
          + /bin/sh -ec "echo \"$X\" && exec node ."
          - echo <"$X">
          - exec node .
        variables: X at "$X"
    "#]],
    );
}

#[test]
fn a_health_check() {
    check(
        "HEALTHCHECK CMD curl -f http://localhost/ || exit 1",
        &expect![[r#"
        Command "curl -f http://localhost/"
          + curl -f http://localhost/
        Or Command "exit 1"
          + exit 1
    "#]],
    );
}

#[test]
fn a_health_check_switched_off() {
    check(
        "HEALTHCHECK NONE",
        &expect![[r#"
        no script
    "#]],
    );
}

#[test]
fn an_instruction_without_commands() {
    check(
        "COPY a b",
        &expect![[r#"
        no script
    "#]],
    );
}

#[test]
fn backtick_as_escape() {
    let source = "RUN echo a `\n  C:\\x b";
    expect![[r#"
        Command "echo a `\n  C:\\x b"
          + echo a C:x b
    "#]]
    .assert_eq(&render(source, &instruction(source, '`')));
}

#[test]
fn nothing_is_parsed_beyond_the_cap() {
    let source = format!("RUN echo {}", "x ".repeat(200_000));
    expect![[r#"
        not clean
    "#]]
    .assert_eq(&render(&source, &instruction(&source, '\\')));
}

#[test]
fn a_health_check_in_exec_form() {
    check(
        r#"HEALTHCHECK --interval=1s CMD ["curl", "-f", "http://localhost/"]"#,
        &expect![[r#"
        Command "\"curl\", \"-f\", \"http://localhost/\""
          + curl -f http://localhost/
    "#]],
    );
}

#[test]
fn a_trigger_has_its_script_in_the_same_places() {
    let source = "ONBUILD RUN a && \\\n  b";
    let trigger = instruction(source, '\\');
    expect![[r#"
        Command "a"
          + a
        And Command "b"
          + b
    "#]]
    .assert_eq(&render(source, trigger.trigger.as_ref().unwrap()));
}

#[test]
fn a_shell_with_its_script_in_quotes() {
    check(
        "RUN bash -lc 'a \\\n  \"$B\" && c' && sh -c \"d; e\" && sh -c \"f $G\" && sh -c h",
        &expect![[r#"
            Command "bash -lc 'a \\\n  \"$B\" && c'"
              + bash -lc "a   \"$B\" && c"
              - a <"$B">
              - c
            And Command "sh -c \"d; e\""
              + sh -c "d; e"
              - d
              - e
            And Command "sh -c \"f $G\""
              + sh -c <"f $G">
            And Command "sh -c h"
              + sh -c h
            variables: B at "$B", G at "$G"
        "#]],
    );
}
