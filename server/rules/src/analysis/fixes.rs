//! Small changes as fixes.

use rewrites::{Applicability, Fix};
use syntax::{TextEdit, TextRange};

/// A change that can be taken as it is.
pub(crate) fn safe(title: impl Into<String>, edits: Vec<TextEdit>) -> Fix {
    Fix { title: title.into(), applicability: Applicability::Safe, edits }
}

/// A change whose result must be looked at.
pub(crate) fn to_check(title: impl Into<String>, check: impl Into<String>, edits: Vec<TextEdit>) -> Fix {
    Fix { title: title.into(), applicability: Applicability::Unsafe { check: check.into() }, edits }
}

/// The replacement of a range.
pub(crate) fn replace(range: TextRange, new_text: impl Into<String>) -> TextEdit {
    TextEdit { range, new_text: new_text.into() }
}
