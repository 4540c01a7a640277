//! rustc, cargo test, and panics.
//!
//! Source: `compiler/rustc_errors/src/emitter.rs` for the blocks, `library/std/src/panicking.rs` for panics: since 1.73 the place comes before
//! the message, and since 1.90 there is the thread's number in between.

use crate::problems::tool::{Innermost, Rule, Tool};

const SOURCES: &[&str] = &[".rs"];

pub(crate) const RUSTC: Tool = Tool {
    name: "rustc",
    innermost: Innermost::First,
    patience: 1,
    rules: &[
        Rule::places("{ }--> {file}:{line}:{column}").of(&[".rs", ".toml"]),
        Rule::quotes("{line}{ }| {message}"),
        Rule::adds("{ }|{_}^ {message}"),
        Rule::keeps("{ }|{_}"),
        Rule::keeps("{column}{ }|{_}"),
        Rule::ends(""),
        Rule::begins("error[{code}]: {message}"),
        Rule::begins("error: {message}"),
        Rule::begins("warning: {message}").warns(),
        Rule::tells("{file}:{line}:{column}: error[{code}]: {message}").of(SOURCES),
        Rule::tells("{file}:{line}:{column}: {severity}: {message}").of(SOURCES),
    ],
};

pub(crate) const CARGO_MANIFEST: Tool = Tool {
    name: "cargo",
    innermost: Innermost::First,
    patience: 4,
    rules: &[
        Rule::places("  TOML parse error at line {line}, column {column}"),
        Rule::quotes("{ }{line}{ }| {message}"),
        Rule::keeps("{ }|{_}"),
        Rule::says("  {message}"),
        Rule::begins("error: failed to parse manifest at `{path}`").of(&[".toml"]),
    ],
};

pub(crate) const PANIC: Tool = Tool {
    name: "rust",
    innermost: Innermost::First,
    patience: 40,
    rules: &[
        Rule::places("{ }at {file}:{line}:{column}").of(SOURCES),
        Rule::adds("  left: {_}"),
        Rule::adds(" right: {_}"),
        Rule::ends(""),
        Rule::begins("thread '{title}' panicked at '{message}', {file}:{line}:{column}"),
        Rule::begins("thread '{title}' panicked at {file}:{line}:{column}:"),
        Rule::begins("thread '{title}' ({_}) panicked at {file}:{line}:{column}:"),
        Rule::begins("  thread '{title}' panicked at {file}:{line}:{column}:"),
        Rule::begins("  thread '{title}' ({_}) panicked at {file}:{line}:{column}:"),
        Rule::says("{message}"),
    ],
};

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::problems::fixture::{check, is_silent};

    #[test]
    fn blocks_are_read_to_their_labels() {
        check(
            r#"
error[E0308]: mismatched types
 --> bad.rs:2:5
  |
1 | fn größe() -> i32 {
  |               --- expected `i32` because of return type
2 |     "x"
  |     ^^^ expected `i32`, found `&str`

error[E0425]: cannot find function `grosse` in this scope
 --> bad.rs:7:5
  |
7 |     grosse();
  |     ^^^^^^ not found in this scope

error: aborting due to 2 previous errors

Some errors have detailed explanations: E0308, E0425.
For more information about an error, try `rustc --explain E0308`.
"#,
            expect![[r#"
                bad.rs:2:5  `"x"`
                  error (rustc): E0308: mismatched types
                    expected `i32`, found `&str`
                bad.rs:7:5  `grosse();`
                  error (rustc): E0425: cannot find function `grosse` in this scope
                    not found in this scope
            "#]],
        );
    }

    #[test]
    fn tests_that_panic_are_where_they_do() {
        check(
            r#"
   Compiling app v0.1.0 (/srv/rust)
    Finished `test` profile [unoptimized + debuginfo] target(s) in 0.84s
     Running unittests src/lib.rs (target/x86_64-unknown-linux-musl/debug/deps/app-0fe4bfe45fc8860c)

running 3 tests
test tests::adds ... FAILED
test tests::breaks ... FAILED
test tests::fine ... ok

failures:

---- tests::adds stdout ----

thread 'tests::adds' panicked at src/lib.rs:9:9:
assertion `left == right` failed: sum
  left: 4
 right: 3
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- tests::breaks stdout ----

thread 'tests::breaks' panicked at src/lib.rs:20:14:
a value


failures:
    tests::adds
    tests::breaks

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

error: test failed, to rerun pass `--lib`
"#,
            expect![[r#"
                src/lib.rs:9:9
                  error (rust): tests::adds: assertion `left == right` failed: sum
                    left: 4
                    right: 3
                src/lib.rs:20:14
                  error (rust): tests::breaks: a value
            "#]],
        );
    }

    #[test]
    fn threads_have_numbers_and_stacks_and_panics_were_told_the_other_way_round() {
        check(
            r#"
thread 'tests::breaks' (27029) panicked at src/lib.rs:20:14:
a value
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
   5: app::deep
             at ./src/deep.rs:7:9

thread 'main' panicked at 'größe: no', build.rs:3:5
"#,
            expect![[r#"
                src/lib.rs:20:14
                  error (rust): tests::breaks: a value
                  from /rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/std/src/panicking.rs:689:5
                  from ./src/deep.rs:7:9
                build.rs:3:5
                  error (rust): main: größe: no
            "#]],
        );
    }

    #[test]
    fn what_a_build_script_says_is_indented() {
        check(
            r#"
error: failed to run custom build command for `app v0.1.0 (/srv/rust)`

Caused by:
  process didn't exit successfully: `/srv/rust/target/debug/build/app-1/build-script-build` (exit status: 101)
  --- stderr

  thread 'main' (12) panicked at build.rs:2:5:
  boom
  note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"#,
            expect![[r#"
                build.rs:2:5
                  error (rust): main: boom
            "#]],
        );
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_named() {
        check(
            r#"
error: invalid table header
expected `.`, `]`
 --> Cargo.toml:1:9
  |
1 | [package
  |         ^
  |

error: failed to parse manifest at `/srv/rust/Cargo.toml`

Caused by:
  TOML parse error at line 3, column 5
    |
  3 | na me
    |    ^
  expected `=`
"#,
            expect![[r#"
                Cargo.toml:1:9  `[package`
                  error (rustc): invalid table header
                /srv/rust/Cargo.toml:3:5  `na me`
                  error (cargo): expected `=`
            "#]],
        );
    }

    #[test]
    fn short_messages_and_warnings() {
        check(
            r#"
src/main.rs:7:5: error[E0425]: cannot find function `grosse` in this scope
src/main.rs:6:9: warning: unused variable: `unused`
warning: unused variable: `größe`
 --> src/lib.rs:3:9
  |
3 |     let größe = 1;
  |         ^^^^^ help: if this is intentional, prefix it with an underscore: `_größe`
  |
  = note: `#[warn(unused_variables)]` on by default
"#,
            expect![[r#"
                src/main.rs:7:5
                  error (rustc): E0425: cannot find function `grosse` in this scope
                src/main.rs:6:9
                  warning (rustc): unused variable: `unused`
                src/lib.rs:3:9  `let größe = 1;`
                  warning (rustc): unused variable: `größe`
                    help: if this is intentional, prefix it with an underscore: `_größe`
            "#]],
        );
    }

    #[test]
    fn summaries_are_no_problems_of_their_own() {
        is_silent(
            r#"
error: aborting due to 2 previous errors
error: could not compile `app` (bin "app") due to 2 previous errors
warning: `app` (bin "app") generated 1 warning
error: test failed, to rerun pass `--lib`
error: no matching package named `x` found
location searched: registry `crates-io`
test tests::adds ... FAILED
 --> src/main.rs:3:5
"#,
        );
    }
}
