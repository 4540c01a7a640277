//! Node projects and their mutations.

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
fn a_leaky_bundle() {
    check(
        "a leaky bundle",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build

        # From the private registry
        ARG NPM_TOKEN
        RUN echo "//r.example.com/:_authToken=${NPM_TOKEN}" > ~/.npmrc

        RUN mkdir -p /srv/web
        WORKDIR /srv/web

        COPY . .
        RUN npm install && npm run build && rm -f ~/.npmrc

        FROM node:22-slim

        WORKDIR /srv/web

        COPY --from=build /srv/web/dist ./dist

        ENV PORT=3000
        EXPOSE 3000

        CMD ["node", "dist/main.cjs"]
    "#]],
    );
}

#[test]
fn yarn() {
    check(
        "yarn",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN yarn install --frozen-lockfile
        RUN yarn build
        RUN yarn install --production --ignore-scripts --prefer-offline --frozen-lockfile

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/dist ./dist
        CMD ["yarn", "start"]
    "#]],
    );
}

#[test]
fn pnpm() {
    check(
        "pnpm",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-alpine
        ---
        FROM node:22-alpine AS build
        RUN npm i -g pnpm
        WORKDIR /app
        COPY . .
        RUN pnpm i && pnpm build
        RUN CI=true pnpm prune --prod --ignore-scripts

        FROM node:22-alpine
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/index.js"]
    "#]],
    );
}

#[test]
fn workspaces_bundled() {
    check(
        "workspaces, bundled",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run bundle

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/out ./out
        CMD ["node", "out/server.js"]
    "#]],
    );
}

#[test]
fn no_lock_file_comments_continuation_lines() {
    check(
        "no lock file, comments, continuation lines",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        # where it lives
        WORKDIR /app
        # sources
        COPY . .
        # all in one
        RUN npm install && \
            # bundle it
            npm run build && \
            npm cache clean --force

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        # how it runs
        CMD ["node", "dist/main.cjs"]
    "#]],
    );
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
fn webpack_with_its_own_settings() {
    check(
        "webpack with its own settings",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on node:20-bookworm-slim
        check that the image node:20-bookworm-slim exists and has what the program needs
        ---
        FROM node:20-bookworm AS build
        WORKDIR /app
        COPY package*.json ./
        RUN npm ci
        COPY . .
        RUN npx webpack --mode production
        RUN npm prune --omit=dev

        FROM node:20-bookworm-slim
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/build ./build
        COPY --from=build /app/public ./public
        COPY --from=build /app/views ./views
        CMD ["node", "build/app.js"]
    "#]],
    );
}

#[test]
fn npm_start_through_a_script() {
    check(
        "npm start through a script",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build
        RUN npm prune --omit=dev

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/dist ./dist
        CMD npm start
    "#]],
    );
}

#[test]
fn a_stage_of_its_own_for_tests_a_fat_last_one() {
    check(
        "a stage of its own for tests, a fat last one",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS test
        WORKDIR /app
        COPY . .
        RUN npm ci && npm test

        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build

        FROM node:22-slim AS app
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
fn a_global_compiler_pruned_by_hand() {
    check(
        "a global compiler, pruned by hand",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        RUN npm install -g typescript
        WORKDIR /app
        COPY . .
        RUN npm ci
        RUN tsc
        RUN npm prune --production

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/dist ./dist
        ENTRYPOINT ["node"]
        CMD ["dist/index.js"]
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
