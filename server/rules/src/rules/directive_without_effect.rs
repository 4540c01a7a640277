//! A comment that is meant for a parser directive and is none.

use rewrites::Input;

use crate::analysis::fixes::{replace, to_check};
use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "directive-without-effect",
    aliases: &[],
    category: Category::Syntax,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A parser directive is misspelt or stands too far down, and does nothing",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A comment above the first instruction reads like a parser directive (`# syntax=`, `# escape=`, `# check=`) and is none: its name is misspelt, or another comment or a blank line
stands above it, which ends the directives.

## Why

The builder takes it for a comment. The file is then built with the builder's own frontend, with `\` as its escape character, and with all checks, and nobody is told.

## Bad

```dockerfile
# The image of the server
# syntax=docker/dockerfile:1
FROM debian:12-slim
```

```dockerfile
# sytnax=docker/dockerfile:1
FROM debian:12-slim
```

## Good

```dockerfile
# syntax=docker/dockerfile:1
# The image of the server
FROM debian:12-slim
```

## When to ignore

When the comment is one, such as an example of how a directive looks.
"#;

const NAMES: [&str; 3] = ["syntax", "escape", "check"];

fn check(input: &Input<'_>, findings: &mut Findings) {
    let document = &input.model.document;
    let first = document.instructions().next().map_or(u32::MAX, |instruction| instruction.start);
    for comment in document.comments().into_iter().take_while(|comment| comment.range.start < first) {
        let Some((name, value)) = comment.text.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !is_word || !is_value(value) {
            continue;
        }
        let lower = name.to_ascii_lowercase();
        if NAMES.contains(&lower.as_str()) {
            if document.directives().iter().any(|known| known.name == lower) {
                continue;
            }
            let message = format!(
                "A directive has to stand above all else, so this `{lower}` is a comment. Move it to the top."
            );
            findings.add(comment.range, message);
            continue;
        }
        let Some(near) = nearest(&lower, NAMES.into_iter()).filter(|_| name.len() > 4) else { continue };
        let message = format!("There is no directive `{name}`, so this is a comment. Did you mean `{near}`?");
        let text = document.slice(comment.range);
        let finding = findings.add(comment.range, message);
        if let Some(at) = text.find(name).and_then(|at| u32::try_from(at).ok()) {
            let start = comment.range.start + at;
            let range = syntax::TextRange::new(start, start + u32::try_from(name.len()).unwrap_or_default());
            let check = format!("that the directive `{near}` is meant");
            finding.fixes.push(to_check(format!("Change to `{near}`"), check, vec![replace(range, near)]));
        }
    }
}

/// Whether a value is one that a directive has, and no sentence.
fn is_value(value: &str) -> bool {
    !value.is_empty() && !value.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, no_findings, pointed_at};

    const CODE: &str = "directive-without-effect";

    #[test]
    fn misspelt_ones_are_pointed_at() {
        check_fix_of(
            CODE,
            "
# sytnax = docker/dockerfile:1
FROM größe:1
",
            expect![[r"
                Change to `syntax` (unsafe: that the directive `syntax` is meant)
                # syntax = docker/dockerfile:1
                FROM größe:1
            "]],
        );
    }

    #[test]
    fn those_too_far_down_are_pointed_at() {
        for text in ["# größe\r\n# escape=`\r\nFROM a\r\n", "\n# escape=`\nFROM a\nRUN x \\\n y\n"] {
            assert_eq!(pointed_at(CODE, text), ["# escape=`"], "{text:?}");
        }
    }

    #[test]
    fn directives_and_comments_are_fine() {
        for text in [
            "# syntax=docker/dockerfile:1\n# escape=`\nFROM a",
            "# syntax=docker/dockerfile:1\n# x\n# syntax=docker/dockerfile:1\nFROM a",
            "# x=y\n# check that a=b holds\nFROM a",
            "# key = check = x y\nFROM a",
            "FROM a\n# syntax=x\nRUN <<E\n# sytnax=x\nE",
            "# syntax\nFROM '",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
