//! A pattern of a `.dockerignore` that matches nothing.

use crate::analysis::fixes::{replace, to_check};
use crate::ignore::{IgnoreRule, IgnoreView, nothing, written};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "ignore-pattern-without-match",
    aliases: &[],
    category: Category::Context,
    severity: Severity::Hint,
    on_by_default: true,
    summary: "A pattern of the .dockerignore matches nothing in the build context",
    page: PAGE,
    check: Check::File(nothing),
};

pub(crate) static IGNORE_RULE: IgnoreRule = IgnoreRule { rule: &RULE, check };

const PAGE: &str = r"
## What

A pattern of a `.dockerignore` matches no file and no folder of the build context. With `!`, or where a name much like it is there, it is more than a hint. Nothing is said where the
context has more files than are listed.

## Why

What it was meant to leave out is sent and copied, or what it was meant to take back in is missing from the build. Patterns match from the context's root: `logs` is not
`app/logs`, `**/logs` is.

## Bad

```dockerignore
# file: node_modules/a/index.js
node_module
```

## Good

```dockerignore
# file: node_modules/a/index.js
node_modules
```

## When to ignore

When the pattern is for what comes later: the output of a build, an editor's files, a secret that nobody has put there yet.
";

fn check(view: &IgnoreView<'_>, findings: &mut Findings) {
    let Some(effects) = view.effects.as_ref().filter(|effects| effects.complete) else { return };
    for pattern in view.ignore.patterns() {
        if effects.by_line.get(&pattern.line).is_none_or(|effect| effect.matches) {
            continue;
        }
        let does = if pattern.exception { "takes nothing back in" } else { "leaves nothing out" };
        let shown = written(pattern);
        let near = nearest(&pattern.text, view.names.iter().copied());
        let cure = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
        let message = format!("Nothing in the build context matches, so `{shown}` {does}.{cure}");
        let finding = findings.add(view.place(pattern.line), message);
        if near.is_some() || pattern.exception {
            finding.severity = Severity::Info;
        }
        if let Some(near) = near {
            let mark = if pattern.exception { "!" } else { "" };
            let edits = vec![replace(view.place(pattern.line), format!("{mark}{near}"))];
            let check = format!("that `{near}` is what you mean");
            finding.fixes.push(to_check(format!("Change to `{mark}{near}`"), check, edits));
        }
        let edits = vec![view.removal(pattern.line)];
        finding.fixes.push(to_check(format!("Remove `{shown}`"), "that it is for nothing to come", edits));
    }
}

#[cfg(test)]
mod tests {
    use semantic::facts::ContextFacts;

    use crate::Settings;
    use crate::ignore::tests::{fixed, found};
    use crate::ignore::{IgnoreInput, check_ignore_file};

    const CODE: &str = "ignore-pattern-without-match";

    #[test]
    fn patterns_that_match_nothing_are_told() {
        assert_eq!(
            found(CODE, "# x\r\nsrcs\r\n!größe/*.md\r\n.venv\r\n", &["src/main.rs", "README.md"], &[]),
            [
                "srcs (info): Nothing in the build context matches, so `srcs` leaves nothing out. Did you mean `src`?",
                "!größe/*.md (info): Nothing in the build context matches, so `!größe/*.md` takes nothing back in.",
                ".venv (hint): Nothing in the build context matches, so `.venv` leaves nothing out."
            ]
        );
    }

    #[test]
    fn a_name_much_like_it_is_offered_before_its_removal() {
        assert_eq!(
            fixed(CODE, "a\r\n!srcs\r\n.venv", &["src/main.rs", "a"], &[]),
            [
                r#"Change to `!src` (check: that `src` is what you mean): "a\r\n!src\r\n.venv""#,
                r#"Remove `!srcs` (check: that it is for nothing to come): "a\r\n.venv""#,
                r#"Remove `.venv` (check: that it is for nothing to come): "a\r\n!srcs\r\n""#,
            ]
        );
        assert!(fixed(CODE, "src\n", &["src/main.rs"], &[]).is_empty());
    }

    #[test]
    fn what_matches_and_what_is_not_known_are_fine() {
        assert!(
            found(CODE, "src\n*.md\n!README.md\n**/main.*\n[\n", &["src/main.rs", "README.md"], &[])
                .is_empty()
        );
        let cut_off = ContextFacts::default();
        for context in [Some(&cut_off), None] {
            let input = IgnoreInput { text: "x\n", context, copies: &[] };
            assert!(check_ignore_file(input, &Settings::default()).is_empty());
        }
    }
}
