//! What `split-stages` makes of Dockerfiles, as one text each.

mod c;
mod go;
mod go_layout;
mod java;
mod kept;
mod node;
mod python;
mod python_kept;
mod refused;
mod rust;
mod settings;
