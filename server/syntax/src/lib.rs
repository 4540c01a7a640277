//! The text and structure of one Dockerfile, incremental by instruction.
//!
//! [`Document`] is a rope and a list of instruction segments. An edit segments anew from the touched instruction until the
//! boundaries agree again; all other instructions keep their parsed values, shared by `Arc`. Parsing never fails: it returns
//! instructions plus problems. The authority is BuildKit's own parser (`frontend/dockerfile/parser`, `frontend/dockerfile/instructions`).
//!
//! Meaning (stages, variables, values) is not here but in `semantic`.

pub mod accepted;
pub mod arguments;
mod check;
mod directives;
pub mod document;
mod edit;
mod flags;
mod gap;
mod heredoc;
pub mod instruction;
mod json;
pub mod keyword;
mod lexer;
mod lines;
mod mapped;
pub mod mount;
mod parse;
mod position;
pub mod problem;
pub mod range;
mod segment;
pub mod shell;
pub mod tokens;
mod tree;
mod words;

pub use arguments::{Arguments, Flag, Form, Heredoc, Pair, Word};
pub use document::{Comment, Directive, Document, Encoding, Position};
pub use instruction::{Instruction, InstructionNode};
pub use keyword::{Keyword, WordCase};
pub use lines::continued;
pub use position::Positions;
pub use problem::{LocalProblem, Problem};
pub use range::{LocalRange, TextEdit, TextRange};
pub use tokens::{Token, TokenKind};

#[cfg(test)]
mod tests;
