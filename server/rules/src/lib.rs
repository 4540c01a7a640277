//! Diagnostics: a function from the model to findings, each with its page and its fix.
