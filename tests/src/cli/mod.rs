//! The command line, as `server/docs` and `--help` promise it: arguments to output and exit status. Real builds are in `engine`.

mod builder;
mod check;
mod check_choice;
mod check_formats;
mod check_known;
mod fix;
mod format;
mod graph;
mod inspect;
mod interrupt;
mod predict;
mod price_history;
mod profiles;
mod rewrite;
mod rules;
mod settings;
mod shellcheck;
mod syntax;
mod test;
mod usage;
mod watch;
