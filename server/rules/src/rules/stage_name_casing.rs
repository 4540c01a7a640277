//! A stage name with capital letters.

use rewrites::Input;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "stage-name-casing",
    aliases: &["StageNameCasing"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "A stage name has capital letters",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

The name behind AS is not all lower case.

## Why

BuildKit keeps stage names in lower case: `COPY --from=Base` finds the stage, `FROM Base` does not and pulls an image of that name.

## Bad

```dockerfile
FROM debian:12-slim AS Base
```

## Good

```dockerfile
FROM debian:12-slim AS base
```

## When to ignore

When scripts outside of the file name the stage in this spelling and compare by case.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for name in input.model.stages.iter().filter_map(|stage| stage.name.as_ref()) {
        let lower = name.raw.to_lowercase();
        if lower == name.raw {
            continue;
        }
        let message = format!("Stage names are lower case, and builders compare them so. Call it `{lower}`.");
        let fix = safe(format!("Rename to `{lower}`"), vec![replace(name.range, lower)]);
        findings.add(name.range, message).fixes.push(fix);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "stage-name-casing";

    #[test]
    fn capital_letters_become_small() {
        check_fix(
            "
FROM a:1 AS Base
FROM base
",
            expect![[r"
                Rename to `base` (safe)
                FROM a:1 AS base
                FROM base
            "]],
        );
    }

    #[test]
    fn small_letters_broken_text_crlf_and_continuations() {
        no_findings(CODE, "FROM a:1 AS base-2\nFROM b:1\nFROM\nFROM c AS\nRUN <<EOF\nFROM a AS B\nEOF\n");
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM a:1 `\r\n  AS Base\r\n").len(), 1);
    }
}
