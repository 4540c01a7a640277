//! MAINTAINER.

use semantic::Kind;

use crate::analysis::fixes::{replace, safe};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "maintainer-deprecated",
    aliases: &["MaintainerDeprecated", "DL4000", "DS-0022", "CKV_DOCKER_6"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "MAINTAINER is deprecated",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The file names its author with MAINTAINER.

## Why

The instruction is deprecated: a label says the same, can be read with `docker inspect` and by registries, and takes more than one name.

## Bad

```dockerfile
FROM debian:12-slim
MAINTAINER Ada <ada@example.com>
```

## Good

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.authors="Ada <ada@example.com>"
```

## When to ignore

When something reads the author field of the image, which a label does not set.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        if !matches!(item.kind, Kind::Maintainer) {
            continue;
        }
        let instruction = &item.instruction;
        let message =
            "MAINTAINER is deprecated, and few tools read it. Use `LABEL org.opencontainers.image.authors`.";
        let finding = findings.add(instruction.keyword_range(), message);
        let author = instruction.arguments.text.trim();
        let is_plain = !author.is_empty() && !author.contains(['"', '\\', '$', '`', '\n']);
        if is_plain && instruction.node.source.lines().count() == 1 {
            let keyword = instruction.keyword_range.of(&instruction.source);
            let label = if keyword == keyword.to_ascii_lowercase() { "label" } else { "LABEL" };
            let text = format!("{label} org.opencontainers.image.authors=\"{author}\"");
            finding.fixes.push(safe("Use a label", vec![replace(instruction.range(), text)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "maintainer-deprecated";

    #[test]
    fn a_label_says_the_same() {
        check_fix(
            "
FROM a:1
MAINTAINER Zoë <zoe@example.com>
",
            expect![[r#"
                Use a label (safe)
                FROM a:1
                LABEL org.opencontainers.image.authors="Zoë <zoe@example.com>"
            "#]],
        );
    }

    #[test]
    fn what_must_be_quoted_is_left_to_people() {
        for text in [
            "FROM a:1\nMAINTAINER \"Zoë\"\n",
            "FROM a:1\r\nMAINTAINER Zoë \\\r\n  x\r\n",
            "# escape=`\nFROM a:1\nMAINTAINER a `\n b\n",
        ] {
            let found = check_only(CODE, text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
        no_findings(CODE, "FROM a:1\nLABEL maintainer=x\nRUN <<EOF\nMAINTAINER x\nEOF\n");
    }
}
