//! The lines of an instruction up to a cursor, joined as BuildKit joins them, with the way back to the source.

use syntax::InstructionNode;

/// Joined text, and where each line of it came from.
#[derive(Debug, Default)]
pub(crate) struct Line {
    text: String,
    /// Where each physical line begins: in the text, and in the instruction's source.
    starts: Vec<(usize, u32)>,
}

impl Line {
    /// The text up to `local`, an offset into the instruction, and the rest of that line; nothing in a comment, and behind the
    /// escape character that continues a line.
    pub(super) fn before(node: &InstructionNode, local: u32) -> Option<(Self, String)> {
        let local = local as usize;
        let mut joined = Self::default();
        let mut start = 0;
        for (number, line) in node.source.split('\n').enumerate() {
            let text = line.trim_end_matches('\r');
            let holds_cursor = local <= start + line.len();
            let body = continued(text, node.escape);
            if number > 0 && text.trim_start().starts_with('#') {
                if holds_cursor {
                    return None;
                }
            } else if holds_cursor {
                let cut = local - start;
                let body = body.unwrap_or(text);
                joined.push(body.get(..cut)?, start);
                return Some((joined, body.get(cut..)?.to_owned()));
            } else {
                joined.push(body.unwrap_or(text), start);
            }
            start += line.len() + 1;
        }
        // The line behind a last one that goes on: nothing stands on it.
        joined.push("", local);
        Some((joined, String::new()))
    }

    fn push(&mut self, text: &str, source: usize) {
        self.starts.push((self.text.len(), u32::try_from(source).unwrap_or(u32::MAX)));
        self.text.push_str(text);
    }

    /// The joined text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte of the text in the instruction's source.
    pub(super) fn source(&self, at: usize) -> Option<u32> {
        let line = self.starts.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, source) = *self.starts.get(line)?;
        Some(source + u32::try_from(at - start).ok()?)
    }

    /// Where the cursor's own line begins in the instruction's source.
    pub(super) fn last_line_start(&self) -> u32 {
        self.starts.last().map_or(0, |(_, source)| *source)
    }
}

/// What a line that goes on says before its escape character; nothing where it does not go on.
pub(super) fn continued(line: &str, escape: char) -> Option<&str> {
    let body = line.trim_end_matches([' ', '\t', '\r']).strip_suffix(escape)?;
    (!body.ends_with(escape)).then_some(body)
}

/// Whether a text ends inside single quotes, where nothing is expanded.
pub(crate) fn is_in_single_quotes(text: &str, escape: char) -> bool {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match quote {
            Some(open) if char == open => quote = None,
            None if matches!(char, '\'' | '"') => quote = Some(char),
            Some('\'') => {}
            _ if char == escape => {
                chars.next();
            }
            _ => {}
        }
    }
    quote == Some('\'')
}
