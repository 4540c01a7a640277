//! What the run-time stage has again: settings, users, packages; and other ways to write a file.

use expect_test::{Expect, expect};

use crate::cases::case;
use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

/// What becomes of the project of this name.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(name: &str, expected: Expect) {
    let case = case(name);
    expected.assert_eq(&render(&RECIPE, case.dockerfile, &facts(case.files)));
}

#[test]
fn settings_before_the_build_user_health_check() {
    check(
        "settings before the build, user, health check",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        ENV NODE_ENV=development \
            LOG=info
        RUN groupadd app && useradd -g app app
        RUN mkdir -p /data && chown app /data
        WORKDIR /app
        COPY . .
        RUN npm ci
        RUN npm run build

        FROM node:22-slim
        LABEL org.example.team=web
        ENV NODE_ENV=development \
            LOG=info
        RUN groupadd app && useradd -g app app
        RUN mkdir -p /data && chown app /data
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        # the port
        EXPOSE 8080
        VOLUME /data
        STOPSIGNAL SIGINT
        HEALTHCHECK CMD node dist/health.js
        USER app
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn a_health_check_that_needs_curl() {
    check(
        "a health check that needs curl",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build

        FROM node:22
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        HEALTHCHECK CMD curl -f http://localhost/ || exit 1
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn a_health_check_of_its_own() {
    check(
        "a health check of its own",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on node:22-slim
        check that probe.js, which HEALTHCHECK runs, needs no other file
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        COPY --from=build /app/probe.js ./
        HEALTHCHECK --interval=5s CMD ["node", "probe.js"]
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn lower_case_crlf_argument_in_the_middle() {
    check(
        "lower case, CRLF, argument in the middle",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:${VERSION}-slim
        ---
        arg VERSION=22␍
        from node:${VERSION} as build␍
        ␍
        workdir /app␍
        arg REVISION=none␍
        copy . .␍
        run npm ci && npm run build␍
        ␍
        from node:${VERSION}-slim␍
        ␍
        workdir /app␍
        arg REVISION=none␍
        label revision=$REVISION␍
        ␍
        copy --from=build /app/dist ./dist␍
        ␍
        cmd node dist/main.cjs␍
    "#]],
    );
}

#[test]
fn backtick_escape() {
    check(
        "backtick escape",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        # escape=`
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && `
            npm run build

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn heredoc() {
    check(
        "heredoc",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN <<EOF
        set -e
        npm ci
        npm run build
        EOF

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn packages_of_the_distribution() {
    check(
        "packages of the distribution",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-bookworm-slim
        ---
        FROM node:22-bookworm AS build
        RUN apt-get update && apt-get install -y --no-install-recommends \
            build-essential \
            ffmpeg \
            python3 \
         && rm -rf /var/lib/apt/lists/*
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build

        FROM node:22-bookworm-slim
        RUN apt-get update && apt-get install -y --no-install-recommends \
            ffmpeg \
         && rm -rf /var/lib/apt/lists/*
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn a_user_who_owns_the_tree() {
    check(
        "a user who owns the tree",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        ARG NPM_TOKEN
        USER node
        RUN echo "//r.example.com/:_authToken=$NPM_TOKEN" >> ~/.npmrc
        RUN mkdir -p /home/node/app
        WORKDIR /home/node/app
        COPY --chown=node:node . .
        RUN npm install && npm run build && rm ~/.npmrc

        FROM node:22-slim
        WORKDIR /home/node/app
        COPY --from=build /home/node/app/dist ./dist
        USER node
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn a_directory_by_argument() {
    check(
        "a directory by argument, an extra port by variable",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on node:22-slim
            ---
            FROM node:22 AS build
            ARG APP=/srv/app
            ARG PORT=8080
            WORKDIR ${APP}
            COPY . ${APP}
            RUN npm ci && npm run build

            FROM node:22-slim
            ARG APP=/srv/app
            ARG PORT=8080
            WORKDIR ${APP}
            COPY --from=build ${APP}/dist ./dist
            ENV PORT=$PORT
            EXPOSE $PORT
            CMD ["node", "--enable-source-maps", "./dist/main.cjs"]
        "#]],
    );
}

#[test]
fn non_ascii() {
    check(
        "non-ASCII",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN echo 'grüße' && npm ci && npm run build

        FROM node:22-slim
        # für die Gäste 🐳
        LABEL autor="Jürgen"
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn several_secrets() {
    check(
        "several secrets",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        ARG NPM_TOKEN
        ENV SENTRY_AUTH_TOKEN=0123456789abcdef
        WORKDIR /app
        COPY . .
        # the registry
        RUN npm config set //r.example.com/:_authToken $NPM_TOKEN
        RUN npm ci && npm run build
        RUN npm config delete //r.example.com/:_authToken

        FROM node:22-slim
        ENV SENTRY_AUTH_TOKEN=0123456789abcdef
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}
