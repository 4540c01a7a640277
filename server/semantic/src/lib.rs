//! What a Dockerfile means: stages, variables, images, mounts, file flow, shell commands; .dockerignore matching.

pub mod dockerignore;
