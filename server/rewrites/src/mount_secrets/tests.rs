//! What `mount-secrets` makes of Dockerfiles, as one text each.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

const WRITES: &str = "FROM node:22

# Our packages live in a private registry.
ARG NPM_TOKEN
RUN echo \"//npm.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc

RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app

COPY . .
RUN npm install && npm run build && rm -f ~/.npmrc

CMD [\"node\", \"dist/server.cjs\"]
";

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
}

/// For a builder that mounts secrets as files alone.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check_old(dockerfile: &str, expected: Expect) {
    let mut facts = facts(&[]);
    facts.frontend = Some(semantic::FrontendFacts::default());
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts));
}

#[test]
fn a_token_written_to_npmrc() {
    check(
        WRITES,
        expect![[r#"
        safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
        ---
        FROM node:22

        RUN mkdir -p /usr/src/app
        WORKDIR /usr/src/app

        COPY . .
        # Our packages live in a private registry.
        RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN env "npm_config_//npm.example.com/:_authToken=${NPM_TOKEN}" npm install && npm run build

        CMD ["node", "dist/server.cjs"]
    "#]],
    );
}

#[test]
fn a_builder_without_env_mounts_a_file() {
    check_old(
        WRITES,
        expect![[r#"
        safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
        ---
        FROM node:22

        RUN mkdir -p /usr/src/app
        WORKDIR /usr/src/app

        COPY . .
        # Our packages live in a private registry.
        RUN --mount=type=secret,id=npm_token env "npm_config_//npm.example.com/:_authToken=$(cat /run/secrets/npm_token)" npm install && npm run build

        CMD ["node", "dist/server.cjs"]
    "#]],
    );
}

#[test]
fn a_plain_use() {
    let text = "FROM debian:12\nARG API_TOKEN\nRUN curl -H \"Authorization: $API_TOKEN\" https://example.com/x > /x\n";
    check(
        text,
        expect![[r#"
        safe: Mount API_TOKEN as a secret (build with --secret id=api_token,env=API_TOKEN)
        ---
        FROM debian:12
        RUN --mount=type=secret,id=api_token,env=API_TOKEN curl -H "Authorization: $API_TOKEN" https://example.com/x > /x
    "#]],
    );
    check_old(
        text,
        expect![[r#"
        safe: Mount API_TOKEN as a secret (build with --secret id=api_token,env=API_TOKEN)
        ---
        FROM debian:12
        RUN --mount=type=secret,id=api_token export API_TOKEN="$(cat /run/secrets/api_token)" && curl -H "Authorization: $API_TOKEN" https://example.com/x > /x
    "#]],
    );
}

#[test]
fn yarn_takes_a_whole_file() {
    check(
        "FROM node:22\nWORKDIR /app\nARG NPM_TOKEN\nRUN echo \"//r.example.com/:_authToken=$NPM_TOKEN\" > .npmrc && \\\n    yarn install && \\\n    # gone again\n    rm .npmrc\nRUN yarn build\n",
        expect![[r#"
            unsafe: Mount NPM_TOKEN as a secret (build with --secret id=npmrc,src=$HOME/.npmrc)
            check that the .npmrc you build with has the token for the registry
            ---
            FROM node:22
            WORKDIR /app
            RUN --mount=type=secret,id=npmrc,target=/app/.npmrc yarn install
                # gone again
            RUN yarn build
        "#]],
    );
}

#[test]
fn other_settings_are_written_and_deleted_as_before() {
    check(
        "FROM node:22\nWORKDIR /app\nARG NPM_TOKEN\nRUN echo \"@acme:registry=https://r.example.com\" > .npmrc && \\\n    echo \"//r.example.com/:_authToken=$NPM_TOKEN\" >> .npmrc && \\\n    npm ci && \\\n    rm .npmrc\n",
        expect![[r#"
            safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
            ---
            FROM node:22
            WORKDIR /app
            RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN echo "@acme:registry=https://r.example.com" > .npmrc && \
                env "npm_config_//r.example.com/:_authToken=$NPM_TOKEN" npm ci && \
                rm .npmrc
        "#]],
    );
}

#[test]
fn a_heredoc_that_writes_and_deletes() {
    check_old(
        "FROM node:22\nARG NPM_TOKEN\nRUN <<EOF\nset -e\necho \"//r.example.com/:_authToken=${NPM_TOKEN}\" > ~/.npmrc\nnpm ci\nrm ~/.npmrc\nEOF\n",
        expect![[r#"
            safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
            ---
            FROM node:22
            RUN --mount=type=secret,id=npm_token <<EOF
            set -e
            env "npm_config_//r.example.com/:_authToken=$(cat /run/secrets/npm_token)" npm ci
            EOF
        "#]],
    );
}

#[test]
fn a_reference_in_a_copied_npmrc() {
    check(
        "FROM node:22\nARG NPM_TOKEN\nCOPY .npmrc package.json ./\n# fetch\nRUN npm install\nRUN rm -f .npmrc\n",
        expect![[r#"
            safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
            ---
            FROM node:22
            COPY .npmrc package.json ./
            # fetch
            RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm install
            RUN rm -f .npmrc
        "#]],
    );
}

#[test]
fn an_env_with_its_value() {
    check(
        "FROM node:22\nENV NODE_ENV=production \\\n    SENTRY_AUTH_TOKEN=0123456789\nCOPY . .\nRUN npm ci && npm run build\n",
        expect![[r#"
            unsafe: Mount SENTRY_AUTH_TOKEN as a secret (build with --secret id=sentry_auth_token,env=SENTRY_AUTH_TOKEN)
            check that the running program does not read SENTRY_AUTH_TOKEN, or gets it when the container starts
            ---
            FROM node:22
            ENV NODE_ENV=production
            COPY . .
            RUN --mount=type=secret,id=sentry_auth_token,env=SENTRY_AUTH_TOKEN npm ci && npm run build
        "#]],
    );
}

#[test]
fn an_argument_that_becomes_an_env() {
    check(
        "ARG NPM_TOKEN\nFROM node:22\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\nCOPY package.json .npmrc ./\nRUN npm ci\n",
        expect![[r#"
            safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
            ---
            FROM node:22
            COPY package.json .npmrc ./
            RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
        "#]],
    );
}

#[test]
fn a_user_who_is_not_root() {
    check_old(
        "FROM node:22\nUSER node\nARG NPM_TOKEN\nRUN npm config set //r.example.com/:_authToken $NPM_TOKEN\nRUN npm ci\nRUN npm config delete //r.example.com/:_authToken\n",
        expect![[r#"
            safe: Mount NPM_TOKEN as a secret (build with --secret id=npm_token,env=NPM_TOKEN)
            ---
            FROM node:22
            USER node
            RUN --mount=type=secret,id=npm_token,mode=0444 env "npm_config_//r.example.com/:_authToken=$(cat /run/secrets/npm_token)" npm ci
        "#]],
    );
}

#[test]
fn several_secrets_at_once() {
    check(
        "from node:22\narg NPM_TOKEN\narg DEPLOY_KEY=abc VERSION=1\nrun echo \"//r.example.com/:_authToken=$NPM_TOKEN\" >> ~/.npmrc\nrun npm ci\nrun ./deploy --key \"$DEPLOY_KEY\" --version $VERSION\nrun rm -rf ~/.npmrc\n",
        expect![[r#"
            safe: Mount NPM_TOKEN and DEPLOY_KEY as secrets (build with --secret id=npm_token,env=NPM_TOKEN --secret id=deploy_key,env=DEPLOY_KEY)
            ---
            from node:22
            arg VERSION=1
            run --mount=type=secret,id=npm_token,env=NPM_TOKEN env "npm_config_//r.example.com/:_authToken=$NPM_TOKEN" npm ci
            run --mount=type=secret,id=deploy_key,env=DEPLOY_KEY ./deploy --key "$DEPLOY_KEY" --version $VERSION
        "#]],
    );
}

#[test]
fn a_heredoc() {
    check_old(
        "FROM debian:12\nARG API_TOKEN\nRUN <<EOF\nset -e\ncurl -u x:$API_TOKEN https://example.com\nEOF\n",
        expect![[r#"
            safe: Mount API_TOKEN as a secret (build with --secret id=api_token,env=API_TOKEN)
            ---
            FROM debian:12
            RUN --mount=type=secret,id=api_token <<EOF
            export API_TOKEN="$(cat /run/secrets/api_token)"
            set -e
            curl -u x:$API_TOKEN https://example.com
            EOF
        "#]],
    );
}

#[test]
fn what_cannot_be_mounted_is_refused() {
    for (text, expected) in [
        (
            "FROM a\nARG VERSION=1\nRUN x $VERSION\n",
            expect![[r#"
            refused: no ARG and no ENV is named like a secret
        "#]],
        ),
        (
            "FROM a\nARG API_TOKEN\nLABEL token=$API_TOKEN\nRUN x $API_TOKEN\n",
            expect![[r#"
            refused: API_TOKEN: LABEL on line 3 uses it, and a mount serves RUN alone
        "#]],
        ),
        (
            "FROM a\nENV API_KEY=abc\nCMD [\"app\"]\n",
            expect![[r#"
            refused: API_KEY: no step of the build uses it: take it out, and pass it when the container starts if that needs it
        "#]],
        ),
        (
            "FROM a\nENV API_KEY=abc\nCMD app --key $API_KEY\n",
            expect![[r#"
            refused: API_KEY: CMD on line 3 uses it when the container runs: pass it then, with --env
        "#]],
        ),
        (
            "FROM a\nARG GIT_TOKEN\nRUN git config --global url.https://$GIT_TOKEN@example.com/.insteadOf x\n",
            expect![[r#"
                refused: GIT_TOKEN: line 3 stores it in the image with git config
            "#]],
        ),
        (
            "FROM a\nARG DB_PASSWORD\nRUN echo password=$DB_PASSWORD > /app/config\n",
            expect![[r#"
            refused: DB_PASSWORD: line 3 stores it in the image with a file
        "#]],
        ),
        (
            "FROM a\nARG DB_PASSWORD\nRUN if [ $DB_PASSWORD; then x\n",
            expect![[r#"
            refused: DB_PASSWORD: the script of RUN on line 3 is not fully understood
        "#]],
        ),
        (
            "# syntax=example.com/other\nFROM a\nARG API_TOKEN\nRUN x $API_TOKEN\n",
            expect![[r#"
            refused: `# syntax=example.com/other` names another language than Docker's
        "#]],
        ),
    ] {
        check(text, expected);
    }
}

#[test]
fn the_frontend_of_the_file_decides_about_the_form() {
    for (tag, takes_environment) in
        [("", true), (":1", true), (":1.10", true), (":1.4", false), (":1.7-labs", false), (":labs", true)]
    {
        let text = format!("# syntax=docker/dockerfile{tag}\nFROM a\nARG API_TOKEN\nRUN x $API_TOKEN\n");
        let mut facts = facts(&[]);
        facts.frontend = None;
        let result = render(&RECIPE, &text, &facts);
        assert_eq!(result.contains(",env=API_TOKEN x"), takes_environment, "{result}");
    }
}
