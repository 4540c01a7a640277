//! A line of a `.dockerignore` that the builder refuses.

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
        findings.add(view.place(problem.line), format!("{first}{}.", letters.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use crate::ignore::tests::found;

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
    fn patterns_comments_and_blank_lines_are_fine() {
        assert!(found(CODE, "# [\n\n**/[a-z]?.log\n!x\n\\[\n", &[], &[]).is_empty());
    }
}
