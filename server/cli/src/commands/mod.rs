//! One file a command.

pub(crate) mod build;
pub(crate) mod builder;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod fix;
pub(crate) mod format;
pub(crate) mod graph;
pub(crate) mod inspect;
pub(crate) mod lsp;
mod network_notices;
pub(crate) mod predict;
pub(crate) mod price_history;
mod printer;
mod prove;
pub(crate) mod request;
pub(crate) mod rewrite;
pub(crate) mod rules;
pub(crate) mod run;
mod shell_on_failure;
pub(crate) mod syntax;
pub(crate) mod test;
pub(crate) mod watch;
pub(crate) mod why;
