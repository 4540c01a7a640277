//! What several rules need to know of a file beyond the model; nothing here finds anything.

pub(crate) mod fixes;
pub mod secret_name;
pub(crate) mod text;

// What fixes and rewrites read alike is told apart in one place.
pub(crate) use rewrites::analysis::{append, call, image_path, install, made, shipped};
