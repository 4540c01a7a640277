//! Scripts as tables: an instruction in, its commands out.

use std::fmt::Write;
use std::sync::OnceLock;

use expect_test::{Expect, expect};

use super::*;
use crate::arguments::{Arguments, Form, Heredoc, Word};
use crate::instruction::InstructionNode;
use crate::keyword::Keyword;

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&render(source, &instruction(source, '\\')));
}

/// One line a statement: how it is joined, what it is, its text; below it one line a command, `+` for those at top level.
/// Words are shown by value, or as written between angle brackets.
fn render(source: &str, instruction: &InstructionNode) -> String {
    let Some(script) = Script::of(instruction) else { return "no script\n".to_owned() };
    let mut out = String::new();
    if !script.clean {
        out.push_str("not clean\n");
    }
    for statement in &script.statements {
        let connector = statement.connector.map_or(String::new(), |connector| format!("{connector:?} "));
        let operator = statement.connector_range.of(source);
        assert_eq!(operator.is_empty(), statement.connector.is_none(), "operator {operator:?}");
        writeln!(out, "{connector}{:?} {:?}", statement.kind, statement.range.of(source)).unwrap();
        for command in &statement.commands {
            write!(out, "  {}", if command.top_level { '+' } else { '-' }).unwrap();
            for assignment in &command.assignments {
                write!(out, " {}={}", assignment.name, show(source, &assignment.value)).unwrap();
            }
            for word in &command.words {
                write!(out, " {}", show(source, word)).unwrap();
            }
            command.redirections.iter().for_each(|redirection| redirect(&mut out, source, redirection));
            out.push('\n');
        }
        for redirection in &statement.redirections {
            out.push_str("  around");
            redirect(&mut out, source, redirection);
            out.push('\n');
        }
    }
    if !script.variables.is_empty() {
        let uses = script.variables.iter();
        let uses: Vec<_> = uses.map(|used| format!("{} at {:?}", used.name, used.range.of(source))).collect();
        writeln!(out, "variables: {}", uses.join(", ")).unwrap();
    }
    out
}

fn show(source: &str, word: &ShellWord) -> String {
    assert!(word.value.is_none() || word.variables.is_empty() && !word.substitution, "{word:?}");
    assert!(word.range.end as usize <= source.len());
    let mark = if word.substitution { "$" } else { "" };
    match &word.value {
        Some(value) if value.contains([' ', '"', '\'', '\n']) || value.is_empty() => format!("{value:?}"),
        Some(value) => value.clone(),
        None => format!("{mark}<{}>", word.text),
    }
}

fn redirect(out: &mut String, source: &str, redirection: &Redirection) {
    let descriptor = redirection.file_descriptor.map_or(String::new(), |descriptor| descriptor.to_string());
    let target = match redirection.heredoc {
        Some(body) => format!("{:?} ({:?})", body.of(source), redirection.range.of(source)),
        None => show(source, &redirection.target),
    };
    write!(out, " [{descriptor}{} {target}]", redirection.operator).unwrap();
}

/// An instruction put together without a parser: keyword, a logical line, heredoc bodies.
fn instruction(source: &str, escape: char) -> InstructionNode {
    let keyword_len = source.find(' ').unwrap();
    let mut header_end = 0;
    for line in source.split_inclusive('\n') {
        header_end += line.len();
        let content = line.trim_end();
        if !content.ends_with(escape) && !content.trim_start().starts_with('#') && !content.is_empty() {
            break;
        }
    }
    let header = &source[..header_end];
    let start = keyword_len + 1;
    let end = header.trim_end().len();
    let mut heredocs = Vec::new();
    let mut body_start = header_end;
    let mut search = start;
    while let Some(found) = header[search..].find("<<") {
        let marker = search + found;
        if header[marker..].starts_with("<<<") {
            search = marker + 3;
            continue;
        }
        let name_start = marker + 2 + usize::from(header[marker + 2..].starts_with('-'));
        let name_end =
            header[name_start..].find([' ', '\n', ')', ';']).map_or(header.len(), |end| name_start + end);
        let name = header[name_start..name_end].trim_matches(['"', '\'']);
        let body_end = source[body_start..]
            .split_inclusive('\n')
            .scan(body_start, |offset, line| Some((std::mem::replace(offset, *offset + line.len()), line)))
            .find(|(_, line)| line.trim() == name)
            .map_or(source.len(), |(offset, _)| offset);
        let terminator_end = source[body_end..].find('\n').map_or(source.len(), |end| body_end + end);
        heredocs.push(Heredoc {
            name: name.to_owned(),
            marker: range(marker, name_end),
            body: range(body_start, body_end),
            terminator: range(body_end, terminator_end),
            expand: !header[name_start..name_end].contains(['"', '\'']),
            chomp: header[marker..].starts_with("<<-"),
            file_descriptor: 0,
        });
        body_start = (terminator_end + 1).min(source.len());
        search = name_end;
    }
    let arguments = &source[start..end];
    let exec = arguments.starts_with("[\"") && arguments.ends_with(']');
    let mut words = Vec::new();
    let mut offset = start;
    // Strings without commas are enough here; `\"` and `\n` are the only escapes.
    for item in arguments.trim_matches(['[', ']']).split(',').filter(|_| exec) {
        let at = source[offset..].find(item.trim()).unwrap() + offset;
        offset = at + item.trim().len();
        let text = item.trim().trim_matches('"').replace("\\\"", "\"").replace("\\n", "\n");
        words.push(Word { text, range: range(at, offset) });
    }
    InstructionNode {
        source: source.into(),
        keyword: Keyword::from_word(&source[..keyword_len]),
        keyword_range: range(0, keyword_len),
        flags: Vec::new(),
        arguments: Arguments {
            range: range(start, end),
            text: String::new(),
            form: Some(if exec { Form::Exec } else { Form::Shell }),
            words,
            pairs: Vec::new(),
        },
        heredocs,
        trigger: None,
        problems: Vec::new(),
        escape,
        shell: OnceLock::new(),
    }
}

fn range(start: usize, end: usize) -> LocalRange {
    LocalRange::new(start.try_into().unwrap(), end.try_into().unwrap())
}

#[test]
fn one_command_with_its_words() {
    check(
        "RUN apt-get install -y curl",
        expect![[r#"
        Command "apt-get install -y curl"
          + apt-get install -y curl
    "#]],
    );
}

#[test]
fn a_list_keeps_its_connectors() {
    check(
        "RUN a && b || c; d & e",
        expect![[r#"
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
fn lines_are_joined_and_comments_between_them_left_out() {
    check(
        "RUN apt-get update && \\\n    # for TLS\n\n    apt-get install -y \\\n      curl \\\n  # and more\n      git && \\ \n    rm -rf /var/lib/apt/lists/*",
        expect![[r#"
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
        expect![[r#"
        Command "npm run bu\\\nild"
          + npm run build
    "#]],
    );
}

#[test]
fn quotes_are_removed_where_the_value_is_certain() {
    check(
        r#"RUN echo 'a b' "c d" e\ f 'it'"'"'s' "" x"y"z \; "\$5""#,
        expect![[r#"
        Command "echo 'a b' \"c d\" e\\ f 'it'\"'\"'s' \"\" x\"y\"z \\; \"\\$5\""
          + echo "a b" "c d" "e f" "it's" "" xyz ; $5
    "#]],
    );
}

#[test]
fn what_the_shell_expands_has_no_value() {
    check(
        r#"RUN echo $HOME "${X:-y}" *.js ~/x {a,b} {} a?c [ab] "$(date)" `id` "$" $1 "$@""#,
        expect![[r#"
        Command "echo $HOME \"${X:-y}\" *.js ~/x {a,b} {} a?c [ab] \"$(date)\" `id` \"$\" $1 \"$@\""
          + echo <$HOME> <"${X:-y}"> <*.js> <~/x> <{a,b}> {} <a?c> <[ab]> $<"$(date)"> $<`id`> $ <$1> <"$@">
          - date
          - id
        variables: HOME at "$HOME", X at "${X:-y}"
    "#]],
    );
}

#[test]
fn a_redirection_belongs_to_the_last_command() {
    check(
        r#"RUN a && b > f 2>&1 || c | d >> "$LOG""#,
        expect![[r#"
        Command "a"
          + a
        And Command "b > f 2>&1"
          + b [> f] [2>& 1]
        Or Pipeline "c | d >> \"$LOG\""
          + c
          + d [>> <"$LOG">]
        variables: LOG at "$LOG"
    "#]],
    );
}

#[test]
fn a_redirection_in_the_middle() {
    check(
        r#"RUN echo "//registry/:_authToken=${NPM_TOKEN}" > ~/.npmrc && npm ci"#,
        expect![[r#"
        Command "echo \"//registry/:_authToken=${NPM_TOKEN}\" > ~/.npmrc"
          + echo <"//registry/:_authToken=${NPM_TOKEN}"> [> <~/.npmrc>]
        And Command "npm ci"
          + npm ci
        variables: NPM_TOKEN at "${NPM_TOKEN}"
    "#]],
    );
}

#[test]
fn words_after_a_redirection_are_arguments() {
    check(
        "RUN >out echo a >b c",
        expect![[r#"
        Command ">out echo a >b c"
          + echo a c [> out] [> b]
    "#]],
    );
}

#[test]
fn assignments_before_and_alone() {
    check(
        r#"RUN A=1 B="$X" make && C=$(pwd) D= && export E=2 F && E=~/x"#,
        expect![[r#"
        Command "A=1 B=\"$X\" make"
          + A=1 B=<"$X"> make
        And Command "C=$(pwd) D="
          + C=$<$(pwd)> D=""
          - pwd
        And Command "export E=2 F"
          + export E=2 F
        And Command "E=~/x"
          + E=<~/x>
        variables: X at "$X"
    "#]],
    );
}

#[test]
fn a_pipeline_with_stderr() {
    check(
        "RUN curl -fsSL https://example.org/x | tar xz -C /opt |& tee log",
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
            Command "[[ -z \"$X\" && $Y == z* ]]"
              + [[ -z <"$X"> && <$Y> == <z*> ]]
            And Command "[ ! -e /a ]"
              + [ ! -e /a ]
            variables: X at "$X", Y at "$Y"
        "#]],
    );
}

#[test]
fn arithmetic_uses_variables() {
    check(
        "RUN echo $((N + 1)) $(($M*2))",
        expect![[r#"
        Command "echo $((N + 1)) $(($M*2))"
          + echo <$((N + 1))> <$(($M*2))>
        variables: N at "N", M at "$M"
    "#]],
    );
}

#[test]
fn non_ascii_text_keeps_its_places() {
    check(
        "RUN echo 'grüße 🐳' > /tmp/ü && \\\n  true",
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
        not clean
    "#]],
    );
}

#[test]
fn a_heredoc_as_input() {
    check(
        "RUN cat <<EOF > /etc/x && echo done\ntoken=$TOKEN \\$no\nEOF",
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
        Command "\"node\", \"/app/my server.js\""
          + node "/app/my server.js"
    "#]],
    );
}

#[test]
fn the_exec_form_of_a_shell() {
    check(
        r#"ENTRYPOINT ["/bin/sh", "-ec", "echo \"$X\" && exec node ."]"#,
        expect![[r#"
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
        expect![[r#"
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
        expect![[r#"
        no script
    "#]],
    );
}

#[test]
fn an_instruction_without_commands() {
    check(
        "COPY a b",
        expect![[r#"
        no script
    "#]],
    );
}

#[test]
fn an_unfinished_script() {
    check(
        r#"RUN if true; then a && b ""#,
        expect![[r#"
        not clean
        Command "true"
          + true
        Then Command "a"
          + a
    "#]],
    );
}

#[test]
fn a_here_string() {
    check(
        r#"RUN cat <<< "$X" > y"#,
        expect![[r#"
            Command "cat <<< \"$X\" > y"
              + cat [<<< <"$X">] [> y]
            variables: X at "$X"
        "#]],
    );
}

#[test]
fn export_of_a_substitution() {
    check(
        r#"RUN export V="$(git rev-parse HEAD)" && unset X"#,
        expect![[r#"
        Command "export V=\"$(git rev-parse HEAD)\""
          + export $<V="$(git rev-parse HEAD)">
          - git rev-parse HEAD
        And Command "unset X"
          + unset X
    "#]],
    );
}

#[test]
fn a_comment_ends_the_script() {
    check(
        "RUN a # b && c",
        expect![[r#"
        Command "a"
          + a
    "#]],
    );
}

#[test]
fn power_shell_is_read_as_far_as_it_goes() {
    check(
        "RUN Invoke-WebRequest -Uri 'https://x' -OutFile y.zip; Remove-Item y.zip -Force",
        expect![[r#"
        Command "Invoke-WebRequest -Uri 'https://x' -OutFile y.zip"
          + Invoke-WebRequest -Uri https://x -OutFile y.zip
        Then Command "Remove-Item y.zip -Force"
          + Remove-Item y.zip -Force
    "#]],
    );
}

#[test]
fn find_with_braces() {
    check(
        r"RUN find / -name '*.pyc' -exec rm -f {} + -o -type d \( -name test \) -delete",
        expect![[r#"
        Command "find / -name '*.pyc' -exec rm -f {} + -o -type d \\( -name test \\) -delete"
          + find / -name *.pyc -exec rm -f {} + -o -type d ( -name test ) -delete
    "#]],
    );
}

#[test]
fn mount_like_text_is_a_word() {
    check(
        "RUN echo --mount=x a=b -Dk=v key='v w'",
        expect![[r#"
        Command "echo --mount=x a=b -Dk=v key='v w'"
          + echo --mount=x a=b -Dk=v "key=v w"
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
fn deep_nesting_ends_well() {
    for (open, close) in
        [("(", ")"), ("$(", ")"), ("{ ", "; }"), ("if ", ""), ("\"$(", ")\""), ("${A:-", "}"), ("a && ", "")]
    {
        let source = format!("RUN {}x{}", open.repeat(20_000), close.repeat(20_000));
        let script = Script::of(&instruction(&source, '\\')).unwrap();
        assert!(!script.clean || open == "a && ", "{open}");
    }
}
