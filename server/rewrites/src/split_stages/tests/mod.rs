//! What `split-stages` makes of Dockerfiles, as one text each.

mod node;
mod refused;
mod rust;
mod settings;
