//! A document: its text as a rope, and its instructions, kept up to date edit by edit.

use crate::instruction::Instruction;
use crate::problem::Problem;
use crate::range::TextRange;

/// A parser directive at the top of the file: `# syntax=…`, `# escape=…`, `# check=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Lower-case name.
    pub name: String,
    /// The value as written.
    pub value: String,
    /// The whole line, without its line end.
    pub range: TextRange,
    /// The value alone.
    pub value_range: TextRange,
    /// BuildKit's line, from 0.
    pub line: u32,
}

/// A comment line outside of any instruction's continuation. (Comments inside one are in the instruction's source.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The line from its `#` on, without the line end.
    pub range: TextRange,
    /// The text after `#`, trimmed.
    pub text: String,
    /// BuildKit's line, from 0.
    pub line: u32,
}

/// How an editor counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

/// A position as LSP counts it: lines end at `\n`, `\r\n` and `\r`; both numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character, in units of the encoding.
    pub character: u32,
}

/// A Dockerfile's text with its structure. Cloning is cheap: text and instructions are shared.
#[derive(Debug, Clone, Default)]
pub struct Document {
    _private: (),
}

impl Document {
    /// Parses a text.
    #[must_use]
    pub fn new(_text: &str) -> Self {
        Self::default()
    }

    /// Replaces a range. Offsets outside the text or inside a character are moved to the nearest valid one below.
    pub fn edit(&mut self, _range: TextRange, _new_text: &str) {}

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        String::new()
    }

    /// The text of a range.
    #[must_use]
    pub fn slice(&self, _range: TextRange) -> String {
        String::new()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u32 {
        0
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The escape character: `\`, or what the `escape` directive says.
    #[must_use]
    pub fn escape(&self) -> char {
        '\\'
    }

    /// The parser directives, in order.
    #[must_use]
    pub fn directives(&self) -> &[Directive] {
        &[]
    }

    /// The instructions, in order.
    pub fn instructions(&self) -> impl ExactSizeIterator<Item = Instruction> + DoubleEndedIterator + '_ {
        std::iter::empty()
    }

    /// The instruction at an offset, its trailing line end not included.
    #[must_use]
    pub fn instruction_at(&self, _offset: u32) -> Option<Instruction> {
        None
    }

    /// The comments outside instructions, in order; directives are none.
    #[must_use]
    pub fn comments(&self) -> Vec<Comment> {
        Vec::new()
    }

    /// What BuildKit's parser would refuse, in order. Problems of stages and references come from `semantic`.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// Position of an offset.
    #[must_use]
    pub fn position(&self, _offset: u32, _encoding: Encoding) -> Position {
        Position::default()
    }

    /// Offset of a position; beyond a line's end it is that end, beyond the text its end.
    #[must_use]
    pub fn offset(&self, _position: Position, _encoding: Encoding) -> u32 {
        0
    }

    /// BuildKit's line of an offset, from 0: lines end at `\n` alone.
    #[must_use]
    pub fn buildkit_line(&self, _offset: u32) -> u32 {
        0
    }

    /// The range of BuildKit's line (from 0), without its line end.
    #[must_use]
    pub fn buildkit_line_range(&self, _line: u32) -> TextRange {
        TextRange::default()
    }
}
