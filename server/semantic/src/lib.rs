//! What a Dockerfile means, as values: no files, no engine, no clock.
//!
//! [`Model`] is built once per version of a document and never changes: stages and their graph, variables and their scopes,
//! the environment, working directory, user and shell at each instruction, what each step reads, and the commands of each
//! RUN. What lies outside the file comes in as [`Facts`]; what is absent there is unknown, never guessed.

pub mod base;
pub mod commands;
pub mod copy;
pub mod dockerignore;
pub mod expand;
pub mod facts;
pub mod image_reference;
mod lower;
pub mod model;
pub mod mount;
pub mod occurrences;
pub mod path;
pub mod reads;
pub mod replacement;
pub mod run;
pub mod runtime;
pub mod scope;
pub mod stage;
pub mod steps;

pub use base::{Base, StageReference};
pub use copy::{Copy, CopySource, SourceKind};
pub use facts::callers::{Agreed, Caller, CallerBuild, CallerKind, Setting};
pub use facts::{ContextFacts, Facts, FrontendFacts, ImageFacts};
pub use lower::StageIdentity;
pub use model::{Frontend, Model};
pub use mount::{Mount, MountKind};
pub use occurrences::{Occurrence, Occurrences, Role, Spelling, Symbol, SymbolId};
pub use reads::{Change, Reads, Source};
pub use replacement::Replacement;
pub use run::Run;
pub use runtime::RuntimeSettings;
pub use scope::{Definition, DefinitionId, Lookup, Origin, ReadAt, Scope, Scopes, Value};
pub use stage::{Kind, Stage, StageInstruction, Text};
pub use steps::Step;
