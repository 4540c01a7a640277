//! Where instructions begin and end: reads a text line by line and hands out its instructions, each with all its lines.
//!
//! A line start between two instructions is always a fresh beginning: nothing above it but the escape character counts.

use std::sync::{Arc, OnceLock};

use ropey::Rope;

use crate::arguments::Heredoc;
use crate::check::{check, shown};
use crate::heredoc::{Marker, markers};
use crate::instruction::{Instruction, InstructionNode};
use crate::keyword::WordCase;
use crate::lines::{Lines, continued, is_comment, without_end};
use crate::mapped::{Mapped, to_u32};
use crate::parse::{Parsed, parse};
use crate::problem::LocalProblem;
use crate::range::LocalRange;

/// The longest line that BuildKit reads, without its line feed.
pub(crate) const MAX_LINE: usize = 65_535;

/// Reads instructions from a line start on.
pub(crate) struct Segments<'a> {
    lines: Lines<'a>,
    line: u32,
    escape: char,
    /// The room of the last line that was no instruction, for the next.
    spare: String,
}

impl<'a> Segments<'a> {
    /// Reads from `offset` on, which must be a line start between instructions; `line` is its number.
    pub(crate) fn new(rope: &'a Rope, offset: u32, line: u32, escape: char) -> Self {
        Self { lines: Lines::new(rope, offset), line, escape, spare: String::new() }
    }

    /// The line start after what was read.
    pub(crate) const fn offset(&self) -> u32 {
        self.lines.offset()
    }

    /// Reads one instruction, or one line that is none; false at the end of the text.
    pub(crate) fn read(&mut self, instructions: &mut Vec<Instruction>) -> bool {
        let offset = self.lines.offset();
        let mut source = std::mem::take(&mut self.spare);
        source.clear();
        if !self.lines.read(&mut source) {
            return false;
        }
        let line = self.line;
        self.line += 1;
        let bom = if offset == 0 && source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = without_end(source.get(bom..).unwrap_or_default());
        let trimmed = text.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            self.spare = source;
            return true;
        }
        let lead = bom + (text.len() - trimmed.len());
        source.drain(..lead);
        let node = self.instruction(source);
        instructions.push(Instruction::new(offset + to_u32(lead), line, Arc::new(node)));
        true
    }

    fn instruction(&mut self, source: String) -> InstructionNode {
        let mut reader =
            InstructionReader { segments: self, source, end: 0, has_blank_line: false, problems: Vec::new() };
        let line = reader.logical_line();
        let parsed = parse(&line, reader.segments.escape);
        let heredocs = if parsed.takes_heredocs() { reader.heredocs(&line) } else { Vec::new() };
        let InstructionReader { mut source, end, has_blank_line, mut problems, .. } = reader;
        source.truncate(end);
        problems.extend(check(&parsed));
        problems.sort_by_key(|problem| problem.range);
        InstructionNode { has_blank_line, ..node(parsed, source, heredocs, problems, self.escape) }
    }
}

struct InstructionReader<'a, 'b> {
    segments: &'a mut Segments<'b>,
    source: String,
    /// Where the last line ends, its line end left out.
    end: usize,
    has_blank_line: bool,
    problems: Vec<LocalProblem>,
}

impl InstructionReader<'_, '_> {
    /// Reads the next line; its start in the source.
    fn next_line(&mut self) -> Option<usize> {
        let start = self.source.len();
        if !self.segments.lines.read(&mut self.source) {
            return None;
        }
        self.segments.line += 1;
        self.finish_line(start);
        Some(start)
    }

    fn finish_line(&mut self, start: usize) {
        let line = self.source.get(start..).unwrap_or_default();
        self.end = start + without_end(line).len();
        if line.strip_suffix('\n').unwrap_or(line).len() > MAX_LINE {
            let range = LocalRange::new(to_u32(start), to_u32(self.end));
            self.problems.push(LocalProblem { range, message: too_long() });
        }
    }

    /// Joins the first line, which is in the source already, with those that continue it.
    fn logical_line(&mut self) -> Mapped {
        let escape = self.segments.escape;
        let mut logical = Mapped::default();
        self.finish_line(0);
        let first = self.source.get(..self.end).unwrap_or_default();
        let mut goes_on = continued(first, escape);
        logical.push(goes_on.unwrap_or(first), 0);
        while goes_on.is_some() {
            let Some(start) = self.next_line() else { break };
            let line = self.source.get(start..self.end).unwrap_or_default();
            let is_blank = line.trim_start().is_empty();
            self.has_blank_line |= is_blank;
            if is_blank || is_comment(line) {
                goes_on = Some("");
                continue;
            }
            goes_on = continued(line, escape);
            logical.push(goes_on.unwrap_or(line), to_u32(start));
        }
        logical
    }

    fn heredocs(&mut self, line: &Mapped) -> Vec<Heredoc> {
        match markers(line.text()) {
            Ok(markers) => markers.into_iter().map(|marker| self.heredoc(line, marker)).collect(),
            Err(error) => {
                let range = line.range(0, line.text().len());
                self.problems.push(LocalProblem {
                    range,
                    message: format!("the heredoc's name cannot be read: {error}"),
                });
                Vec::new()
            }
        }
    }

    fn heredoc(&mut self, line: &Mapped, marker: Marker) -> Heredoc {
        let place = line.range(marker.start, marker.end);
        let body_start = to_u32(self.source.len());
        let terminator = loop {
            let Some(start) = self.next_line() else { break None };
            let text = self.source.get(start..self.end).unwrap_or_default();
            let text = if marker.chomp { text.trim_start_matches('\t') } else { text };
            if text == marker.name {
                break Some(LocalRange::new(to_u32(start), to_u32(self.end)));
            }
        };
        let terminator = terminator.unwrap_or_else(|| {
            self.problems.push(LocalProblem {
                range: place,
                message: format!(
                    "the heredoc {0} has no end: add a line that holds {0} and nothing else",
                    shown(&marker.name)
                ),
            });
            let end = to_u32(self.end);
            LocalRange::new(end, end)
        });
        let body = LocalRange::new(body_start.min(terminator.start), terminator.start);
        Heredoc {
            name: marker.name,
            marker: place,
            body,
            terminator,
            expand: marker.expand,
            chomp: marker.chomp,
            file_descriptor: marker.file_descriptor,
        }
    }
}

pub(crate) fn too_long() -> String {
    format!("the line is longer than the {MAX_LINE} bytes that BuildKit reads: break it up")
}

fn node(
    parsed: Parsed,
    source: String,
    heredocs: Vec<Heredoc>,
    problems: Vec<LocalProblem>,
    escape: char,
) -> InstructionNode {
    InstructionNode {
        keyword: parsed.keyword,
        keyword_range: parsed.keyword_range,
        keyword_case: WordCase::of(parsed.keyword_range.of(&source)),
        flags: parsed.flags,
        arguments: parsed.arguments,
        trigger: parsed.trigger.map(|mut trigger| {
            let problems = std::mem::take(&mut trigger.problems);
            Box::new(node(*trigger, source.clone(), heredocs.clone(), problems, escape))
        }),
        has_blank_line: false,
        line_feeds: to_u32(source.bytes().filter(|byte| *byte == b'\n').count()),
        source: source.into(),
        heredocs,
        problems,
        escape,
        shell: OnceLock::new(),
        tree: OnceLock::new(),
        tokens: OnceLock::new(),
    }
}
