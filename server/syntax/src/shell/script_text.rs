//! The text of a RUN's script as a program of its own would be given it, with the way back to the instruction's source.

use super::flat_text::FlatText;
use crate::arguments::Form;
use crate::instruction::InstructionNode;
use crate::keyword::Keyword;
use crate::range::LocalRange;

/// The script of a RUN, as the shell gets to see it.
#[derive(Debug)]
pub struct ScriptText {
    flat: FlatText,
}

impl ScriptText {
    /// The script of a RUN in shell form: its line with continuations joined and heredocs behind it, or the body of the heredoc that is the script.
    /// None of other instructions, and of the exec form, which no shell reads.
    #[must_use]
    pub fn of(instruction: &InstructionNode) -> Option<Self> {
        if instruction.keyword != Keyword::Run || instruction.arguments.form == Some(Form::Exec) {
            return None;
        }
        let source = &instruction.source;
        let range = instruction.arguments.range;
        let flat = match instruction.heredocs.as_slice() {
            [heredoc] if heredoc.marker == range => FlatText::of_body(source, heredoc.body, heredoc.chomp),
            [] => FlatText::of_logical_line(source, range, instruction.escape),
            heredocs => {
                let mut flat = FlatText::of_logical_line(source, range, instruction.escape);
                let end = heredocs.iter().map(|heredoc| heredoc.body.start).min()?;
                // Bodies and the lines that end them, up to the instruction's end.
                let rest = source.get(end as usize..)?;
                flat.add_line_end(end.saturating_sub(1));
                flat.add(rest, end);
                flat
            }
        };
        Some(Self { flat })
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.flat.text
    }

    /// Where the bytes `start..end` of the text stand in the instruction's source.
    #[must_use]
    pub fn range(&self, start: usize, end: usize) -> LocalRange {
        let length = self.flat.text.len();
        self.flat.range(start.min(length), end.min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    /// The text of the first RUN, and what stands in the source where a word of it does.
    fn of(text: &str, word: &str) -> (String, String) {
        let document = Document::new(text);
        let instruction = document.instructions().find(|one| one.keyword == Keyword::Run).unwrap();
        let script = ScriptText::of(&instruction).unwrap();
        let at = script.text().find(word).unwrap();
        let range = script.range(at, at + word.len());
        (script.text().to_owned(), range.of(&instruction.source).to_owned())
    }

    #[test]
    fn words_are_found_where_they_stand() {
        for (text, expected, word) in [
            ("RUN a \\\n# é\n\n  $größe\n", "a   $größe", "$größe"),
            ("# escape=`\r\nRUN a `\r\n b\r\n", "a  b", "b"),
            ("RUN <<E\necho é $x\nE\n", "echo é $x\n", "$x"),
            ("RUN <<-E\n\techo $x\n\tE\n", "echo $x\n", "$x"),
            ("RUN cat <<E > /a && b $c\né $x\nE\n", "cat <<E > /a && b $c\né $x\nE", "$x"),
        ] {
            assert_eq!(of(text, word), (expected.to_owned(), word.to_owned()), "{text}");
        }
    }

    #[test]
    fn lists_and_other_instructions_have_none() {
        for text in ["RUN [\"a\"]\n", "CMD a\n", "COPY a b\n"] {
            let document = Document::new(text);
            assert!(ScriptText::of(&document.instructions().next().unwrap()).is_none(), "{text}");
        }
    }
}
