//! What rules and rewrites both need to know of a file beyond the model; nothing here finds or changes anything by itself.

pub mod append;
pub mod call;
pub mod image_path;
pub mod install;
pub mod made;
pub mod shipped;
