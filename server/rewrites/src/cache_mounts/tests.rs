//! What `cache-mounts` makes of Dockerfiles, as one text each.

use expect_test::{Expect, expect};
use semantic::{Caller, CallerBuild, CallerKind, Facts, Setting};

use super::RECIPE;
use crate::fixture::{facts, render};

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
}

#[test]
fn a_mount_for_the_user_that_runs_the_step() {
    check(
        "FROM node:22\nCOPY package.json ./\nRUN npm ci\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM node:22
        COPY package.json ./
        RUN --mount=type=cache,target=/root/.npm npm ci
    "#]],
    );
    check(
        "FROM node:22\nUSER node\nRUN npm ci\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM node:22
        USER node
        RUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci
    "#]],
    );
    check(
        "FROM python:3.13\nENV HOME=/srv\nRUN pip install -r requirements.txt\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM python:3.13
        ENV HOME=/srv
        RUN --mount=type=cache,target=/srv/.cache/pip pip install -r requirements.txt
    "#]],
    );
    check(
        "FROM python:3.13\nUSER app\nRUN pip install -r requirements.txt\n",
        expect![[r#"
        refused: line 3 runs as `app`, whose home folder and number are not known
    "#]],
    );
    check(
        "FROM acme/python\nRUN pip install -r requirements.txt\n",
        expect![[r#"
        unsafe: Mount the package manager's cache
        check that the home folder of `acme/python` is /root
        ---
        FROM acme/python
        RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
    "#]],
    );
}

#[test]
fn where_a_variable_moves_it() {
    check(
        "FROM node:22\nENV NPM_CONFIG_CACHE=/cache/npm\nRUN npm ci\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM node:22
        ENV NPM_CONFIG_CACHE=/cache/npm
        RUN --mount=type=cache,target=/cache/npm npm ci
    "#]],
    );
    check(
        "FROM node:22\nRUN npm_config_cache=/tmp/npm npm ci\n",
        expect![[r#"
        refused: no step fills the cache of a package manager that is known here
    "#]],
    );
    check(
        "FROM node:22\nARG C\nENV npm_config_cache=$C\nRUN npm ci\n",
        expect![[r#"
        refused: line 4 has its cache at a place that a variable moves to where it is not known
    "#]],
    );
    check(
        "FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n",
        expect![[r#"
        refused: line 3 runs where PIP_NO_CACHE_DIR switches the cache off: remove that first
    "#]],
    );
}

#[test]
fn several_have_a_line_each() {
    check(
        "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
        expect![[r#"
            safe: Mount the package managers' caches in 2 steps
            ---
            FROM golang:1.24 AS build
            WORKDIR /src
            COPY go.mod go.sum ./
            RUN --mount=type=cache,target=/go/pkg/mod go mod download
            COPY . .
            RUN --mount=type=cache,target=/go/pkg/mod \
                --mount=type=cache,target=/root/.cache/go-build \
                go build -o /app .
            FROM scratch
            COPY --from=build /app /app
        "#]],
    );
    check(
        "from rust:1.90 as build\r\nrun cargo build --release && \\\r\n  strip target/release/a\r\nfrom debian\r\ncopy --from=build /target/release/a /a\r\n",
        expect![[r#"
            safe: Mount the package manager's cache
            ---
            from rust:1.90 as build␍
            run --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \␍
              --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \␍
              cargo build --release && \␍
              strip target/release/a␍
            from debian␍
            copy --from=build /target/release/a /a␍
        "#]],
    );
}

#[test]
fn a_step_that_may_compile_gets_the_same() {
    check(
        "FROM golang:1.24 AS build\nRUN go mod download\nCOPY . .\nRUN make\nFROM build AS check\nRUN ./check.sh\nFROM scratch\nCOPY --from=build /app /app\n",
        expect![[r#"
            safe: Mount the package managers' caches in 3 steps
            ---
            FROM golang:1.24 AS build
            RUN --mount=type=cache,target=/go/pkg/mod go mod download
            COPY . .
            RUN --mount=type=cache,target=/go/pkg/mod make
            FROM build AS check
            RUN --mount=type=cache,target=/go/pkg/mod ./check.sh
            FROM scratch
            COPY --from=build /app /app
        "#]],
    );
}

#[test]
fn what_defeats_it_goes() {
    check(
        "FROM python:3.13\nRUN pip install --no-cache-dir -U pip && pip3 install -r a.txt --no-cache-dir\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM python:3.13
        RUN --mount=type=cache,target=/root/.cache/pip pip install -U pip && pip3 install -r a.txt
    "#]],
    );
    check(
        "FROM python:3.13\nRUN pip install \\\n      --no-cache-dir \\\n      flask \\\n && rm -rf /root/.cache/pip /tmp/x\n",
        expect![[r#"
            safe: Mount the package manager's cache
            ---
            FROM python:3.13
            RUN --mount=type=cache,target=/root/.cache/pip pip install \
                  flask \
             && rm -rf /tmp/x
        "#]],
    );
    check(
        "FROM python:3.13\nRUN pip install \\\n    flask \\\n    --no-cache-dir\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM python:3.13
        RUN --mount=type=cache,target=/root/.cache/pip pip install \
            flask
    "#]],
    );
    check(
        "FROM node:22\nRUN npm ci \\\n    # not in the layer\n    && npm cache clean --force \\\n    && npm run build\n",
        expect![[r#"
            safe: Mount the package manager's cache
            ---
            FROM node:22
            RUN --mount=type=cache,target=/root/.npm npm ci \
                # not in the layer
                && npm run build
        "#]],
    );
    check(
        "FROM node:22\nRUN npm ci; rm -rf ~/.npm/*\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM node:22
        RUN --mount=type=cache,target=/root/.npm npm ci
    "#]],
    );
    check(
        "# escape=`\nFROM node:22\nRUN <<EOF\nnpm ci\nrm -rf $HOME/.npm\nEOF\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        # escape=`
        FROM node:22
        RUN --mount=type=cache,target=/root/.npm <<EOF
        npm ci
        EOF
    "#]],
    );
    check(
        "FROM node:22\nRUN npm ci && rm -rf /root\n",
        expect![[r#"
        refused: line 2 removes `/root`, in which the cache would be mounted
    "#]],
    );
    check(
        "FROM python:3.13\nRUN [\"pip\", \"install\", \"--no-cache-dir\", \"flask\"]\n",
        expect![[r#"
        refused: line 2 empties a cache in a way that cannot be taken out without touching other commands
    "#]],
    );
    check(
        "FROM node:22\nRUN npm ci && (cd x; npm cache clean --force)\n",
        expect![[r#"
        refused: line 2 empties a cache within a larger command: take that out first
    "#]],
    );
}

#[test]
fn where_it_would_be_missed() {
    check(
        "FROM golang:1.24\nRUN go mod download\nCMD [\"go\", \"run\", \".\"]\n",
        expect![[r#"
        refused: line 2 is in a stage that is shipped, and the program may need /go/pkg/mod at run time: split the stages first
    "#]],
    );
    check(
        "FROM rust:1.90 AS a\nRUN cargo fetch\nFROM rust:1.90\nCOPY --from=a /usr/local/cargo /usr/local/cargo\n",
        expect![[r#"
            refused: line 2 fills /usr/local/cargo/git, and /usr/local/cargo is copied from this stage
        "#]],
    );
}

/// With a caller that builds this stage.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check_target(dockerfile: &str, target: Setting, expected: Expect) {
    let build = CallerBuild { target: Some(target), ..CallerBuild::default() };
    let (file, shown_file, name) =
        ("/w/compose.yaml".to_owned(), "compose.yaml".to_owned(), "dev".to_owned());
    let caller = Caller { kind: CallerKind::Compose, file, shown_file, line: 0, name, build };
    let facts = Facts { callers: vec![caller], ..facts(&[]) };
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts));
}

#[test]
fn a_stage_that_a_caller_builds_is_shipped() {
    let text = "FROM golang:1.24 AS dev\nRUN go mod download\nFROM dev AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n";
    check_target(
        text,
        Setting::Known("DEV".to_owned()),
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM golang:1.24 AS dev
        RUN go mod download
        FROM dev AS build
        RUN --mount=type=cache,target=/go/pkg/mod \
            --mount=type=cache,target=/root/.cache/go-build \
            go build -o /app .
        FROM scratch
        COPY --from=build /app /app
    "#]],
    );
    check_target(
        text,
        Setting::Unknown("a variable".to_owned()),
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM golang:1.24 AS dev
        RUN go mod download
        FROM dev AS build
        RUN --mount=type=cache,target=/root/.cache/go-build go build -o /app .
        FROM scratch
        COPY --from=build /app /app
    "#]],
    );
    check_target(
        text,
        Setting::Known("2".to_owned()),
        expect![[r#"
        safe: Mount the package managers' caches in 2 steps
        ---
        FROM golang:1.24 AS dev
        RUN --mount=type=cache,target=/go/pkg/mod go mod download
        FROM dev AS build
        RUN --mount=type=cache,target=/go/pkg/mod \
            --mount=type=cache,target=/root/.cache/go-build \
            go build -o /app .
        FROM scratch
        COPY --from=build /app /app
    "#]],
    );
}

#[test]
fn a_stage_on_top_is_copied_from() {
    check(
        "FROM rust:1.90 AS a\nRUN cargo fetch\nFROM a AS b\nRUN true\nFROM rust:1.90\nCOPY --from=b /usr/local/cargo /usr/local/cargo\n",
        expect![[r#"
            refused: line 2 fills /usr/local/cargo/git, and /usr/local/cargo is copied from this stage
        "#]],
    );
}

#[test]
fn environments_beside_a_cache_stay() {
    check(
        "FROM python:3.12\nRUN poetry install\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM python:3.12
        RUN --mount=type=cache,target=/root/.cache/pypoetry/cache \
            --mount=type=cache,target=/root/.cache/pypoetry/artifacts \
            poetry install
    "#]],
    );
    check(
        "FROM python:3.12\nENV POETRY_CACHE_DIR=/var/cache/poetry\nRUN poetry install --no-cache\n",
        expect![[r#"
            safe: Mount the package manager's cache
            ---
            FROM python:3.12
            ENV POETRY_CACHE_DIR=/var/cache/poetry
            RUN --mount=type=cache,target=/var/cache/poetry/cache \
                --mount=type=cache,target=/var/cache/poetry/artifacts \
                poetry install
        "#]],
    );
}

#[test]
fn where_there_is_nothing_to_do() {
    check(
        "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
        expect![[r#"
        refused: every cache that a step fills is mounted already
    "#]],
    );
    check(
        "FROM node:22\nRUN npm run build && yarn install\n",
        expect![[r#"
        refused: no step fills the cache of a package manager that is known here
    "#]],
    );
    check(
        "FROM node:22\nRUN [\"npm\", \"ci\"]\n",
        expect![[r#"
        safe: Mount the package manager's cache
        ---
        FROM node:22
        RUN --mount=type=cache,target=/root/.npm ["npm", "ci"]
    "#]],
    );
    check(
        "FROM node:22\nONBUILD RUN npm ci\n",
        expect![[r#"
        refused: no step fills the cache of a package manager that is known here
    "#]],
    );
    check(
        "FROM node:22\nRUN if true; then npm ci\n",
        expect![[r#"
        refused: line 2 has a script that is not fully understood
    "#]],
    );
}
