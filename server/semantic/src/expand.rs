//! Variable expansion in a word, as the builder does it (`frontend/dockerfile/shell/lex.go`), which is not quite as a shell does it.
//!
//! Quotes, escapes, `$X`, `${X}` and its modifiers `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`. Which variables there are is
//! the caller's to say; a value that is not known makes the result unknown, never empty.

mod lexer;
mod pattern;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::scope::Lookup;

/// What an expansion gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expansion {
    /// The word with variables replaced and quotes removed; absent where a variable's value is not known, or after an error.
    pub value: Option<String>,
    /// The same split at white space that is neither quoted nor escaped, for instructions that take lists (EXPOSE, STOPSIGNAL …).
    pub words: Option<Vec<String>>,
    /// The variables used, in order of their `$`; those in a modifier's word too, whether or not it is taken.
    pub uses: Vec<VariableUse>,
    /// The names of used variables that nothing defines, each once, as the builder counts them: `${X:-default}` counts.
    pub undefined: Vec<String>,
    /// What the builder refuses: a quote or a brace that does not end, a modifier that it does not know, `${X:?}` without a value.
    pub error: Option<String>,
}

/// A use of a variable in a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The name.
    pub name: String,
    /// From the `$` on, in bytes of the word.
    pub range: Range<usize>,
    /// What `${X…}` does with it.
    pub modifier: Option<Modifier>,
}

/// What `${X…}` does with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// `:-` or `-`: another word where there is no value.
    Default,
    /// `:+` or `+`: another word where there is a value.
    Alternative,
    /// `:?` or `?`: an error where there is no value.
    Required,
    /// `#` or `##`: less a prefix.
    RemovePrefix,
    /// `%` or `%%`: less a suffix.
    RemoveSuffix,
    /// `/` or `//`: a part replaced.
    Replace,
}

/// Expands a word as written. `escape` is the escape character in force.
pub fn expand_word<'a>(raw: &str, escape: char, lookup: impl Fn(&str) -> Lookup<'a>) -> Expansion {
    lexer::expand(raw, lexer::Mode { escape, quotes: true }, &lookup)
}

/// Expands the body of a heredoc that COPY or ADD writes: quotes stand for themselves there, and the escape character is always `\`.
pub fn expand_body<'a>(raw: &str, lookup: impl Fn(&str) -> Lookup<'a>) -> Expansion {
    lexer::expand(raw, lexer::Mode { escape: '\\', quotes: false }, &lookup)
}
