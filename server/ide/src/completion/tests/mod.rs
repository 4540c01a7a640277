//! Text with a cursor in, items out.

mod accepted;
mod arguments;
mod comments;
mod fixture;
mod flags;
mod ignore_files;
mod keywords;
mod mounts;
mod paths;
mod variables;
