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
fn a_dependency_that_calls_git() {
    check(
        "a dependency that calls git",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on node:22-slim
        check that node:22-slim has what simple-git calls or links
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
        COPY --from=build /app/lib ./lib
        CMD ["node", "lib/index.js"]
    "#]],
    );
}

#[test]
fn a_build_in_prepare() {
    check(
        "a build in prepare",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on node:22-slim
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/dist ./dist
        CMD ["node", "dist/index.mjs"]
    "#]],
    );
}

#[test]
fn manifests_and_sources_copied_one_by_one() {
    check(
        "manifests and sources copied one by one",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on node:22-slim
            ---
            FROM node:22 AS build
            WORKDIR /app
            COPY package*.json tsconfig.json ./
            RUN npm ci
            COPY src ./src
            COPY public ./public
            RUN npm run build
            RUN npm prune --omit=dev

            FROM node:22-slim
            WORKDIR /app
            COPY --from=build /app/package.json ./
            COPY --from=build /app/node_modules ./node_modules
            COPY --from=build /app/dist ./dist
            COPY --from=build /app/public ./public
            CMD ["node", "dist/index.js"]
        "#]],
    );
}

#[test]
fn a_client_that_links_openssl() {
    check(
        "a client that links OpenSSL",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on node:22-slim
        check that node:22-slim has what @prisma/client calls or links
        ---
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npx prisma generate && npm run build
        RUN npm prune --omit=dev

        FROM node:22-slim
        WORKDIR /app
        COPY --from=build /app/package.json ./
        COPY --from=build /app/node_modules ./node_modules
        COPY --from=build /app/dist ./dist
        COPY --from=build /app/prisma ./prisma
        CMD ["node", "dist/main.js"]
    "#]],
    );
}
