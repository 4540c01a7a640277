//! What several rules need to know of a file beyond the model; nothing here finds anything.

pub(crate) mod cache_mount;
pub(crate) mod context_copy;
pub(crate) mod environment;
pub(crate) mod fixes;
pub(crate) mod insertion;
pub(crate) mod linking;
pub(crate) mod mounted_secrets;
pub(crate) mod official_image;
pub(crate) mod pipes;
pub(crate) mod run_calls;
pub mod secret_name;
pub(crate) mod shell_scripts;
pub(crate) mod stage_copy;
pub(crate) mod text;
pub(crate) mod user;
pub(crate) mod windows;

// What fixes and rewrites read alike is told apart in one place.
pub(crate) use rewrites::analysis::{append, call, image_path, install, made, shipped};
