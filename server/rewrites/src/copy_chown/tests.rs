//! What gets the owner, what is left of the RUN, and where neither is certain.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    let facts = facts(&[("src/a.js", ""), ("tool.py", "")]);
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts));
}

#[test]
fn a_folder_that_is_there_keeps_its_own_change() {
    check(
        "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nCOPY --from=build /x ./x\n# the user\nRUN chown -R node:node /app\nUSER node\n",
        expect![[r#"
            safe: Use `COPY --chown=node:node`, and change the owner of the folder alone
            ---
            FROM node:22
            WORKDIR /app
            COPY --chown=node:node package.json ./
            COPY --from=build --chown=node:node /x ./x
            # the user
            RUN chown node:node /app
            USER node
        "#]],
    );
    check(
        "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN chown -hR node . && npm ci\n",
        expect![[r#"
        safe: Use `COPY --chown=node:root`, and change the owner of the folder alone
        ---
        FROM node:22
        WORKDIR /app
        COPY --chown=node:root . .
        RUN chown -h node . && npm ci
    "#]],
    );
}

#[test]
fn a_folder_that_copy_makes_and_a_file_need_no_change() {
    check(
        "FROM node:22\n# sources\nCOPY . /app\n\n# for the user\nRUN chown -R 1000:1000 /app\n\nUSER 1000\n",
        expect![[r#"
            safe: Use `COPY --chown=1000:1000` in place of this RUN
            ---
            FROM node:22
            # sources
            # for the user
            COPY --chown=1000:1000 . /app

            USER 1000
        "#]],
    );
    check(
        "FROM debian:bookworm\nCOPY tool.py /usr/local/bin/\nRUN chown 1000 /usr/local/bin/tool.py\n",
        expect![[r#"
            safe: Use `COPY --chown=1000:0` in place of this RUN
            ---
            FROM debian:bookworm
            COPY --chown=1000:0 tool.py /usr/local/bin/
        "#]],
    );
    check(
        "FROM node:22\nCOPY . /app\nRUN chown -R node: /app && ls /app\n",
        expect![[r#"
        safe: Use `COPY --chown=node` in place of `chown`
        ---
        FROM node:22
        COPY --chown=node . /app
        RUN ls /app
    "#]],
    );
}

#[test]
fn the_owner_may_be_a_variable_of_the_file() {
    check(
        "FROM node:22\nARG OWNER=node\nCOPY . /app\nRUN chown -R \"${OWNER}:$OWNER\" /app\n",
        expect![[r#"
        safe: Use `COPY --chown=${OWNER}:$OWNER` in place of this RUN
        ---
        FROM node:22
        ARG OWNER=node
        COPY --chown=${OWNER}:$OWNER . /app
    "#]],
    );
    check(
        "FROM node:22\nCOPY . /app\nRUN chown -R $(id -u):0 /app\n",
        expect![[r#"
        refused: no RUN changes the owner of what is copied right above it
    "#]],
    );
    check(
        "FROM node:22\nCOPY . /app\nARG U=1\nRUN chown -R $U:$U /app\n",
        expect![[r#"
        refused: RUN on line 4 names an owner that only the shell knows
    "#]],
    );
}

#[test]
fn what_is_not_known_of_the_base_is_to_be_checked() {
    check(
        "FROM nginx:1\nCOPY . /usr/share/nginx/html\nRUN chown -R nginx:nginx /usr/share/nginx/html\n",
        expect![[r#"
            unsafe: Use `COPY --chown=nginx:nginx`, and change the owner of the folder alone
            check that nothing else lies in /usr/share/nginx/html, of nginx:1 or of a package
            ---
            FROM nginx:1
            COPY --chown=nginx:nginx . /usr/share/nginx/html
            RUN chown nginx:nginx /usr/share/nginx/html
        "#]],
    );
    check(
        "FROM example/unknown\nWORKDIR /app\nCOPY . .\nRUN chown -R 1:1 /app\n",
        expect![[r#"
            unsafe: Use `COPY --chown=1:1`, and change the owner of the folder alone
            check that nothing else lies in /app, of example/unknown or of a package
            ---
            FROM example/unknown
            WORKDIR /app
            COPY --chown=1:1 . .
            RUN chown 1:1 /app
        "#]],
    );
    check(
        "FROM node:22\nCOPY . /srv/web/app\nRUN chown -R 1:1 /srv/web/app\n",
        expect![[r#"
        unsafe: Use `COPY --chown=1:1` in place of this RUN
        check that /srv/web, if COPY has to make it, may belong to 1:1 too
        ---
        FROM node:22
        COPY --chown=1:1 . /srv/web/app
    "#]],
    );
}

#[test]
fn what_other_steps_made_is_not_forgotten() {
    for text in [
        "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nCOPY . .\nRUN chown -R node:node /app\n",
        "FROM node:22\nRUN curl -o /app/x https://example.com\nCOPY . /app\nRUN chown -R node:node /app\n",
        "FROM node:22\nCOPY a /app/a\nRUN true\nCOPY b /app/b\nRUN chown -R node:node /app\n",
        "FROM node:22\nWORKDIR /app/data\nCOPY . /app\nRUN chown -R node:node /app\n",
        "FROM node:22\nCOPY . /app\nRUN chown -R node:node /app/data\n",
        "FROM node:22\nCOPY --chown=1:1 . /app\nRUN chown -R node:node /app\n",
        "FROM node:22\nCOPY --link . /app\nRUN chown -R node:node /app\n",
    ] {
        let result = render(&RECIPE, text, &facts(&[]));
        assert!(result.starts_with("refused: RUN on line "), "{text}\n{result}");
    }
}

#[test]
fn other_changes_are_left_alone() {
    for text in [
        "FROM node:22\nCOPY . /app\nRUN useradd x && chown -R x:x /app\n",
        "FROM node:22\nCOPY . /app\nRUN chown -R node:node /data\n",
        "FROM node:22\nCOPY . /app\nRUN chmod -R 755 /app\n",
        "FROM node:22\nCOPY . /app\nRUN chown node:node /app\n",
        "FROM node:22\nCOPY . /app\nUSER node\nRUN chown -R node:node /app\n",
        "FROM node:22\nCOPY . /app\nRUN sudo chown -R node:node /app\n",
        "FROM node:22\nCOPY . /app\nRUN true\nRUN chown -R node:node /app\n",
        "FROM node:22\nCOPY . /app\nRUN chown -R node:node /app || true\n",
        "FROM node:22\nCOPY . /app\nRUN chown -R '\n",
        "FROM node:22\nCOPY . /app\nRUN <<EOF\nchown -R node:node /app\nEOF\n",
    ] {
        let result = render(&RECIPE, text, &facts(&[]));
        assert!(result.starts_with("refused: "), "{text}\n{result}");
    }
}

#[test]
fn line_ends_escapes_and_other_letters() {
    check(
        "# escape=`\r\nfrom node:22\r\ncopy --chmod=755 `\r\n  . /größe\r\n# 🐳\r\nrun chown -R `\r\n  1:1 /größe\r\nuser 1\r\n",
        expect![[r#"
            safe: Use `COPY --chown=1:1` in place of this RUN
            ---
            # escape=`␍
            from node:22␍
            # 🐳␍
            copy --chmod=755 --chown=1:1 `␍
              . /größe␍
            user 1␍
        "#]],
    );
}

#[test]
fn runs_above_may_have_put_something_into_the_folder() {
    let result = render(
        &RECIPE,
        "FROM node:22\nENV APP=/app\nRUN mkdir -p ${APP}/data\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app\n",
        &facts(&[("src/a.js", "")]),
    );
    assert!(result.starts_with("unsafe: "), "{result}");
    assert!(result.contains("check that no RUN above puts anything into /app"), "{result}");
}

#[test]
fn what_cannot_be_taken_apart_stays() {
    for run in [
        "COPY . /app/\nRUN --mount=type=cache,target=/app/.cache chown -R node:node /app",
        "WORKDIR /app\nCOPY . .\nRUN chown -R nosuch /app || echo skipped",
        "ADD x.tgz /app/\nRUN chown -R node /app",
        "COPY . /app/\nRUN chown -R node:node /app > /log",
    ] {
        let result = render(&RECIPE, &format!("FROM node:22\n{run}\n"), &facts(&[("src/a.js", "")]));
        assert!(!result.contains("safe: "), "{run}\n{result}");
    }
}
