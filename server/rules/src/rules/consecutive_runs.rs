//! RUNs behind each other that could be one layer.

use syntax::TextRange;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "consecutive-runs",
    aliases: &["DL3059"],
    category: Category::Style,
    severity: Severity::Hint,
    on_by_default: false,
    summary: "A RUN follows another of few commands, and both could be one layer",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

In the image's own stages a RUN of at most two commands follows a RUN of at most two commands, with the same flags. Stages of which only files are taken are left alone: there,
steps of their own are cached by themselves and cost the image nothing. (hadolint reports those, too.)

## Why

Each RUN is a layer, and each layer has to be pulled, unpacked and mounted. It is little: a step that changes often is better by itself.

## Bad

```dockerfile
FROM debian:12-slim
RUN mkdir /data
RUN chmod 700 /data
```

## Good

```dockerfile
FROM debian:12-slim
RUN mkdir /data && chmod 700 /data
```

## When to ignore

Wherever the cache matters more than a layer, which is nearly everywhere. That is why the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    if !input.is_shipped {
        return;
    }
    let mut before = None;
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else {
            before = None;
            continue;
        };
        let flags: Vec<&str> =
            item.instruction.flags.iter().map(|flag| flag.range.of(&item.instruction.source)).collect();
        let is_short =
            run.is_understood() && run.commands().count() <= 2 && item.instruction.heredocs.is_empty();
        let line = item.instruction.line + 1;
        if let Some((line, known)) = &before
            && is_short
            && *known == flags
        {
            let keyword: TextRange = item.instruction.keyword_range();
            findings.add(
                keyword,
                format!("This RUN could be one layer with that on line {line}. Join them with `&&`."),
            );
        }
        before = is_short.then_some((line, flags));
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check_only, no_findings};

    const CODE: &str = "consecutive-runs";

    #[test]
    fn the_second_one_is_pointed_at() {
        for text in [
            "FROM a:1\r\nRUN größe\r\n# why\r\nRUN x \\\r\n && y\r\n",
            "# escape=`\nFROM a:1\nRUN x\nRUN `\n y\n",
            "FROM a:1\nRUN --network=none x\nRUN --network=none y\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn long_ones_other_flags_and_other_stages_are_fine() {
        for text in [
            "FROM a:1\nRUN a\nRUN a && b && c",
            "FROM a:1\nRUN a\nRUN --network=none b",
            "FROM a:1\nRUN a\nENV B=c\nRUN d",
            "FROM a:1 AS x\nRUN a\nRUN b\nFROM b:1\nCOPY --from=x /a /a",
            "FROM a:1\nRUN a\nRUN <<E\nb\nE",
            "FROM a:1\nRUN a\nRUN '",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }
}
