//! A variable in FROM that no ARG above the first FROM declares.

use semantic::expand::expand_word;
use semantic::{Lookup, Model, Text};
use syntax::TextRange;

use crate::names::nearest;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "undefined-arg-in-from",
    aliases: &["UndefinedArgInFrom"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "FROM uses a variable that no ARG above the first FROM declares",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

A FROM uses a variable, and no ARG before the first FROM declares it.

## Why

FROM sees only these ARGs and the platform variables: the variable is empty, whatever the build passes for it.

## Bad

```dockerfile
ARG BASE=debian:12-slim
FROM ${BASSE}
```

```dockerfile
FROM debian:12-slim AS a
ARG TAG=12-slim
FROM debian:${TAG}
```

## Good

```dockerfile
ARG BASE=debian:12-slim
FROM ${BASE}
```

## When to ignore

When the default in `${NAME:-default}` is always what is meant; then write the default alone.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let stage = input.stage;
    for text in [Some(&stage.image), stage.platform.as_ref()].into_iter().flatten() {
        if text.raw.contains('$') {
            check_text(input.file.model, text, findings);
        }
    }
}

fn check_text(model: &Model, text: &Text, findings: &mut Findings) {
    let lookup = |name: &str| match model.scopes.global(name) {
        Some(_) => Lookup::Unknown,
        None => model.lookup(model.scopes.global_end(), name),
    };
    let expansion = expand_word(&text.raw, model.document.escape(), lookup);
    for name in &expansion.undefined {
        let used = expansion.uses.iter().find(|used| used.name == *name);
        let range = used.map_or(text.range, |used| place(text, used.range.start, used.range.end));
        let near = nearest(name, model.scopes.globals().iter().map(|definition| definition.name.as_str()));
        let cure = near.map_or_else(
            || "Declare it with ARG above the first FROM.".to_owned(),
            |near| format!("Did you mean `{near}`?"),
        );
        findings.add(
            range,
            format!("No ARG above the first FROM declares `{name}`, so it is empty here. {cure}"),
        );
    }
}

/// The place of a part of a text; the whole where continuations shift it.
fn place(text: &Text, start: usize, end: usize) -> TextRange {
    if text.range.len() as usize != text.raw.len() {
        return text.range;
    }
    let at = |offset: usize| text.range.start + u32::try_from(offset).unwrap_or_default();
    TextRange::new(at(start), at(end))
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "undefined-arg-in-from";

    #[test]
    fn what_no_arg_declares_is_pointed_at() {
        let text = "ARG BASE=größe\nFROM a:${BASSE}\nARG TAG=1\nFROM a:$TAG\n";
        let found = check_only(CODE, text);
        let pointed: Vec<_> = found
            .iter()
            .map(|finding| &text[finding.range.start as usize..finding.range.end as usize])
            .collect();
        assert_eq!(pointed, ["${BASSE}", "$TAG"]);
        assert!(found[0].message.ends_with("Did you mean `BASE`?"));
        assert_eq!(check_only(CODE, "# escape=`\r\nFROM `\r\n  --platform=$X a\r\n").len(), 1);
    }

    #[test]
    fn declared_and_platform_variables_are_fine() {
        no_findings(
            CODE,
            "ARG A\nARG B=1\nFROM --platform=$BUILDPLATFORM ${A}:$B\nFROM a:$\nFROM ${\nRUN <<EOF\nFROM $X\nEOF\n",
        );
    }
}
