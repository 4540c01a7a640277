//! What callers give, and what the file comes to for each of them.

use expect_test::expect;

use super::{Outside, check, check_with};

fn two() -> Outside {
    Outside::new().caller("web", &[("TAG", "22")], &[]).caller("worker", &[], &[])
}

#[test]
fn an_argument_that_callers_give_differently_is_shown_for_each() {
    check_with(
        "ARG T$0AG=20\nFROM node:$TAG\n",
        two(),
        expect![[r#"
        [TAG]
        **`TAG`** depends on the caller

        - `22` for `compose.yaml:web`
        - `20`, its default, for `compose.yaml:worker`

        Global: every FROM sees it. A stage sees it behind an `ARG TAG` of its own.
    "#]],
    );
    check_with(
        "ARG TAG\nFROM node:$T$0AG\n",
        two(),
        expect![[r#"
            [$TAG]
            **`TAG`** depends on the caller

            - `22` for `compose.yaml:web`
            - No value for `compose.yaml:worker`

            Global `ARG` in line 1.
        "#]],
    );
    check_with(
        "FROM a\r\nARG TAG='ü😀'\r\nENV W=v${T$0AG}\r\n",
        two(),
        expect![[r#"
        [${TAG}]
        **`TAG`** depends on the caller

        - `22` for `compose.yaml:web`
        - `ü😀`, its default, for `compose.yaml:worker`

        `ARG` in line 2; containers do not have it.
    "#]],
    );
    check_with(
        "FROM a\nARG TAG=20\nENV $0W=v${TAG}\n",
        two(),
        expect![[r#"
        [W]
        **`W`** depends on the caller

        - `v22` for `compose.yaml:web`
        - `v20` for `compose.yaml:worker`

        From here on, in stages built on this one, and in containers.
    "#]],
    );
    check_with(
        "FROM a\nARG TAG\nENV W=${TAG:-$018}\n",
        two(),
        expect![[r#"
            [${TAG:-18}]
            **`TAG`** depends on the caller

            - `22` for `compose.yaml:web`
            - No value for `compose.yaml:worker`

            `ARG` in line 2; containers do not have it.

            `${TAG:-18}` yields `22` for `compose.yaml:web`, `18` for `compose.yaml:worker`
        "#]],
    );
    check_with(
        "# escape=`\nFROM a\nARG TAG=20\nWORKDIR `\n  /sr$0v/$TAG\n",
        two(),
        expect![[r#"
        [/srv/$TAG]
        **`/srv/$TAG`** depends on the caller

        - `/srv/22` for `compose.yaml:web`
        - `/srv/20` for `compose.yaml:worker`

        Made, as root's, where it does not exist. Steps below and containers start in it.
    "#]],
    );
}

#[test]
fn an_argument_that_callers_give_alike_has_their_value() {
    let both = || Outside::new().caller("web", &[("TAG", "22")], &[]).caller("worker", &[("TAG", "22")], &[]);
    check_with(
        "ARG T$0AG=20\nFROM node:$TAG\n",
        both(),
        expect![[r#"
        [TAG]
        **`TAG`** = `22`

        Global: every FROM sees it. A stage sees it behind an `ARG TAG` of its own.

        Given by `compose.yaml:web`, `compose.yaml:worker`.
    "#]],
    );
    check_with(
        "ARG TAG=20\nFROM no$0de:$TAG\n",
        both(),
        expect![[r#"
            [node:$TAG]
            **`node`**, official image on Docker Hub

            Tag `22`

            [Docker Hub](https://hub.docker.com/_/node)

            `node:$TAG` is `node:22` for every caller that is known.
        "#]],
    );
}

#[test]
fn a_base_that_depends_on_the_caller_is_shown_for_each() {
    check_with(
        "ARG TAG=20\nFROM no$0de:$TAG\n",
        two(),
        expect![[r#"
        [node:$TAG]
        **`node:$TAG`** depends on the caller

        - `node:22` for `compose.yaml:web`
        - `node:20` for `compose.yaml:worker`
    "#]],
    );
    check_with(
        "ARG TAG=20\nFROM a AS s22\nFROM s$TA$0G\n",
        two(),
        expect![[r#"
        [$TAG]
        **`TAG`** depends on the caller

        - `22` for `compose.yaml:web`
        - `20`, its default, for `compose.yaml:worker`

        Global `ARG` in line 1.
    "#]],
    );
    check_with(
        "ARG TAG=20\nFROM a AS s22\nFROM s$0$TAG\n",
        two(),
        expect![[r#"
        [$TAG]
        **`TAG`** depends on the caller

        - `22` for `compose.yaml:web`
        - `20`, its default, for `compose.yaml:worker`

        Global `ARG` in line 1.
    "#]],
    );
}

#[test]
fn what_cannot_be_told_has_its_reason() {
    let unknown = || Outside::new().caller("web", &[("TAG", "?")], &[]);
    check_with(
        "ARG T$0AG=20\nFROM node:$TAG\n",
        unknown(),
        expect![[r#"
        [TAG]
        **`TAG`** comes from `compose.yaml:web`

        Its value cannot be told: ${X} is not known.

        Global: every FROM sees it. A stage sees it behind an `ARG TAG` of its own.
    "#]],
    );
    check_with(
        "ARG TAG=20\nFROM no$0de:$TAG\n",
        unknown(),
        expect![[r#"
        [node:$TAG]
        **`node:$TAG`** is not known before the build

        `$TAG` comes from a caller, in a way that cannot be told.
    "#]],
    );
    check(
        "FROM no$0de-$TARGETARCH\n",
        expect![[r#"
        [node-$TARGETARCH]
        **`node-$TARGETARCH`** is not known before the build

        `$TARGETARCH` comes from the builder.
    "#]],
    );
    check(
        "ARG TARGETARCH\nFROM no$0de-$TARGETARCH\n",
        expect![[r#"
        [node-$TARGETARCH]
        **`node-$TARGETARCH`** is not known before the build

        `$TARGETARCH` comes from the builder.
    "#]],
    );
    check(
        "FROM no$0de:$NOPE\n",
        expect![[r#"
            [node:$NOPE]
            **`node:`** cannot be the name of an image

            `""` is no tag: letters, digits, `_`, `.` and `-`, at most 128

            `node:$NOPE` is `node:`.

            `$NOPE` is not set: FROM sees what `ARG` sets above the first FROM, and nothing else.
        "#]],
    );
    check(
        "FROM a\nENV PA$0TH=\"/x:$PATH\"\n",
        expect![[r#"
        [PATH]
        **`PATH`** = `/x:$PATH`

        What `$PATH` comes to is not known here.

        From here on, in stages built on this one, and in containers.
    "#]],
    );
}

#[test]
fn secrets_of_callers_stay_hidden() {
    let secret = || {
        Outside::new().caller("web", &[("NPM_TOKEN", "hush")], &[]).caller(
            "worker",
            &[("NPM_TOKEN", "pst")],
            &[],
        )
    };
    check_with(
        "FROM a\nARG NPM_TO$0KEN\n",
        secret(),
        expect![[r#"
            [NPM_TOKEN]
            **`NPM_TOKEN`** depends on the caller

            - A hidden value for `compose.yaml:web`
            - A hidden value for `compose.yaml:worker`

            For the rest of this stage; containers do not have it.
        "#]],
    );
    check_with(
        "FROM a\nARG NPM_TOKEN\nENV A=${NPM_TOKEN:-$0x}\n",
        secret(),
        expect![[r#"
            [${NPM_TOKEN:-x}]
            **`NPM_TOKEN`** depends on the caller

            - A hidden value for `compose.yaml:web`
            - A hidden value for `compose.yaml:worker`

            `ARG` in line 2; containers do not have it.
        "#]],
    );
}

#[test]
fn a_stage_that_all_callers_replace_is_a_named_context() {
    let text = "FROM a AS deps\nRUN x\nFROM de$0ps\nCOPY --from=deps /x /x\n";
    let with = |more: &[(&str, &str)]| {
        Outside::new().caller("web", &[], &[("deps", "/project/libs")]).caller("worker", &[], more)
    };
    check_with(
        text,
        with(&[("deps", "/project/libs")]),
        expect![[r#"
        [deps]
        **`deps`** is a named context: the build takes it from its caller

        - `compose.yaml:web` gives the folder `libs`
        - `compose.yaml:worker` gives the folder `libs`

        It takes the place of the stage in line 1, of which nothing runs.
    "#]],
    );
    check_with(
        &text.replace("de$0ps", "deps").replace("/x /x", "/x$0 /x"),
        with(&[("deps", "docker-image://b:1")]),
        expect![[r#"
            [/x]
            **`/x`** of the named context `deps`
        "#]],
    );
    check_with(
        &text.replace("de$0ps", "deps").replace("COPY", "CO$0PY"),
        with(&[("deps", "/project/libs")]),
        expect![[r#"
            [COPY]
            **`COPY`**: copies files of the build context, a stage or an image.

            - `COPY source… destination`
            - `COPY ["source", …, "destination"]`
            - `COPY <<EOF destination`

            Of a folder its contents are copied, not the folder itself. With several sources, or a pattern, the destination must end with `/`.

            Runs again when one of these changes: this instruction, what it copies of the named context `deps`, the named context `deps`.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#copy)
        "#]],
    );
    // The worker builds the stage.
    check_with(
        text,
        with(&[]),
        expect![[r#"
        [deps]
        Stage **`deps`**, number 0, line 1

        - Builds on `a`
        - 1 step
        - Used by `FROM` in line 3, `COPY` in line 4
        - All its layers are in the image
        - `compose.yaml:web` gives the folder `libs` in its place: nothing of the stage runs there
    "#]],
    );
    check_with(
        &text.replace("de$0ps", "deps").replace("/x /x", "/x$0 /x"),
        with(&[]),
        expect![[r#"
        [/x]
        **`/x`** of stage `deps`, line 1
    "#]],
    );
}

#[test]
fn callers_that_were_not_looked_at_are_counted() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let outside =
        names.iter().fold(Outside::new(), |outside, name| outside.caller(name, &[("TAG", *name)], &[]));
    check_with(
        "ARG TAG\nFROM node:$T$0AG\n",
        outside,
        expect![[r#"
        [$TAG]
        **`TAG`** depends on the caller

        - `a` for `compose.yaml:a`
        - `b` for `compose.yaml:b`
        - `c` for `compose.yaml:c`
        - `d` for `compose.yaml:d`
        - `e` for `compose.yaml:e`
        - `f` for `compose.yaml:f`
        - `g` for `compose.yaml:g`
        - `h` for `compose.yaml:h`
        - 2 more callers not looked at

        Global `ARG` in line 1.
    "#]],
    );
    let same = names.iter().enumerate().fold(Outside::new(), |outside, (number, name)| {
        let other = format!("{number}");
        let tag = if number < 8 { "22" } else { "23" };
        outside.caller(name, &[("TAG", tag), ("OTHER", other.as_str())], &[])
    });
    check_with(
        "ARG TAG\nFROM node:$T$0AG\n",
        same,
        expect![[r#"
        [$TAG]
        **`TAG`** depends on the caller

        - `22` for `compose.yaml:a`, `compose.yaml:b`, `compose.yaml:c`, `compose.yaml:d` and 4 more
        - 2 more callers not looked at

        Global `ARG` in line 1.
    "#]],
    );
}

#[test]
fn a_default_in_a_base_is_no_argument() {
    check(
        "FROM node:${V:$0-22}\n",
        expect![[r#"
        [${V:-22}]
        **`V`** is not set: it expands to nothing

        `${V:-22}` yields `22`

        `node:${V:-22}` becomes `node:22`
    "#]],
    );
    check(
        "FROM no$0de:${V:-22}\n",
        expect![[r#"
        [node:${V:-22}]
        **`node`**, official image on Docker Hub

        Tag `22`

        [Docker Hub](https://hub.docker.com/_/node)

        `node:${V:-22}` is `node:22`.

        `$V` is not set: FROM sees what `ARG` sets above the first FROM, and nothing else.
    "#]],
    );
}
