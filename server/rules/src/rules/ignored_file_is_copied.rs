//! A pattern of a `.dockerignore` that leaves out what a Dockerfile copies.

use std::collections::BTreeMap;

use crate::ignore::{IgnoreRule, IgnoreView, nothing};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "ignored-file-is-copied",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A pattern of the .dockerignore leaves out what a Dockerfile copies",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static IGNORE_RULE: IgnoreRule = IgnoreRule { rule: &RULE, check };

const PAGE: &str = r#"
## What

A pattern of a `.dockerignore` leaves out a path that a COPY or ADD of an open Dockerfile names. In the Dockerfile itself this is `copy-ignored-file`.

## Why

The builder never sees the file: the build fails with "not found", though the file lies there.

## Bad

```dockerignore
# copied: dist/app
dist
```

## Good

```dockerignore
# copied: dist/app
dist/*
!dist/app
```

## When to ignore

When the Dockerfile is built with another context, or has an ignore file of its own.
"#;

fn check(view: &IgnoreView<'_>, findings: &mut Findings) {
    let mut by_line: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for copied in
        view.copies.iter().filter(|copied| copied.path != "." && !copied.path.contains(['*', '?', '[']))
    {
        let decider = view.ignore.deciding_pattern(&copied.path).filter(|pattern| !pattern.exception);
        let Some(pattern) = decider.filter(|_| view.ignore.can_skip_folder(&copied.path)) else { continue };
        let told = format!("`{}`, which {} copies in line {}", copied.path, copied.dockerfile, copied.line);
        by_line.entry(pattern.line).or_default().push(told);
    }
    for (line, told) in by_line {
        let more = match told.len() {
            1 => String::new(),
            number => format!(" (and {} more)", number - 1),
        };
        let first = told.into_iter().next().unwrap_or_default();
        let message = format!(
            "This leaves out {first}{more}: the build does not find it. Take it back in with `!` below."
        );
        findings.add(view.place(line), message);
    }
}

#[cfg(test)]
mod tests {
    use crate::ignore::CopiedPath;
    use crate::ignore::tests::found;

    const CODE: &str = "ignored-file-is-copied";

    fn check(text: &str, paths: &[&str], expected: &[&str]) {
        let copied = |(line, path): (u32, &&str)| CopiedPath {
            dockerfile: "Dockerfile".to_owned(),
            line,
            path: (*path).to_owned(),
        };
        let copies: Vec<_> = (3..).zip(paths).map(copied).collect();
        assert_eq!(found(CODE, text, &[], &copies), expected, "{text}");
    }

    #[test]
    fn what_is_copied_and_left_out_is_named() {
        check(
            "# c\r\n  größe \r\n*.md\r\n",
            &["größe/a", "src", "x.md", "größe"],
            &[
                "größe (warning): This leaves out `größe/a`, which Dockerfile copies in line 3 (and 1 more): the build does not find it. Take it back in with `!` below.",
                "*.md (warning): This leaves out `x.md`, which Dockerfile copies in line 5: the build does not find it. Take it back in with `!` below.",
            ],
        );
    }

    #[test]
    fn what_is_taken_back_in_and_patterns_are_fine() {
        check("*\n!src\n", &["src", "src/a", ".", "*.md"], &[]);
        check("dist\n!dist/app\n[\n", &["dist", "dist/app"], &[]);
    }
}
