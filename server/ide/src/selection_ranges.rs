//! What a selection grows to, step by step: word, argument, flag or shell command, instruction, stage, file.

use semantic::Occurrences;
use syntax::shell::{Command, ShellWord};
use syntax::{Document, Instruction, InstructionNode, LocalRange, TextRange};

use crate::host::{DocumentId, DocumentState, Snapshot};

impl Snapshot {
    /// The ranges around an offset, each inside the next one; the last is the file. Nothing where no Dockerfile is open.
    #[must_use]
    pub fn selection_ranges(&self, id: &DocumentId, offset: u32) -> Option<Vec<TextRange>> {
        let state = self.dockerfile(id)?;
        let offset = offset.min(state.document.len());
        let mut around = Around { offset, ranges: Vec::new() };
        around.add(TextRange::new(0, state.document.len()));
        around.add(word_at(&state.document, offset));
        match state.document.instruction_at(offset) {
            Some(instruction) => {
                around.of_stage(state);
                around.of_names(&state.document, state.occurrences());
                around.of_instruction(&instruction);
            }
            None => around.of_comments(&state.document),
        }
        Some(around.nested())
    }
}

/// The ranges that touch an offset.
struct Around {
    offset: u32,
    ranges: Vec<TextRange>,
}

impl Around {
    fn add(&mut self, range: TextRange) {
        if range.touches(self.offset) {
            self.ranges.push(range);
        }
    }

    /// The ranges from the smallest on, less those that cut across a smaller one.
    fn nested(mut self) -> Vec<TextRange> {
        self.ranges.retain(|range| !range.is_empty());
        self.ranges.sort_by_key(|range| (range.len(), std::cmp::Reverse(range.start)));
        let mut nested: Vec<TextRange> = vec![TextRange::empty(self.offset)];
        for range in self.ranges {
            if nested.last().is_some_and(|last| range.contains(*last) && range != *last) {
                nested.push(range);
            }
        }
        // An empty selection is where the cursor is already.
        if nested.len() > 1 {
            nested.remove(0);
        }
        nested
    }

    fn of_stage(&mut self, state: &DocumentState) {
        let model = state.model();
        let before = model.stages.partition_point(|stage| stage.range.start <= self.offset);
        if let Some(stage) = before.checked_sub(1).and_then(|index| model.stages.get(index)) {
            self.add(stage.range);
        }
    }

    /// A name, and the `$NAME` or `${NAME}` that it is in.
    fn of_names(&mut self, document: &Document, occurrences: &Occurrences) {
        let Some(occurrence) = occurrences.at(self.offset) else { return };
        let (name, reach) = (occurrence.range, occurrence.reach);
        self.add(name);
        let is_braced = document.slice(TextRange::new(reach.start, name.start)) == "${";
        let closed = TextRange::new(reach.start, name.end + 1);
        if is_braced && document.slice(closed).ends_with('}') {
            self.add(closed);
        } else if !is_braced {
            self.add(reach);
        }
    }

    fn of_comments(&mut self, document: &Document) {
        for comment in document.comments() {
            self.add(comment.range);
            let n_marks = u32::try_from(comment.text.len()).unwrap_or_default();
            let text_start = comment.range.end.saturating_sub(n_marks);
            if document.slice(TextRange::new(text_start, comment.range.end)) == comment.text {
                self.add(TextRange::new(text_start, comment.range.end));
            }
        }
        for directive in document.directives() {
            self.add(directive.range);
            self.add(directive.value_range);
        }
    }

    fn of_instruction(&mut self, instruction: &Instruction) {
        self.add(instruction.range());
        self.of_node(instruction, instruction);
        if let Some(trigger) = &instruction.trigger {
            self.local(instruction, trigger.keyword_range.cover(trigger.arguments.range));
            self.of_node(instruction, trigger);
        }
        for heredoc in &instruction.heredocs {
            self.local(instruction, heredoc.marker);
            self.local(instruction, heredoc.body);
            self.local(instruction, LocalRange::new(heredoc.body.start, heredoc.terminator.end));
            let body = instruction.place(heredoc.body);
            if body.touches(self.offset) {
                self.line(instruction, heredoc.body);
            }
        }
    }

    fn local(&mut self, instruction: &Instruction, range: LocalRange) {
        self.add(instruction.place(range));
    }

    /// A range, and what stands between its quotes.
    fn quoted(&mut self, instruction: &Instruction, range: LocalRange) {
        self.local(instruction, range);
        let text = range.of(&instruction.source);
        let is_quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        if is_quoted('"') || is_quoted('\'') {
            self.local(instruction, LocalRange::new(range.start + 1, range.end - 1));
        }
    }

    fn of_node(&mut self, instruction: &Instruction, node: &InstructionNode) {
        self.local(instruction, node.keyword_range);
        self.local(instruction, node.arguments.range);
        for flag in &node.flags {
            self.local(instruction, flag.range);
            self.local(instruction, flag.name_range);
            if let Some(value) = &flag.value {
                self.quoted(instruction, value.range);
                if flag.name == "mount" {
                    for field in syntax::mount::fields(value) {
                        self.local(instruction, field.range);
                        self.local(instruction, field.key_range);
                        self.local(instruction, field.value_range);
                    }
                }
            }
        }
        for word in &node.arguments.words {
            self.quoted(instruction, word.range);
        }
        for pair in &node.arguments.pairs {
            self.quoted(instruction, pair.key.range);
            if let Some(value) = &pair.value {
                self.quoted(instruction, value.range);
                self.local(instruction, pair.key.range.cover(value.range));
            }
        }
        let script = node.shell();
        for statement in script.iter().flat_map(|script| &script.statements) {
            if instruction.place(statement.range).touches(self.offset) {
                self.local(instruction, statement.range);
                statement.commands.iter().for_each(|command| self.of_command(instruction, command));
            }
        }
    }

    fn of_command(&mut self, instruction: &Instruction, command: &Command) {
        self.local(instruction, command.range);
        let assigned = command.assignments.iter().map(|assignment| &assignment.value);
        let redirected = command.redirections.iter().map(|redirection| &redirection.target);
        let words: Vec<&ShellWord> = command.words.iter().chain(assigned).chain(redirected).collect();
        words.into_iter().for_each(|word| self.quoted(instruction, word.range));
        for assignment in &command.assignments {
            self.local(instruction, assignment.range);
        }
        for redirection in &command.redirections {
            self.local(instruction, redirection.range);
        }
    }

    /// The line of a heredoc's body at the offset, white space at both ends left out.
    fn line(&mut self, instruction: &Instruction, body: LocalRange) {
        let mut start = body.start;
        for line in body.of(&instruction.source).split_inclusive('\n') {
            let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
            let lead = length(line) - length(line.trim_start());
            let text = length(line.trim());
            if text > 0 {
                self.local(instruction, LocalRange::new(start + lead, start + lead + text));
            }
            start += length(line);
        }
    }
}

/// The letters, digits and `_` around an offset.
fn word_at(document: &Document, offset: u32) -> TextRange {
    let line = document.buildkit_line_range(document.buildkit_line(offset));
    let text = document.slice(line);
    let at = offset.saturating_sub(line.start) as usize;
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else {
        return TextRange::empty(offset);
    };
    let is_part = |part: char| part.is_alphanumeric() || part == '_';
    let n_before: usize = before.chars().rev().take_while(|part| is_part(*part)).map(char::len_utf8).sum();
    let n_after: usize = after.chars().take_while(|part| is_part(*part)).map(char::len_utf8).sum();
    let size = |count: usize| u32::try_from(count).unwrap_or_default();
    TextRange::new(offset - size(n_before), offset + size(n_after))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::fixture::open;

    /// The selections from the cursor on, one a line, as they would be shown in Rust.
    fn check(text: &str, expected: Expect) {
        let opened = open(text);
        let ranges = opened.snapshot.selection_ranges(&opened.id, opened.cursor).unwrap();
        for pair in ranges.windows(2) {
            assert!(pair[1].contains(pair[0]) && pair[0] != pair[1], "{pair:?}");
        }
        let shown: String = ranges.iter().map(|range| format!("{:?}\n", opened.slice(*range))).collect();
        expected.assert_eq(&shown);
    }

    #[test]
    fn an_argument_of_a_shell_command() {
        check(
            "FROM a\nRUN x && echo \"one t$0wo\" \\\n  | tee y\nUSER b\nFROM c\n",
            expect![[r#"
            "two"
            "one two"
            "\"one two\""
            "echo \"one two\""
            "echo \"one two\" \\\n  | tee y"
            "x && echo \"one two\" \\\n  | tee y"
            "RUN x && echo \"one two\" \\\n  | tee y"
            "FROM a\nRUN x && echo \"one two\" \\\n  | tee y\nUSER b"
            "FROM a\nRUN x && echo \"one two\" \\\n  | tee y\nUSER b\nFROM c\n"
        "#]],
        );
    }

    #[test]
    fn a_variable_and_a_path() {
        check(
            "FROM a\nARG DIR\nCOPY src/${DI$0R}/x.js /y/\n",
            expect![[r#"
            "DIR"
            "${DIR}"
            "src/${DIR}/x.js"
            "src/${DIR}/x.js /y/"
            "COPY src/${DIR}/x.js /y/"
            "FROM a\nARG DIR\nCOPY src/${DIR}/x.js /y/"
            "FROM a\nARG DIR\nCOPY src/${DIR}/x.js /y/\n"
        "#]],
        );
    }

    #[test]
    fn a_key_of_a_mount() {
        check(
            "FROM a\nRUN --mount=type=cache,target=/ro$0ot/.npm npm ci\n",
            expect![[r#"
            "root"
            "/root/.npm"
            "target=/root/.npm"
            "type=cache,target=/root/.npm"
            "--mount=type=cache,target=/root/.npm"
            "RUN --mount=type=cache,target=/root/.npm npm ci"
            "FROM a\nRUN --mount=type=cache,target=/root/.npm npm ci"
            "FROM a\nRUN --mount=type=cache,target=/root/.npm npm ci\n"
        "#]],
        );
    }

    #[test]
    fn a_pair_a_list_and_a_trigger() {
        check(
            "FROM a\nENV A=1 B=\"two wo$0rds\"\n",
            expect![[r#"
            "words"
            "two words"
            "\"two words\""
            "B=\"two words\""
            "A=1 B=\"two words\""
            "ENV A=1 B=\"two words\""
            "FROM a\nENV A=1 B=\"two words\""
            "FROM a\nENV A=1 B=\"two words\"\n"
        "#]],
        );
        check(
            "FROM a\nCMD [\"node\", \"ma$0in.js\"]\n",
            expect![[r#"
            "main"
            "main.js"
            "\"main.js\""
            "\"node\", \"main.js\""
            "[\"node\", \"main.js\"]"
            "CMD [\"node\", \"main.js\"]"
            "FROM a\nCMD [\"node\", \"main.js\"]"
            "FROM a\nCMD [\"node\", \"main.js\"]\n"
        "#]],
        );
        check(
            "FROM a\nONBUILD COPY --from=b /$0a /c\n",
            expect![[r#"
            "a"
            "/a"
            "/a /c"
            "COPY --from=b /a /c"
            "ONBUILD COPY --from=b /a /c"
            "FROM a\nONBUILD COPY --from=b /a /c"
            "FROM a\nONBUILD COPY --from=b /a /c\n"
        "#]],
        );
    }

    #[test]
    fn a_line_of_a_heredoc() {
        check(
            "FROM a\r\nRUN <<EOF\r\n  echo 😀 ü$0ber\r\n  y\r\nEOF\r\n",
            expect![[r#"
            "über"
            "echo 😀 über"
            "  echo 😀 über\r\n  y\r\n"
            "  echo 😀 über\r\n  y\r\nEOF"
            "RUN <<EOF\r\n  echo 😀 über\r\n  y\r\nEOF"
            "FROM a\r\nRUN <<EOF\r\n  echo 😀 über\r\n  y\r\nEOF"
            "FROM a\r\nRUN <<EOF\r\n  echo 😀 über\r\n  y\r\nEOF\r\n"
        "#]],
        );
        check(
            "FROM a\nCOPY <<EOF /x\nab c$0d\nEOF\n",
            expect![[r#"
            "cd"
            "ab cd"
            "ab cd\n"
            "ab cd\nEOF"
            "COPY <<EOF /x\nab cd\nEOF"
            "FROM a\nCOPY <<EOF /x\nab cd\nEOF"
            "FROM a\nCOPY <<EOF /x\nab cd\nEOF\n"
        "#]],
        );
    }

    #[test]
    fn comments_directives_and_nothing() {
        check(
            "# syntax=docker/dock$0erfile:1\nFROM a\n",
            expect![[r##"
            "dockerfile"
            "docker/dockerfile:1"
            "# syntax=docker/dockerfile:1"
            "# syntax=docker/dockerfile:1\nFROM a\n"
        "##]],
        );
        check(
            "FROM a\n  # a no$0te\n",
            expect![[r##"
            "note"
            "a note"
            "# a note"
            "FROM a\n  # a note\n"
        "##]],
        );
        check(
            "FROM a\n$0\nRUN x\n",
            expect![[r#"
            "FROM a\n\nRUN x\n"
        "#]],
        );
        check(
            "$0",
            expect![[r#"
            ""
        "#]],
        );
    }
}
