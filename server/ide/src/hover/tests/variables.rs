//! Variables.

use expect_test::expect;

use super::{Outside, check, check_nothing, check_with};
use crate::settings::Settings;
use semantic::ImageFacts;

#[test]
fn a_use_has_its_value_and_its_source() {
    check(
        "ARG TAG=22\nFROM node:$T$0AG\n",
        expect![[r#"
            [$TAG]
            **`TAG`** = `22`

            Global `ARG` in line 1.

            `--build-arg TAG=…` overrides it.

            `node:$TAG` becomes `node:22`
        "#]],
    );
    check(
        "FROM a\nARG V=1.2\nRUN echo $$0V\n",
        expect![[r#"
            [$V]
            **`V`** = `1.2`

            `ARG` in line 2; containers do not have it.

            `--build-arg V=…` overrides it.
        "#]],
    );
    check(
        "FROM a AS base\nENV HOME_DIR=/srv\nFROM base\nWORKDIR $HOME$0_DIR/x\n",
        expect![[r#"
            [$HOME_DIR]
            **`HOME_DIR`** = `/srv`

            `ENV` in line 2, in stage `base`; containers have it too.

            `$HOME_DIR/x` becomes `/srv/x`
        "#]],
    );
    check(
        "ARG G=1\nFROM a\nARG G\nRUN echo ${$0G}\n",
        expect![[r#"
            [${G}]
            **`G`** = `1`

            `ARG` in line 3, with the default of line 1; containers do not have it.

            `--build-arg G=…` overrides it.
        "#]],
    );
    check(
        "FROM a\nARG V\nRUN echo $V$0\n",
        expect![[r#"
            [$V]
            **`V`** has no value

            `ARG` in line 2; containers do not have it.

            Only `--build-arg V=…` gives it one.
        "#]],
    );
}

#[test]
fn what_is_not_set_is_said_so() {
    check(
        "FROM scratch\nENV A=$NO$0PE\n",
        expect![[r#"
        [$NOPE]
        **`NOPE`** is not set: it expands to nothing
    "#]],
    );
    check(
        "FROM node:22\nENV A=$NO$0PE\n",
        expect![[r#"
            [$NOPE]
            **`NOPE`** is not set in this file

            The base image `node:22` may set it: what that sets is not known here.
        "#]],
    );
    check(
        "ARG G=1\nFROM a\nENV A=$$0G\n",
        expect![[r#"
        [$G]
        **`G`** is not set in this stage

        The global `ARG` in line 1 ends at FROM: repeat `ARG G` here to have it.
    "#]],
    );
    check(
        "FROM a\nRUN echo $HO$0ME\n",
        expect![[r#"
        [$HOME]
        **`HOME`** is set when the command runs, by the shell or the builder
    "#]],
    );
    check(
        "FROM a\nRUN for f in a b; do echo $$0f; done\n",
        expect![[r#"
        [$f]
        **`f`** is set by this command itself, and is gone when it ends
    "#]],
    );
    check(
        "FROM a\nRUN x=1; echo $$0x\n",
        expect![[r#"
        [$x]
        **`x`** is set by this command itself, and is gone when it ends
    "#]],
    );
}

#[test]
fn predefined_variables_are_known() {
    check(
        "FROM --platform=$BUILD$0PLATFORM a\n",
        expect![[r#"
        [$BUILDPLATFORM]
        **`BUILDPLATFORM`**: the platform that the build runs on

        Such as `linux/amd64`.
    "#]],
    );
    check(
        "FROM a\nRUN echo $TARGET$0ARCH\n",
        expect![[r#"
        [$TARGETARCH]
        **`TARGETARCH`**: the processor architecture that the image is for

        Not set in this stage until it says `ARG TARGETARCH`.
    "#]],
    );
    check(
        "FROM a\nARG TARGETARCH\nRUN echo $TARGET$0ARCH\n",
        expect![[r#"
            [$TARGETARCH]
            **`TARGETARCH`**: the processor architecture that the image is for

            `ARG` in line 2; containers do not have it.

            `--build-arg TARGETARCH=…` overrides it.
        "#]],
    );
    check(
        "FROM a\nRUN echo $HTTP_$0PROXY\n",
        expect![[r#"
        [$HTTP_PROXY]
        **`HTTP_PROXY`**: the proxy for http, in every RUN and in no cache key

        Set when the caller gives it; no `ARG` is needed.
    "#]],
    );
}

#[test]
fn an_expression_says_what_it_yields() {
    check(
        "FROM a\nARG V\nENV W=${V:-1$0.2}\n",
        expect![[r#"
            [${V:-1.2}]
            **`V`** has no value

            `ARG` in line 2; containers do not have it.

            Only `--build-arg V=…` gives it one.

            `${V:-1.2}` yields `1.2`
        "#]],
    );
    check(
        "FROM a\nARG V=x\nENV W=${$0V:+set}\n",
        expect![[r#"
            [${V:+set}]
            **`V`** = `x`

            `ARG` in line 2; containers do not have it.

            `--build-arg V=…` overrides it.

            `${V:+set}` yields `set`
        "#]],
    );
    check(
        "FROM scratch\nENV W=${V:?needed$0}\n",
        expect![[r#"
        [${V:?needed}]
        **`V`** is not set: it expands to nothing

        `${V:?needed}` stops the build: there is no value
    "#]],
    );
    check(
        "FROM a\nENV P=/a/b.txt\nENV W=${P%.t$0xt}\n",
        expect![[r#"
            [${P%.txt}]
            **`P`** = `/a/b.txt`

            `ENV` in line 2; containers have it too.

            `${P%.txt}` yields `/a/b`
        "#]],
    );
    check(
        "FROM a\nENV B=1\nENV W=${A:-$$0B}\n",
        expect![[r#"
            [$B]
            **`B`** = `1`

            `ENV` in line 2; containers have it too.
        "#]],
    );
}

#[test]
fn a_base_image_that_is_known_gives_its_variables() {
    let environment = [("NODE_VERSION".to_owned(), "22.1.0".to_owned())].into();
    let image = ImageFacts { environment, ..ImageFacts::default() };
    let outside = Outside::new().image("node:22", image);
    check_with(
        "FROM node:22\nRUN echo $NODE_$0VERSION\n",
        outside,
        expect![[r#"
            [$NODE_VERSION]
            **`NODE_VERSION`** = `22.1.0`

            Set by the base image `node:22`.
        "#]],
    );
}

#[test]
fn a_definition_says_whom_it_reaches() {
    check(
        "ARG T$0AG=22\nFROM a:$TAG\nARG TAG\nFROM b\nARG TAG\n",
        expect![[r#"
            [TAG]
            **`TAG`** = `22`

            Global: every FROM sees it. Stages `stage-0`, `stage-1` take it over.

            `--build-arg TAG=…` overrides it.
        "#]],
    );
    check(
        "ARG TA$0G=22\nFROM a:$TAG\n",
        expect![[r#"
        [TAG]
        **`TAG`** = `22`

        Global: every FROM sees it. A stage sees it behind an `ARG TAG` of its own.

        `--build-arg TAG=…` overrides it.
    "#]],
    );
    check(
        "ARG TAG=22\nFROM a\nARG TA$0G\n",
        expect![[r#"
        [TAG]
        **`TAG`** = `22`

        For the rest of this stage; containers do not have it. Its default is that of line 1.

        `--build-arg TAG=…` overrides it.
    "#]],
    );
    check(
        "FROM a\nENV PATH=/a\nENV PA$0TH=/b:$PATH\n",
        expect![[r#"
        [PATH]
        **`PATH`** = `/b:/a`

        From here on, in stages built on this one, and in containers.

        Replaces the value of line 2.
    "#]],
    );
    check(
        "FROM a\nENV PATH=/a\nENV PATH=/$0b:$PATH\n",
        expect![[r#"
        [/b:$PATH]
        **`PATH`** becomes `/b:/a`
    "#]],
    );
    check(
        "FROM a\nENV NAM$0E some value\n",
        expect![[r#"
        [NAME]
        **`NAME`** = `some value`

        From here on, in stages built on this one, and in containers.

        This is the old form; `ENV NAME=…` allows several, and quotes.
    "#]],
    );
    check_nothing("FROM a\nENV NAME=so$0me\n");
}

#[test]
fn a_container_has_no_arguments() {
    check(
        "FROM a\nARG V=1\nCMD echo $$0V\n",
        expect![[r#"
        [$V]
        **`V`** is not set in a container

        `ARG` in line 2: it ends with the build. `ENV V=$V` keeps it.
    "#]],
    );
    check(
        "FROM a\nENV V=1\nCMD echo $$0V\n",
        expect![[r#"
            [$V]
            **`V`** = `1`

            `ENV` in line 2; containers have it too.
        "#]],
    );
    check(
        "FROM a\nENV V=1\nCMD [\"echo\", \"$$0V\"]\n",
        expect![[r#"
        [$V]
        `$V` is passed as it is

        A JSON list starts no shell, so nothing expands it. Write the shell form, or `["sh", "-c", "…"]`.
    "#]],
    );
}

#[test]
fn settings_that_give_an_argument_are_named() {
    let mut settings = Settings::default();
    settings.build.args.insert("V".to_owned(), "2".to_owned());
    let outside = Outside { settings, ..Outside::new() };
    check_with(
        "FROM a\nARG $0V=1\n",
        outside,
        expect![[r#"
        [V]
        **`V`** = `1`

        For the rest of this stage; containers do not have it.

        Builds from the editor pass `V=2`, by the settings.
    "#]],
    );
}

#[test]
fn continuations_line_ends_escapes_and_other_alphabets_shift_nothing() {
    check(
        "FROM a\r\nENV W=\"ü😀\" \\\r\n  # comment\r\n  X=$W$0\r\n",
        expect![[r#"
            [$W]
            **`W`** is not set in this file

            The base image `a` may set it: what that sets is not known here.
        "#]],
    );
    check(
        "# escape=`\nFROM a\nENV A=1\nCOPY a `\n  /x/$$0A/\n",
        expect![[r#"
            [$A]
            **`A`** = `1`

            `ENV` in line 3; containers have it too.

            `/x/$A/` becomes `/x/1/`
        "#]],
    );
    check(
        "FROM a\nENV A=1\nRUN <<EOF\necho 😀 $$0A\nEOF\n",
        expect![[r#"
            [$A]
            **`A`** = `1`

            `ENV` in line 2; containers have it too.
        "#]],
    );
    check_nothing("FROM a\nENV A='$$0B'\n");
    check(
        "FROM a\nENV A=${B$0",
        expect![[r#"
            [${B]
            **`B`** is not set in this file

            The base image `a` may set it: what that sets is not known here.
        "#]],
    );
}

#[test]
fn a_heredoc_that_becomes_a_file_has_its_variables_expanded() {
    let body = "FROM a\nENV A=1\nCOPY <<CONF /etc/x\nit's $AT ü ${$0A} \\$A\nCONF\n";
    check(
        body,
        expect![[r#"
        [${A}]
        **`A`** = `1`

        `ENV` in line 2; containers have it too.
    "#]],
    );
    check(
        &body.replace("${$0A}", "${A:-$0x}"),
        expect![[r#"
        [${A:-x}]
        **`A`** = `1`

        `ENV` in line 2; containers have it too.

        `${A:-x}` yields `1`
    "#]],
    );
    check_nothing(&body.replace("<<CONF", "<<'CONF'"));
    check_nothing(&body.replace("${$0A} \\$A", "${A} \\$0$A"));
    check_nothing(&body.replace("${$0A}", "{$0A}"));
    check(
        "FROM a\nCOPY <<CONF /etc/x\n${$0",
        expect![[r#"
        nothing
    "#]],
    );
}
