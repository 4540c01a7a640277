//! Layout: white space, blank lines and the case of keywords. What a step is given stays as it is, so that formatting makes no step
//! run again; comments, heredocs and quoted text stay byte for byte.
//!
//! An instruction with a problem is left alone. So is one that would not be read back as what it was: each that is changed is read
//! again before its edits are let out.

mod blank_lines;
mod case;
mod columns;
mod continuation;
mod enter;
mod indent;
mod meaning;
mod spacing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use semantic::model::Frontend;
use syntax::{Document, Instruction, Keyword, LocalRange, TextEdit, TextRange};

use crate::host::{DocumentId, Snapshot};

/// How far layout goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// What the author aligned by hand stays, and so does the text of every command.
    #[default]
    Tidy,
    /// One indent for continued lines, those of commands included, and one blank between words.
    Align,
}

impl Layout {
    /// The layouts by their names in settings.
    pub const NAMES: [&'static str; 2] = ["tidy", "align"];

    /// The layout of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "tidy" => Some(Self::Tidy),
            "align" => Some(Self::Align),
            _ => None,
        }
    }
}

/// How to lay a file out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormatOptions {
    /// How far to go.
    pub layout: Layout,
    /// The indent of continued lines; the one that the file has most where it is absent.
    pub indent: Option<String>,
}

impl Snapshot {
    /// The edits that lay a Dockerfile out, or those that touch a range of it.
    #[must_use]
    pub fn format(&self, id: &DocumentId, indent: Option<String>, range: Option<TextRange>) -> Vec<TextEdit> {
        let Some(state) = self.dockerfile(id) else { return Vec::new() };
        let options = FormatOptions { layout: self.settings_of(state).format.layout, indent };
        let mut edits = format(&state.document, &options);
        if let Some(range) = range {
            edits.retain(|edit| edit.range.intersects(range));
        }
        edits
    }

    /// The edit that indents a line which was just begun with Enter.
    #[must_use]
    pub fn format_after_enter(&self, id: &DocumentId, offset: u32, indent: &str) -> Option<TextEdit> {
        enter::indent(&self.dockerfile(id)?.document, offset, indent)
    }
}

/// The edits that lay a document out: in order, none over another, each as small as it can be. Formatting the result changes nothing.
#[must_use]
pub fn format(document: &Document, options: &FormatOptions) -> Vec<TextEdit> {
    if document.instructions().len() == 0 || matches!(Frontend::of(document), Frontend::Foreign(_)) {
        return Vec::new();
    }
    let text = document.text();
    let file = File::new(document, &text, options);
    let mut edits = blank_lines::edits(&file);
    let mut changes: Vec<Change> = Vec::new();
    for index in 0..file.instructions.len() {
        changes.extend(file.change(index));
    }
    columns::align(&file, &mut changes);
    for change in changes {
        edits.extend(change.let_out(&file));
    }
    edits.sort_by_key(|edit| edit.range);
    edits
}

/// A file, with what its lines tell about its author's ways.
struct File<'a> {
    text: &'a str,
    document: &'a Document,
    instructions: Vec<Instruction>,
    layout: Layout,
    /// The indent of a continued line.
    indent: String,
    /// `\r\n` or `\n`.
    line_end: &'static str,
    lower_case: bool,
    /// How many instructions have this white space before them.
    leads: HashMap<&'a str, usize>,
}

impl<'a> File<'a> {
    fn new(document: &'a Document, text: &'a str, options: &FormatOptions) -> Self {
        let instructions: Vec<Instruction> = document.instructions().collect();
        let first_line = text.split_inclusive('\n').next().unwrap_or_default();
        let mut leads = HashMap::new();
        for instruction in &instructions {
            *leads.entry(lead(text, instruction)).or_default() += 1;
        }
        Self {
            text,
            document,
            leads,
            layout: options.layout,
            indent: options.indent.clone().unwrap_or_else(|| indent::of_file(&instructions, options.layout)),
            line_end: if first_line.ends_with("\r\n") { "\r\n" } else { "\n" },
            lower_case: case::is_lower(&instructions),
            instructions,
        }
    }

    fn change(&self, index: usize) -> Option<Change> {
        let instruction = self.instructions.get(index)?;
        if !is_whole(instruction) {
            return None;
        }
        let mut change = Change { index, edits: Vec::new(), gaps: Vec::new() };
        case::edits(self, instruction, &mut change.edits);
        spacing::trailing(instruction, &mut change.edits);
        continuation::edits(self, instruction, &mut change.edits);
        change.gaps = spacing::gaps(instruction);
        Some(change)
    }

    /// White space before an instruction that no other instruction has before it.
    fn stray_lead(&self, instruction: &Instruction) -> Option<TextRange> {
        let lead = lead(self.text, instruction);
        let is_stray = !lead.is_empty() && self.leads.get(lead).is_none_or(|count| *count < 2);
        let start = instruction.start - u32::try_from(lead.len()).ok()?;
        is_stray.then_some(TextRange::new(start, instruction.start))
    }
}

/// The white space before an instruction on its line.
fn lead<'a>(text: &'a str, instruction: &Instruction) -> &'a str {
    let before = text.get(..instruction.start as usize).unwrap_or_default();
    before.get(before.trim_end_matches([' ', '\t']).len()..).unwrap_or_default()
}

/// Whether an instruction is known and has no problem, so that what it means is certain.
fn is_whole(instruction: &Instruction) -> bool {
    let trigger = instruction.trigger.as_ref();
    instruction.keyword != Keyword::Unknown
        && instruction.problems.is_empty()
        && trigger.is_none_or(|trigger| trigger.problems.is_empty())
}

/// The end of an instruction's logical lines: heredoc bodies come after.
fn logical_end(instruction: &Instruction) -> usize {
    let bodies = instruction.heredocs.iter().map(|heredoc| heredoc.body.start as usize).min();
    bodies.unwrap_or(instruction.source.len())
}

/// What is to be changed in one instruction.
struct Change {
    index: usize,
    /// In the instruction.
    edits: Vec<(LocalRange, String)>,
    /// Blanks between words, more than one or a tab.
    gaps: Vec<Gap>,
}

/// Blanks between two words of one line.
struct Gap {
    range: LocalRange,
    /// Whether the author put the word behind it below another one.
    aligned: bool,
}

impl Change {
    /// The edits as the document's, if the instruction is still the same with them.
    fn let_out(mut self, file: &File<'_>) -> Vec<TextEdit> {
        let Some(instruction) = file.instructions.get(self.index) else { return Vec::new() };
        let gaps = self.gaps.iter().filter(|gap| !gap.aligned);
        self.edits.extend(gaps.map(|gap| (gap.range, " ".to_owned())));
        self.edits.retain(|(range, text)| range.of(&instruction.source) != text);
        self.edits.sort_by_key(|(range, _)| *range);
        if !self.edits.is_empty() && !meaning::is_kept(instruction, &self.edits) {
            self.edits.clear();
        }
        let lead = file.stray_lead(instruction).map(|range| TextEdit { range, new_text: String::new() });
        let edits = self.edits.into_iter();
        let edits = edits.map(|(range, new_text)| TextEdit { range: instruction.place(range), new_text });
        lead.into_iter().chain(edits).collect()
    }
}
