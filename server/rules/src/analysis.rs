//! What several rules need to know of a file beyond the model; nothing here finds anything.

pub(crate) mod append;
pub(crate) mod call;
pub(crate) mod fixes;
pub(crate) mod image_path;
pub(crate) mod install;
pub mod secret_name;
pub(crate) mod shipped;
pub(crate) mod text;
