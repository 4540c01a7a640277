//! Output of steps: lines out of chunks, the last lines for messages, and what is kept of all of it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many lines a [`Tail`] keeps.
const TAIL_LINES: usize = 40;
/// How long a line may grow before it is cut in two: programs that draw progress bars never end theirs.
const LINE_BYTES: usize = 16 * 1024;

/// Makes lines out of chunks that end anywhere, inside a UTF-8 sequence included.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer {
    pending: Vec<u8>,
}

impl LineBuffer {
    /// The lines that this chunk completes, without their line ends.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = chunk;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if self.pending.is_empty() {
                lines.push(line(&rest[..end]));
            } else {
                self.pending.extend_from_slice(&rest[..end]);
                lines.push(self.take_line());
            }
            rest = &rest[end + 1..];
        }
        self.pending.extend_from_slice(rest);
        if self.pending.len() > LINE_BYTES {
            lines.push(self.take_line());
        }
        lines
    }

    /// What is left without a line end.
    pub(crate) fn finish(&mut self) -> Option<String> {
        (!self.pending.is_empty()).then(|| self.take_line())
    }

    fn take_line(&mut self) -> String {
        let line = line(&self.pending);
        self.pending.clear();
        line
    }
}

/// A line as text.
fn line(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    // What a carriage return overwrote is not seen on a terminal either.
    let start = bytes.iter().rposition(|byte| *byte == b'\r').map_or(0, |at| at + 1);
    String::from_utf8_lossy(&bytes[start..]).into_owned()
}

/// The last lines of a step's output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
}

impl Tail {
    pub(crate) fn push(&mut self, line: &str) {
        // The room of the line that goes is that of the one that comes.
        let mut kept = String::new();
        if self.lines.len() == TAIL_LINES {
            kept = self.lines.pop_front().unwrap_or_default();
        }
        kept.clear();
        kept.push_str(line);
        self.lines.push_back(kept);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}

/// How much of a step's output is kept: its end.
const KEPT_BYTES: usize = 64 << 10;

/// The output of a step that is kept: all of it, or its end where it is long.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepLog {
    /// Whole lines, each with its end.
    pub text: String,
    /// Whether there was more before.
    pub is_cut: bool,
}

impl StepLog {
    /// Adds a line.
    pub fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        // Not at each line, for all that is kept has to be moved.
        if self.text.len() > 2 * KEPT_BYTES {
            self.shorten();
        }
    }

    /// The same within the limit.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        self.shorten();
        self
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn shorten(&mut self) {
        let Some(least) = self.text.len().checked_sub(KEPT_BYTES).filter(|least| *least > 0) else { return };
        let bytes = self.text.as_bytes();
        // No line is as long as what is kept.
        let end = bytes[least - 1..].iter().position(|byte| *byte == b'\n');
        self.text.drain(..end.map_or(bytes.len(), |end| least + end));
        self.is_cut = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_output_is_kept_in_whole_lines() {
        let mut log = StepLog::default();
        (0..100_000).for_each(|number| log.push(&format!("größe {number}")));
        assert!(log.text.len() <= 2 * KEPT_BYTES);
        let log = log.shortened();
        assert!(log.is_cut && log.text.len() <= KEPT_BYTES && log.text.len() > KEPT_BYTES - 20);
        assert!(log.text.starts_with("größe ") && log.text.ends_with("größe 99999\n"));
        let mut short = StepLog::default();
        short.push("all");
        assert_eq!(short.clone().shortened(), short);
        let mut exact = StepLog::default();
        (0..KEPT_BYTES / 8).for_each(|_| exact.push("1234567"));
        assert_eq!(exact.clone().shortened(), exact);
        exact.push("x");
        assert!(exact.shortened().text.starts_with("1234567\n"));
    }

    #[test]
    fn lines_are_whole_whatever_the_chunks() {
        let text = "äöü\r\nprogress 1%\rprogress 100%\nlast".as_bytes();
        for size in 1..text.len() {
            let mut buffer = LineBuffer::default();
            let mut lines: Vec<_> = text.chunks(size).flat_map(|chunk| buffer.push(chunk)).collect();
            lines.extend(buffer.finish());
            assert_eq!(lines, ["äöü", "progress 100%", "last"], "chunks of {size}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut_and_nothing_is_lost() {
        let mut buffer = LineBuffer::default();
        let mut lines: Vec<_> = (0..10).flat_map(|_| buffer.push(&[b'x'; 4096])).collect();
        lines.extend(buffer.finish());
        assert!(lines.len() > 1);
        assert_eq!(lines.iter().map(String::len).sum::<usize>(), 10 * 4096);
    }

    #[test]
    fn the_tail_keeps_the_last_lines() {
        let mut tail = Tail::default();
        (0..100).for_each(|number| tail.push(&number.to_string()));
        assert_eq!(tail.lines().first().map(String::as_str), Some("60"));
        assert_eq!(tail.lines().last().map(String::as_str), Some("99"));
    }
}
