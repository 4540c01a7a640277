//! RUN, CMD and ENTRYPOINT, and what the last build said.

use expect_test::expect;
use inner_loop::prediction::{Prediction, Verdict};
use inner_loop::{BuildRecord, StepRecord, StepState};
use syntax::Document;

use super::{Outside, check, check_nothing, check_with, hover};
use crate::build_record::LastBuild;
use crate::forecast::Forecast;

#[test]
fn a_command_says_what_it_installs_and_how_it_runs() {
    check(
        "FROM debian:12\nWORKDIR /app\nUSER app\nARG V=1\nRUN apt-get update && apt-get in$0stall -y curl git=1:2.39 && rm -rf /var/lib/apt/lists/*\n",
        expect![[r#"
            [apt-get install -y curl git=1:2.39]
            Installs 2 packages with `apt-get`: `curl`, `git=1:2.39`

            Recommended packages come along; `--no-install-recommends` leaves them out.

            Runs in `/app` as `app`, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the value of `V`, the step in line 2, the image `debian:12`.
        "#]],
    );
    check(
        "FROM debian:12\nRUN apt-get upd$0ate\n",
        expect![[r#"
            [apt-get update]
            Fetches the index of packages with `apt-get`

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `debian:12`.
        "#]],
    );
    check(
        "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npm,env=TOKEN np$0m ci --omit=dev\n",
        expect![[r#"
            [npm ci --omit=dev]
            Installs what the project lists with `npm`

            Exactly as its lock file says, or it fails.

            Less what only development needs.

            Runs in `/app` as the base image's user, by `/bin/sh -c`.

            With a cache at `/root/.npm`, a secret in `$TOKEN`.

            Runs again when one of these changes: this instruction, a step above it (lines 2, 3), the image `node:22`.
        "#]],
    );
    check(
        "FROM a\nRUN apk add --no-cache --virtual .deps gc$0c make\n",
        expect![[r#"
            [apk add --no-cache --virtual .deps gcc make]
            Installs 2 packages with `apk`: `gcc`, `make`

            As the group `.deps`: `apk del .deps` removes them together.

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check(
        "FROM a\nRUN npm run bui$0ld\n",
        expect![[r#"
            [npm run build]
            Builds the project with `npm`

            By its script `build`.

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check(
        "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN sudo pip inst$0all flask\n",
        expect![[r#"
            [sudo pip install flask]
            Installs 1 package with `pip`: `flask`

            Through `sudo`.

            Runs in the base image's working directory as the base image's user, by `/bin/bash -o pipefail -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check(
        "FROM a\nRUN curl -sSL https://u:pass9word@example.com/x.tgz -o /tmp/x$0.tgz\n",
        expect![[r#"
            [curl -sSL https://u:pass9word@example.com/x.tgz -o /tmp/x.tgz]
            Fetches `https://••••••••@example.com/x.tgz` to `/tmp/x.tgz`

            A page that says 404 is taken for the file: `-f` makes that fail.

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
}

#[test]
fn other_programs_have_their_surroundings_and_their_arguments_nothing() {
    check(
        "FROM scratch\nCOPY a /a\nRUN [\"/$0a\", \"b\"]\n",
        expect![[r#"
            ["/a", "b"]
            **`a`**

            Runs in `/` as `root`, without a shell.

            Runs again when one of these changes: this instruction, the step in line 2.
        "#]],
    );
    check(
        "FROM a\nRUN c$0d /app && make\n",
        expect![[r#"
            [cd /app]
            **`cd`**: changes the folder for this RUN alone; WORKDIR lasts

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check_nothing("FROM a\nRUN frobnicate so$0mething\n");
    check_nothing("FROM a\nRUN make &$0& make install\n");
    check_nothing("FROM a\nRUN $0\n");
}

#[test]
fn words_that_mean_something_by_themselves() {
    check(
        "FROM a\nRUN chmod 06$040 /etc/shadow\n",
        expect![[r#"
        [0640]
        **`0640`** is `rw-r-----`

        The owner may read and write; the group may read; others may nothing.
    "#]],
    );
    check(
        "FROM a\nRUN set -eu$0x; make\n",
        expect![[r#"
            [-eux]
            **`set -eux`**

            - `-e`: stops at the first command that fails
            - `-u`: a variable that is not set is an error
            - `-x`: shows each command before it runs; secrets in them are shown too
        "#]],
    );
}

#[test]
fn scripts_in_heredocs_and_over_many_lines_are_read() {
    check(
        "FROM a\nRUN <<EOF\napk add cu$0rl\nEOF\n",
        expect![[r#"
            [apk add curl]
            Installs 1 package with `apk`: `curl`

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check(
        "FROM a\r\nRUN apk add \\\r\n    # 😀\r\n    cu$0rl\r\n",
        expect![[r#"
            [apk add \
                # 😀
                curl]
            Installs 1 package with `apk`: `curl`

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the image `a`.
        "#]],
    );
    check_nothing("FROM a\nSHELL [\"powershell\", \"-Command\"]\nRUN apk add cu$0rl\n");
}

const BUILT: &str = "FROM node:22 AS build\nCOPY package.json ./\nRUN npm ci\nFROM build\nRUN npm test\n";

fn last_build() -> Outside {
    let step = |stage: &str, line, instruction: &str, cached, seconds, bytes| StepRecord {
        stage: stage.to_owned(),
        line,
        end_line: line,
        instruction: instruction.to_owned(),
        state: StepState::Done,
        cached,
        seconds,
        bytes,
    };
    let record = BuildRecord {
        ok: true,
        steps: vec![
            step("build", 1, "FROM node:22 AS build", true, 0.0, None),
            step("build", 2, "COPY package.json ./", true, 0.0, Some(812)),
            step("build", 3, "RUN npm ci", false, 4.2, Some(31_000_000)),
            step("stage-1", 5, "RUN npm test", false, 1.5, Some(0)),
        ],
        size: Some(272_000_000),
        seconds: 6.0,
        ..BuildRecord::default()
    };
    let last_build = LastBuild { document: Document::new(BUILT), record, problem: None };
    Outside { last_build: Some(last_build), ..Outside::new() }
}

#[test]
fn the_next_build_is_told_with_its_reason() {
    let prediction = Prediction {
        verdict: Verdict::Rebuild,
        reason: Some("COPY package.json ./ in line 2 runs again".to_owned()),
        because: Vec::new(),
        last_seconds: Some(4.2),
    };
    let forecast = Forecast { document: Document::new(BUILT), steps: vec![(3, prediction)] };
    let outside = Outside { forecast: Some(forecast), ..Outside::new() };
    let shown = hover(&BUILT.replace("npm ci", "np$0m ci"), outside.clone());
    let line = "Next build: runs again: COPY package.json ./ in line 2 runs again; it took 4.2 s last time.";
    assert!(shown.contains(line), "{shown}");
    // Edited since: nobody knows.
    let edited = hover(&BUILT.replace("npm ci", "np$0m ci -q"), outside);
    assert!(!edited.contains("Next build"), "{edited}");
}

#[test]
fn the_last_build_is_told_where_the_text_still_is_what_was_built() {
    check_with(
        &BUILT.replace("npm ci", "np$0m ci"),
        last_build(),
        expect![[r#"
            [npm ci]
            Installs what the project lists with `npm`

            Exactly as its lock file says, or it fails.

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Last build: ran for 4.2 s, adds 31.0 MB.

            Runs again when one of these changes: this instruction, the step in line 2, the image `node:22`.
        "#]],
    );
    check_with(
        &BUILT.replace("COPY", "CO$0PY"),
        last_build(),
        expect![[r#"
            [COPY]
            **`COPY`**: copies files of the build context, a stage or an image.

            - `COPY source… destination`
            - `COPY ["source", …, "destination"]`
            - `COPY <<EOF destination`

            Of a folder its contents are copied, not the folder itself. With several sources, or a pattern, the destination must end with `/`.

            Last build: from the cache, adds 812 B.

            Runs again when one of these changes: this instruction, a file that it copies, the image `node:22`.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#copy)
        "#]],
    );
    check_with(
        &BUILT.replace("AS build", "AS bu$0ild"),
        last_build(),
        expect![[r#"
            [build]
            Stage **`build`**, number 0, line 1

            - Builds on `node:22`
            - 2 steps
            - Used by `FROM` in line 4
            - All its layers are in the image
            - Last build: 4.2 s, 2 of 3 steps from the cache, adds 31.0 MB
        "#]],
    );
    check_with(
        &BUILT.replace("npm ci", "np$0m ci --omit=dev"),
        last_build(),
        expect![[r#"
            [npm ci --omit=dev]
            Installs what the project lists with `npm`

            Exactly as its lock file says, or it fails.

            Less what only development needs.

            Runs in the base image's working directory as the base image's user, by `/bin/sh -c`.

            Runs again when one of these changes: this instruction, the step in line 2, the image `node:22`.
        "#]],
    );
}

#[test]
fn a_container_starts_entrypoint_and_command_in_one() {
    check(
        "FROM a\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"no$0de\", \"server.js\"]\n",
        expect![[r#"
        [["node", "server.js"]]
        A container starts **`tini -- node server.js`**

        ENTRYPOINT (line 2) and CMD (line 3) in one; arguments of `docker run` replace CMD.
    "#]],
    );
    check(
        "FROM a\nENTRYPOINT [\"tini\", \"--\"]\nCMD no$0de server.js\n",
        expect![[r#"
        [node server.js]
        A container starts **`tini -- /bin/sh -c node server.js`**

        ENTRYPOINT (line 2) and CMD (line 3) in one; arguments of `docker run` replace CMD.

        ENTRYPOINT gets the shell and `-c` as arguments: the JSON form of CMD is what it expects.
    "#]],
    );
    check(
        "FROM a\nENTRYPOINT node se$0rver.js\nCMD [\"x\"]\n",
        expect![[r#"
            [node server.js]
            A container starts **`/bin/sh -c node server.js`**

            The shell form of ENTRYPOINT ignores CMD (line 3).

            Process 1 is `/bin/sh`, which need not hand signals on: `docker stop` may wait 10 s and then kill it. The JSON form avoids that, and so does `exec`.
        "#]],
    );
    check(
        "FROM a\nCMD exec node se$0rver.js\n",
        expect![[r#"
        [exec node server.js]
        A container starts **`/bin/sh -c exec node server.js`**

        As arguments of the base image's ENTRYPOINT, if it has one. Arguments of `docker run` replace it.

        Thanks to `exec` the program takes the shell's place, and gets the signals.
    "#]],
    );
    check(
        "FROM a\nCMD node se$0rver.js --api-token abc\n",
        expect![[r#"
            [node server.js --api-token abc]
            A container starts **`/bin/sh -c node server.js --api-token ••••••••`**

            As arguments of the base image's ENTRYPOINT, if it has one. Arguments of `docker run` replace it.

            Process 1 is `/bin/sh`, which need not hand signals on: `docker stop` may wait 10 s and then kill it. The JSON form avoids that, and so does `exec`.
        "#]],
    );
    check(
        "FROM scratch\nCMD [\"/a\"]\nCMD [\"/$0b\"]\n",
        expect![[r#"
        [["/b"]]
        A container starts **`/b`**

        Arguments of `docker run` replace it.
    "#]],
    );
    check(
        "FROM scratch\nCMD [\"/$0a\"]\nCMD [\"/b\"]\n",
        expect![[r#"
        [["/a"]]
        Has no effect: the CMD in line 3 replaces it
    "#]],
    );
    check(
        "FROM a AS x\nCMD [\"/a\"]\nFROM x\nENTRYPOINT [\"/$0b\"]\n",
        expect![[r#"
        [["/b"]]
        A container starts **`/b`**

        Arguments of `docker run` are added to it.
    "#]],
    );
    check_nothing("FROM a\nCMD $0\n");
}
