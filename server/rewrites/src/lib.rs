//! Code actions: a source change out.
