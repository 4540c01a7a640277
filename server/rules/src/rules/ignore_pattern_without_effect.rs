//! A pattern of a `.dockerignore` that matches, and yet decides about nothing.

use rewrites::Fix;
use semantic::dockerignore::{Effect, Pattern};

use crate::analysis::fixes::{safe, to_check};
use crate::ignore::{IgnoreRule, IgnoreView, nothing, written};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "ignore-pattern-without-effect",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A pattern of the .dockerignore decides about nothing, for another line does",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static IGNORE_RULE: IgnoreRule = IgnoreRule { rule: &RULE, check };

const PAGE: &str = r"
## What

A pattern of a `.dockerignore` matches files, but other lines decide about all of them: a later one undoes it, an earlier one has done it already, or what it takes back in was
never left out. Nothing is said where the context has more files than are listed.

## Why

The last line that matches a path decides. A line that looks as if it kept a secret or a folder out of the image, and does not, misleads everyone who reads it.

## Bad

```dockerignore
# file: secrets/key.pem
secrets
!secrets/key.pem
```

## Good

```dockerignore
# file: secrets/key.pem
# file: secrets/README.md
secrets
!secrets/README.md
```

## When to ignore

When a line stands for what comes later, such as more files in the folder.
";

fn check(view: &IgnoreView<'_>, findings: &mut Findings) {
    let Some(effects) = view.effects.as_ref().filter(|effects| effects.complete) else { return };
    for pattern in view.ignore.patterns() {
        let Some(effect) = effects.by_line.get(&pattern.line) else { continue };
        if effect.matched.files == 0 || effect.decided.files > 0 {
            continue;
        }
        let Some((message, severity)) = message(view, pattern, effect) else { continue };
        let finding = findings.add(view.place(pattern.line), message);
        finding.severity = severity;
        finding.fixes.extend(moved(view, pattern, effect));
        let edits = vec![view.removal(pattern.line)];
        let title = format!("Remove `{}`", written(pattern));
        finding.fixes.push(if is_repeated(view, pattern, effect) {
            safe(title, edits)
        } else {
            to_check(title, "that it is for nothing to come", edits)
        });
    }
}

/// Whether the line that decides says the very same, and nothing between the two says otherwise: then one of them is for nothing in any
/// context.
fn is_repeated(view: &IgnoreView<'_>, pattern: &Pattern, effect: &Effect) -> bool {
    let Some(other) = effect.instead.and_then(|line| view.pattern(line)) else { return false };
    let is_between = |line: u32| line > pattern.line.min(other.line) && line < pattern.line.max(other.line);
    let mut patterns = view.ignore.patterns().iter();
    other.text == pattern.text
        && other.exception == pattern.exception
        && patterns.all(|one| one.exception == pattern.exception || !is_between(one.line))
}

/// The line below the one that undoes it, where it then decides.
fn moved(view: &IgnoreView<'_>, pattern: &Pattern, effect: &Effect) -> Option<Fix> {
    let other = view.pattern(effect.instead.filter(|line| *line > pattern.line)?)?;
    if other.exception == pattern.exception {
        return None;
    }
    let edits = vec![
        view.removal(pattern.line),
        view.insertion_below(other.line, &[view.raw(pattern.line).to_owned()]),
    ];
    // Its own line is gone, so that it stands where the other one stood.
    let first = effect.matched.first.first()?;
    let (after, _) = view.after(&edits);
    after.deciding_pattern(first).filter(|decider| decider.line == other.line)?;
    let what = if pattern.exception { "what it takes back in" } else { "what it leaves out" };
    let title = format!("Move `{}` below `{}`", written(pattern), written(other));
    Some(to_check(title, format!("{what} from now on"), edits))
}

fn message(view: &IgnoreView<'_>, pattern: &Pattern, effect: &Effect) -> Option<(String, Severity)> {
    let Some(line) = effect.instead else {
        // Only an exception matches without leaving anything out where no line decides.
        return Some(("Nothing leaves out what this takes back in. Remove it.".to_owned(), Severity::Info));
    };
    let other = view.pattern(line)?;
    let (is_later, shown) = (line > pattern.line, written(other));
    Some(match (pattern.exception, other.exception) {
        (false, true) => (
            format!(
                "`{shown}` in line {line} takes back in all that this leaves out. Put this line below it, or remove one of the two."
            ),
            Severity::Warning,
        ),
        (true, false) if is_later => (
            format!(
                "`{shown}` in line {line} leaves it all out again, for the last match decides. Put this line below it."
            ),
            Severity::Warning,
        ),
        (true, false) => (
            format!(
                "`{shown}` in line {line} leaves out a folder above, and the builder does not look into it for this pattern. Take that folder back in first."
            ),
            Severity::Warning,
        ),
        (false, false) => (
            format!("`{shown}` in line {line} leaves all of this out already. Remove one of the two."),
            Severity::Info,
        ),
        (true, true) => (
            format!("`{shown}` in line {line} takes all of this back in already. Remove one of the two."),
            Severity::Info,
        ),
    })
}

#[cfg(test)]
mod tests {
    use crate::ignore::tests::{fixed, found};

    const CODE: &str = "ignore-pattern-without-effect";

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(found(CODE, text, &["a/b/größe.md", "a/c", "d.md"], &[]), expected, "{text}");
    }

    #[test]
    fn what_another_line_decides_is_told_with_that_line() {
        check(
            "a/b\r\n!a/b/größe.md\r\n",
            &[
                "a/b (warning): `!a/b/größe.md` in line 2 takes back in all that this leaves out. Put this line below it, or remove one of the two.",
            ],
        );
        check(
            "!a/c\n# c\na\n",
            &[
                "!a/c (warning): `a` in line 3 leaves it all out again, for the last match decides. Put this line below it.",
            ],
        );
        check(
            "a\n!a/*/**\n",
            &[
                "!a/*/** (warning): `a` in line 1 leaves out a folder above, and the builder does not look into it for this pattern. Take that folder back in first.",
            ],
        );
        check(
            "*.md\nd.md\n",
            &["d.md (info): `*.md` in line 1 leaves all of this out already. Remove one of the two."],
        );
        check("!d.md\n", &["!d.md (info): Nothing leaves out what this takes back in. Remove it."]);
        check(
            "*\n!a\n!a/c\n",
            &["!a/c (info): `!a` in line 2 takes all of this back in already. Remove one of the two."],
        );
    }

    #[test]
    fn it_moves_below_what_undoes_it_or_goes() {
        let fixed = |text| fixed(CODE, text, &["a/b/größe.md", "a/c", "d.md"], &[]);
        assert_eq!(
            fixed("a/b\r\n!a/b/größe.md"),
            [
                r#"Move `a/b` below `!a/b/größe.md` (check: what it leaves out from now on): "!a/b/größe.md\r\na/b""#,
                r#"Remove `a/b` (check: that it is for nothing to come): "!a/b/größe.md""#,
            ]
        );
        assert_eq!(
            fixed("*.md\nd.md\n"),
            [r#"Remove `d.md` (check: that it is for nothing to come): "*.md\n""#]
        );
        assert_eq!(
            fixed("a\n!a/*/**\n"),
            [r#"Remove `!a/*/**` (check: that it is for nothing to come): "a\n""#]
        );
        assert!(fixed("a\n!a/c\n").is_empty());
    }

    #[test]
    fn what_another_line_says_word_for_word_goes_without_a_question() {
        let fixed = |text| fixed(CODE, text, &["a/b/größe.md", "a/c", "d.md"], &[]);
        assert_eq!(fixed("a\r\n*.md\r\na\r\n"), [r#"Remove `a`: "a\r\n*.md\r\n""#]);
        assert_eq!(
            fixed("a\n!nowhere\na\n"),
            [r#"Remove `a` (check: that it is for nothing to come): "a\n!nowhere\n""#]
        );
    }

    #[test]
    fn patterns_that_decide_about_something_are_fine() {
        check("a\n!a/c\n*.md\nnothing\n[\n!\n", &[]);
    }
}
