//! Each token of the last instruction: its kind and its text; `shell` marks those that count for a POSIX shell alone.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::{Document, InstructionNode};

fn show(node: &InstructionNode) -> String {
    let line = |token: &crate::Token| {
        let shell = if token.in_shell { " (shell)" } else { "" };
        format!("{:?}{shell} {}\n", token.kind, token.range.of(&node.source))
    };
    node.tokens().iter().map(line).collect()
}

fn check(text: &str, expected: &Expect) {
    let document = Document::new(text);
    expected.assert_eq(&show(&document.instructions().next_back().unwrap()));
}

#[test]
fn from_names_an_image_and_its_stage() {
    check(
        "FROM --platform=$BUILDPLATFORM docker.io/library/node:${TAG:-22}@sha256:ab AS Größe",
        &expect![[r#"
            Keyword FROM
            Flag --platform
            Operator =
            Variable $BUILDPLATFORM
            Image docker.io/library/node
            Operator :
            Variable ${TAG
            Operator :-
            ImageVersion 22
            Variable }
            Operator @
            ImageVersion sha256:ab
            Keyword AS
            StageName Größe
        "#]],
    );
    check(
        "FROM base",
        &expect![[r#"
        Keyword FROM
        Reference base
    "#]],
    );
    check(
        "from localhost:5000/x as",
        &expect![[r#"
        Keyword from
        Image localhost:5000/x
    "#]],
    );
}

#[test]
fn variables_are_declared_and_read() {
    check(
        r#"ENV A=1 B="two $A" C='$A' D=\$A E=${A%x} F="#,
        &expect![[r#"
        Keyword ENV
        VariableName A
        Operator =
        Number 1
        VariableName B
        Operator =
        String "two
        Variable $A
        String "
        VariableName C
        Operator =
        String '$A'
        VariableName D
        Operator =
        String \$A
        VariableName E
        Operator =
        Variable ${A
        Operator %
        String x
        Variable }
        VariableName F
        Operator =
    "#]],
    );
    check(
        "ENV A two $B",
        &expect![[r#"
        Keyword ENV
        VariableName A
        String two
        Variable $B
    "#]],
    );
    check(
        "LABEL org.title=\"x\" version=1.5",
        &expect![[r#"
        Keyword LABEL
        Property org.title
        Operator =
        String "x"
        Property version
        Operator =
        Number 1.5
    "#]],
    );
    check(
        "ARG A",
        &expect![[r#"
        Keyword ARG
        VariableName A
    "#]],
    );
}

#[test]
fn mounts_are_a_language() {
    check(
        "RUN --mount=type=bind,from=build,target=/x --mount=type=cache,\"id=a\",uid=1,ro --network=none true",
        &expect![[r#"
            Keyword RUN
            Flag --mount
            Operator =
            Property type
            Operator =
            Choice bind
            Operator ,
            Property from
            Operator =
            Reference build
            Operator ,
            Property target
            Operator =
            String /x
            Flag --mount
            Operator =
            Property type
            Operator =
            Choice cache
            Property id
            Operator =
            String a
            Operator ,
            Property uid
            Operator =
            Number 1
            Operator ,
            Property ro
            Flag --network
            Operator =
            Choice none
            Command (shell) true
        "#]],
    );
    check(
        "RUN --mount=type=",
        &expect![[r#"
        Keyword RUN
        Flag --mount
        Operator =
        Property type
        Operator =
    "#]],
    );
    check(
        "COPY --from=0 --chown=$U:g --link a /b/${C}",
        &expect![[r#"
        Keyword COPY
        Flag --from
        Operator =
        Reference 0
        Flag --chown
        Operator =
        Variable $U
        String :g
        Flag --link
        String a
        String /b/
        Variable ${C}
    "#]],
    );
}

#[test]
fn the_shell_is_read_over_continuations_and_comments() {
    check(
        "RUN apt-get update \\\r\n  # the tools\r\n  && apt-get install -y --opt=é \"a $B \\\r\n c\" > /dev/null 2>&1 || exit 1",
        &expect![[r#"
            Keyword RUN
            Command (shell) apt-get
            Operator \
            Comment # the tools
            Operator (shell) &&
            Command (shell) apt-get
            Flag (shell) -y
            Flag (shell) --opt
            String (shell) "a
            Variable (shell) $B
            Operator \
            String (shell) c"
            Operator (shell) >
            Number (shell) 2
            Operator (shell) >&
            Number (shell) 1
            Operator (shell) ||
            Command (shell) exit
            Number (shell) 1
        "#]],
    );
    check(
        "RUN if [ -f \"$(pwd)/x\" ]; then A=1 run 'q' ${A:-b}; fi; for i in 1 2; do echo $i; done",
        &expect![[r#"
            Keyword RUN
            Keyword (shell) if
            Operator (shell) [
            Operator (shell) -f
            String (shell) "
            Operator (shell) $(
            Command (shell) pwd
            String (shell) /x"
            Operator (shell) ]
            Operator (shell) ;
            Keyword (shell) then
            VariableName (shell) A
            Operator (shell) =
            Number (shell) 1
            Command (shell) run
            String (shell) 'q'
            Variable (shell) ${A
            Operator (shell) :-
            Variable (shell) }
            Operator (shell) ;
            Keyword (shell) fi
            Operator (shell) ;
            Keyword (shell) for
            VariableName (shell) i
            Keyword (shell) in
            Number (shell) 1
            Number (shell) 2
            Operator (shell) ;
            Keyword (shell) do
            Command (shell) echo
            Variable (shell) $i
            Operator (shell) ;
            Keyword (shell) done
        "#]],
    );
    check(
        "# escape=`\nRUN a `\n  -b",
        &expect![[r#"
        Keyword RUN
        Command (shell) a
        Operator `
        Flag (shell) -b
    "#]],
    );
    check(
        "RUN echo \"open",
        &expect![[r#"
        Keyword RUN
        Command (shell) echo
    "#]],
    );
}

#[test]
fn list_forms_are_strings() {
    check(
        r#"CMD ["sh", "-c", "run --x \"$A\""]"#,
        &expect![[r#"
        Keyword CMD
        String "sh"
        String "-c"
        String "
        Command run
        Flag --x
        String \"
        Variable $A
        String \"
        String "
    "#]],
    );
    check(
        "HEALTHCHECK --interval=5s --retries=3 CMD curl -f http://x/",
        &expect![[r#"
        Keyword HEALTHCHECK
        Flag --interval
        Operator =
        Number 5s
        Flag --retries
        Operator =
        Number 3
        Keyword CMD
        Command (shell) curl
        Flag (shell) -f
    "#]],
    );
    check(
        "ONBUILD COPY --from=a b c",
        &expect![[r#"
        Keyword ONBUILD
        Keyword COPY
        Flag --from
        Operator =
        Reference a
        String b
        String c
    "#]],
    );
    check(
        "EXPOSE 80/tcp 90-95 $P",
        &expect![[r#"
        Keyword EXPOSE
        Number 80
        Choice tcp
        Number 90-95
        Variable $P
    "#]],
    );
}

#[test]
fn heredocs_are_read_by_their_interpreter() {
    check(
        "RUN <<EOF\nset -e\n# c\nrun $A\nEOF",
        &expect![[r#"
        Keyword RUN
        HeredocName <<EOF
        Command (shell) set
        Flag (shell) -e
        Comment (shell) # c
        Command (shell) run
        Variable (shell) $A
        HeredocName EOF
    "#]],
    );
    check(
        "RUN <<EOF\n#!/usr/bin/env python3\nprint('$A')\nEOF",
        &expect![[r#"
        Keyword RUN
        HeredocName <<EOF
        HeredocName EOF
    "#]],
    );
    check(
        "RUN python3 - <<EOF\nprint('$A') # x\nEOF",
        &expect![[r#"
        Keyword RUN
        Command (shell) python3
        HeredocName <<EOF
        Variable (shell) $A
        HeredocName EOF
    "#]],
    );
    check(
        "COPY <<run.sh <<app.conf /x/\nexec \"$@\"\nrun.sh\nport=$PORT\napp.conf",
        &expect![[r#"
        Keyword COPY
        HeredocName <<run.sh
        HeredocName <<app.conf
        String /x/
        Command exec
        String "
        Variable $@
        String "
        HeredocName run.sh
        Variable $PORT
        HeredocName app.conf
    "#]],
    );
    check(
        "COPY <<'app.conf' /x\nport=$PORT\napp.conf",
        &expect![[r#"
        Keyword COPY
        HeredocName <<'app.conf'
        String /x
        HeredocName app.conf
    "#]],
    );
    check(
        "COPY <<EOF",
        &expect![[r#"
        Keyword COPY
        HeredocName <<EOF
    "#]],
    );
}

#[test]
fn what_is_no_instruction_has_no_keyword() {
    check("RUNN a $b", &expect![""]);
}

proptest! {
    /// Tokens are in order, none over another, each within one line and on whole characters, whatever the text.
    #[test]
    fn tokens_are_disjoint_and_in_order(text in "(# escape=`\n)?((FROM|RUN|COPY|ENV|CMD|ONBUILD RUN|LABEL|XY)?( |\\\\\r?\n|`\n|#|--mount=|\\$\\{|[a-zé😀<\\[\\]\"'=:,@$/&|;(){}]|<<E|\nE\n|\r|\n){0,24}\n){1,4}") {
        for instruction in Document::new(&text).instructions() {
            let mut end = 0;
            for token in instruction.tokens() {
                prop_assert!(end <= token.range.start && token.range.start < token.range.end);
                let said = instruction.source.get(token.range.start as usize..token.range.end as usize);
                prop_assert!(said.is_some_and(|said| !said.contains(['\n', '\r'])), "{said:?}");
                end = token.range.end;
            }
        }
    }
}
