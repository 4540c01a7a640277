//! Keywords, flags, mounts, directives, suppression comments, heredocs.

use expect_test::expect;

use super::{check, check_nothing};

#[test]
fn a_keyword_says_what_the_instruction_does() {
    check(
        "FROM a\nWORK$0DIR /app\n",
        expect![[r#"
        [WORKDIR]
        **`WORKDIR`**: sets the folder that the instructions below, and containers, work in.

        - `WORKDIR path`

        It is made where it does not exist. A relative path is taken against the `WORKDIR` above it, the first one against the base image's.

        [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#workdir)
    "#]],
    );
    check(
        "FROM a\nonbuild cop$0y . .\n",
        expect![[r#"
            [copy]
            **`COPY`**: copies files of the build context, a stage or an image.

            - `COPY source… destination`
            - `COPY ["source", …, "destination"]`
            - `COPY <<EOF destination`

            Of a folder its contents are copied, not the folder itself. With several sources, or a pattern, the destination must end with `/`.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#copy)
        "#]],
    );
}

#[test]
fn a_flag_its_values_and_the_keys_of_a_mount_are_explained() {
    check(
        "FROM a\nCOPY --li$0nk a b\n",
        expect![[r#"
            [--link]
            **`--link`**: makes the files a layer of their own.

            The layer depends on nothing below it: it stays cached when the base image changes, and a rebase moves no data. Symbolic links in the destination's path are not followed.

            Without it: `false`.

            Since Dockerfile 1.4.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#copy---link)
        "#]],
    );
    check(
        "FROM a\nRUN --network=no$0ne x\n",
        expect![[r#"
        [none]
        **`none`**: no network but the command's own loopback.
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=ca$0che,target=c x\n",
        expect![[r#"
            [cache]
            **`type=cache`**: a folder that later builds find as this one leaves it.

            For the caches of package managers and compilers. It is no part of the image and of no cache key, and it may be empty at any time: a command must succeed without what it holds.

            It takes `target`, `id`, `sharing`, `from`, `source`, `mode`, `uid`, `gid`, `readonly`.

            Here it is at `c` in the base image's working directory.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#run---mounttypecache)
        "#]],
    );
    check(
        "FROM a\nRUN --mount=type=cache,tar$0get=/c x\n",
        expect![[r#"
        [target]
        **`target=path`**: where the folder is seen.

        Also `dst`, `destination`.

        [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#run---mounttypecache)
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=cache,target=/c,sharing=lo$0cked x\n",
        expect![[r#"
        [locked]
        **`locked`**: a second build waits until the first has ended: for apt.
    "#]],
    );
    check(
        "FROM a\nWORKDIR /app\nRUN --mount=type=bind,target=s$0rc x\n",
        expect![[r#"
        [src]
        Mounted at `/app/src`

        Relative to the working directory `/app`.
    "#]],
    );
    check(
        "FROM a\nRUN --mount=type=secret,id=n$0pm,required x\n",
        expect![[r#"
        [npm]
        The secret **`npm`**

        Give it to a build with `--secret id=npm,src=FILE` or `--secret id=npm,env=NAME`.

        The build stops without it.
    "#]],
    );
    check(
        "FROM --platform=linux/a$0rm64 a\n",
        expect![[r#"
        [linux/arm64]
        **`linux/arm64`**: 64-bit ARM: Apple silicon, Graviton, Raspberry Pi 4 and 5.
    "#]],
    );
    check_nothing("FROM a\nRUN --nonsen$0se=1 x\n");
    check_nothing("FROM a\nRUN --mount=type=nons$0ense x\n");
    check_nothing("FROM a\nRUN --mount=type=cache,nons$0ense=1 x\n");
}

#[test]
fn directives_are_explained() {
    check(
        "# syn$0tax=docker/dockerfile:1\nFROM a\n",
        expect![[r#"
        [syntax]
        **`# syntax=`**: which image reads this Dockerfile.

        The builder fetches the named frontend and lets it read the file, so that new syntax works on an older builder. Without it the builder's own frontend reads the file.

        [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#syntax)
    "#]],
    );
    check(
        "# syntax=docker/docker$0file:1\nFROM a\n",
        expect![[r#"
        [docker/dockerfile:1]
        **`docker/dockerfile:1`** reads this file

        Docker's newest stable frontend of version `1.x`.
    "#]],
    );
    check(
        "# syntax=docker/dockerfile:1.7-l$0abs\nFROM a\n",
        expect![[r#"
        [docker/dockerfile:1.7-labs]
        **`docker/dockerfile:1.7-labs`** reads this file

        Docker's frontend `1.7-labs`, with what was not stable then.
    "#]],
    );
    check(
        "# escape=$0`\nFROM a\n",
        expect![[r#"
        [`]
        **`` ` ``**: for Windows paths.
    "#]],
    );
    check(
        "# check=skip=StageName$0Casing;error=true\nFROM a\n",
        expect![[r#"
        [StageNameCasing]
        **`stage-name-casing`**: A stage name has capital letters

        The name behind AS is not all lower case.

        [The rule's page](https://github.com/layerwise/layerwise/blob/main/server/docs/rules/stage-name-casing.md)
    "#]],
    );
    check(
        "# check=err$0or=true\nFROM a\n",
        expect![[r#"
        [error=true]
        What BuildKit's checks find makes the build fail
    "#]],
    );
    check_nothing("$0# syntax=docker/dockerfile:1\nFROM a\n");
    check_nothing("FROM a\n# syn$0tax=docker/dockerfile:1\n");
}

#[test]
fn a_file_in_another_language_has_its_directive_explained_and_nothing_else() {
    check(
        "# syntax=acme/pa$0ck:2\nFROM a\n",
        expect![[r#"
        [acme/pack:2]
        **`acme/pack:2`** reads this file

        Not Docker's own frontend: what it makes of the file is not known here.
    "#]],
    );
    check_nothing("# syntax=acme/pack:2\nFR$0OM a\n");
}

#[test]
fn a_code_in_a_suppression_comment_is_that_rule() {
    check(
        "# hadolint ignore=DL3$0026\nFROM a\n",
        expect![[r#"
            [DL3026]
            **`registry-not-trusted`**: An image comes from a registry that the settings do not trust

            A FROM, a `COPY --from=` or a mount's `from=` takes an image from a registry that the setting `trustedRegistries` does not list. Without that setting every registry is trusted. A `*` at one end of an entry stands for any letters; a name without a registry means `docker.io`.

            `DL3026` is another name of it.

            [The rule's page](https://github.com/layerwise/layerwise/blob/main/server/docs/rules/registry-not-trusted.md)
        "#]],
    );
    check(
        "FROM a\n# layerwise ignore=stage-name-ca$0sing reason: as it was\nFROM b AS B\n",
        expect![[r#"
        [stage-name-casing]
        **`stage-name-casing`**: A stage name has capital letters

        The name behind AS is not all lower case.

        [The rule's page](https://github.com/layerwise/layerwise/blob/main/server/docs/rules/stage-name-casing.md)
    "#]],
    );
    check_nothing("# hadolint ig$0nore=DL3026\nFROM a\n");
    check_nothing("# hadolint ignore=DL99$099\nFROM a\n");
    check_nothing("# layerwise ignore=secret-in-arg-or-env reason: a sta$0nd-in\nFROM a\n");
}

#[test]
fn a_heredoc_says_who_reads_it() {
    check(
        "FROM a\nRUN <<E$0OF\nset -e\nmake\nEOF\n",
        expect![[r#"
            [<<EOF]
            Heredoc **`EOF`**, 2 lines

            A script that `/bin/sh` runs. It stops at the first command that fails.
        "#]],
    );
    check(
        "FROM a\nRUN <<PY\n#!/usr/bin/env python3\nprint()\nP$0Y\n",
        expect![[r#"
        [PY]
        Heredoc **`PY`**, 2 lines

        A script that `/usr/bin/env python3` runs, by its first line.
    "#]],
    );
    check(
        "FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nRUN <<-E$0OF\n\tmake\n\tEOF\n",
        expect![[r#"
        [<<-EOF]
        Heredoc **`EOF`**, 1 line

        A script that `/bin/bash` runs, by SHELL. It goes on after a command that fails, unless it says `set -e`.

        Tabs at the start of its lines are cut off.
    "#]],
    );
    check(
        "FROM a\nCOPY <<'CO$0NF' /etc/app/\nx=1\nCONF\n",
        expect![[r#"
        [<<'CONF']
        Heredoc **`CONF`**, 1 line

        Its text becomes a file named `/etc/app/CONF`.

        Its name is quoted: nothing in it is expanded.
    "#]],
    );
    check(
        "FROM a\nCOPY <<one.tx$0t <<two.txt /etc/app/\nx=1\none.txt\nx=2\ntwo.txt\n",
        expect![[r#"
        [<<one.txt]
        Heredoc **`one.txt`**, 1 line

        Its text becomes a file named `/etc/app/one.txt`.

        Variables in it are expanded; `<<'one.txt'` would keep them as they are.
    "#]],
    );
    check(
        "FROM a\nRUN cat <<E$0OF > /etc/x\nx=$X\n",
        expect![[r#"
        [<<EOF]
        Heredoc **`EOF`**, 1 line

        Its text is what the command reads.

        Variables in it are expanded; `<<'EOF'` would keep them as they are.

        Its end is missing: a line with nothing but `EOF`.
    "#]],
    );
    check_nothing("FROM a\nCOPY <<'CONF' /etc/app\nx=$01\nCONF\n");
}

#[test]
fn nothing_is_said_where_nothing_is_known() {
    check_nothing("# a plain com$0ment about RUN\nFROM a\n");
    check_nothing("FROM a\n$0\nRUN x\n");
    check_nothing("$0");
    check_nothing("FROM a\nFROB$0NICATE x\n");
    check_nothing("FROM a\nFROBNICATE R$0UN\n");
    check_nothing("FROM a\nRUN make \\\n  # a com$0ment inside\n  all\n");
    check_nothing("FROM a\nLABEL k=so$0me\n");
}

#[test]
fn a_cursor_right_behind_a_word_means_that_word() {
    check(
        "FROM a\nSTOPSIGNAL SIGINT$0",
        expect![[r#"
        [SIGINT]
        **`SIGINT`**: what Ctrl+C sends.

        `docker stop` sends it to process 1, waits 10 s, and then kills what is left.
    "#]],
    );
    check_nothing("FROM a\n$0");
}
