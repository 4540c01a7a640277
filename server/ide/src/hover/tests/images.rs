//! Images.

use expect_test::expect;
use semantic::{FrontendFacts, ImageFacts};

use super::{Outside, check, check_with, hover};

#[test]
fn a_name_is_taken_apart() {
    check(
        "FROM node:22-sl$0im\n",
        expect![[r#"
            [node:22-slim]
            **`node`**, official image on Docker Hub

            Tag `22-slim`

            [Docker Hub](https://hub.docker.com/_/node)
        "#]],
    );
    check(
        "FROM no$0de\n",
        expect![[r#"
            [node]
            **`node`**, official image on Docker Hub

            No tag, which means `latest`: another day's build may get another image.

            [Docker Hub](https://hub.docker.com/_/node)
        "#]],
    );
    check(
        "FROM ghcr.io/acme/app:la$0test\n",
        expect![[r#"
            [ghcr.io/acme/app:latest]
            **`ghcr.io/acme/app`** on GitHub's registry

            Tag `latest`: whatever was pushed last. Another day's build may get another image.

            [GitHub](https://ghcr.io/acme/app)
        "#]],
    );
    check(
        &format!("FROM registry.test:5000/a/b:1@sha256:{}$0\n", "0123456789abcdef".repeat(4)),
        expect![[r#"
            [registry.test:5000/a/b:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef]
            **`registry.test:5000/a/b`** on `registry.test:5000`

            Digest `sha256:0123456789ab`: always the same image. The tag `1` is for readers alone.
        "#]],
    );
    check(
        "FROM No$0de\n",
        expect![[r#"
            [Node]
            **`Node`** cannot be the name of an image

            `Node` must be lower case
        "#]],
    );
    check(
        "ARG TAG=22\nFROM no$0de:$TAG\n",
        expect![[r#"
            [node:$TAG]
            **`node`**, official image on Docker Hub

            Tag `22`

            [Docker Hub](https://hub.docker.com/_/node)

            `node:$TAG` is `node:22` unless the caller gives other arguments.
        "#]],
    );
    check(
        "ARG TAG\nFROM no$0de:$TAG\n",
        expect![[r#"
            [node:$TAG]
            **`node:$TAG`** is not known before the build

            `$TAG` has no default: give it one above the first FROM, or pass it with `--build-arg TAG=…`.
        "#]],
    );
}

#[test]
fn an_image_on_this_machine_says_what_it_holds() {
    let environment = [("NODE_VERSION", "22.1.0"), ("PATH", "/usr/bin:/bin"), ("API_TOKEN", "hunter2")];
    let image = ImageFacts {
        environment: environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        workdir: "/app".to_owned(),
        user: "node".to_owned(),
        entrypoint: vec!["docker-entrypoint.sh".to_owned()],
        command: vec!["node".to_owned()],
        size: 241_000_000,
        digest: "sha256:0123456789abcdef".to_owned(),
        created: "2026-11-02T10:00:00Z".to_owned(),
        layers: 8,
        platform: "linux/amd64".to_owned(),
        ports: vec!["3000/tcp".to_owned()],
        ..ImageFacts::default()
    };
    check_with(
        "FROM docker.io/library/no$0de:22\n",
        Outside::new().image("node:22", image),
        expect![[r#"
            [docker.io/library/node:22]
            **`node`**, official image on Docker Hub

            Tag `22`

            - On this machine: 241.0 MB in 8 layers, `linux/amd64`, made on 2026-11-02
            - Digest: `sha256:0123456789abcdef`
            - Runs as `node` in `/app`
            - Starts `docker-entrypoint.sh node`
            - Listens on `3000/tcp`
            - Sets `API_TOKEN=••••••••`, `NODE_VERSION=22.1.0`, `PATH=/usr/bin:/bin`

            [Docker Hub](https://hub.docker.com/_/node)
        "#]],
    );
}

#[test]
fn an_engine_that_lacks_an_image_is_told_from_no_engine() {
    let mut outside = Outside::new();
    outside.facts.frontend = Some(FrontendFacts::default());
    assert!(hover("FROM a\nCOPY --from=ngi$0nx:1 /a /b\n", outside.clone()).contains("the build pulls it"));
    check_with(
        "FROM no$0de:22\n",
        outside,
        expect![[r#"
            [node:22]
            **`node`**, official image on Docker Hub

            Tag `22`

            Not on this machine's engine: the build pulls it.

            [Docker Hub](https://hub.docker.com/_/node)
        "#]],
    );
}
