//! What follows an instruction's keyword: flags, words, pairs, forms and heredocs.
//!
//! Texts are *as written*, with quotes and variables, except that continuations are joined as BuildKit joins them and that
//! JSON strings are decoded. Ranges point into the instruction's source, whatever was joined.

use std::sync::Arc;

use crate::mapped::{Mapped, Piece, range_of};
use crate::range::LocalRange;

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its text with continuations joined, quotes and variables untouched; decoded where it is a JSON string; the value of a
    /// flag without the quotes and escapes that BuildKit takes away there.
    pub text: String,
    /// Its place in the instruction, JSON quotes included.
    pub range: LocalRange,
    /// Where the pieces of the text came from, where it is not simply the source at `range`.
    pieces: Option<Arc<[Piece]>>,
}

impl Word {
    /// A word that stands at `range` as it is.
    #[must_use]
    pub fn new(text: impl Into<String>, range: LocalRange) -> Self {
        Self { text: text.into(), range, pieces: None }
    }

    /// A word whose pieces have places of their own.
    pub(crate) fn from_mapped(mapped: Mapped, range: LocalRange) -> Self {
        let verbatim = mapped.range(0, mapped.text().len()) == range
            && mapped.text().len() == (range.end - range.start) as usize;
        let (text, pieces) = mapped.into_parts();
        Self { text, range, pieces: (!verbatim).then(|| pieces.into()) }
    }

    /// Where bytes `start..end` of the text stand in the instruction, whatever was joined or decoded: the place of a variable
    /// in the word, for one. Offsets behind the text are its end.
    #[must_use]
    pub fn place(&self, start: usize, end: usize) -> LocalRange {
        let (start, end) = (start.min(self.text.len()), end.min(self.text.len()));
        match &self.pieces {
            Some(pieces) if !pieces.is_empty() => range_of(pieces, start, end),
            Some(_) => self.range,
            None => {
                let at = |offset: usize| {
                    self.range.start.saturating_add(crate::mapped::to_u32(offset)).min(self.range.end)
                };
                LocalRange::new(at(start), at(end.max(start)))
            }
        }
    }
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
    /// as BuildKit splits them for this keyword (for ENV, LABEL and ARG with their `=`). HEALTHCHECK's first word is `CMD` or
    /// `NONE`, ONBUILD's the trigger's keyword; the other words follow as above.
    pub words: Vec<Word>,
    /// The pairs of ENV, LABEL and ARG.
    pub pairs: Vec<Pair>,
}
