//! C and C++ programs: who writes them, and which libraries they find.

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
fn make_on_debian() {
    check(
        "c: make on Debian",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM debian:bookworm AS build

        RUN apt-get update \
            && apt-get install -y --no-install-recommends gcc libc6-dev make \
            && rm -rf /var/lib/apt/lists/*

        WORKDIR /app
        COPY . .
        # optimised
        RUN make

        FROM debian:bookworm-slim

        WORKDIR /app

        COPY --from=build /app/server ./

        EXPOSE 8080
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn one_compiler_call() {
    check(
        "c: one compiler call",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM debian:bookworm-slim AS build
        RUN apt-get update && apt-get install -y build-essential libssl-dev
        COPY main.c /src/main.c
        RUN gcc -O2 -o /usr/local/bin/server /src/main.c -lssl -lcrypto

        FROM debian:bookworm-slim
        RUN apt-get update && apt-get install -y libssl3
        COPY --from=build /usr/local/bin/server /usr/local/bin/
        USER nobody
        ENTRYPOINT ["server"]
    "#]],
    );
}

#[test]
fn the_compiler_image() {
    check(
        "c: the compiler's image",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that gcc:13 is built on Debian bookworm or an older one, whose C library debian:bookworm-slim has
        ---
        FROM gcc:13 AS build
        WORKDIR /usr/src/app
        COPY . .
        RUN gcc -o server main.c -lm

        FROM debian:bookworm-slim
        WORKDIR /usr/src/app
        COPY --from=build /usr/src/app/server ./
        CMD ["./server"]
    "#]],
    );
}

#[test]
fn cpp_in_the_compiler_image() {
    check(
        "c: C++ in the compiler's image",
        expect![[r#"
        refused: g++ of this image may link its own C++ library, which is newer than Debian's: link it statically with -static-libstdc++ -static-libgcc, or build on debian with g++
    "#]],
    );
}

#[test]
fn cmake_on_alpine() {
    check(
        "c: CMake on Alpine",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on alpine:3.20
        ---
        FROM alpine:3.20 AS build
        RUN apk add --no-cache build-base cmake sqlite-dev tini
        WORKDIR /app
        COPY . .
        RUN cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build

        FROM alpine:3.20
        RUN apk add --no-cache libstdc++ sqlite-libs tini
        WORKDIR /app
        COPY --from=build /app/build/shop-server ./build/
        COPY --from=build /app/config ./config
        ENTRYPOINT ["/sbin/tini", "--"]
        CMD ["/app/build/shop-server"]
    "#]],
    );
}

#[test]
fn cmake_with_install() {
    check(
        "c: CMake with install",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on ubuntu:22.04
        check that shop-server needs no shared library of its own in /opt/shop/lib
        ---
        FROM ubuntu:22.04 AS build
        RUN apt-get update && apt-get install -y cmake g++ libpq-dev && rm -rf /var/lib/apt/lists/*
        COPY . /src
        RUN cd /src && cmake -B build && cmake --build build && cmake --install build --prefix=/opt/shop

        FROM ubuntu:22.04
        RUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*
        COPY --from=build /opt/shop /opt/shop
        COPY --from=build /src/config /src/config
        WORKDIR /data
        CMD ["/opt/shop/bin/shop-server"]
    "#]],
    );
}

#[test]
fn autotools_from_elsewhere() {
    check(
        "c: autotools from elsewhere",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that tool needs no shared library of its own in /usr/local/lib; that the program needs nothing else of what RUN on line 4 leaves
        ---
        FROM debian:bookworm AS build
        RUN apt-get update && apt-get install -y autoconf automake gcc make wget ca-certificates
        WORKDIR /tmp
        RUN wget https://example.com/tool-1.0.tar.gz && tar xf tool-1.0.tar.gz && cd tool-1.0 && ./configure --prefix=/usr/local && make && make install

        FROM debian:bookworm-slim
        RUN apt-get update && apt-get install -y wget ca-certificates
        WORKDIR /tmp
        COPY --from=build /usr/local /usr/local
        ENTRYPOINT ["/usr/local/bin/tool"]
    "#]],
    );
}

#[test]
fn copied_after_the_build_a_user_of_its_own() {
    check(
        "c: copied after the build, a user of its own",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        FROM debian:bookworm AS build
        RUN apt-get update && apt-get install -y gcc make
        RUN useradd -m app
        WORKDIR /src
        COPY . .
        RUN make && cp server /usr/bin/server && make clean

        FROM debian:bookworm-slim
        RUN useradd -m app
        WORKDIR /src
        COPY --from=build /usr/bin/server /usr/bin/
        WORKDIR /home/app
        USER app
        CMD ["server", "--verbose"]
    "#]],
    );
}

#[test]
fn a_makefile_that_is_not_known() {
    check(
        "c: a Makefile that is not known",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that the build writes /app/src/out/server
        ---
        FROM debian:bookworm AS build
        RUN apt-get update && apt-get install -y build-essential
        WORKDIR /app
        COPY . .
        RUN make -C src

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/src/out/server ./src/out/
        CMD ["/app/src/out/server"]
    "#]],
    );
}

#[test]
fn no_compiler_installed() {
    check(
        "c: no compiler installed",
        expect![[r#"
        refused: no step installs a compiler that stays in the image: there is nothing to leave behind
    "#]],
    );
}

#[test]
fn a_program_of_the_context() {
    check(
        "c: a program of the context",
        expect![[r#"
        refused: the container starts with /app/run.sh, and what that runs of the build is not followed
    "#]],
    );
}

#[test]
fn another_distribution() {
    check(
        "c: another distribution",
        expect![[r#"
        refused: which distribution the base is made of is not known, and with it the C library that the program is linked to
    "#]],
    );
}

#[test]
fn two_commands() {
    check(
        "c: two commands",
        expect![[r#"
        refused: CMD runs more than one plain command
    "#]],
    );
}

#[test]
fn shell_form_lower_case_crlf_backtick() {
    check(
        "c: shell form, lower case, CRLF, backtick",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on debian:bookworm-slim
        ---
        # escape=`␍
        from debian:bookworm as build␍
        run apt-get update && `␍
            apt-get install -y gcc make libpq-dev␍
        workdir /app␍
        copy . .␍
        run make␍
        ␍
        from debian:bookworm-slim␍
        run apt-get update && `␍
            apt-get install -y libpq5␍
        workdir /app␍
        copy --from=build /app/server ./␍
        cmd ./server --port 80␍
    "#]],
    );
}

#[test]
fn heredoc_non_ascii_an_unknown_library() {
    check(
        "c: heredoc, non-ASCII, an unknown library",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that the program needs no shared library of libboost-all-dev
        ---
        FROM debian:bookworm AS build
        # für die Übersetzung 🔧
        RUN apt-get update && apt-get install -y g++ libboost-all-dev
        COPY <<EOF /app/main.cpp
        int main() {}
        EOF
        WORKDIR /app
        RUN <<EOF
        set -e
        g++ -O2 -o server main.cpp
        strip server
        EOF

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/server ./
        CMD ["/app/server"]
    "#]],
    );
}

#[test]
fn a_health_check_by_curl() {
    check(
        "c: a health check by curl",
        expect![[r#"
        refused: the container calls curl, which debian:bookworm-slim does not have: install it in this file
    "#]],
    );
}

#[test]
fn compilers_removed_again() {
    check(
        "c: compilers removed again",
        expect![[r#"
        refused: no step installs a compiler that stays in the image: there is nothing to leave behind
    "#]],
    );
}

#[test]
fn a_file_copied_after_the_build() {
    check(
        "c: a file copied after the build",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on alpine:latest
        ---
        FROM alpine:latest AS build
        RUN apk add --no-cache gcc make musl-dev
        WORKDIR /app
        COPY Makefile main.c ./
        RUN make

        FROM alpine:latest
        WORKDIR /app
        COPY --from=build /app/server ./
        COPY game.dsk ./
        CMD ["./server"]
    "#]],
    );
}
