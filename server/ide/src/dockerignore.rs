//! `.dockerignore` files: what is said of one that is open.
//!
//! Its facts are the build context that it is for. The text that counts is the document's, saved or not.

mod diagnostics;
#[cfg(test)]
mod tests;
