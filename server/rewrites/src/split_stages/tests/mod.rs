//! What `split-stages` makes of Dockerfiles, as one text each.

mod c;
mod go;
mod go_layout;
mod java;
mod node;
mod python;
mod refused;
mod rust;
mod settings;
