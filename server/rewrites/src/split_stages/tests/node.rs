//! Node projects and their mutations.

use expect_test::{Expect, expect};

use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

const MANIFEST: &str = r#"{"name": "notes", "type": "module", "scripts": {"build": "esbuild src/server.js --bundle --platform=node --format=cjs --outfile=dist/server.cjs", "start": "node src/server.js"}, "dependencies": {"marked": "^16"}, "devDependencies": {"esbuild": "^0.25"}}"#;

/// What becomes of a Dockerfile with these files around it, beside the sources of a small server.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, manifest: &str, more: &[(&str, &str)], expected: Expect) {
    let mut files = vec![
        ("package.json", manifest),
        ("package-lock.json", "{}"),
        ("src/server.js", ""),
        ("test/a.test.js", ""),
        ("README.md", ""),
    ];
    files.extend(more);
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&files)));
}

#[test]
fn a_bundle_moves_alone() {
    check(
        "FROM node:22

# Our packages live in a private registry.
ARG NPM_TOKEN
RUN echo \"//npm.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc

RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app

COPY . .
RUN npm install && npm run build && rm -f ~/.npmrc

ENV PORT=3000
EXPOSE 3000

CMD [\"node\", \"dist/server.cjs\"]
",
        MANIFEST,
        &[],
        expect![[r#"
            safe: Split into a build stage and a run-time stage on node:22-slim
            ---
            FROM node:22 AS build

            # Our packages live in a private registry.
            ARG NPM_TOKEN
            RUN echo "//npm.example.com/:_authToken=${NPM_TOKEN}" > ~/.npmrc

            RUN mkdir -p /usr/src/app
            WORKDIR /usr/src/app

            COPY . .
            RUN npm install && npm run build && rm -f ~/.npmrc

            FROM node:22-slim

            WORKDIR /usr/src/app

            COPY --from=build /usr/src/app/dist ./dist

            ENV PORT=3000
            EXPOSE 3000

            CMD ["node", "dist/server.cjs"]
        "#]],
    );
}
