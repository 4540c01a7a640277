//! One instruction: its parsed value, and where it stands.

use std::sync::{Arc, OnceLock};

use tree_sitter::Tree;

use crate::arguments::{Arguments, Flag, Heredoc};
use crate::keyword::{Keyword, WordCase};
use crate::mapped::to_u32;
use crate::problem::LocalProblem;
use crate::range::{LocalRange, TextRange};
use crate::shell::Script;
use crate::tokens::Token;

/// The parsed value of one instruction. It knows nothing of what surrounds it but the escape character.
#[derive(Debug)]
pub struct InstructionNode {
    /// The source from the keyword's first byte to the last byte of the last line, heredoc bodies included, without the last line end.
    pub source: Box<str>,
    /// The keyword.
    pub keyword: Keyword,
    /// The keyword as written.
    pub keyword_range: LocalRange,
    /// In which case.
    pub keyword_case: WordCase,
    /// The flags, in order.
    pub flags: Vec<Flag>,
    /// What follows the flags.
    pub arguments: Arguments,
    /// The heredocs, in the order of their bodies.
    pub heredocs: Vec<Heredoc>,
    /// The instruction that an ONBUILD triggers; its ranges are local to this instruction too.
    pub trigger: Option<Box<InstructionNode>>,
    /// What BuildKit would refuse in it.
    pub problems: Vec<LocalProblem>,
    /// The escape character in force.
    pub escape: char,
    /// Whether a line that it goes on over is blank; those of heredocs do not count.
    pub has_blank_line: bool,
    /// How many line feeds there are in the source.
    pub(crate) line_feeds: u32,
    /// Filled when first asked for.
    pub(crate) shell: OnceLock<Option<Arc<Script>>>,
    /// Filled when first asked for.
    pub(crate) tree: OnceLock<Option<Tree>>,
    /// Filled when first asked for.
    pub(crate) tokens: OnceLock<Box<[Token]>>,
}

/// An instruction where it stands in a document. Cheap to clone.
///
/// What is asked of every instruction of a file at each key is in here too: in a long file, the way to each node would cost more than
/// the answer.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// Offset of the keyword's first byte.
    pub start: u32,
    /// BuildKit's line of the keyword, from 0.
    pub line: u32,
    /// The length of the source.
    len: u32,
    /// The keyword.
    pub keyword: Keyword,
    /// The case that it is written in.
    pub keyword_case: WordCase,
    /// Whether BuildKit would refuse anything in it.
    pub has_problems: bool,
    /// Whether a line that it goes on over is blank; those of heredocs do not count.
    pub has_blank_line: bool,
    /// Its parsed value, shared with other versions of the document.
    pub node: Arc<InstructionNode>,
}

impl Instruction {
    pub(crate) fn new(start: u32, line: u32, node: Arc<InstructionNode>) -> Self {
        let InstructionNode { keyword, keyword_case, has_blank_line, .. } = *node;
        let (len, has_problems) = (to_u32(node.source.len()), !node.problems.is_empty());
        Self { start, line, len, keyword, keyword_case, has_problems, has_blank_line, node }
    }

    /// Places a local range in the document.
    #[must_use]
    pub fn place(&self, range: LocalRange) -> TextRange {
        range.at(self.start)
    }

    /// The whole instruction, from the keyword to the end of its last line, without that line's end.
    #[must_use]
    pub fn range(&self) -> TextRange {
        TextRange::new(self.start, self.start + self.len)
    }

    /// The keyword's place.
    #[must_use]
    pub fn keyword_range(&self) -> TextRange {
        self.place(self.node.keyword_range)
    }

    /// BuildKit's line of its last byte, from 0.
    #[must_use]
    pub fn end_line(&self) -> u32 {
        self.line + self.node.line_feeds
    }

    /// The flag of this name, the first where there are several.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.node.flags.iter().find(|flag| flag.name.eq_ignore_ascii_case(name))
    }
}

impl std::ops::Deref for Instruction {
    type Target = InstructionNode;

    fn deref(&self) -> &InstructionNode {
        &self.node
    }
}

impl InstructionNode {
    /// The shell commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK in shell form, of a RUN's heredoc, and of an exec form
    /// (one command); parsed when first asked for. Absent for other instructions.
    ///
    /// Whether a POSIX shell runs it at all is not known here: `semantic` knows the SHELL in effect.
    #[must_use]
    pub fn shell(&self) -> Option<&Arc<Script>> {
        self.shell.get_or_init(|| Script::of(self).map(|script| Arc::new(script.shrunk()))).as_ref()
    }

    /// The tree-sitter tree of the instruction, offsets local to it; parsed when first asked for. For highlighting, selection and
    /// folding alone. Absent for an instruction of more than 256 KiB, and where the parser takes too long.
    #[must_use]
    pub fn tree(&self) -> Option<&Tree> {
        self.tree.get_or_init(|| crate::tree::of(self)).as_ref()
    }

    /// What each piece of it is, for colours; read when first asked for. In order of place, none over another.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| crate::tokens::of(self))
    }
}
