//! Stages, and references to them.

use expect_test::expect;

use super::{check, check_nothing};

const TEXT: &str = "FROM --platform=$BUILDPLATFORM node:22 AS deps\nRUN npm ci\nFROM deps AS build\nENV A=1\nRUN make\nFROM alpine:3.20 AS lint\nFROM scratch\nCOPY --from=build /out /\nRUN --mount=from=build,target=/b x\n";

fn at(needle: &str, with_cursor: &str) -> String {
    assert_eq!(TEXT.matches(needle).count(), 1, "{needle}");
    TEXT.replacen(needle, with_cursor, 1)
}

#[test]
fn a_stage_says_what_it_is_and_who_uses_it() {
    check(
        &at("AS deps", "AS de$0ps"),
        expect![[r#"
            [deps]
            Stage **`deps`**, number 0, line 1

            - Builds on `node:22`
            - Platform: `$BUILDPLATFORM`
            - 1 step
            - Used by `FROM` in line 3
            - Only what is copied from it gets into the image
        "#]],
    );
    check(
        &at("FROM deps", "FROM de$0ps"),
        expect![[r#"
            [deps]
            Stage **`deps`**, number 0, line 1

            - Builds on `node:22`
            - Platform: `$BUILDPLATFORM`
            - 1 step
            - Used by `FROM` in line 3
            - Only what is copied from it gets into the image
        "#]],
    );
    check(
        &at("--from=build", "--from=bu$0ild"),
        expect![[r#"
            [build]
            Stage **`build`**, number 1, line 3

            - Builds on `deps`, on `node:22`
            - 1 step, 1 setting
            - Used by `COPY` in line 8, `RUN` in line 9
            - Only what is copied from it gets into the image
        "#]],
    );
    check(
        &at("mount=from=build", "mount=from=bu$0ild"),
        expect![[r#"
            [build]
            Stage **`build`**, number 1, line 3

            - Builds on `deps`, on `node:22`
            - 1 step, 1 setting
            - Used by `COPY` in line 8, `RUN` in line 9
            - Only what is copied from it gets into the image
        "#]],
    );
    check(
        &at("AS lint", "AS li$0nt"),
        expect![[r#"
        [lint]
        Stage **`lint`**, number 2, line 6

        - Builds on `alpine:3.20`
        - Adds nothing of its own
        - No other stage uses it
        - No build makes it unless asked to: `--target lint`
    "#]],
    );
    check(
        &at("node:22 AS", "node:22 $0AS"),
        expect![[r#"
        [AS]
        Names the stage, for `--from`, `--target` and other FROM lines.
    "#]],
    );
}

#[test]
fn a_number_is_a_stage_too() {
    check(
        "FROM a\nRUN x\nFROM b\nCOPY --from=$00 /a /b\n",
        expect![[r#"
            [0]
            Stage **`stage-0`**, number 0, line 1

            - Builds on `a`
            - 1 step
            - Used by `COPY` in line 4
            - Only what is copied from it gets into the image
        "#]],
    );
    check(
        "FROM a\nCOPY --from=$07 /a /b\n",
        expect![[r#"
        [7]
        `7` is the number of no stage

        The file has 1 stage, the last is number 0.
    "#]],
    );
}

#[test]
fn what_is_no_stage_is_an_image_or_comes_too_late() {
    check(
        "FROM a\nCOPY --from=al$0pine:3 /a /b\n",
        expect![[r#"
            [alpine:3]
            **`alpine`**, official image on Docker Hub

            Tag `3`

            [Docker Hub](https://hub.docker.com/_/alpine)
        "#]],
    );
    check(
        "FROM a\nCOPY --from=la$0ter /a /b\nFROM b AS later\n",
        expect![[r#"
        [later]
        **`later`** is a stage that comes later, in line 3

        A stage can only use what is above it.
    "#]],
    );
    check(
        "FROM a AS me\nCOPY --from=m$0e /a /b\n",
        expect![[r#"
            [me]
            **`me`** is this very stage: it cannot copy from itself
        "#]],
    );
    check(
        "FROM scr$0atch\n",
        expect![[r#"
        [scratch]
        **`scratch`** is the empty image

        No file, no shell, no user: what runs in it must bring all that it needs.
    "#]],
    );
}

#[test]
fn half_typed_references_do_no_harm() {
    check(
        "FROM a\nCOPY --from=$0\n",
        expect![[r#"
            [--from]
            **`--from=stage|image|context`**: where the files come from.

            A stage by its name or number, an image, or a context that the caller names with `--build-context`. Variables cannot stand in it.

            Without it: the build context.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#copy---from)
        "#]],
    );
    check_nothing("FROM a\nCOPY --from=$$0X a b\n");
    check_nothing("FROM $0\n");
    check_nothing("FROM a AS $0\n");
}
