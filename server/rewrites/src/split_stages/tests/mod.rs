//! What `split-stages` makes of Dockerfiles, as one text each.

mod go;
mod go_layout;
mod node;
mod refused;
mod rust;
mod settings;
