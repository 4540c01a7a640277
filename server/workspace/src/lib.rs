//! Disk: settings, finding Dockerfiles, .dockerignore, listing and reading the build context.

pub mod callers;
pub mod context;
pub mod dockerfiles;
pub mod facts;
pub mod settings;
pub mod surroundings;
