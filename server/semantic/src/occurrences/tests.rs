//! A Dockerfile in, its symbols with their places out.

use std::fmt::Write;

use expect_test::{Expect, expect};
use syntax::Document;

use super::*;
use crate::facts::{Facts, ImageFacts};

/// A symbol a line: each place as line:column of the name, counted from 1 in bytes; `!` defines, `=` changes, `~` is not the name itself,
/// and behind `<` stand the places where a value comes from.
fn check(text: &str, expected: Expect) {
    check_with(text, &Facts::default(), expected);
}

fn check_with(text: &str, facts: &Facts, expected: Expect) {
    let model = Model::new(&Document::new(text), facts);
    let occurrences = Occurrences::of(&model);
    let place = |occurrence: &Occurrence| {
        let before = &text[..occurrence.range.start as usize];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        format!("{line}:{column}")
    };
    let mut shown = String::new();
    for (id, symbol) in occurrences.symbols() {
        let (kind, name) = match symbol {
            Symbol::Stage(index) => ("stage", model.stages[*index].display_name()),
            Symbol::Variable { name, .. } => ("variable", name.clone()),
            Symbol::Outside { name } => ("outside", name.clone()),
            Symbol::Heredoc { name, .. } => ("heredoc", name.clone()),
        };
        write!(shown, "{kind} {name}:").unwrap();
        for occurrence in occurrences.of_symbol(id) {
            let written = &text[occurrence.range.start as usize..occurrence.range.end as usize];
            if occurrence.spelling == Spelling::Name {
                assert_eq!(written.to_lowercase(), name.to_lowercase());
            }
            let role = match occurrence.role {
                Role::Definition => "!",
                Role::Write => "=",
                Role::Read => "",
            };
            let spelling = if occurrence.spelling == Spelling::Name { "" } else { "~" };
            write!(shown, " {role}{spelling}{}", place(occurrence)).unwrap();
            for source in &occurrence.sources {
                write!(shown, "<{}", occurrences.definition(*source).map_or("?".to_owned(), place)).unwrap();
            }
        }
        shown.push('\n');
    }
    expected.assert_eq(&shown);
}

#[test]
fn stages_are_named_numbered_and_reached_through_a_variable() {
    check(
        "ARG BASE=build\nFROM node AS Build\nFROM build AS test\nCOPY --from=BUILD /a /a\nCOPY --from=0 /a /a\nRUN --mount=type=bind,from=build,target=/m true\nFROM $BASE\nCOPY --from=alpine /a /a\n",
        expect![[r#"
            variable BASE: !1:5 7:7<1:5
            stage Build: !2:14 3:6 4:13 ~5:13 6:28 ~7:6
            stage test: !3:15
        "#]],
    );
}

#[test]
fn a_reference_to_a_later_stage_is_one_although_it_is_refused() {
    check(
        "FROM a\nCOPY --from=late /a /a\nCOPY --from=7 /a /a\nFROM b AS late\n",
        expect![[r#"
        stage late: 2:13 !4:11
    "#]],
    );
}

#[test]
fn an_arg_of_a_stage_belongs_to_the_global_one() {
    check(
        "ARG V=1\nARG W=$V\nFROM node:$V AS a\nRUN echo $V\nARG V\nRUN echo $V\nFROM b\nARG V=2\nLABEL v=${V}\n",
        expect![[r#"
            variable V: !1:5 2:8<1:5 3:12<1:5 !5:5<1:5 6:11<5:5 !8:5 9:11<8:5
            variable W: !2:5
            stage a: !3:17
        "#]],
    );
}

#[test]
fn arguments_of_two_stages_without_a_global_one_are_two() {
    check(
        "FROM a\nARG V=1\nRUN echo $V\nFROM b\nARG V=2\nRUN echo $V\nARG V=3\nUSER $V\n",
        expect![[r#"
        variable V: !2:5 3:11<2:5
        variable V: !5:5 6:11<5:5 !7:5 8:7<7:5
    "#]],
    );
}

#[test]
fn env_is_another_variable_than_the_argument_that_it_shadows() {
    check(
        "FROM a AS one\nARG V=1\nENV V=$V\nRUN echo $V\nFROM one\nENV V=${V}2\nRUN echo $V\nFROM b\nRUN echo $V\n",
        expect![[r#"
            stage one: !1:11 5:6
            variable V: !2:5 3:8<2:5
            variable V: !3:5 4:11<3:5 !6:5 6:9<3:5 7:11<6:5
        "#]],
    );
}

#[test]
fn a_stage_hands_down_its_variables_to_those_that_build_on_it() {
    check(
        "FROM a AS one\nARG V=1\nENV W=2\nFROM one AS two\nRUN echo $V $W\nFROM two\nARG V=3\nRUN echo $V $W\n",
        expect![[r#"
            stage one: !1:11 4:6
            variable V: !2:5 5:11<2:5 !7:5 8:11<7:5
            variable W: !3:5 5:14<3:5 8:14<3:5
            stage two: !4:13 6:6
        "#]],
    );
}

#[test]
fn an_argument_without_a_value_lets_what_lies_behind_it_through() {
    check(
        "FROM a\nENV V=1\nARG V\nRUN echo $V\n",
        expect![[r#"
        variable V: !2:5 !3:5 4:11<3:5<2:5
    "#]],
    );
}

#[test]
fn all_words_that_the_builder_expands() {
    check(
        "FROM a\nARG A=1 B=${A:-${A}x}\nENV C=\"$A\" \"D\"='$A' $A=x\nCOPY --chown=$A --chmod=${A} $A/x $B/\nWORKDIR /$A/$B\nEXPOSE $A $B\nVOLUME [\"/$A\"]\nUSER $A:$B\nSTOPSIGNAL $A\nLABEL $A=$B\nRUN --mount=type=cache,id=$A,target=/x true\n",
        expect![[r#"
            variable A: !2:5 3:9<2:5 3:22<2:5 4:15<2:5 4:27<2:5 4:31<2:5 5:11<2:5 6:9<2:5 7:12<2:5 8:7<2:5 9:13<2:5 10:8<2:5 11:28<2:5
            variable B: !2:9 4:36<2:9 5:14<2:9 6:12<2:9 8:10<2:9 10:11<2:9
            outside A: 2:13 2:18
            variable C: !3:5
            variable D: !3:13
            variable 1: !~3:21
        "#]],
    );
}

#[test]
fn shell_text_is_read_as_the_shell_does() {
    check(
        "FROM a\nARG V=1\nRUN echo \"$V\" '$V' \\$V ${V:-$HOME} $(echo $V) $((V + 1)) \\\n  # $V\n  && sh -c 'echo $V' && echo ${#V}\n",
        expect![[r#"
            variable V: !2:5 3:12<2:5 3:26<2:5 3:44<2:5 3:50<2:5 5:19<2:5 5:33<2:5
        "#]],
    );
}

#[test]
fn what_a_script_sets_by_itself_is_not_ours() {
    check(
        "FROM a\nARG V=1\nRUN V=2 && echo $V\nRUN V=2; echo $V\nRUN for V in a $V; do echo $V; done\nRUN read V && echo $V\nRUN x && V=2 && echo $V\n",
        expect![[r#"
            variable V: !2:5 5:17<2:5
        "#]],
    );
}

#[test]
fn what_a_script_sets_for_one_program_or_after_reading_it_is_ours_before() {
    check(
        "FROM a\nARG V=1\nRUN V=$V make $V && V=$V-x && echo $V\nRUN echo $V; export V=2; echo $V\n",
        expect![[r#"
            variable V: !2:5 3:8<2:5 3:16<2:5 3:24<2:5 4:11<2:5
        "#]],
    );
}

#[test]
fn what_a_script_may_have_set_is_the_variable_outside() {
    check(
        "FROM a\nARG V=1\nRUN if [ -z \"$V\" ]; then V=2; fi; echo $V\nRUN x || V=2; echo $V\nRUN x && V=2; echo $V\nRUN export V && y\nRUN unset V\n",
        expect![[r#"
            variable V: !2:5 3:15<2:5 =3:26<2:5 3:41<2:5 =4:10<2:5 4:21<2:5 =5:10<2:5 5:21<2:5 6:12<2:5 =7:11<2:5
        "#]],
    );
}

#[test]
fn heredocs_of_scripts_files_and_other_languages() {
    check(
        "FROM a\nARG V=1\nRUN <<EOF\necho $V '$V'\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\nprint(\"$V\")\nEOF\nRUN cat <<'EOF' > /x && cat <<-END > /y\n$V\nEOF\n\t$V\n\tEND\nCOPY <<EOF <<\"RAW\" /z/\n'$V' \\$V\nEOF\n$V\nRAW\n",
        expect![[r#"
            variable V: !2:5 4:7<2:5 13:3<2:5 16:3<2:5
            heredoc EOF: !3:7 5:1
            heredoc EOF: !6:7 9:1
            heredoc EOF: !10:12 12:1
            heredoc END: !10:32 14:2
            heredoc EOF: !15:8 17:1
            heredoc RAW: !15:15 19:1
        "#]],
    );
}

#[test]
fn at_run_time_the_environment_alone_is_there() {
    check(
        "FROM a\nARG V=1\nCMD echo $V $W\nENV W=2\nENTRYPOINT [\"sh\", \"-c\", \"echo $V $W\"]\nHEALTHCHECK CMD echo $W\nONBUILD RUN echo $V $W\nONBUILD COPY $W /\n",
        expect![[r#"
            variable V: !2:5
            variable W: 3:14<4:5 !4:5 5:35<4:5 6:23<4:5 7:22<4:5 8:15<4:5
        "#]],
    );
}

#[test]
fn other_shells_are_not_read() {
    check(
        "FROM a\nARG V=1\nSHELL [\"pwsh\", \"-c\"]\nRUN echo $V\nRUN [\"echo\", \"$V\"]\n",
        expect![[r#"
        variable V: !2:5
    "#]],
    );
}

#[test]
fn what_comes_from_outside_the_file() {
    let image = ImageFacts {
        environment: [("NODE_VERSION".to_owned(), "22".to_owned())].into(),
        ..ImageFacts::default()
    };
    let facts = Facts { base_images: [("node".to_owned(), image)].into(), ..Facts::default() };
    check_with(
        "FROM --platform=$BUILDPLATFORM node\nENV X=$NODE_VERSION:$OTHER\nRUN echo $NODE_VERSION $OTHER $HTTP_PROXY\nARG BUILDPLATFORM\nRUN echo $BUILDPLATFORM\n",
        &facts,
        expect![[r#"
            variable BUILDPLATFORM: 1:18 !4:5 5:11<4:5
            variable X: !2:5
            outside NODE_VERSION: 2:8 3:11
            outside OTHER: 2:22
            outside HTTP_PROXY: 3:32
        "#]],
    );
}

#[test]
fn another_escape_character_crlf_and_characters_of_many_bytes() {
    check(
        "# escape=`\r\nFROM a AS bü\r\nARG V=😀\r\nRUN echo `\r\n  $V ü$V\r\nCOPY --from=bü `\r\n $V /\r\nCOPY <<EOF /x\r\n$V\r\nEOF\r\n",
        expect![[r#"
            stage bü: !2:11 6:13
            variable V: !3:5 5:4<3:5 5:9<3:5 7:3<3:5 9:2<3:5
            heredoc EOF: !8:8 10:1
        "#]],
    );
}

#[test]
fn a_half_typed_file_keeps_what_can_be_read() {
    check(
        "ARG V\nFROM\nFROM a AS\nARG V=\nENV V\nRUN echo ${V\nRUN <<EOF\n$V\nCOPY --from= \"$V",
        expect![[r#"
            variable V: !1:5 !4:5
            variable V: !5:5 8:2<5:5 9:16<5:5
            heredoc EOF: !7:7
        "#]],
    );
}
