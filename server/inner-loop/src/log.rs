//! Output of steps: lines out of chunks, and the last lines for messages.

use std::collections::VecDeque;

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
            self.pending.extend_from_slice(&rest[..end]);
            lines.push(self.take_line());
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
        let mut line = std::mem::take(&mut self.pending);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        // What a carriage return overwrote is not seen on a terminal either.
        let start = line.iter().rposition(|byte| *byte == b'\r').map_or(0, |at| at + 1);
        String::from_utf8_lossy(&line[start..]).into_owned()
    }
}

/// The last lines of a step's output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    lines: VecDeque<String>,
}

impl Tail {
    pub(crate) fn push(&mut self, line: &str) {
        if self.lines.len() == TAIL_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line.to_owned());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
