//! What each piece of an instruction is, for colours: keywords, flags, images, variables, strings, and the shell inside.
//!
//! Only what the instruction itself tells is here. Whether a [`TokenKind::Reference`] is a stage, and whether a POSIX shell runs a
//! command at all, is the file's to say. Tokens are painted one over the other, so that none overlaps another.

mod canvas;
mod expansions;
mod image;
mod paint;

use crate::instruction::InstructionNode;
use crate::range::LocalRange;

pub(crate) use canvas::Canvas;

/// A piece of an instruction. It never reaches over a line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its place.
    pub range: LocalRange,
    /// What it is.
    pub kind: TokenKind,
    /// Whether it is so only where a POSIX shell runs the instruction's command.
    pub in_shell: bool,
}

/// What a piece of an instruction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The instruction, `AS`, the `CMD` of a HEALTHCHECK, a keyword of the shell.
    Keyword,
    /// A flag with its dashes, or an option of a command.
    Flag,
    /// A key of `--mount`, or of a LABEL.
    Property,
    /// A word out of a fixed set: a mount's type, a protocol.
    Choice,
    /// An image without its tag and digest.
    Image,
    /// A tag or a digest.
    ImageVersion,
    /// A stage by name or number, or an image, or a named context.
    Reference,
    /// The name that a FROM gives its stage.
    StageName,
    /// The name of a variable where it gets its value.
    VariableName,
    /// A variable that is read, from its `$` on.
    Variable,
    /// Any other text.
    String,
    /// A number, a port, a duration.
    Number,
    /// An operator, or the escape character at a line's end.
    Operator,
    /// A comment inside the instruction.
    Comment,
    /// The name of a heredoc, with its `<<` or alone.
    HeredocName,
    /// A command of the shell.
    Command,
}

/// The tokens of an instruction, in order of place.
pub(crate) fn of(instruction: &InstructionNode) -> Box<[Token]> {
    let mut canvas = Canvas::new(instruction.source.len());
    paint::instruction(&mut canvas, instruction);
    canvas.finish(&instruction.source)
}

#[cfg(test)]
mod tests;
