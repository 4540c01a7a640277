//! Dockerfiles in, what they link to out.

use std::fmt::Write;

use expect_test::{Expect, expect};
use semantic::Facts;
use semantic::facts::{FileFacts, FileKind};

use super::*;
use crate::host::Host;
use crate::kind::DocumentKind;

#[track_caller]
fn check(text: &str, expected: Expect) {
    let mut context = ContextFacts { root: "/project".to_owned(), complete: true, ..ContextFacts::default() };
    for (path, kind) in
        [("package.json", FileKind::File), ("src", FileKind::Directory), ("src/a b.js", FileKind::File)]
    {
        context.files.insert(path.to_owned(), FileFacts { size: 1, kind });
    }
    let id = DocumentId::new("file:///project/Dockerfile");
    let mut host = Host::new();
    host.open(id.clone(), DocumentKind::Dockerfile, text);
    host.set_facts(&id, Facts { context: Some(context), ..Facts::default() });
    let snapshot = host.snapshot();
    let mut shown = String::new();
    for DocumentLink { range, target, tooltip } in snapshot.document_links(&id) {
        let about = snapshot.document(&id).unwrap().slice(range);
        let (LinkTarget::Url(target) | LinkTarget::File(target)) = target;
        writeln!(shown, "{about} -> {target} ({tooltip})").unwrap();
    }
    expected.assert_eq(&shown);
}

#[test]
fn images_lead_to_their_pages() {
    check(
        "# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 node:22 AS build\nFROM ghcr.io/a/b@sha256:0\nFROM build\nCOPY --from=nginx:1 /a /b\nRUN --mount=from=quay.io/c/d,target=/x true\n",
        expect![[r#"
            docker/dockerfile:1 -> https://hub.docker.com/r/docker/dockerfile (docker/dockerfile on Docker Hub)
            node:22 -> https://hub.docker.com/_/node (node on Docker Hub)
            nginx:1 -> https://hub.docker.com/_/nginx (nginx on Docker Hub)
            quay.io/c/d -> https://quay.io/repository/c/d (quay.io/c/d on Quay)
        "#]],
    );
}

#[test]
fn what_is_not_certain_is_no_link() {
    check(
        "ARG TAG=1\nFROM node:$TAG\nFROM scratch\nFROM registry.example.com/a/b\nCOPY --from=assets /a /b\nCOPY --from=0 package.json /b\nCOPY $TAG *.json src none /x/\nFROM\nADD https://example.com/$TAG /x\nADD https://u:p@example.com/ /x\n",
        expect![[""]],
    );
    check(
        "# syntax=acme/pack:1\nFROM node\n",
        expect![[r#"
        acme/pack:1 -> https://hub.docker.com/r/acme/pack (acme/pack on Docker Hub)
    "#]],
    );
}

#[test]
fn files_of_the_context_and_addresses_lead_there() {
    check(
        "FROM scratch\r\nCOPY ./package.json \"/src/../package.json\" \\\r\n  /😀/\r\nADD [\"src/a b.js\", \"https://example.com/x.tgz\", \"git@github.com:a/b.git\", \"/x/\"]\r\nRUN --mount=type=bind,source=package.json,target=/p --mount=type=cache,source=package.json,target=/c x\r\n",
        expect![[r#"
            ./package.json -> /project/package.json (package.json in the build context)
            /src/../package.json -> /project/package.json (package.json in the build context)
            src/a b.js -> /project/src/a b.js (src/a b.js in the build context)
            https://example.com/x.tgz -> https://example.com/x.tgz (What is fetched)
            git@github.com:a/b.git -> https://github.com/a/b (The repository)
            package.json -> /project/package.json (package.json in the build context)
        "#]],
    );
}

#[test]
fn codes_lead_to_their_pages() {
    check(
        "# check=skip=StageNameCasing,InvalidBaseImagePlatform\nFROM scratch\n# hadolint ignore=DL3026,SC2086,secret-in-arg-or-env,NONSENSE\nRUN x\n# a comment on DL3026\n",
        expect![[r#"
            StageNameCasing -> https://github.com/layerwise/layerwise/blob/main/server/docs/rules/stage-name-casing.md (stage-name-casing: A stage name has capital letters)
            InvalidBaseImagePlatform -> https://github.com/layerwise/layerwise/blob/main/server/docs/rules/base-image-of-other-platform.md (base-image-of-other-platform: The base image is for another platform than FROM asks for)
            DL3026 -> https://github.com/layerwise/layerwise/blob/main/server/docs/rules/registry-not-trusted.md (registry-not-trusted: An image comes from a registry that the settings do not trust)
            SC2086 -> https://www.shellcheck.net/wiki/SC2086 (SC2086 of ShellCheck)
            secret-in-arg-or-env -> https://github.com/layerwise/layerwise/blob/main/server/docs/rules/secret-in-arg-or-env.md (secret-in-arg-or-env: A secret is passed as ARG or set as ENV)
        "#]],
    );
}
