//! What is merged, how it looks, and what stays apart.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
}

#[test]
fn lists_are_fetched_where_they_are_used() {
    check(
        "FROM debian:bookworm\nRUN apt-get update\nRUN apt-get install -y curl\n",
        expect![[r#"
        safe: Merge 2 RUNs into one
        ---
        FROM debian:bookworm
        RUN apt-get update && apt-get install -y curl
    "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update\n\n# tools\nRUN apt-get install -y \\\n      curl \\\n   git\nRUN apt-get install -y vim\nRUN make\n",
        expect![[r#"
            safe: Merge 3 RUNs into one
            ---
            FROM debian:bookworm
            RUN apt-get update \
               # tools
               && apt-get install -y \
                  curl \
               git \
               && apt-get install -y vim
            RUN make
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && \\\n\tapt-get install -y curl\nRUN apt-get install -y git && \\\n\tmake\n",
        expect![[r#"
            safe: Merge 2 RUNs into one
            ---
            FROM debian:bookworm
            RUN apt-get update && \
            	apt-get install -y curl && \
            	apt-get install -y git && \
            	make
        "#]],
    );
}

#[test]
fn what_is_removed_is_removed_where_it_was_made() {
    check(
        "FROM debian:bookworm\nRUN curl -fsSL -o /tmp/x.tgz https://example.com/x.tgz\nRUN tar -xzf /tmp/x.tgz -C /opt\nRUN rm /tmp/x.tgz\nRUN true\n",
        expect![[r#"
            safe: Merge 3 RUNs into one
            ---
            FROM debian:bookworm
            RUN curl -fsSL -o /tmp/x.tgz https://example.com/x.tgz \
                && tar -xzf /tmp/x.tgz -C /opt \
                && rm /tmp/x.tgz
            RUN true
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n",
        expect![[r#"
            safe: Merge 2 RUNs into one
            ---
            FROM debian:bookworm
            RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
        "#]],
    );
    check(
        "FROM alpine:3.20\nRUN apk add --no-cache --virtual .deps gcc\nRUN apk del .deps\nRUN npm ci\nRUN npm cache clean --force\n",
        expect![[r#"
            safe: Merge RUNs in 2 places
            ---
            FROM alpine:3.20
            RUN apk add --no-cache --virtual .deps gcc && apk del .deps
            RUN npm ci && npm cache clean --force
        "#]],
    );
}

#[test]
fn a_folder_matters_to_some_commands_alone() {
    check(
        "FROM debian:bookworm\nRUN cd /tmp && curl -fsSLO https://example.com/x.tgz\nRUN rm -rf /tmp/x.tgz\n",
        expect![[r#"
            safe: Merge 2 RUNs into one
            ---
            FROM debian:bookworm
            RUN cd /tmp && curl -fsSLO https://example.com/x.tgz && rm -rf /tmp/x.tgz
        "#]],
    );
}

#[test]
fn what_ends_early_or_sets_something_stays_apart() {
    for (first, second) in [
        ("apt-get update && exit 0", "apt-get install -y curl"),
        ("exec apt-get update", "apt-get install -y curl"),
        ("if [ -f /x ]; then exit 0; fi; apt-get update", "apt-get install -y curl"),
        ("trap 'rm -rf /app' EXIT && apt-get update", "apt-get install -y curl"),
        ("cd /tmp && apt-get update", "apt-get install -y ./a.deb"),
        ("P=git; apt-get update", "apt-get install -y $P"),
        ("read P < /p && apt-get update", "apt-get install -y $P"),
        (". /etc/os-release && apt-get update", "apt-get install -y linux-$VERSION_ID"),
        ("builtin cd /tmp && apt-get update", "apt-get install -y curl && touch x"),
        ("set -e; apt-get update; for p in a b; do false; true; done", "apt-get install -y curl"),
        ("set -ex && apt-get update", "apt-get install -y curl && for i in a b; do false; true; done"),
        ("cd /tmp && curl -fsSLO https://example.com/x.tgz", "rm -rf /tmp/x.tgz $PWD"),
    ] {
        let text = format!("FROM debian:bookworm\nRUN {first}\nRUN {second}\n");
        let result = render(&RECIPE, &text, &facts(&[]));
        assert!(result.starts_with("refused: "), "{text}\n{result}");
    }
}

#[test]
fn what_would_do_another_thing_stays_apart() {
    let line = "RUN apt-get update\n";
    for runs in [
        "RUN apt-get install -y x; true\n",
        "RUN apt-get install -y x || true\n",
        "RUN --network=none apt-get install -y x\n",
        "# hadolint ignore=DL3008\nRUN apt-get install -y x\n",
        "RUN [\"apt-get\", \"install\", \"-y\", \"x\"]\n",
        "RUN <<EOF\napt-get install -y x\nEOF\n",
        "RUN apt-get install -y x &\n",
    ] {
        let text = format!("FROM debian:bookworm\n{line}{runs}");
        let result = render(&RECIPE, &text, &facts(&[]));
        assert!(result.starts_with("refused: the RUNs on lines 2 to "), "{runs}\n{result}");
    }
    let text =
        "FROM debian:bookworm\nRUN export A=1 && apt-get update\nRUN echo $A && apt-get install -y x\n";
    assert!(render(&RECIPE, text, &facts(&[])).starts_with("refused: the RUNs"));
}

#[test]
fn others_are_cached_by_themselves() {
    for text in [
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y x\nRUN make\n",
        "FROM debian:bookworm\nRUN apt-get update\nWORKDIR /x\nRUN apt-get install -y x\n",
        "FROM debian:bookworm\nRUN apt-get update\nRUN npm ci\nRUN apt-get install -y x\n",
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y x\nRUN apt-get update && apt-get install -y y\n",
        "FROM debian:bookworm AS b\nRUN curl -o /tmp/x https://example.com\nRUN rm /tmp/x\nFROM scratch\nCOPY --from=b /y /y\n",
        "FROM debian:bookworm\nRUN curl -o /tmp/x https://example.com\nRUN touch /y && rm -f /y\n",
        "FROM debian:bookworm\nRUN apt-get update\nRUN apt-get install -y '\n",
    ] {
        let result = render(&RECIPE, text, &facts(&[]));
        assert!(result.starts_with("refused: "), "{text}\n{result}");
    }
}

#[test]
fn line_ends_escapes_and_other_letters() {
    check(
        "from debian:bookworm\r\nrun apt-get update\r\n# größe 🐳\r\n\r\nrun apt-get install -y größe\r\ncmd [\"x\"]\r\n",
        expect![[r#"
            safe: Merge 2 RUNs into one
            ---
            from debian:bookworm␍
            run apt-get update \␍
                # größe 🐳␍
                && apt-get install -y größe␍
            cmd ["x"]␍
        "#]],
    );
    check(
        "# escape=`\nFROM debian:bookworm\nRUN apt-get update\nRUN apt-get install -y x\n",
        expect![[r#"
        safe: Merge 2 RUNs into one
        ---
        # escape=`
        FROM debian:bookworm
        RUN apt-get update && apt-get install -y x
    "#]],
    );
}
