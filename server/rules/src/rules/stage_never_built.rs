//! A stage that no build of the file can reach by a name.

use rewrites::Input;
use semantic::StageInstruction;

use crate::rule::{Category, Check, Findings, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    code: "stage-never-built",
    aliases: &[],
    category: Category::Stages,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A stage without a name that nothing uses is never built",
    page: PAGE,
    check: Check::File(check),
};

const PAGE: &str = r#"
## What

A stage has no name, is not the last one, and no other stage builds on it or copies from it. A stage with a name may be the target of a build, and is left alone.

## Why

The builder leaves it out: nothing in it runs, nothing in it is in the image, and mistakes in it are not noticed. Often the author meant two images in one, which a
second FROM does not do: it starts anew.

## Bad

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . .

FROM nginx:1.29
COPY nginx.conf /etc/nginx/nginx.conf
```

## Good

```dockerfile
FROM node:22-slim AS build
WORKDIR /app
COPY . .

FROM nginx:1.29
COPY --from=build /app/dist /usr/share/nginx/html
```

## When to ignore

When a build names it by its number, with `--target 0`.
"#;

fn check(input: &Input<'_>, findings: &mut Findings) {
    let model = input.model;
    let Some((last, earlier)) = model.stages.split_last() else { return };
    // While the next stage is being typed, nothing in it copies from this one yet.
    if last.instructions.is_empty() || earlier.iter().all(|stage| stage.name.is_some()) {
        return;
    }
    let mut is_used = vec![false; model.stages.len()];
    for stage in &model.stages {
        let references = stage.instructions.iter().flat_map(StageInstruction::references);
        for reference in references {
            match reference.target.stage() {
                Some(index) => is_used.get_mut(index).into_iter().for_each(|is_used| *is_used = true),
                // A name that is not known may be that of any stage.
                None if reference.text.value.is_none() => return,
                None => {}
            }
        }
        let below = stage.base.stage().and_then(|index| is_used.get_mut(index));
        below.into_iter().for_each(|is_used| *is_used = true);
    }
    let is_target = |index: usize| {
        let targets = input.facts.callers.iter().filter_map(semantic::Caller::target);
        targets.into_iter().any(|target| target.is_none_or(|name| name == index.to_string()))
    };
    for stage in earlier.iter().filter(|stage| stage.name.is_none()) {
        if stage.image.raw.is_empty() || is_used[stage.index] || is_target(stage.index) {
            continue;
        }
        let message = format!(
            "Nothing uses this stage and it has no name, so it is never built: the image is made of {} alone. Remove it, or name it and copy from it.",
            last.display_name()
        );
        findings.add(stage.image.range, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, no_findings, pointed_at};

    const CODE: &str = "stage-never-built";

    #[test]
    fn its_image_is_pointed_at() {
        check(
            "
FROM example/größe:1
#    ^^^^^^^^^^^^^^^ stage-never-built: Nothing uses this stage and it has no name, so it is never built: the image is made of last alone. Remove it, or name it and copy from it.
RUN make \\
  größe
FROM example/größe:1 AS last
CMD [\"x\"]
",
        );
    }

    #[test]
    fn what_is_used_or_has_a_name_is_fine() {
        for text in [
            "FROM a",
            "FROM a AS x\nFROM b\nRUN x",
            "FROM a\nFROM b",
            "FROM a\nFROM b\nCOPY --from=0 /a /a",
            "FROM a\nFROM b\nADD --from=0 /a /a",
            "FROM a\nFROM b AS x\nCOPY --from=0 /a /a\nFROM c",
            "FROM\nFROM b\nRUN x",
            "FROM",
        ] {
            no_findings(CODE, &format!("{text}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a\r\nRUN <<E\r\né\r\nE\r\nFROM c\r\nCOPY --from=\r\n",
            "# escape=`\nFROM `\n  a\nFROM c\nRUN x\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["a"], "{text}");
        }
    }
}
