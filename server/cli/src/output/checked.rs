//! What `check` prints, whatever the format.

use ide::settings::FailOn;
use rules::{Finding, Suppressed};
use syntax::Document;

/// What was found in one file, or why it could not be read.
#[derive(Debug)]
pub(crate) enum Checked {
    /// Its findings, what comments suppress, and from which severity on they fail the check.
    Findings {
        path: String,
        document: Document,
        findings: Vec<Finding>,
        suppressed: Vec<Suppressed>,
        fail_on: FailOn,
    },
    /// Why not.
    Unreadable { path: String, error: String },
}
