//! One file a command.

pub(crate) mod build;
pub(crate) mod builder;
pub(crate) mod lsp;
pub(crate) mod syntax;
