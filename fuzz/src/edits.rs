//! Fuzzes what a document says after edits; what must hold is in the tests.
#![no_main]

#[allow(dead_code, reason = "the seeds are for the tests")]
#[path = "../../tests/src/fuzz/bytes.rs"]
mod bytes;
#[path = "../../tests/src/fuzz/edits.rs"]
mod edits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| edits::check(data));
