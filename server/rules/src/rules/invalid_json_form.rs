//! A list of words that is no JSON, so that a shell gets its brackets.

use rewrites::Fix;
use syntax::{Form, Keyword};

use crate::analysis::fixes::{replace, to_check};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "invalid-json-form",
    aliases: &[],
    category: Category::Syntax,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A list in brackets is no JSON, so the brackets become part of the command",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

RUN, CMD, ENTRYPOINT or VOLUME is followed by words in brackets that are no JSON: single or curly quotes, a comma behind the last word, words without quotes. The test of a shell,
`[ -f x ]`, is left alone.

## Why

The builder takes what is no JSON for a text. `CMD ['node', 'server.js']` starts a shell that looks for a program called `[node,`; `VOLUME ['/data']` makes a
volume called `['/data']`. Nothing fails until the container starts, or ever.

## Bad

```dockerfile
FROM node:22-slim
CMD ['node', 'server.js']
```

```dockerfile
FROM node:22-slim
CMD ["node", "server.js",]
```

## Good

```dockerfile
FROM node:22-slim
CMD ["node", "server.js"]
```

## When to ignore

When a program called `[` with these words is meant.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let instruction = &item.instruction;
        let is_one = matches!(
            instruction.keyword,
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Volume
        );
        let text = instruction.arguments.text.trim();
        if !is_one || instruction.arguments.form == Some(Form::Exec) || !text.starts_with('[') {
            continue;
        }
        let Some(words) = words(text) else { continue };
        let range = instruction.place(instruction.arguments.range);
        let list = serde_list(&words);
        let name = instruction.keyword_range.of(&instruction.source).to_ascii_uppercase();
        let message =
            format!("This is no JSON, so {name} takes the brackets for a part of its text. Write `{list}`.");
        findings.add(range, message).fixes.push(fix(range, list));
    }
}

fn fix(range: syntax::TextRange, list: String) -> Fix {
    to_check("Write it as JSON", "that these are the words that are meant", vec![replace(range, list)])
}

/// The words of what is meant for a list.
fn words(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut words = Vec::new();
    let mut rest = inner.trim();
    let mut is_quoted = false;
    while !rest.is_empty() {
        let first = rest.chars().next()?;
        let close = match first {
            '\'' => Some('\''),
            '"' => Some('"'),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => Some('\u{201d}'),
            '\u{2018}' | '\u{2019}' => Some('\u{2019}'),
            _ => None,
        };
        let end = match close {
            Some(close) => {
                is_quoted = true;
                let body = &rest[first.len_utf8()..];
                let end = body.find(|letter: char| {
                    letter == close
                        || close == '\u{201d}' && letter == '\u{201c}'
                        || close == '\u{2019}' && letter == '\u{2018}'
                })?;
                words.push(body[..end].to_owned());
                let closing = body[end..].chars().next()?;
                first.len_utf8() + end + closing.len_utf8()
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let word = rest[..end].trim();
                if word.is_empty()
                    || word.contains(|letter: char| letter.is_whitespace() || "'\"[]$;|&".contains(letter))
                {
                    return None;
                }
                words.push(word.to_owned());
                end
            }
        };
        rest = rest[end..].trim_start();
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    let is_list = !words.is_empty() && (is_quoted || words.len() > 1);
    (is_list && words.iter().all(|word| !word.contains(['\\', '"']))).then_some(words)
}

fn serde_list(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings};

    const CODE: &str = "invalid-json-form";

    #[test]
    fn a_list_that_is_no_json_is_pointed_at() {
        check_fix_of(
            CODE,
            "
FROM a:1
CMD ['node', \\
  'größe']
",
            expect![[r#"
                Write it as JSON (unsafe: that these are the words that are meant)
                FROM a:1
                CMD ["node", "größe"]
            "#]],
        );
        for text in [
            "ENTRYPOINT [\"a\", 'b']",
            "CMD [\"a\", \"b\",]",
            "VOLUME ['/data']",
            "CMD [npm, start]",
            "RUN ['a', '-b']",
            "CMD [\u{201c}a\u{201d}, \u{201c}b\u{201d}]",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\r\n{text}\r\n")).len(), 1, "{text}");
        }
        assert_eq!(check_only(CODE, "# escape=`\nFROM a:1\nCMD `\n ['a']\n").len(), 1);
    }

    #[test]
    fn lists_tests_and_half_typed_text_are_fine() {
        for text in [
            "CMD [\"a\", \"b\"]",
            "RUN [ -f x ]",
            "RUN [ \"$A\" = b ]",
            "RUN [ -f x ] && y",
            "RUN [[ $a == b ]]",
            "CMD [",
            "CMD [\"a\"",
            "CMD []",
            "VOLUME /a",
            "RUN <<E\n['a']\nE",
            "CMD ['a\\n']",
        ] {
            no_findings(CODE, &format!("FROM a:1\n{text}\n"));
        }
    }
}
