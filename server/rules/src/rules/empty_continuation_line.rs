//! A blank line inside an instruction.

use rewrites::Input;
use syntax::{Instruction, TextRange};

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "empty-continuation-line",
    aliases: &["NoEmptyContinuation"],
    category: Category::Syntax,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A blank line stands inside a continued instruction",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A line ends with the escape character, and the next one is blank.

## Why

BuildKit skips the blank line today and says that it will refuse it in the future; readers take the instruction for ended.

## Bad

```dockerfile
FROM debian:12-slim
RUN true \

  && true
```

## Good

```dockerfile
FROM debian:12-slim
RUN true \
  && true
```

## When to ignore

Never: remove the line, or put a `#` on it.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    let has_blank_line = |instruction: &&Instruction| instruction.has_blank_line;
    for instruction in input.model.document.instruction_list().iter().filter(has_blank_line) {
        // Heredoc bodies come behind the arguments, and may hold what they like.
        let source = instruction.source.get(..instruction.arguments.range.end as usize).unwrap_or_default();
        let mut at = instruction.start;
        let mut blank = Vec::new();
        for line in source.split_inclusive('\n') {
            let end = at + u32::try_from(line.len()).unwrap_or_default();
            if line.ends_with('\n') && line.trim().is_empty() {
                blank.push(TextRange::new(at, end));
            }
            at = end;
        }
        let Some(first) = blank.first() else { continue };
        let message = "A blank line inside an instruction will be an error in a future BuildKit. Remove it, or put a `#` on it.";
        let edits = blank.iter().map(|range| replace(*range, "")).collect();
        findings.add(*first, message).fixes.push(safe("Remove the blank lines", edits));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "empty-continuation-line";

    #[test]
    fn blank_lines_go() {
        check_fix(
            "
FROM a:1
RUN echo größe \\

  # a comment
	
  && true
",
            expect![[r"
                Remove the blank lines (safe)
                FROM a:1
                RUN echo größe \
                  # a comment
                  && true
            "]],
        );
    }

    #[test]
    fn other_line_ends_and_escapes() {
        assert_eq!(check_only(CODE, "FROM a:1\r\nRUN a \\\r\n\r\n  b\r\n").len(), 1);
        assert_eq!(check_only(CODE, "# escape=`\nFROM a:1\nRUN a `\n\n b\n").len(), 1);
    }

    #[test]
    fn blank_lines_elsewhere_are_fine() {
        no_findings(CODE, "FROM a:1\n\nRUN a \\\n  b\n\nRUN <<EOF\n\nx\nEOF\nRUN \\\n");
    }
}
