//! A label that the settings do not know, where they are strict.

use rewrites::Input;
use semantic::Kind;

use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::settings::Settings;

pub(crate) static RULE: Rule = Rule {
    code: "label-not-in-schema",
    aliases: &["DL3050"],
    category: Category::Style,
    severity: Severity::Info,
    on_by_default: true,
    summary: "A label is set that the settings, which are strict, do not name",
    page: PAGE,
    check: Check::Wanted(check),
};

const PAGE: &str = r#"
## What

`labels.strict` is on, and a LABEL sets a label that `labels.required` does not name. A key with a variable is left alone.

## Why

A slip of the finger in a label's key is seen by nobody: the label that tools look for is missing, and another one is there.

## Bad

```dockerfile
# label: version semver
# labels are strict
FROM debian:12-slim
LABEL vresion="1.2.3"
```

## Good

```dockerfile
# label: version semver
# labels are strict
FROM debian:12-slim
LABEL version="1.2.3"
```

## When to ignore

When the label is wanted after all: then it belongs into the settings.
"#;

fn check(input: &Input<'_>, settings: &Settings, findings: &mut Findings) {
    if !settings.labels.is_strict {
        return;
    }
    let required = &settings.labels.required;
    for item in input.model.stages.iter().flat_map(|stage| &stage.instructions) {
        let Kind::Label(pairs) = &item.kind else { continue };
        for (key, _) in pairs.iter().filter(|(key, _)| !key.raw.contains('$')) {
            let Some(name) = key.value.as_deref().filter(|name| !required.contains_key(*name)) else {
                continue;
            };
            let near = nearest(name, required.keys().map(String::as_str));
            let cure = near.map_or_else(
                || "Remove it, or add it to the settings.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            );
            findings
                .add(key.range, format!("The settings name no label `{name}`, and allow no other. {cure}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::labels::tests::found;

    const CODE: &str = "DL3050";

    #[test]
    fn other_labels_are_pointed_at() {
        let text = "FROM a:1 AS x\r\nLABEL größe=1 \\\r\n b=1\r\nFROM x\r\nLABEL c 2\r\n";
        assert_eq!(found(CODE, &[("b", "text")], true, text), ["größe", "c"]);
        assert_eq!(found(CODE, &[], true, "# escape=`\nFROM a:1\nLABEL `\n a=1\n"), ["a"]);
    }

    #[test]
    fn without_strictness_and_with_variables_all_is_fine() {
        assert_eq!(found(CODE, &[("b", "text")], false, "FROM a:1\nLABEL a=1\n"), [""; 0]);
        assert_eq!(
            found(CODE, &[("b", "text")], true, "FROM a:1\nLABEL a.$B=1 b=2\nLABEL\nRUN <<E\nLABEL a=1\nE\n"),
            [""; 0]
        );
    }
}
