//! What follows an instruction's keyword: flags, words, pairs, forms and heredocs.
//!
//! Texts are *as written*, with quotes and variables, except that continuations are joined as BuildKit joins them and that
//! JSON strings are decoded. Ranges point into the instruction's source, whatever was joined.

use crate::range::LocalRange;

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its text with continuations joined, quotes and variables untouched; decoded where it is a JSON string.
    pub text: String,
    /// Its place in the instruction, JSON quotes included.
    pub range: LocalRange,
}

/// A flag such as `--mount=type=cache,target=/x` or `--link`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The name without dashes, as written.
    pub name: String,
    /// The value after `=`, where there is one.
    pub value: Option<Word>,
    /// The whole flag.
    pub range: LocalRange,
    /// The name with its dashes.
    pub name_range: LocalRange,
}

/// How a command is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A text for a shell.
    Shell,
    /// A JSON list.
    Exec,
}

/// A name with a value: of ENV, LABEL, ARG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub key: Word,
    /// The value as written, where there is one.
    pub value: Option<Word>,
    /// Whether it is the old form `ENV name value`, whose value runs to the end of the instruction.
    pub legacy: bool,
}

/// A heredoc of a RUN, COPY or ADD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The terminator's name, without quotes.
    pub name: String,
    /// The `<<EOF` in the instruction's first logical line.
    pub marker: LocalRange,
    /// The body, without the terminator's line.
    pub body: LocalRange,
    /// The terminator's line without its line end; empty at the end of the text where it is missing.
    pub terminator: LocalRange,
    /// Whether variables in the body are expanded: no quote in the name.
    pub expand: bool,
    /// Whether leading tabs are cut off: `<<-`.
    pub chomp: bool,
    /// File descriptor before the marker, as in `3<<EOF`.
    pub file_descriptor: u32,
}

/// All that follows the keyword and the flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arguments {
    /// The place of it all, white space at both ends and heredoc bodies left out.
    pub range: LocalRange,
    /// The text with continuations joined and comments inside them left out, as BuildKit sees it.
    pub text: String,
    /// For RUN, CMD, ENTRYPOINT, SHELL, HEALTHCHECK CMD, and the list forms of COPY, ADD and VOLUME.
    pub form: Option<Form>,
    /// Exec form: the list's strings. Shell form of a command: one word, the whole text. Else words split at white space,
    /// as BuildKit splits them for this keyword (for ENV, LABEL and ARG with their `=`).
    pub words: Vec<Word>,
    /// The pairs of ENV, LABEL and ARG.
    pub pairs: Vec<Pair>,
}
