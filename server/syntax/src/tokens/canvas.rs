//! Where tokens are painted: what comes later covers what was there. What is left at the end is disjoint and in order.

use super::{Token, TokenKind};
use crate::mapped::to_u32;
use crate::range::LocalRange;

/// Nothing is painted there.
const BARE: u32 = 0;

/// A place for every byte of a source.
pub(crate) struct Canvas {
    /// For each byte, one more than the index of the paint that it shows.
    bytes: Vec<u32>,
    paints: Vec<(TokenKind, bool)>,
    in_shell: bool,
}

impl Canvas {
    pub(crate) fn new(len: usize) -> Self {
        Self { bytes: vec![BARE; len], paints: Vec::new(), in_shell: false }
    }

    /// From now on, what is painted counts only where a POSIX shell runs the command, or in any case.
    pub(crate) fn set_in_shell(&mut self, in_shell: bool) {
        self.in_shell = in_shell;
    }

    pub(crate) fn paint(&mut self, range: LocalRange, kind: TokenKind) {
        self.paints.push((kind, self.in_shell));
        self.fill(range, to_u32(self.paints.len()));
    }

    pub(crate) fn erase(&mut self, range: LocalRange) {
        self.fill(range, BARE);
    }

    fn fill(&mut self, range: LocalRange, paint: u32) {
        if let Some(bytes) = self.bytes.get_mut(range.start as usize..range.end as usize) {
            bytes.fill(paint);
        }
    }

    /// What is to be seen of each paint, line by line, without white space at a line's ends.
    pub(crate) fn finish(self, source: &str) -> Box<[Token]> {
        let mut tokens = Vec::with_capacity(self.paints.len());
        let mut start = 0;
        while let Some(paint) = self.bytes.get(start).copied() {
            let run = self.bytes.get(start..).unwrap_or_default();
            let end = start + run.iter().position(|other| *other != paint).unwrap_or(run.len());
            let shown = (paint as usize).checked_sub(1).and_then(|index| self.paints.get(index));
            if let Some((kind, in_shell)) = shown.copied() {
                let mut at = start;
                for line in source.get(start..end).unwrap_or_default().split_inclusive(['\n', '\r']) {
                    let from = at + (line.len() - line.trim_start().len());
                    let range = LocalRange::new(to_u32(from), to_u32(at + line.trim_end().len()));
                    if range.start < range.end {
                        tokens.push(Token { range, kind, in_shell });
                    }
                    at += line.len();
                }
            }
            start = end;
        }
        tokens.into()
    }
}
