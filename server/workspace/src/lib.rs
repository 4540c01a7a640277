//! Disk: settings, finding Dockerfiles, .dockerignore, listing and reading the build context, and what is kept of builds.

pub mod callers;
pub mod contents;
pub mod context;
pub mod dockerfiles;
pub mod facts;
pub mod foresight;
pub mod git_file;
pub mod git_history;
pub mod kept;
pub mod recorder;
pub mod settings;
pub mod shellcheck;
pub mod source_errors;
pub mod surroundings;
pub mod test_run;
pub mod watch;
