//! What `check` prints, whatever the format.

use rules::Finding;
use syntax::Document;

/// What was found in one file, or why it could not be read.
#[derive(Debug)]
pub(crate) enum Checked {
    /// Its findings.
    Findings { path: String, document: Document, findings: Vec<Finding> },
    /// Why not.
    Unreadable { path: String, error: String },
}
