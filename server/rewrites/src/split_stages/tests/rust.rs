//! Rust projects and their mutations.

use expect_test::{Expect, expect};

use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

const MANIFEST: &str = "[package]\nname = \"counter\"\nversion = \"1.0.0\"\n";

/// What becomes of a Dockerfile with these files around it, beside a small program.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(dockerfile: &str, more: &[(&str, &str)], expected: Expect) {
    let mut files =
        vec![("Cargo.toml", MANIFEST), ("Cargo.lock", "[[package]]\nname = \"itoa\"\n"), ("src/main.rs", "")];
    files.extend(more);
    expected.assert_eq(&render(&RECIPE, dockerfile, &facts(&files)));
}

#[test]
fn a_static_program_moves_to_scratch() {
    check(
        "FROM rust-musl-builder

ADD . ./
RUN sudo chown -R rust:rust /home/rust/src
RUN cargo build --release

EXPOSE 8080
CMD [\"/home/rust/src/target/x86_64-unknown-linux-musl/release/counter\"]
",
        &[],
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
