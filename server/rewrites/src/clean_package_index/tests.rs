//! What is added where, and where nothing is.

use expect_test::{Expect, expect};

use super::RECIPE;
use crate::fixture::{facts, render};

#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, expected: Expect) {
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&[])));
}

#[test]
fn the_layout_of_the_script_is_continued() {
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y curl\n",
        expect![[r#"
        safe: Clean up with `rm -rf /var/lib/apt/lists/*`
        ---
        FROM debian:bookworm
        RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update \\\n && apt-get install -y \\\n      curl \\\n      # for TLS\n      ca-certificates \\\n && curl --version\n",
        expect![[r#"
            safe: Clean up with `rm -rf /var/lib/apt/lists/*`
            ---
            FROM debian:bookworm
            RUN apt-get update \
             && apt-get install -y \
                  curl \
                  # for TLS
                  ca-certificates \
             && rm -rf /var/lib/apt/lists/* \
             && curl --version
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && \\\n\tapt-get install -y curl && \\\n\tcurl --version\n",
        expect![[r#"
            safe: Clean up with `rm -rf /var/lib/apt/lists/*`
            ---
            FROM debian:bookworm
            RUN apt-get update && \
            	apt-get install -y curl && \
            	rm -rf /var/lib/apt/lists/* && \
            	curl --version
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y curl; \\\n    curl --version\n",
        expect![[r#"
            safe: Clean up with `rm -rf /var/lib/apt/lists/*`
            ---
            FROM debian:bookworm
            RUN set -eux; \
                apt-get update; \
                apt-get install -y curl; \
                rm -rf /var/lib/apt/lists/*; \
                curl --version
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update; apt-get install -y curl\n",
        expect![[r#"
        safe: Clean up with `rm -rf /var/lib/apt/lists/*`
        ---
        FROM debian:bookworm
        RUN apt-get update; apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    "#]],
    );
}

#[test]
fn each_manager_is_emptied_in_its_own_way() {
    check(
        "FROM alpine:3.20\nRUN apk update && apk add curl\nRUN apk add git && dnf install -y x\nRUN sudo yum install -y y\n",
        expect![[r#"
            safe: Clean up after package managers in 4 places
            ---
            FROM alpine:3.20
            RUN apk add --no-cache curl
            RUN apk add --no-cache git && dnf install -y x && dnf clean all
            RUN sudo yum install -y y && sudo yum clean all
        "#]],
    );
}

#[test]
fn what_may_install_unseen_finds_the_lists() {
    check(
        "FROM debian:bookworm\nRUN apt-get update \\\n    && bash /tmp/setup.sh \\\n    && make\n",
        expect![[r#"
            safe: Clean up with `rm -rf /var/lib/apt/lists/*`
            ---
            FROM debian:bookworm
            RUN apt-get update \
                && bash /tmp/setup.sh \
                && make \
                && rm -rf /var/lib/apt/lists/*
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN sudo apt-get update && sudo bash -c \"apt-get install -y x\"\n",
        expect![[r#"
            safe: Clean up with `sudo rm -rf /var/lib/apt/lists/*`
            ---
            FROM debian:bookworm
            RUN sudo apt-get update && sudo bash -c "apt-get install -y x" && sudo rm -rf /var/lib/apt/lists/*
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y x\nRUN /tmp/install-y.sh\n",
        expect![[r#"
            refused: a later RUN installs, or may install, from the lists that line 2 fetches: update and install in one RUN first
        "#]],
    );
    check(
        "FROM debian:bookworm\nRUN apt-get update && (./a || ./b)\n",
        expect![[r#"
        refused: nothing can be added to the script on line 2 for certain
    "#]],
    );
}

#[test]
fn lists_that_are_still_needed_stay() {
    check(
        "FROM debian:bookworm\nRUN apt-get update\nRUN apt-get install -y curl\n",
        expect![[r#"
            refused: a later RUN installs, or may install, from the lists that line 2 fetches: update and install in one RUN first
        "#]],
    );
}

#[test]
fn other_stages_languages_and_scripts_are_left_alone() {
    for text in [
        "FROM debian:bookworm AS build\nRUN apt-get update && apt-get install -y x\nFROM scratch\nCOPY --from=build /x /x\n",
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:bookworm\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y x\n",
        "FROM node:22\nRUN npm ci\nRUN pip install x\n",
        "FROM debian:bookworm\nRUN if true; then apt-get update; fi\n",
        "FROM debian:bookworm\nRUN [\"apk\", \"add\", \"x\"]\n",
        "FROM debian:bookworm\nRUN apt-get update || true\n",
    ] {
        let result = render(&RECIPE, text, &facts(&[]));
        assert!(result.starts_with("refused: "), "{text}\n{result}");
    }
}

#[test]
fn line_ends_escapes_comments_and_other_letters() {
    check(
        "# escape=`\r\nfrom debian:bookworm\r\nrun apt-get update `\r\n  # größer 🐳\r\n  && apt-get install -y größe\r\n",
        expect![[r#"
            safe: Clean up with `rm -rf /var/lib/apt/lists/*`
            ---
            # escape=`␍
            from debian:bookworm␍
            run apt-get update `␍
              # größer 🐳␍
              && apt-get install -y größe `␍
              && rm -rf /var/lib/apt/lists/*␍
        "#]],
    );
    check(
        "FROM alpine:3.20\nRUN apk update && \\\n    # tools\n    apk add curl\n",
        expect![[r#"
        safe: Add `--no-cache`
        ---
        FROM alpine:3.20
        RUN apk update && \
            # tools
            apk add --no-cache curl
    "#]],
    );
}

#[test]
fn what_later_may_need_the_lists_is_to_be_looked_at() {
    for later in [
        "RUN apt-get upgrade -y",
        "RUN xargs -a p.txt apt-get install -y",
        "RUN rosdep update && rosdep install --from-paths src",
        "RUN timeout 60 apt-get install -y x",
        "RUN ./configure-system",
        "RUN find . -exec apt-get install {} \\;",
        "ONBUILD RUN apt-get install -y x",
    ] {
        let text = format!("FROM debian:bookworm\nRUN apt-get update && apt-get install -y git\n{later}\n");
        let result = render(&RECIPE, &text, &facts(&[]));
        assert!(!result.contains("\nsafe: ") && !result.starts_with("safe: "), "{text}\n{result}");
    }
}

#[test]
fn a_script_that_no_longer_stops_keeps_the_failure() {
    let text = "FROM debian:bookworm\nRUN set -e; apt-get update; apt-get install -y git; set +e; make\n";
    let result = render(&RECIPE, text, &facts(&[]));
    assert!(!result.contains("; rm -rf"), "{result}");
}
