//! The house keeps its own rules: who may import whom, what each file must have, and what must never stand in the tree.
//!
//! Every check is a function from facts to problems, one sentence a problem, with a test on the real tree and one on an
//! input that breaks the rule. What Clippy or the compiler says already is not here.

mod extension_settings;
mod features;
mod generated;
mod layering;
mod members;
mod pages;
mod sources;
mod tree;
mod words;

use std::fmt::Write as _;

/// Fails with all problems, one a line.
fn assert_none(problems: &[String]) {
    let mut report = String::new();
    for problem in problems {
        let _ = writeln!(report, "- {problem}");
    }
    assert!(problems.is_empty(), "{} problems:\n{report}", problems.len());
}
