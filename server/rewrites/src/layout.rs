//! How the commands of a RUN are laid out over lines. What a rewrite adds to a script continues it.

use syntax::Instruction;
use syntax::shell::{Connector, Script};

/// Where a script breaks its lines between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// Nowhere: ` && `.
    None,
    /// Before the operator: `&&` begins a line.
    Before,
    /// Behind it: `&& \` ends one.
    Behind,
}

/// The layout between two commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    broken: Break,
    /// The white space that begins a line.
    indentation: String,
    newline: &'static str,
    escape: char,
}

impl Layout {
    /// The layout behind the statement at a position: that between it and the next one, else that before it. Where these are on one line and the
    /// statement goes over several, what comes behind it has a line of its own.
    pub(crate) fn behind(instruction: &Instruction, script: &Script, position: usize) -> Self {
        let is_long = script
            .statements
            .get(position)
            .is_some_and(|statement| statement.range.of(&instruction.source).contains('\n'));
        Self::between(instruction, script, position + 1)
            .or_else(|| Self::between(instruction, script, position))
            .filter(|layout| layout.is_broken() || !is_long)
            .unwrap_or_else(|| Self::of_lines(instruction))
    }

    /// The layout of an instruction that goes over several lines; nothing for one line.
    pub(crate) fn of(instruction: &Instruction, script: &Script) -> Option<Self> {
        instruction.source.contains('\n').then(|| {
            let mut positions = (1..script.statements.len()).rev();
            positions
                .find_map(|position| Self::between(instruction, script, position).filter(Self::is_broken))
                .unwrap_or_else(|| Self::of_lines(instruction))
        })
    }

    /// Lines broken before the operator.
    pub(crate) fn broken(indentation: &str, newline: &'static str, escape: char) -> Self {
        Self { broken: Break::Before, indentation: indentation.to_owned(), newline, escape }
    }

    /// All on one line.
    pub(crate) fn one_line(escape: char) -> Self {
        Self { broken: Break::None, indentation: String::new(), newline: "\n", escape }
    }

    /// Whether lines are broken.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken != Break::None
    }

    /// What stands between two commands, with comment lines (each without its line end) that belong to the second one.
    pub(crate) fn join(&self, operator: &str, comments: &[&str]) -> String {
        let Self { indentation, newline, escape, .. } = self;
        let comments: String =
            comments.iter().map(|comment| format!("{indentation}{comment}{newline}")).collect();
        let space = if operator == ";" { "" } else { " " };
        match self.broken {
            Break::None => format!("{space}{operator} "),
            Break::Before if operator != ";" => {
                format!(" {escape}{newline}{comments}{indentation}{operator} ")
            }
            _ => format!("{space}{operator} {escape}{newline}{comments}{indentation}"),
        }
    }

    /// The layout between a statement and the one before.
    fn between(instruction: &Instruction, script: &Script, position: usize) -> Option<Self> {
        let statement = script.statements.get(position)?;
        let before = script.statements.get(position.checked_sub(1)?)?;
        let operator = statement.connector_range;
        let source = &instruction.source;
        let text = |start: u32, end: u32| source.get(start as usize..end as usize).unwrap_or_default();
        let (above, below) =
            (text(before.range.end, operator.start), text(operator.end, statement.range.start));
        let broken = match (above.contains('\n'), below.contains('\n')) {
            (true, _) if statement.connector != Some(Connector::Then) => Break::Before,
            (false, false) => Break::None,
            _ => Break::Behind,
        };
        let indented = if broken == Break::Before { above } else { below };
        let indentation = indented.rsplit('\n').next().filter(|_| broken != Break::None).unwrap_or_default();
        Some(Self { broken, ..Self::with_indentation(instruction, indentation) })
    }

    /// The layout of an instruction without operators: of its second line, or of one line.
    fn of_lines(instruction: &Instruction) -> Self {
        let lines = instruction.source.lines().skip(1);
        let white = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
        let mut indented =
            lines.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).map(white);
        match indented.next() {
            None => Self::one_line(instruction.escape),
            Some(first) => {
                let least = indented
                    .fold(first, |least, white| if white.len() < least.len() { white } else { least });
                Self { broken: Break::Before, ..Self::with_indentation(instruction, &least) }
            }
        }
    }

    fn with_indentation(instruction: &Instruction, indentation: &str) -> Self {
        let newline = if instruction.source.contains("\r\n") { "\r\n" } else { "\n" };
        let escape = instruction.escape;
        Self { broken: Break::None, indentation: indentation.to_owned(), newline, escape }
    }
}

#[cfg(test)]
mod tests {
    use syntax::Document;

    use super::Layout;

    /// What joins `x` to the statement at a position.
    fn check(run: &str, position: usize, expected: &str) {
        let document = Document::new(run);
        let instruction =
            document.instructions().find(|found| found.keyword == syntax::Keyword::Run).unwrap();
        let layout = Layout::behind(&instruction, instruction.shell().unwrap(), position);
        assert_eq!(layout.join("&&", &[]), expected, "{run}");
    }

    #[test]
    fn the_layout_around_a_statement_is_continued() {
        check("RUN a && b\n", 0, " && ");
        check("RUN a\n", 0, " && ");
        check("RUN a \\\n && b \\\n    && c\n", 0, " \\\n && ");
        check("RUN a \\\n && b \\\n    && c\n", 2, " \\\n    && ");
        check("RUN a && \\\n\tb\n", 1, " && \\\n\t");
        check("RUN a b \\\n      c \\\n   d\n", 0, " \\\n   && ");
        check("RUN a && b \\\n      c\n", 1, " \\\n      && ");
        check("RUN a && b \\\n      c\n", 0, " && ");
        check("RUN a b \\\n  # why\n      c\n", 0, " \\\n      && ");
        check("# escape=`\nRUN a `\r\n  && b\r\n", 1, " `\r\n  && ");
    }

    #[test]
    fn comments_come_with_what_they_describe() {
        let document = Document::new("RUN a \\\n  && b\n");
        let instruction = document.instructions().next().unwrap();
        let layout = Layout::of(&instruction, instruction.shell().unwrap()).unwrap();
        assert_eq!(layout.join("&&", &["# c"]), " \\\n  # c\n  && ");
        assert_eq!(layout.join(";", &["# c"]), "; \\\n  # c\n  ");
        assert_eq!(Layout::one_line('\\').join(";", &[]), "; ");
    }
}
