//! `ENV name value` without an equals sign.

use syntax::Keyword;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "legacy-key-value-format",
    aliases: &["LegacyKeyValueFormat"],
    category: Category::Style,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "ENV or LABEL is written in the old form without an equals sign",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

An ENV or LABEL has its name and its value apart, without `=`.

## Why

The old form takes the rest of the line for the value of one name: `ENV A 1 B=2` sets A alone, to `1 B=2`. It is ambiguous, and deprecated.

## Bad

```dockerfile
FROM debian:12-slim
ENV MODE fast
```

## Good

```dockerfile
FROM debian:12-slim
ENV MODE=fast
```

## When to ignore

Never: the new form says the same.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let instruction = &item.instruction;
        if !matches!(instruction.keyword, Keyword::Env | Keyword::Label) {
            continue;
        }
        let Some(pair) = instruction.arguments.pairs.iter().find(|pair| pair.legacy) else { continue };
        let Some(value) = &pair.value else { continue };
        let (keyword, name) = (instruction.keyword, &pair.key.text);
        let range = instruction.place(instruction.arguments.range);
        let message = format!(
            "The old form `{keyword} name value` takes the whole line for one value. Write `{keyword} {name}=…`."
        );
        let finding = findings.add(instruction.place(pair.key.range), message);
        let text = &value.text;
        let is_whole = text.len() == (value.range.end - value.range.start) as usize;
        let is_name = !name.contains(|letter: char| letter == '=' || letter.is_whitespace());
        if is_name && is_whole && !text.contains(['"', '\'', '\\', '`', '\n', '#']) {
            let quote = if text.contains(char::is_whitespace) || text.is_empty() { "\"" } else { "" };
            finding.fixes.push(safe(
                "Write it with `=`",
                vec![replace(range, format!("{name}={quote}{text}{quote}"))],
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "legacy-key-value-format";

    #[test]
    fn an_equals_sign_comes_in() {
        check_fix(
            "
FROM a:1
ENV MODE  schöne größe $HOME
LABEL a b
",
            expect![[r#"
                Write it with `=` (safe)
                FROM a:1
                ENV MODE="schöne größe $HOME"
                LABEL a b
                Write it with `=` (safe)
                FROM a:1
                ENV MODE  schöne größe $HOME
                LABEL a=b
            "#]],
        );
    }

    #[test]
    fn quotes_and_continuations_are_left_to_people() {
        for text in [
            "FROM a:1\r\nENV A \"b\"\r\n",
            "FROM a:1\nENV A b \\\n  c\n",
            "# escape=`\nFROM a:1\nENV A b `\n c\n",
            // BuildKit ends the first word at any white space, and the name at that of ASCII alone.
            "FROM a:1\nENV a\u{a0}x=b c=$a\n",
        ] {
            let found = check_only(CODE, text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
        no_findings(CODE, "FROM a:1\nENV A=1 B=2\nENV A\nLABEL x=y\nARG A\nRUN <<EOF\nENV A b\nEOF\n");
    }
}
