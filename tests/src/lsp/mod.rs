//! The language server through its protocol, in memory, over a pair of pipes.
//!
//! Every test waits for messages with a deadline, never sleeps, and fails on messages that it has not read.

mod actions;
mod build_events;
mod build_logs;
mod builds;
mod caller_diagnostics;
mod callers;
pub(crate) mod client;
mod completion;
mod diagnostics;
mod document_links;
mod failed_shells;
mod folders;
mod forecasts;
mod formatting;
mod graphs;
mod hover;
mod ignore_files;
mod inlay_hints;
mod navigation;
mod positions;
mod proofs;
mod save_builds;
mod semantic_tokens;
mod session;
mod settings;
mod shellcheck;
mod signature_help;
mod source_errors;
mod structure;
mod surroundings;
mod sync;
mod test_runs;
mod workspace_edits;
