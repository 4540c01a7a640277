//! What must hold whatever is typed, and in whatever order messages come: random bytes are read as edits and as sessions.
//!
//! Here with bytes from a few seeds; `make fuzz` runs the same checks for as long as one likes, led by coverage.

mod bytes;
mod edits;
mod session;

use bytes::seeded;

#[test]
fn edits_from_seeds_keep_every_promise() {
    for seed in 0..60 {
        edits::check(&seeded(seed, 300));
    }
}

#[test]
fn sessions_from_seeds_are_answered_to_the_end() {
    for seed in 0..25 {
        session::check(&seeded(seed, 300));
    }
}
