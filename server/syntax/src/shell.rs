//! The shell commands inside an instruction, over tree-sitter-bash.
//!
//! Only structure: which commands, joined how, with which words, assignments and redirections. What a command does is `semantic`'s.
//!
//! The shell sees another text than the file has: continuations joined, comments inside them gone, tabs of a `<<-` cut. That text is
//! built with a map back to the source (`flat_text`), parsed, and lowered to the types here (`lower`, `command`, `word`), because
//! tree-sitter nests lists, pipelines and redirections in ways that the shell does not mean.

mod colours;
mod command;
mod flat_text;
mod lower;
mod script;
mod script_text;
mod sets;
mod word;

#[cfg(test)]
mod tests;

use crate::range::LocalRange;
use crate::tokens::TokenKind;

pub use script_text::ScriptText;

pub(crate) use script::{is_script, pieces_of_body};

/// The commands of one instruction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// The top-level list, in order.
    pub statements: Vec<Statement>,
    /// Whether all of it was understood; a rewrite must not touch a script that is not.
    pub clean: bool,
    /// Every variable that the shell would expand, wherever it stands: in words, `for` lists, tests, arithmetic, and in heredocs.
    /// In source order; positional and special parameters are left out.
    pub variables: Vec<VariableUse>,
    /// Every variable that the script itself sets, in source order.
    pub sets: Vec<VariableSet>,
    /// What each piece of it is, for colours; a later one lies on those before it.
    pub pieces: Vec<Piece>,
}

/// A piece of a script, for colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place, in one line.
    pub range: LocalRange,
    /// What it is; nothing where what it lies on ends.
    pub kind: Option<TokenKind>,
}

/// One element of the top-level list: a command, a pipeline, an `if`, a loop, a group, a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its place, without the operator that joins it to its neighbours.
    pub range: LocalRange,
    /// The operator before it: `&&`, `||`, `;`, `&` or a line end; absent for the first.
    pub connector: Option<Connector>,
    /// The place of that operator.
    pub connector_range: LocalRange,
    /// What it is.
    pub kind: StatementKind,
    /// Every simple command inside it, in source order, those in substitutions included.
    pub commands: Vec<Command>,
    /// The redirections of the compounds in it, such as of `{ …; } > file`; those of commands are with the commands.
    pub redirections: Vec<Redirection>,
}

/// How a statement is joined to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or a line end
    Then,
    /// `&`
    Background,
}

/// What a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// One simple command, or an assignment alone.
    Command,
    /// Simple commands joined by `|`.
    Pipeline,
    /// Anything with commands nested in it: `if`, `for`, `while`, `case`, `{}`, `()`, a function, `!`; a pipeline with such a part too.
    Compound,
}

/// A simple command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Command {
    /// Its place, assignments and redirections included.
    pub range: LocalRange,
    /// `NAME=value` before the program, or alone.
    pub assignments: Vec<Assignment>,
    /// The program and its arguments.
    pub words: Vec<ShellWord>,
    /// Its redirections.
    pub redirections: Vec<Redirection>,
    /// Whether it stands directly in the statement (a part of its pipeline), not nested in a compound or a substitution.
    pub top_level: bool,
}

impl Command {
    /// The program's literal name, where it is known: the last part of its path.
    #[must_use]
    pub fn program(&self) -> Option<&str> {
        let value = self.words.first()?.value.as_deref()?;
        Some(value.rsplit('/').next().unwrap_or(value))
    }
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShellWord {
    /// Its place.
    pub range: LocalRange,
    /// As written, continuations joined.
    pub text: String,
    /// What the shell makes of it, quotes removed, where that is certain: no variable, no substitution, no glob, no leading `~`.
    pub value: Option<String>,
    /// The variables in it, each with the place of its `$…`; those inside its substitutions too, which stand there as commands of
    /// their own as well. Positional and special parameters are left out.
    pub variables: Vec<VariableUse>,
    /// Whether it holds a command substitution.
    pub substitution: bool,
}

/// A use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The name.
    pub name: String,
    /// From the `$` on.
    pub range: LocalRange,
}

/// A variable that a script sets by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableSet {
    /// The name.
    pub name: String,
    /// The place of the name alone.
    pub range: LocalRange,
    /// Where the new value can first be seen: behind the value, for `X=$X` reads the old one.
    pub seen_from: u32,
    /// In what way.
    pub how: SetKind,
}

/// In what way a script sets a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetKind {
    /// `NAME=value`, alone or behind `export` and the like.
    Assigned,
    /// `NAME+=value`, which reads it too.
    Extended,
    /// A variable of the script's own from there on: `for NAME in`, `read NAME`, `local NAME`.
    Bound,
    /// `export NAME`: it keeps its value.
    Exported,
    /// `unset NAME`.
    Removed,
}

/// `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// The value.
    pub value: ShellWord,
    /// The whole.
    pub range: LocalRange,
}

/// A redirection such as `> ~/.npmrc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    /// The operator without a file descriptor: `>`, `>>`, `<`, `>&`, `<<`, `<<<`, `&>` …
    pub operator: String,
    /// The file descriptor before it, where written.
    pub file_descriptor: Option<u32>,
    /// The file or the text; the name of a heredoc, with the variables that are expanded in its body.
    pub target: ShellWord,
    /// The body of a heredoc, without the terminator's line.
    pub heredoc: Option<LocalRange>,
    /// The whole.
    pub range: LocalRange,
}
