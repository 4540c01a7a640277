//! What an editor can fold: stages, instructions of several lines, heredocs, blocks of comments, and regions between comments.

use syntax::{Comment, TextRange};

use crate::host::{DocumentId, DocumentState, Snapshot};

/// What a fold holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoldKind {
    /// A stage or an instruction.
    Code,
    /// Lines of comments that follow each other.
    Comment,
    /// What stands between `# region` and `# endregion`.
    Region,
}

/// Lines that fold into their first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// From the first line's first byte of interest to the last line's end.
    pub range: TextRange,
    /// What it holds.
    pub kind: FoldKind,
}

impl Snapshot {
    /// The folds of a document in order of place, outer ones first; where there are more than `limit`, the largest.
    #[must_use]
    pub fn folding_ranges(&self, id: &DocumentId, limit: usize) -> Vec<Fold> {
        let mut folds = Vec::new();
        let mut add = |range, kind| folds.push(Fold { range, kind });
        if let Some(state) = self.ignore_file(id) {
            of_comments(in_ignore_file(&state.document.text()), &mut add);
        } else if let Some(state) = self.dockerfile(id) {
            of_dockerfile(state, &mut add);
        }
        if folds.len() > limit {
            folds.sort_by_key(|fold| std::cmp::Reverse(fold.range.len()));
            folds.truncate(limit);
        }
        folds.sort_by_key(|fold| (fold.range.start, std::cmp::Reverse(fold.range.end)));
        folds
    }
}

fn of_dockerfile(state: &DocumentState, add: &mut impl FnMut(TextRange, FoldKind)) {
    for stage in &state.model().stages {
        if stage.end_line > stage.from.line {
            add(stage.range, FoldKind::Code);
        }
    }
    for instruction in state.document.instructions().filter(|one| one.end_line() > one.line) {
        add(instruction.range(), FoldKind::Code);
        // A heredoc that ends with its instruction and begins on its first line folds with it.
        for (index, heredoc) in instruction.heredocs.iter().enumerate() {
            let body = instruction.place(heredoc.body);
            let start = if index == 0 { instruction.place(heredoc.marker).start } else { body.start };
            let end = instruction.place(heredoc.terminator).end;
            let begins_lower = state.document.buildkit_line(start) > instruction.line;
            if begins_lower || end < instruction.range().end {
                add(TextRange::new(start, end), FoldKind::Code);
            }
        }
    }
    of_comments(state.document.comments(), add);
}

/// Blocks of comments, and regions; a comment that opens or closes a region belongs to no block.
fn of_comments(comments: Vec<Comment>, add: &mut impl FnMut(TextRange, FoldKind)) {
    let mut open = Vec::new();
    let mut block = Block::default();
    for comment in comments {
        match mark(&comment) {
            Some(Mark::Open) => open.push(comment.range.start),
            Some(Mark::Close) => {
                let start = open.pop();
                start.into_iter().for_each(|start| {
                    add(TextRange::new(start, comment.range.end), FoldKind::Region);
                });
            }
            None if block.is_followed_by(&comment) => {
                block.range.end = comment.range.end;
                block.last_line = comment.line;
                continue;
            }
            None => {
                block.end(add);
                block = Block { range: comment.range, first_line: comment.line, last_line: comment.line };
                continue;
            }
        }
        block.end(add);
        block = Block::default();
    }
    block.end(add);
}

/// The comments of an ignore file: lines that begin with `#`.
fn in_ignore_file(text: &str) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut start = 0;
    for (line, number) in text.split_inclusive('\n').zip(0..) {
        let (from, length) = (start, line.len());
        start += length;
        let shown = line.trim_start_matches('\u{feff}');
        if let Some(said) = shown.strip_prefix('#') {
            let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
            let range = TextRange::new(
                offset(from + length - shown.len()),
                offset(from + line.trim_end_matches(['\r', '\n']).len()),
            );
            comments.push(Comment { range, text: said.trim().to_owned(), line: number });
        }
    }
    comments
}

/// Comments on lines that follow each other.
#[derive(Default)]
struct Block {
    range: TextRange,
    first_line: u32,
    last_line: u32,
}

impl Block {
    fn is_followed_by(&self, comment: &Comment) -> bool {
        !self.range.is_empty() && self.last_line + 1 == comment.line
    }

    fn end(&self, add: &mut impl FnMut(TextRange, FoldKind)) {
        if self.last_line > self.first_line {
            add(self.range, FoldKind::Comment);
        }
    }
}

enum Mark {
    Open,
    Close,
}

/// Whether a comment opens or closes a region: `# region name`, `#endregion`.
fn mark(comment: &Comment) -> Option<Mark> {
    let word = comment.text.trim_start_matches('#').split_whitespace().next()?;
    if word.eq_ignore_ascii_case("region") {
        return Some(Mark::Open);
    }
    word.eq_ignore_ascii_case("endregion").then_some(Mark::Close)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::fixture::open;

    /// First and last line of each fold, from 1, with what it holds.
    fn check(text: &str, expected: Expect) {
        check_limit(text, usize::MAX, expected);
    }

    fn check_limit(text: &str, limit: usize, expected: Expect) {
        let opened = open(text);
        let line = |offset: u32| opened.text[..offset as usize].matches('\n').count() + 1;
        let folds = opened.snapshot.folding_ranges(&opened.id, limit);
        let shown = folds
            .iter()
            .map(|fold| format!("{}-{} {:?}\n", line(fold.range.start), line(fold.range.end), fold.kind));
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn stages_and_continued_instructions() {
        check(
            "ARG A\nFROM a\nRUN x && \\\n  # why\n  y\n\n# last\nFROM b\nFROM c\nRUN z\n",
            expect![[r#"
            2-5 Code
            3-5 Code
            9-10 Code
        "#]],
        );
    }

    #[test]
    fn heredocs() {
        check(
            "FROM a\r\nRUN <<EOF\r\nx\r\nEOF\r\nCOPY <<A <<B \\\r\n /x/\r\na\r\nA\r\nb\r\nB\r\n",
            expect![[r#"
                1-10 Code
                2-4 Code
                5-10 Code
                5-8 Code
                9-10 Code
            "#]],
        );
    }

    #[test]
    fn comments_and_regions() {
        check(
            "# syntax=docker/dockerfile:1\n# one\n# two\n\n# alone\n#region Base 😀\n# three\n# four\nFROM a\n# region\n## endregion\n# endregion\n#endregion\n",
            expect![[r#"
                2-3 Comment
                6-12 Region
                7-8 Comment
                10-11 Region
            "#]],
        );
    }

    #[test]
    fn comments_of_an_ignore_file() {
        let folds = |text: &str| {
            let mut host = crate::Host::new();
            let id = crate::DocumentId::new("file:///.dockerignore");
            host.open(id.clone(), crate::DocumentKind::Ignore, text);
            let folds = host.snapshot().folding_ranges(&id, usize::MAX);
            folds
                .iter()
                .map(|fold| text[fold.range.start as usize..fold.range.end as usize].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            folds("\u{feff}# é\r\n# b\r\nFROM a\n  # no comment\n#region x\nRUN <<E\n# c\n#endregion\n"),
            ["# é\r\n# b", "#region x\nRUN <<E\n# c\n#endregion"]
        );
        assert_eq!(folds("a \\\nb\n# c\n"), [""; 0]);
    }

    #[test]
    fn one_line_is_no_fold_and_half_typed_text_does_no_harm() {
        check("FROM a\n", expect![""]);
        check("RUN x \\", expect![""]);
        check(
            "# region\nFROM\nRUN <<EOF\nx\n",
            expect![[r#"
            2-4 Code
            3-4 Code
        "#]],
        );
    }

    #[test]
    fn of_too_many_the_largest_are_kept() {
        check_limit(
            "FROM a\nRUN x \\\n y\nRUN xxxxxxxxxx \\\n y\nRUN x \\\n y\n",
            2,
            expect![[r#"
            1-7 Code
            4-5 Code
        "#]],
        );
    }
}
