//! What `copy-manifests-first` makes of Dockerfiles, as one text each.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

const NPM: &[(&str, &str)] = &[("package.json", "{}"), ("package-lock.json", "{}"), ("src/a.js", "")];

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, files: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(files)));
}

#[test]
fn a_run_is_cut_after_the_install() {
    check(
        "FROM node:22\nWORKDIR /app\n\n# The sources\nCOPY . .\nRUN npm install && npm run build && rm -f ~/.npmrc\n\nCMD [\"node\", \"dist/a.js\"]\n",
        NPM,
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            FROM node:22
            WORKDIR /app

            COPY package.json package-lock.json ./
            RUN npm install
            # The sources
            COPY . .
            RUN npm run build && rm -f ~/.npmrc

            CMD ["node", "dist/a.js"]
        "#]],
    );
}

#[test]
fn an_install_of_its_own() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY --chown=node . .\n\nRUN npm ci\n\nRUN npm run build\n",
        NPM,
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            FROM node:22
            WORKDIR /app
            COPY --chown=node package.json package-lock.json ./

            RUN npm ci

            COPY --chown=node . .

            RUN npm run build
        "#]],
    );
}

#[test]
fn yarn_with_its_settings() {
    check(
        "from node:22\r\nworkdir /app\r\nadd . /app\r\nrun yarn && \\\r\n    # bundle\r\n    yarn build && \\\r\n    yarn cache clean\r\n",
        &[("package.json", "{}"), ("yarn.lock", ""), (".yarnrc.yml", ""), (".yarn/releases/yarn.cjs", "")],
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            from node:22␍
            workdir /app␍
            copy package.json yarn.lock .yarnrc.yml /app/␍
            copy .yarn /app/.yarn/␍
            run yarn && yarn cache clean␍
            add . /app␍
            # bundle␍
            run yarn build␍
        "#]],
    );
}

#[test]
fn pnpm_with_workspaces_and_patches() {
    check(
        "FROM node:22\nRUN npm i -g pnpm\nWORKDIR /app\nCOPY . ./\nENV CI=true\nRUN --mount=type=cache,target=/root/.local/share/pnpm pnpm install && pnpm build\n",
        &[
            ("package.json", "{}"),
            ("pnpm-lock.yaml", ""),
            ("pnpm-workspace.yaml", "packages:\n  - 'packages/*'\n  - \"!packages/old\"\n"),
            ("packages/a/package.json", "{}"),
            ("packages/b/package.json", "{}"),
            ("packages/old/package.json", "{}"),
            ("patches/x.patch", ""),
        ],
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            FROM node:22
            RUN npm i -g pnpm
            WORKDIR /app
            COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
            COPY packages/a/package.json ./packages/a/
            COPY packages/b/package.json ./packages/b/
            COPY patches ./patches/
            ENV CI=true
            RUN --mount=type=cache,target=/root/.local/share/pnpm pnpm install
            COPY . ./
            RUN pnpm build
        "#]],
    );
}

#[test]
fn npm_workspaces_without_a_lock_file() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install\n",
        &[
            ("package.json", r#"{"workspaces": ["libs/*"], "scripts": {"prepare": "husky || true"}}"#),
            ("libs/a/package.json", "{}"),
            (".npmrc", ""),
        ],
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            FROM node:22
            WORKDIR /app
            COPY package.json .npmrc ./
            COPY libs/a/package.json ./libs/a/
            RUN npm install
            COPY . .
        "#]],
    );
}

#[test]
fn a_mounted_secret_stays_with_the_install() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN env \"npm_config_//r/:_authToken=$NPM_TOKEN\" npm ci && npm run build\n",
        NPM,
        expect![[r#"
            safe: Copy the manifests and install before the rest is copied
            ---
            FROM node:22
            WORKDIR /app
            COPY package.json package-lock.json ./
            RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN env "npm_config_//r/:_authToken=$NPM_TOKEN" npm ci
            COPY . .
            RUN npm run build
        "#]],
    );
}

#[test]
fn node_modules_of_the_machine_come_too_late() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        &[("package.json", "{}"), ("node_modules/a/package.json", "{}")],
        expect![[r#"
            unsafe: Copy the manifests and install before the rest is copied
            check that .dockerignore has node_modules, which would be copied over what was installed
            ---
            FROM node:22
            WORKDIR /app
            COPY package.json ./
            RUN npm ci
            COPY . .
        "#]],
    );
}

#[test]
fn a_copy_to_a_path_from_the_root() {
    check(
        "FROM node:22\nCOPY . /app\nWORKDIR /app\nRUN npm ci\n",
        NPM,
        expect![[r#"
        safe: Copy the manifests and install before the rest is copied
        ---
        FROM node:22
        COPY package.json package-lock.json /app/
        WORKDIR /app
        RUN npm ci
        COPY . /app
    "#]],
    );
}

#[test]
fn list_forms() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY [\".\", \"./\"]\nRUN [\"npm\", \"ci\"]\n",
        NPM,
        expect![[r#"
        safe: Copy the manifests and install before the rest is copied
        ---
        FROM node:22
        WORKDIR /app
        COPY package.json package-lock.json ./
        RUN ["npm", "ci"]
        COPY [".", "./"]
    "#]],
    );
}

#[test]
fn what_needs_the_sources_is_refused() {
    let node = |rest: &str| format!("FROM node:22\nWORKDIR /app\nCOPY . .\n{rest}\n");
    let manifest = |text: &'static str| vec![("package.json", text)];
    for (dockerfile, files, expected) in [
        (
            node("RUN npm ci"),
            manifest(r#"{"scripts": {"postinstall": "node scripts/setup.js"}}"#),
            expect![[r#"
                refused: the postinstall script of package.json runs `node scripts/setup.js` with the install, which may need the sources
            "#]],
        ),
        (
            node("RUN npm ci"),
            manifest(r#"{"dependencies": {"a": "file:./libs/a"}}"#),
            expect![[r#"
            refused: the dependency a is file:./libs/a, which the install takes from the sources
        "#]],
        ),
        (
            node("RUN npm ci"),
            vec![("package.json", "{}"), ("binding.gyp", "")],
            expect![[r#"
            refused: the install also compiles the project's own native module (binding.gyp)
        "#]],
        ),
        (
            node("RUN npm ci"),
            vec![("package.json", "{}"), (".dockerignore", "package.json\n")],
            expect![[r#"
                refused: package.json is not in the build context
            "#]],
        ),
        (
            node("RUN npm ci"),
            Vec::new(),
            expect![[r#"
            refused: package.json is not in the build context
        "#]],
        ),
        (
            node("RUN ./configure\nRUN npm ci"),
            NPM.to_vec(),
            expect![[r#"
            refused: RUN on line 4 may work on the files copied before it
        "#]],
        ),
        (
            node("RUN cd web && npm ci && npm run build"),
            NPM.to_vec(),
            expect![[r#"
            refused: RUN on line 4 does more before it installs, which may need the sources
        "#]],
        ),
        (
            node("RUN npm ci; npm run build"),
            NPM.to_vec(),
            expect![[r#"
            refused: RUN on line 4 does more than install, and is not joined by && alone: it cannot be cut
        "#]],
        ),
        (
            node("RUN echo x=$T > ~/.npmrc && npm ci && npm run build && rm ~/.npmrc"),
            NPM.to_vec(),
            expect![[r#"
                refused: RUN on line 4 writes credentials that a layer of the install alone would keep: mount them first (mount-secrets)
            "#]],
        ),
        (
            node("RUN set -e && npm ci && npm run build"),
            NPM.to_vec(),
            expect![[r#"
            refused: RUN on line 4 sets something for its later commands: it cannot be cut
        "#]],
        ),
        (
            node("WORKDIR /app/web\nRUN npm ci"),
            NPM.to_vec(),
            expect![[r#"
            refused: WORKDIR on line 4 comes between it and the install
        "#]],
        ),
        (
            node("RUN npm run build"),
            NPM.to_vec(),
            expect![[r#"
            refused: no step installs the dependencies of a Node project after the whole context was copied
        "#]],
        ),
        (
            node("RUN <<EOF\nnpm ci\nnpm run build\nEOF"),
            NPM.to_vec(),
            expect![[r#"
            refused: RUN on line 4 does more than install, and is not joined by && alone: it cannot be cut
        "#]],
        ),
        (
            "FROM rust:1\nCOPY . .\nRUN cargo build --release\n".to_owned(),
            Vec::new(),
            expect![[r#"
            refused: cargo compiles dependencies and sources in one step; a cache mount on its registry and target folder helps more
        "#]],
        ),
        (
            "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\n".to_owned(),
            NPM.to_vec(),
            expect![[r#"
                refused: no step installs the dependencies of a Node project after the whole context was copied
            "#]],
        ),
    ] {
        check(&dockerfile, &files, expected);
    }
}
