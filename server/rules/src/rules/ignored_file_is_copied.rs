//! A pattern of a `.dockerignore` that leaves out what a Dockerfile copies.

use std::collections::BTreeMap;

use rewrites::Fix;

use crate::analysis::fixes::to_check;
use crate::ignore::{CopiedPath, IgnoreRule, IgnoreView, nothing, written};
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
    let mut by_line: BTreeMap<u32, Vec<&CopiedPath>> = BTreeMap::new();
    for copied in
        view.copies.iter().filter(|copied| copied.path != "." && !copied.path.contains(['*', '?', '[']))
    {
        let decider = view.ignore.deciding_pattern(&copied.path).filter(|pattern| !pattern.exception);
        let Some(pattern) = decider.filter(|_| view.ignore.can_skip_folder(&copied.path)) else { continue };
        by_line.entry(pattern.line).or_default().push(copied);
    }
    for (line, left_out) in by_line {
        let Some((CopiedPath { dockerfile, line: copied_in, path }, rest)) = left_out.split_first() else {
            continue;
        };
        let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
        let message = format!(
            "This leaves out `{path}`, which {dockerfile} copies in line {copied_in}{more}: the build does not find it. Take it back in with `!` below."
        );
        let paths: Vec<&str> = left_out.iter().map(|copied| copied.path.as_str()).collect();
        let finding = findings.add(view.place(line), message);
        finding.fixes.extend(taken_back(view, line, &paths));
        finding.fixes.extend(removed(view, line, &paths));
    }
}

/// Exceptions below the pattern, where they bring back what is copied.
fn taken_back(view: &IgnoreView<'_>, line: u32, paths: &[&str]) -> Option<Fix> {
    let pattern = view.pattern(line)?;
    let mut wanted = paths.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.contains(&pattern.text.as_str()) {
        // The exception would undo the pattern as a whole.
        return None;
    }
    let lines: Vec<String> = wanted.iter().map(|path| format!("!{}", escaped(path))).collect();
    // Another line further down may leave it out as well.
    let last = view.ignore.patterns().last().map_or(line, |pattern| pattern.line);
    let ways = [line, last].map(|line| vec![view.insertion_below(line, &lines)]);
    let edits = ways.into_iter().find(|edits| {
        let (after, problems) = view.after(edits);
        problems.len() == view.problems.len() && wanted.iter().all(|path| !after.is_ignored(path))
    })?;
    let title = match lines.as_slice() {
        [line] => format!("Take it back in with `{line}`"),
        [first, rest @ ..] => format!("Take all back in with `{first}` and {} more", rest.len()),
        [] => return None,
    };
    Some(to_check(title, "that all of it may be in an image", edits))
}

/// The pattern goes, where nothing else leaves out what is copied.
fn removed(view: &IgnoreView<'_>, line: u32, paths: &[&str]) -> Option<Fix> {
    let edits = vec![view.removal(line)];
    let (after, _) = view.after(&edits);
    let title = format!("Remove `{}`", written(view.pattern(line)?));
    let is_back = paths.iter().all(|path| !after.is_ignored(path));
    is_back.then(|| to_check(title, "that all that it leaves out may be in an image", edits))
}

/// A path as the pattern that matches it alone.
fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for letter in path.chars() {
        if matches!(letter, '\\' | ']' | '^') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::ignore::CopiedPath;
    use crate::ignore::tests::{fixed, found};

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
    fn what_is_copied_is_taken_back_in_or_the_pattern_goes() {
        let copied = |path: &&str| CopiedPath {
            dockerfile: "Dockerfile".to_owned(),
            line: 2,
            path: (*path).to_owned(),
        };
        let fixed = |text, paths: &[&str]| {
            let copies: Vec<_> = paths.iter().map(copied).collect();
            fixed(CODE, text, &[], &copies)
        };
        assert_eq!(
            fixed("größe\r\n*.md", &["größe/b", "größe/a", "größe/a"]),
            [
                r#"Take all back in with `!größe/a` and 1 more (check: that all of it may be in an image): "größe\r\n!größe/a\r\n!größe/b\r\n*.md""#,
                r#"Remove `größe` (check: that all that it leaves out may be in an image): "*.md""#,
            ]
        );
        assert_eq!(
            fixed("a\ndist", &["dist"]),
            [r#"Remove `dist` (check: that all that it leaves out may be in an image): "a\n""#]
        );
        // Two lines leave it out: one exception brings it back all the same.
        assert_eq!(
            fixed("dist\n**/app\n", &["dist/app"]),
            [
                r#"Take it back in with `!dist/app` (check: that all of it may be in an image): "dist\n**/app\n!dist/app\n""#
            ]
        );
        assert!(fixed("dist\n!dist/app\n", &["dist/app"]).is_empty());
    }

    #[test]
    fn what_is_taken_back_in_and_patterns_are_fine() {
        check("*\n!src\n", &["src", "src/a", ".", "*.md"], &[]);
        check("dist\n!dist/app\n[\n", &["dist", "dist/app"], &[]);
    }
}
