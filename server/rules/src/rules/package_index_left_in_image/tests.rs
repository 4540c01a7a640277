//! Each manager, what counts as clean, and the fixes.

use expect_test::expect;
use semantic::Facts;

use crate::Settings;
use crate::tests::{check, check_fix, check_fix_of, check_only, findings_of, no_findings};

const CODE: &str = "package-index-left-in-image";

#[test]
fn what_stays_is_pointed_at() {
    check(
        "
FROM debian:12-slim
RUN set -eux; \\
    apt-get update -qq; \\
#   ^^^^^^^^^^^^^^ package-index-left-in-image: apt's package lists, about 20 MB, stay in this layer. End the RUN with `rm -rf /var/lib/apt/lists/*`, or mount a cache there.
    apt-get install -y café
RUN python3 -m pip install --user flask
#   ^^^^^^^^^^^^^^^^^^^^^^ package-index-left-in-image: pip's download cache stays in this layer. Add `--no-cache-dir`, or mount a cache on /root/.cache/pip.
",
    );
}

#[test]
fn each_manager_has_its_own_aliases() {
    for (command, aliases) in [
        ("apt-get update && apt-get install -y x", "DL3009"),
        ("apt update && apt install -y x", "DL3009"),
        ("apk add x", "DL3019 DS-0025"),
        ("apk update && apk add x", "DL3019 DS-0025"),
        ("apk update && apk add --no-cache x", ""),
        ("yum -y install x", "DL3032 DS-0015"),
        ("dnf install -y x", "DL3040 DS-0019"),
        ("microdnf install -y x", "DL3040 DS-0027"),
        ("zypper --non-interactive install x", "DL3036 DS-0020"),
        ("pip install x", "DL3042"),
        ("sudo -H pip3 install x", "DL3042"),
        ("yarn install --frozen-lockfile", "DL3060"),
        ("yarn", "DL3060"),
        ("npm ci", ""),
        ("conda install -y x", ""),
        ("mamba env create -f x.yml", ""),
        ("micromamba create -y -n x", ""),
        ("npm install -g x", ""),
        ("if true; then apt-get update; fi", "DL3009"),
    ] {
        let found = check_only(CODE, &format!("FROM a:1\nRUN {command}\n"));
        assert_eq!(found.len(), 1, "{command}");
        assert_eq!(found[0].aliases.join(" "), aliases, "{command}");
    }
}

#[test]
fn clean_ups_flags_mounts_and_variables_are_fine() {
    for text in [
        "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*",
        "RUN apt-get update && apt-get install -y x && rm -rf /tmp/* \"/var/lib/apt/lists/\"*",
        "RUN apt-get update && apt-get install -y x && apt-get clean && rm -rf /var/lib/apt/lists",
        "RUN apt-get install -y x",
        "RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y x",
        "RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update && apt-get install -y x",
        "RUN apk --no-cache add x",
        "RUN apk add --no-cache --virtual .d x",
        "RUN apk add x && rm -rf /var/cache/apk/*",
        "RUN --mount=type=cache,target=/var/cache/apk apk add x",
        "RUN dnf install -y x && dnf clean all",
        "RUN yum install -y x && rm -rf /var/cache/yum",
        "RUN yum install -y x && yum clean all && rm -rf /var/cache/*",
        "RUN zypper in -y x && zypper clean -a",
        "RUN pip install --no-cache-dir x",
        "RUN pip --no-cache-dir install x",
        "ENV PIP_NO_CACHE_DIR=1\nRUN pip install x",
        "ARG PIP_NO_CACHE_DIR=off\nRUN pip install x",
        "RUN PIP_NO_CACHE_DIR=1 pip install x",
        "RUN --mount=type=cache,target=/root/.cache pip install x",
        "RUN pip install x && rm -rf ~/.cache/pip",
        "RUN npm ci && npm cache clean --force",
        "RUN npm ci && rm -rf /root/.npm",
        "RUN --mount=type=cache,target=/root/.npm npm ci",
        "RUN yarn install && yarn cache clean",
        "RUN yarn install --immutable",
        "RUN yarn build",
        "RUN conda install -y x && conda clean -afy",
        "RUN conda install -y x && mamba clean --all",
        "RUN conda install -y x && rm -rf /opt/conda/pkgs",
        "RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y x",
        "RUN conda activate x",
        "RUN npm run build",
        "RUN echo apt-get update",
        "SHELL [\"powershell\"]\nRUN pip install x",
        "RUN <<EOF\napt-get update\napt-get install -y x\nrm -rf /var/lib/apt/lists/*\nEOF",
    ] {
        no_findings(CODE, &format!("FROM a:1\n{text}\n"));
    }
}

#[test]
fn cleaning_before_or_in_another_run_is_not_enough() {
    for text in [
        "RUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y x",
        "RUN dnf clean all && dnf install -y x",
        "RUN apt-get update && apt-get install -y x\nRUN rm -rf /var/lib/apt/lists/*",
        "RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y x",
    ] {
        assert_eq!(check_only(CODE, &format!("FROM a:1\n{text}\n")).len(), 1, "{text}");
    }
}

#[test]
fn stages_that_are_not_shipped_are_left_alone() {
    no_findings(CODE, "FROM a:1 AS build\nRUN apk add x\nFROM a:1\nCOPY --from=build /x /x\n");
    assert_eq!(check_only(CODE, "FROM a:1 AS base\nRUN apk add x\nFROM base\n").len(), 1);
}

#[test]
fn broken_text_crlf_heredoc_and_another_escape() {
    let count = |text: &str| check_only(CODE, text).len();
    assert_eq!(count("FROM a:1\r\nRUN apk update && \\\r\n  apk add x\r\nRUN\r\n"), 1);
    assert_eq!(count("# escape=`\nFROM a:1\nRUN apk add `\n  x\n"), 1);
    assert_eq!(count("FROM a:1\nRUN <<EOF\napt-get update\napt-get install -y x\nEOF\n"), 1);
    assert_eq!(count("FROM a:1\nRUN apk add 'x\n"), 1);
    assert_eq!(count("FROM a:1\nRUN [\"apk\", \"add\", \"x\"]\n"), 1);
}

#[test]
fn a_flag_is_added_behind_each_subcommand() {
    check_fix(
        "
FROM alpine:3.22
RUN apk update && apk add curl \\
  && apk add -q git
",
        expect![[r"
            Add `--no-cache` (safe)
            FROM alpine:3.22
            RUN apk add --no-cache curl \
              && apk add --no-cache -q git
        "]],
    );
}

#[test]
fn a_clean_up_is_added_behind_the_last_installation() {
    check_fix(
        "
FROM debian:12-slim
RUN apt-get update && apt-get install -y \\
      curl \\
      # for TLS
      ca-certificates \\
 && curl --version
",
        expect![[r#"
            Clean up with `rm -rf /var/lib/apt/lists/*` (safe)
            FROM debian:12-slim
            RUN apt-get update && apt-get install -y \
                  curl \
                  # for TLS
                  ca-certificates \
             && rm -rf /var/lib/apt/lists/* \
             && curl --version
        "#]],
    );
}

#[test]
fn a_fix_says_what_to_check_or_is_not_offered() {
    check_fix_of(
        CODE,
        "
FROM debian:12-slim
RUN apt-get update
RUN apt-get install -y curl
",
        expect![[r#"
            Clean up with `rm -rf /var/lib/apt/lists/*` (unsafe: that nothing later installs without an `apt-get update` before it)
            FROM debian:12-slim
            RUN apt-get update && rm -rf /var/lib/apt/lists/*
            RUN apt-get install -y curl
        "#]],
    );
    for text in [
        "RUN apt-get update || true",
        "RUN if true; then apt-get update; fi",
        "RUN [\"apk\", \"add\", \"x\"]",
    ] {
        let found = findings_of(&format!("FROM a:1\n{text}\n"), &Facts::default(), &Settings::default());
        assert!(found.iter().all(|finding| finding.fixes.is_empty()), "{text} {found:?}");
    }
}
