//! Node projects: their manifest, their package managers, and what their build tools write.

pub(crate) mod build;
pub(crate) mod command;
pub(crate) mod package;

pub(crate) use command::{Manager, NodeCommand};
pub(crate) use package::Package;
