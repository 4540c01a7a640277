//! An image without a label that the settings want.

use rewrites::Input;
use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::settings::Settings;

pub(crate) static RULE: Rule = Rule {
    code: "label-missing",
    aliases: &["DL3049"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "The image lacks a label that the settings want",
    page: PAGE,
    check: Check::Wanted(check),
};

const PAGE: &str = r#"
## What

The setting `labels.required` names a label that the final stage does not set, and no stage that it builds on. Only the final stage is looked at: others become no
image of a name. (hadolint also asks it of other stages.)

```toml
[labels]
required = { "org.opencontainers.image.source" = "url" }
```

## Why

Who runs the image asks its labels whose it is, from which source it was built, and under which licence.

## Bad

```dockerfile
# label: org.opencontainers.image.source url
FROM debian:12-slim
```

## Good

```dockerfile
# label: org.opencontainers.image.source url
FROM debian:12-slim
LABEL org.opencontainers.image.source="https://example.com/app.git"
```

## When to ignore

When the label is put on by the build (`--label`, or `labels` of a Compose or Bake file) or is one of the base image.
"#;

fn check(input: &Input<'_>, settings: &Settings, findings: &mut Findings) {
    let required = &settings.labels.required;
    let Some(stage) = input.model.final_stage().filter(|_| !required.is_empty()) else { return };
    let lineage = input.model.lineage(stage.index);
    let set: Vec<&str> = lineage
        .iter()
        .flat_map(|stage| &stage.instructions)
        .filter_map(|item| match &item.kind {
            Kind::Label(pairs) => Some(pairs.iter().filter_map(|(key, _)| key.value.as_deref())),
            _ => None,
        })
        .flatten()
        .collect();
    for label in required.keys().filter(|label| !set.contains(&label.as_str())) {
        findings.add(
            stage.image.range,
            format!("The image has no label `{label}`, which the settings want. Set it with LABEL."),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::labels::tests::found;

    const CODE: &str = "DL3049";

    #[test]
    fn the_final_stage_is_pointed_at() {
        assert_eq!(
            found(
                CODE,
                &[("größe", "text"), ("b", "url")],
                false,
                "FROM a:1 AS x\r\nLABEL b=1\r\nFROM b:1\r\n"
            ),
            ["b:1", "b:1"]
        );
        assert_eq!(
            found(CODE, &[("b", "text")], false, "# escape=`\nFROM `\n  c:1\nLABEL\nRUN <<E\nLABEL b=1\nE\n"),
            ["c:1"]
        );
    }

    #[test]
    fn labels_of_the_stages_below_and_no_wishes_are_fine() {
        assert_eq!(
            found(CODE, &[("b", "text")], false, "FROM a:1 AS x\nLABEL a=1 \\\n b=1\nFROM x\n"),
            [""; 0]
        );
        assert_eq!(found(CODE, &[("b", "text")], false, ""), [""; 0]);
        assert_eq!(found(CODE, &[], true, "FROM a:1\n"), [""; 0]);
    }
}
