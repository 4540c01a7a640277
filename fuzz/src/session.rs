//! Fuzzes whole sessions of the language server; what must hold is in the tests.
#![no_main]

#[allow(dead_code, reason = "the seeds are for the tests")]
#[path = "../../tests/src/fuzz/bytes.rs"]
mod bytes;
#[path = "../../tests/src/fuzz/session.rs"]
mod session;

libfuzzer_sys::fuzz_target!(|data: &[u8]| session::check(data));
