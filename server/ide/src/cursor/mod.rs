//! Where a cursor stands in a Dockerfile, in the words of the language: at a keyword, in a flag's value, at the second argument.
//!
//! Only the text before the cursor decides, so that a half-typed instruction is read like a whole one. What may stand there is
//! decided in `completion` and `signature_help`. Continuation lines are joined and comments between them left out; inside such a
//! comment, behind an escape character and on a heredoc's last line the cursor is nowhere.

mod line;
mod list;
mod part;
#[cfg(test)]
mod tests;

use syntax::{Document, Heredoc, Instruction, TextRange};

pub(crate) use line::{Line, is_in_single_quotes};
pub(crate) use part::{Argument, Part, Read};

/// Where a cursor stands.
#[derive(Debug)]
pub(crate) enum Cursor {
    /// On a line that holds nothing but blanks so far and nothing behind the cursor, outside of instructions.
    Blank,
    /// In a comment or a directive outside of instructions: the line from its `#` to the cursor, and to its end.
    Comment { start: u32, before: String, after: String },
    /// In an instruction's own lines.
    Instruction(Box<InInstruction>),
    /// In the body of a heredoc.
    Heredoc(Box<InHeredoc>),
}

/// A cursor in an instruction.
#[derive(Debug)]
pub(crate) struct InInstruction {
    /// The instruction; for an ONBUILD the outer one.
    pub(crate) instruction: Instruction,
    /// Its text up to the cursor, as BuildKit joins it.
    pub(crate) line: Line,
    /// What the text up to the cursor says.
    pub(crate) read: Read,
    /// The rest of the cursor's own line, without the escape character that continues it.
    pub(crate) after: String,
    /// The cursor.
    pub(crate) offset: u32,
}

/// A cursor in a heredoc's body.
#[derive(Debug)]
pub(crate) struct InHeredoc {
    pub(crate) instruction: Instruction,
    /// Whether the builder, or the shell of a RUN, puts variables in.
    pub(crate) expands: bool,
    /// The cursor's own line up to it, and behind it.
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) offset: u32,
}

impl Cursor {
    /// Where `offset` stands; nothing where nothing can be said.
    pub(crate) fn new(document: &Document, offset: u32) -> Option<Self> {
        match instruction_at(document, offset) {
            Some(instruction) => in_instruction(document, instruction, offset),
            None => between(document, offset),
        }
    }
}

/// The instruction that a cursor is in. A line that continues one, or belongs to its open heredoc, is a part of it at the end of
/// the text too, where nothing has been typed there yet.
fn instruction_at(document: &Document, offset: u32) -> Option<Instruction> {
    if let Some(found) = document.instruction_at(offset) {
        return Some(found);
    }
    let last = document.instructions().next_back().filter(|last| last.range().end < offset)?;
    let between = document.slice(TextRange::new(last.range().end, offset));
    let is_next_line = between.bytes().filter(|byte| *byte == b'\n').count() == 1;
    let rest_is_blank = || document.slice(TextRange::new(last.range().end, document.len())).trim().is_empty();
    let goes_on = || {
        let open_heredoc = last.heredocs.last().is_some_and(is_open);
        // Blank lines and comments end nothing.
        let ends_nothing = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let last_line = last.source.rsplit('\n').find(|line| !ends_nothing(line)).unwrap_or_default();
        open_heredoc || line::continued(last_line, last.escape).is_some()
    };
    (is_next_line && rest_is_blank() && goes_on()).then_some(last)
}

/// Whether a heredoc has no last line yet.
fn is_open(heredoc: &Heredoc) -> bool {
    heredoc.terminator.start == heredoc.terminator.end
}

fn in_instruction(document: &Document, instruction: Instruction, offset: u32) -> Option<Cursor> {
    let local = offset - instruction.start;
    // The body of a heredoc at the very end of the text is empty and begins on the marker's own line.
    let bodies = instruction.heredocs.first().map(|first| first.body.start);
    let is_body = |start: u32| {
        let head = instruction.source.get(..start as usize).unwrap_or_default();
        local > start || local == start && head.ends_with('\n')
    };
    if bodies.is_some_and(is_body) {
        return in_heredoc(document, instruction, offset);
    }
    let (line, after) = Line::before(&instruction, local)?;
    let read = part::read(line.text(), instruction.escape);
    Some(Cursor::Instruction(Box::new(InInstruction { instruction, line, read, after, offset })))
}

fn in_heredoc(document: &Document, instruction: Instruction, offset: u32) -> Option<Cursor> {
    let local = offset - instruction.start;
    let heredoc = instruction.heredocs.iter().find(|heredoc| {
        local >= heredoc.body.start && (local < heredoc.terminator.start || is_open(heredoc))
    })?;
    let expands = heredoc.expand;
    let (before, after) = own_line(document, offset);
    Some(Cursor::Heredoc(Box::new(InHeredoc { instruction, expands, before, after, offset })))
}

/// The cursor's own line, before and behind the cursor.
fn own_line(document: &Document, offset: u32) -> (String, String) {
    let line = document.buildkit_line_range(document.buildkit_line(offset));
    let offset = offset.clamp(line.start, line.end);
    let before = document.slice(TextRange::new(line.start, offset));
    (before, document.slice(TextRange::new(offset, line.end)))
}

fn between(document: &Document, offset: u32) -> Option<Cursor> {
    let (before, after) = own_line(document, offset);
    let text = before.trim_start_matches(['\u{feff}']).trim_start();
    if text.starts_with('#') {
        let start = offset - u32::try_from(text.len()).unwrap_or(0);
        return Some(Cursor::Comment { start, before: text.to_owned(), after });
    }
    (text.is_empty() && after.trim().is_empty()).then_some(Cursor::Blank)
}

impl InInstruction {
    /// The place of a byte of the joined text in the document.
    pub(crate) fn place(&self, at: usize) -> Option<u32> {
        Some(self.instruction.start + self.line.source(at)?)
    }

    /// The place of the word from a byte of the joined text to the cursor; nothing where it began on another line, for an editor
    /// replaces text on one line alone.
    pub(crate) fn typed_from(&self, start: usize) -> Option<TextRange> {
        let start = self.place(start)?;
        let line_start = self.instruction.start + self.line.last_line_start();
        (line_start <= start && start <= self.offset).then_some(TextRange::new(start, self.offset))
    }

    /// How many bytes behind the cursor belong to the word at it, as far as `is_part` says.
    pub(crate) fn word_behind(&self, is_part: impl Fn(char) -> bool) -> u32 {
        let end = self.after.find(|char| !is_part(char)).unwrap_or(self.after.len());
        u32::try_from(end).unwrap_or(0)
    }

    /// The joined text from a byte on to the cursor.
    pub(crate) fn text_from(&self, start: usize) -> &str {
        self.line.text().get(start..).unwrap_or_default()
    }
}
