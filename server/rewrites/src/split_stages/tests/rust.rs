//! Rust projects and their mutations.

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
fn a_static_program_with_everything() {
    check(
        "a static program with everything",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM rust-musl-builder AS build

        ADD . ./
        RUN sudo chown -R rust:rust /home/rust/src
        RUN cargo build --release

        FROM scratch

        COPY --from=build /home/rust/src/target/x86_64-unknown-linux-musl/release/counter /home/rust/src/target/x86_64-unknown-linux-musl/release/

        EXPOSE 8080
        CMD ["/home/rust/src/target/x86_64-unknown-linux-musl/release/counter"]
    "#]],
    );
}

#[test]
fn alpine_certificates_a_user_by_name_templates() {
    check(
        "alpine, certificates, a user by name, templates",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM rust:1-alpine AS build
        # needed to link
        RUN apk add --no-cache musl-dev
        RUN adduser -D app
        WORKDIR /app
        COPY . .
        RUN cargo build --release

        FROM scratch
        WORKDIR /app
        COPY --from=build /app/target/release/counter ./target/release/
        COPY --from=build /etc/passwd /etc/group /etc/
        COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
        COPY --from=build /app/templates ./templates
        ENV RUST_LOG=info
        USER app
        ENTRYPOINT ["./target/release/counter"]
    "#]],
    );
}

#[test]
fn a_triple_and_a_program_copied_away() {
    check(
        "a triple, and a program copied away",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM rust:1-bookworm AS build
        RUN rustup target add x86_64-unknown-linux-musl
        WORKDIR /build
        COPY . .
        RUN cargo build --release --target x86_64-unknown-linux-musl && cp target/x86_64-unknown-linux-musl/release/counter /usr/local/bin/

        FROM scratch
        WORKDIR /build
        COPY --from=build /usr/local/bin/counter /usr/local/bin/
        USER 1000:1000
        CMD ["/usr/local/bin/counter"]
    "#]],
    );
}

#[test]
fn the_working_directory_of_the_base() {
    check(
        "the working directory of the base",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on scratch
            check that counter finds /static in the working directory /
            ---
            FROM known-musl-builder AS build
            ADD --chown=rust:rust . ./
            RUN cargo build --release

            FROM scratch
            COPY --from=build /home/rust/src/target/x86_64-unknown-linux-musl/release/counter /target/x86_64-unknown-linux-musl/release/
            COPY --from=build /home/rust/src/static /static
            CMD ["./target/x86_64-unknown-linux-musl/release/counter"]
        "#]],
    );
}

#[test]
fn cargo_install() {
    check(
        "cargo install",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that debian:bookworm-slim has every shared library that the program needs
        ---
        FROM rust:1.80-bookworm AS build
        WORKDIR /usr/src/counter
        COPY . .
        RUN cargo install --path .

        FROM debian:bookworm-slim
        WORKDIR /usr/src/counter
        COPY --from=build /usr/local/cargo/bin/counter /usr/local/bin/
        CMD ["counter"]
    "#]],
    );
}

#[test]
fn cargo_install_static() {
    check(
        "cargo install, static",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        FROM rust:1-alpine AS build
        WORKDIR /src
        COPY . .
        RUN cargo install --locked --path . --root /out

        FROM scratch
        WORKDIR /src
        COPY --from=build /out/bin/counter /usr/local/bin/
        ENTRYPOINT ["counter"]
    "#]],
    );
}

#[test]
fn not_static() {
    check(
        "not static",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on debian:bookworm-slim
        check that debian:bookworm-slim has every shared library that the program needs
        ---
        FROM rust:1.80-slim-bookworm AS build
        WORKDIR /app
        COPY . .
        RUN cargo build --release

        FROM debian:bookworm-slim
        WORKDIR /app
        COPY --from=build /app/target/release/counter ./target/release/
        CMD ["./target/release/counter"]
    "#]],
    );
}

#[test]
fn not_static_no_release_named() {
    check(
        "not static, no release named",
        expect![[r#"
        refused: the program is not static, and the tag of the base names no Debian release (as rust:1-bookworm does) whose slim image would have the same C library
    "#]],
    );
}

#[test]
fn not_static_with_openssl() {
    check(
        "not static, with OpenSSL",
        expect![[r#"
        refused: the program is not static and links OpenSSL, which a slim image does not have
    "#]],
    );
}

#[test]
fn shell_form_on_a_static_program() {
    check(
        "shell form on a static program",
        expect![[r#"
        refused: CMD or ENTRYPOINT is in shell form, and scratch has no shell: write it as a list, such as CMD ["/app"]
    "#]],
    );
}

#[test]
fn cargo_run() {
    check(
        "cargo run",
        expect![[r#"
        refused: the container runs cargo, which works on the sources: let CMD run the program that is built
    "#]],
    );
}

#[test]
fn no_such_program() {
    check(
        "no such program",
        expect![[r#"
        refused: no Cargo.toml of the build context has a program named other, which the container runs
    "#]],
    );
}

#[test]
fn a_health_check_on_scratch() {
    check(
        "a health check on scratch",
        expect![[r#"
        refused: HEALTHCHECK needs a shell or another program, which scratch does not have
    "#]],
    );
}

#[test]
fn dynamic_on_purpose() {
    check(
        "dynamic on purpose",
        expect![[r#"
        refused: the program is not static, and the tag of the base names no Debian release (as rust:1-bookworm does) whose slim image would have the same C library
    "#]],
    );
}

#[test]
fn a_program_of_src_bin_other_places_maintainer() {
    check(
        "a program of src/bin, other places, maintainer",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on scratch
        ---
        from rust:1-alpine as build
        workdir /work/app
        copy Cargo.toml Cargo.lock ./
        copy src ./src
        run cargo build --release --bin worker

        from scratch as service
        maintainer me
        workdir /work/app
        copy --from=build /work/app/target/release/worker ./target/release/
        expose 9000
        entrypoint ["/work/app/target/release/worker"]
        cmd ["--serve"]
    "#]],
    );
}
