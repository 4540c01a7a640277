//! `--platform=$TARGETPLATFORM`.

use rewrites::Input;
use syntax::TextRange;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "redundant-target-platform",
    aliases: &["RedundantTargetPlatform", "DL3065"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: true,
    summary: "`--platform=$TARGETPLATFORM` is what FROM does anyway",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r"
## What

A FROM has `--platform=$TARGETPLATFORM`.

## Why

That is the default; the flag only looks as if something special were meant.

## Bad

```dockerfile
FROM --platform=$TARGETPLATFORM debian:12-slim
```

## Good

```dockerfile
FROM debian:12-slim
```

## When to ignore

When the file is a template for people to change the platform in.
";

fn check(input: &Input<'_>, findings: &mut Findings) {
    for stage in &input.model.stages {
        let Some(platform) = &stage.platform else { continue };
        if !matches!(platform.raw.trim_matches('"'), "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
            continue;
        }
        let Some(flag) = stage.from.flag("platform") else { continue };
        let range = stage.from.place(flag.range);
        let next = stage.from.arguments.range.start + stage.from.start;
        let end = if stage.from.flags.len() == 1 { next } else { range.end };
        let message = "This is the platform that FROM takes anyway. Leave the flag out.";
        let edit = replace(TextRange::new(range.start, end), "");
        findings.add(range, message).fixes.push(safe("Remove the flag", vec![edit]));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "redundant-target-platform";

    #[test]
    fn the_flag_goes() {
        check_fix(
            "
FROM --platform=${TARGETPLATFORM} a:1 AS x
",
            expect![[r"
                Remove the flag (safe)
                FROM a:1 AS x
            "]],
        );
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM `\r\n  --platform=$TARGETPLATFORM a:1\r\n").len(), 1);
    }

    #[test]
    fn other_platforms_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM --platform=$BUILDPLATFORM a:1 AS a\nFROM --platform=x$TARGETPLATFORM a\nFROM --platform= a\nFROM --platform\n",
        );
    }
}
