//! Colours that need the whole file: what each piece of it is, as [`syntax::Token`] has it for one instruction, with what only the
//! stages above tell: whether a name is a stage, and whether a POSIX shell runs a command.
//!
//! Bodies of heredocs in other languages than shell have no tokens: an editor colours them by its injections.

mod stages;
#[cfg(test)]
mod tests;

use semantic::model::Frontend;
use semantic::scope::{is_platform_argument, is_proxy_argument};
use syntax::{Directive, Document, Instruction, TextRange, Token, TokenKind};

use self::stages::Stages;
use crate::host::{DocumentId, Snapshot};

/// A piece of a document. It never reaches over a line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SemanticToken {
    /// Its place.
    pub range: TextRange,
    /// What it is.
    pub kind: SemanticKind,
    /// Whether the name gets its meaning here.
    pub declaration: bool,
    /// Whether nothing in the file gives it its value: what the builder defines.
    pub readonly: bool,
}

/// What a piece of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SemanticKind {
    /// An instruction, `AS`, or a keyword of the shell.
    Keyword,
    /// A comment.
    Comment,
    /// Text.
    String,
    /// A number, a port, a duration.
    Number,
    /// An operator, or the escape character at a line's end.
    Operator,
    /// A variable.
    Variable,
    /// A key of a mount or a label.
    Property,
    /// A flag, or an option of a command.
    Flag,
    /// A command of the shell.
    Command,
    /// An image, or a named context.
    Image,
    /// A stage.
    Stage,
    /// A tag, a digest, or a word out of a fixed set.
    Choice,
    /// A directive's name, or a heredoc's.
    Marker,
}

impl SemanticKind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Keyword,
        Self::Comment,
        Self::String,
        Self::Number,
        Self::Operator,
        Self::Variable,
        Self::Property,
        Self::Flag,
        Self::Command,
        Self::Image,
        Self::Stage,
        Self::Choice,
        Self::Marker,
    ];
}

impl Snapshot {
    /// The tokens of a Dockerfile, or of the instructions and comments that a range of it touches: in order of place, none over
    /// another. A file that a foreign frontend reads has those of its directives alone.
    #[must_use]
    pub fn semantic_tokens(&self, id: &DocumentId, range: Option<TextRange>) -> Vec<SemanticToken> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let range = range.unwrap_or(TextRange::new(0, state.document.len()));
        of_document(&state.document, range)
    }
}

fn of_document(document: &Document, range: TextRange) -> Vec<SemanticToken> {
    let mut tokens = Vec::new();
    for directive in document.directives().iter().filter(|directive| directive.range.intersects(range)) {
        of_directive(document, directive, &mut tokens);
    }
    if matches!(Frontend::of(document), Frontend::Foreign(_)) {
        return tokens;
    }
    let comments = document.comments();
    let mut comments = comments
        .iter()
        .map(|comment| comment.range)
        .filter(|comment| comment.intersects(range))
        .map(|comment| plain(comment, SemanticKind::Comment))
        .peekable();
    let mut stages = Stages::default();
    for instruction in document.instructions() {
        stages.enter(&instruction);
        if !instruction.range().intersects(range) {
            continue;
        }
        while let Some(comment) = comments.next_if(|comment| comment.range.start < instruction.start) {
            tokens.push(comment);
        }
        let shown = instruction.tokens().iter().filter(|token| stages.has_posix_shell() || !token.in_shell);
        tokens.extend(shown.map(|token| of_token(&instruction, token, &stages)));
    }
    tokens.extend(comments);
    tokens
}

fn plain(range: TextRange, kind: SemanticKind) -> SemanticToken {
    SemanticToken { range, kind, declaration: false, readonly: false }
}

/// `# name=value`; of one in a JSON object, the value.
fn of_directive(document: &Document, directive: &Directive, tokens: &mut Vec<SemanticToken>) {
    let Directive { range, value_range, .. } = *directive;
    let text = document.slice(TextRange::new(range.start, value_range.start));
    let at = |offset: usize| range.start + u32::try_from(offset).unwrap_or(u32::MAX);
    let name = text.find(|char: char| char.is_ascii_alphabetic());
    if let (Some(name), Some(equals)) = (name, text.find('=')) {
        let end = text.get(..equals).unwrap_or_default().trim_end().len();
        tokens.push(plain(TextRange::new(range.start, at(name)), SemanticKind::Comment));
        if let Some(mark) = tokens.last_mut() {
            mark.range.end = at(text.get(..name).unwrap_or_default().trim_end().len());
        }
        tokens.push(plain(TextRange::new(at(name), at(end)), SemanticKind::Marker));
        tokens.push(plain(TextRange::new(at(equals), at(equals + 1)), SemanticKind::Operator));
    }
    tokens.push(plain(value_range, SemanticKind::String));
}

fn of_token(instruction: &Instruction, token: &Token, stages: &Stages) -> SemanticToken {
    let text = || token.range.of(&instruction.source);
    let kind = match token.kind {
        TokenKind::Keyword => SemanticKind::Keyword,
        TokenKind::Flag => SemanticKind::Flag,
        TokenKind::Property => SemanticKind::Property,
        TokenKind::Choice | TokenKind::ImageVersion => SemanticKind::Choice,
        TokenKind::Reference if stages.has(text(), instruction.keyword) => SemanticKind::Stage,
        TokenKind::Reference | TokenKind::Image => SemanticKind::Image,
        TokenKind::StageName => SemanticKind::Stage,
        TokenKind::VariableName | TokenKind::Variable => SemanticKind::Variable,
        TokenKind::String => SemanticKind::String,
        TokenKind::Number => SemanticKind::Number,
        TokenKind::Operator => SemanticKind::Operator,
        TokenKind::Comment => SemanticKind::Comment,
        TokenKind::HeredocName => SemanticKind::Marker,
        TokenKind::Command => SemanticKind::Command,
    };
    SemanticToken {
        range: instruction.place(token.range),
        kind,
        declaration: matches!(token.kind, TokenKind::StageName | TokenKind::VariableName),
        readonly: kind == SemanticKind::Variable && is_predefined(text()),
    }
}

/// Whether a variable, with or without its `$` and braces, is one that the builder defines.
fn is_predefined(text: &str) -> bool {
    let name = text.trim_start_matches(['$', '{']).trim_end_matches('}');
    is_platform_argument(name) || is_proxy_argument(name)
}
