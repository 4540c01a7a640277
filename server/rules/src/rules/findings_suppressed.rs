//! A comment that keeps rules from being heard.

use rewrites::Input;

use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::suppress::{Dialect, Suppressions};

pub(crate) static RULE: Rule = Rule {
    code: "findings-suppressed",
    aliases: &["DL1001"],
    category: Category::Style,
    severity: Severity::Hint,
    on_by_default: false,
    summary: "A comment suppresses findings",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A comment suppresses findings: `# layerwise ignore=…`, `# hadolint ignore=…` and those of the other linters. Not even the profile `strict` has this rule; who wants it selects it.

## Why

Some teams decide in their settings alone what is not to be reported, so that a file cannot excuse itself.

## Bad

```dockerfile
FROM debian:12-slim
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y curl
```

## Good

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y curl
```

## When to ignore

Where comments are the way to excuse an exception, which is nearly everywhere.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let suppressions = Suppressions::new(&input.model.document);
    for comment in suppressions.all().filter(|comment| comment.dialect != Dialect::BuildKit) {
        let names: Vec<&str> = comment.codes.iter().map(|code| code.name.as_str()).collect();
        let message = format!(
            "This comment suppresses {}. Decide in the settings what is not to be reported.",
            names.join(", ")
        );
        let finding = findings.add(comment.range, message);
        if comment.dialect != Dialect::Hadolint {
            finding.aliases = std::borrow::Cow::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings, pointed_at};

    const CODE: &str = "findings-suppressed";

    #[test]
    fn comments_of_all_linters_are_pointed_at() {
        let text = "# hadolint global ignore=DL3006\r\nFROM größe\r\n# layerwise ignore=style reason: why\r\nRUN x \\\r\n  y\r\n";
        let place = ["# hadolint global ignore=DL3006", "# layerwise ignore=style reason: why"];
        assert_eq!(pointed_at(CODE, text), place);
        let found = check_only(CODE, text);
        assert_eq!((found[0].aliases.as_ref(), found[1].aliases.as_ref()), (&["DL1001"][..], &[][..]));
    }

    #[test]
    fn other_comments_and_directives_are_fine() {
        no_findings(
            CODE,
            "# check=skip=all\n# escape=`\nFROM a:1\n# hadolint is fine\nRUN <<E\n# hadolint ignore=DL3006\nE\nRUN '\n",
        );
    }
}
