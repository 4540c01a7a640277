//! FROM and AS in different cases.

use syntax::WordCase;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "from-as-casing",
    aliases: &["FromAsCasing"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "FROM and AS are written in different cases",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

`FROM` and its `AS` are not both upper case or both lower case.

## Why

Mixed case makes the line harder to read, and search for one of them misses it.

## Bad

```dockerfile
FROM debian:12-slim as base
```

## Good

```dockerfile
FROM debian:12-slim AS base
```

```dockerfile
from debian:12-slim as base
```

## When to ignore

When the layout of the file does not matter to anyone.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let from = &input.stage.from;
    // A FROM in both cases is reported for itself.
    let wanted = match from.keyword_case {
        WordCase::Lower => "as",
        WordCase::Upper => "AS",
        WordCase::Mixed => return,
    };
    let Some(word) = from.arguments.words.get(1).filter(|_| input.stage.name.is_some()) else { return };
    if word.text == wanted {
        return;
    }
    let range = from.place(word.range);
    let keyword = from.keyword_range.of(&from.source);
    let message = format!("`{}` and `{keyword}` are in different cases. Write `{wanted}`.", word.text);
    findings.add(range, message).fixes.push(safe(format!("Write `{wanted}`"), vec![replace(range, wanted)]));
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "from-as-casing";

    #[test]
    fn as_follows_from() {
        check_fix(
            "
FROM a:1 as base
",
            expect![[r"
                Write `AS` (safe)
                FROM a:1 AS base
            "]],
        );
        assert_eq!(check_only(CODE, "from a:1 AS base\n").len(), 1);
    }

    #[test]
    fn one_case_broken_text_crlf_and_continuations() {
        no_findings(CODE, "FROM a:1 AS b\nFROM a\nFROM\nFROM a as\n");
        no_findings(CODE, "from a:1 as b\n");
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1 `\r\n  as base\r\n").len(), 1);
    }
}
