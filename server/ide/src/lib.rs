//! The facade of the pure core: a host that holds the inputs, and snapshots that answer the editor's questions.
//!
//! Inputs are documents, facts about their surroundings, build records and settings; the main loop of the language server puts
//! them in. Readers get a [`Snapshot`], which never changes. Nothing here waits, reads a file or knows the protocol: positions
//! are byte offsets, and answers are plain data.

pub mod build_events;
pub mod build_record;
pub mod caller_findings;
pub mod callers;
pub mod catalogue;
pub mod code_actions;
pub mod code_lenses;
pub mod completion;
mod cursor;
pub mod definition;
pub mod diagnostics;
mod dockerignore;
pub mod document_links;
pub mod document_symbols;
#[cfg(test)]
mod fixture;
pub mod folding_ranges;
pub mod forecast;
pub mod formatting;
pub mod graph;
pub mod host;
pub mod hover;
pub mod inlay_hints;
pub mod kind;
mod named_contexts;
pub mod offered_rewrites;
pub mod plain;
pub mod proof;
pub mod references;
pub mod rename;
pub mod selection_ranges;
pub mod semantic_tokens;
pub mod settings;
pub mod signature_help;
pub mod targets;

pub use build_record::LastBuild;
pub use callers::CalledBuild;
pub use code_actions::CodeAction;
pub use code_lenses::{CodeLens, Starts};
pub use completion::{CompletionItem, CompletionKind, Completions, Topic};
pub use definition::{Definition, Target};
pub use diagnostics::{Diagnostic, Layer};
pub use document_links::{DocumentLink, LinkTarget};
pub use document_symbols::{OutlineEntry, OutlineKind, outline_of};
pub use folding_ranges::{Fold, FoldKind};
pub use forecast::Forecast;
pub use graph::Drawing;
pub use host::{DocumentId, Host, Snapshot};
pub use hover::{Hover, Markup};
pub use inlay_hints::{InlayHint, bytes, seconds};
pub use kind::DocumentKind;
pub use references::{Access, Highlight};
pub use rename::Renamable;
pub use rules::docs::PageUrl;
pub use rules::{Level, Severity, shell_scripts, wants_shell_checks};
pub use semantic_tokens::{SemanticKind, SemanticToken};
pub use settings::Settings;
pub use signature_help::{Reason, Signature, SignatureHelp, SignatureParameter};

// What goes in and out of the facade; `lsp` knows these crates through it alone.
pub use semantic::Facts;
pub use semantic::facts::shell_checks::{ShellChecks, ShellComment};
pub use syntax::{Document, Encoding, Position, Positions, TextEdit, TextRange};
