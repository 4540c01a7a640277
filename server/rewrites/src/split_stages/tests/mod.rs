//! What `split-stages` makes of Dockerfiles, as one text each.

mod go;
mod node;
mod refused;
mod rust;
mod settings;
