//! A line of a `.dockerignore` that the builder refuses.

use rewrites::Fix;

use crate::analysis::fixes::{replace, safe, to_check};
use crate::ignore::{IgnoreRule, IgnoreView, nothing};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "ignore-pattern-refused",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Error,
    on_by_default: true,
    summary: "The builder refuses a pattern of the .dockerignore",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static IGNORE_RULE: IgnoreRule = IgnoreRule { rule: &RULE, check };

const PAGE: &str = r"
## What

A line of a `.dockerignore` is no pattern: its `[` is not closed, its range runs backwards, it ends in a single `\`, or it is `!` alone.

## Why

Every build with this file fails before its first step.

## Bad

```dockerignore
*.log
[a-z
```

## Good

```dockerignore
*.log
[a-z]*
```

## When to ignore

Never.
";

fn check(view: &IgnoreView<'_>, findings: &mut Findings) {
    for problem in &view.problems {
        let mut letters = problem.message.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let message = format!("{first}{}.", letters.as_str());
        findings.add(view.place(problem.line), message).fixes.extend(fix(view, problem.line));
    }
}

/// A lone `!` goes; anything else may have been meant as it is written.
fn fix(view: &IgnoreView<'_>, line: u32) -> Option<Fix> {
    let raw = view.raw(line);
    if raw == "!" {
        return Some(safe("Remove `!`", vec![view.removal(line)]));
    }
    let escaped = escaped(raw);
    let edits = vec![replace(view.place(line), escaped.as_str())];
    let (_, problems) = view.after(&edits);
    let is_mended = problems.iter().all(|problem| problem.line != line);
    is_mended
        .then(|| to_check(format!("Write `{escaped}`"), "that a file with this very name is meant", edits))
}

/// The pattern with its brackets, and the backslash at its end, as characters.
fn escaped(raw: &str) -> String {
    let mut escaped = String::new();
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '[' | ']' => escaped.extend(['\\', letter]),
            '\\' => escaped.extend(['\\', letters.next().unwrap_or('\\')]),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::ignore::tests::{fixed, found};

    const CODE: &str = "ignore-pattern-refused";

    #[test]
    fn what_the_builder_refuses_is_an_error() {
        assert_eq!(
            found(CODE, "größe\r\n  [a \r\n!\r\n", &[], &[]),
            [
                "[a (error): The builder refuses the pattern `[a`: its `[` is not closed as a class of characters; add the `]`, or write `\\[` for the character.",
                "! (error): `!` alone takes nothing back in, and the builder refuses it; name a path after it."
            ]
        );
    }

    #[test]
    fn a_lone_mark_goes_and_other_characters_are_escaped() {
        assert_eq!(
            fixed(CODE, "# c\r\n!\r\n  [é \r\na\\\r\n!b[z-a]\r\n", &[], &[]),
            [
                r##"Remove `!`: "# c\r\n  [é \r\na\\\r\n!b[z-a]\r\n""##,
                r##"Write `\[é` (check: that a file with this very name is meant): "# c\r\n!\r\n  \\[é \r\na\\\r\n!b[z-a]\r\n""##,
                r##"Write `a\\` (check: that a file with this very name is meant): "# c\r\n!\r\n  [é \r\na\\\\\r\n!b[z-a]\r\n""##,
                r##"Write `!b\[z-a\]` (check: that a file with this very name is meant): "# c\r\n!\r\n  [é \r\na\\\r\n!b\\[z-a\\]\r\n""##,
            ]
        );
        assert!(fixed(CODE, "[a-z]\n# [\n", &[], &[]).is_empty());
    }

    #[test]
    fn patterns_comments_and_blank_lines_are_fine() {
        assert!(found(CODE, "# [\n\n**/[a-z]?.log\n!x\n\\[\n", &[], &[]).is_empty());
    }
}
