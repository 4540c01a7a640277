//! A label whose value is not what the settings want it to be.

use rewrites::Input;
use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity};
use crate::settings::Settings;

pub(crate) static RULE: Rule = Rule {
    code: "label-value-invalid",
    aliases: &["DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"],
    category: Category::Style,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A label is empty, or not what the settings want it to be",
    page: PAGE,
    check: Check::Wanted(check),
};

const PAGE: &str = r#"
## What

The setting `labels.required` wants a label to be a `url`, a time (`rfc3339`), a licence (`spdx`), a commit (`hash`), a version (`semver`) or an address of mail
(`email`), and it is something else, or any of these and `text` and it is empty. A variable counts with its default; one whose value is not known is left alone. (hadolint takes
`$VERSION` for no version.) SPDX's list of licences grows: what has the form of a name is taken for one.

## Why

Tools read these labels: a scanner looks for the source, a dashboard sorts by time, a legal department asks for licences. They stumble over free text.

## Bad

```dockerfile
# label: org.opencontainers.image.version semver
FROM debian:12-slim
LABEL org.opencontainers.image.version="newest"
```

## Good

```dockerfile
# label: org.opencontainers.image.version semver
FROM debian:12-slim
ARG VERSION
LABEL org.opencontainers.image.version="$VERSION"
```

## When to ignore

When the label is of another kind: `text` in the settings takes anything.
"#;

fn check(input: &Input<'_>, settings: &Settings, findings: &mut Findings) {
    let required = &settings.labels.required;
    if required.is_empty() {
        return;
    }
    for item in input.model.stages.iter().flat_map(|stage| &stage.instructions) {
        let Kind::Label(pairs) = &item.kind else { continue };
        for (key, value) in pairs {
            let wanted = key.value.as_deref().and_then(|name| Some((name, *required.get(name)?)));
            let Some((name, kind)) = wanted else { continue };
            let Some(text) = value.value.as_deref() else { continue };
            let is_variable = value.raw.contains('$');
            if text.is_empty() && !is_variable {
                let range = if value.range.is_empty() { key.range } else { value.range };
                findings
                    .add(range, format!("The label `{name}` is empty. Give it {}.", kind.says()))
                    .aliases = vec!["DL3051"].into();
            } else if !text.is_empty() && !kind.takes(text) {
                let message = format!("The settings want the label `{name}` to be {}.", kind.says());
                findings.add(value.range, message).aliases = vec![kind.code()].into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::labels::tests::found;

    const CODE: &str = "label-value-invalid";

    #[test]
    fn values_of_another_kind_are_pointed_at() {
        let text = "FROM a:1\r\nLABEL v=größe \\\r\n u=\"x y\" t=1\r\n";
        assert_eq!(
            found(CODE, &[("v", "semver"), ("u", "url"), ("t", "text")], false, text),
            ["größe", "\"x y\""]
        );
        assert_eq!(found("DL3056", &[("v", "semver"), ("u", "url")], false, text), ["größe"]);
        assert_eq!(
            found("DL3051", &[("v", "text")], false, "# escape=`\nFROM a:1\nLABEL `\n v=\"\"\n"),
            ["\"\""]
        );
        assert_eq!(found(CODE, &[("v", "semver")], false, "FROM a:1\nARG V=newest\nLABEL v=$V\n"), ["$V"]);
    }

    #[test]
    fn values_of_the_kind_and_unknown_ones_are_fine() {
        let text = "FROM a:1\nARG V\nARG E=\nLABEL v=1.2.3\nLABEL v=$V\nLABEL v=$E\nLABEL w=x\nLABEL v\nLABEL\nRUN <<E\nLABEL v=x\nE\n";
        assert_eq!(found(CODE, &[("v", "semver")], false, text), [""; 0]);
        assert_eq!(found(CODE, &[], false, "FROM a:1\nLABEL v=x\n"), [""; 0]);
    }
}
