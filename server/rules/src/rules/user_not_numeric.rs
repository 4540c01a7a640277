//! USER by name.

use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "user-not-numeric",
    aliases: &["DL3066"],
    category: Category::Portability,
    severity: Severity::Info,
    on_by_default: false,
    summary: "The final USER is a name, which Kubernetes cannot tell from root",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r"
## What

The last USER of the final stage is a name and no number.

## Why

Kubernetes cannot know before it starts a container whether a name is root: with `runAsNonRoot: true` it refuses the image.

## Bad

```dockerfile
FROM debian:12-slim
RUN useradd --uid 10001 app
USER app
```

## Good

```dockerfile
FROM debian:12-slim
RUN useradd --uid 10001 app
USER 10001
```

## When to ignore

When the image does not run on Kubernetes. A name is deliberate in most files, so the rule is off by default.
";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    if stage.index + 1 != file.model.stages.len() {
        return;
    }
    let last = stage.instructions.iter().rev().find_map(|item| match &item.kind {
        Kind::User(user) => Some(user),
        _ => None,
    });
    let Some((text, name)) = last.and_then(|text| Some((text, text.value.as_deref()?))) else { return };
    let user = name.split(':').next().unwrap_or_default();
    // Windows knows its users by name alone.
    if user.is_empty()
        || user == "root"
        || user.starts_with("Container")
        || user.bytes().all(|byte| byte.is_ascii_digit())
    {
        return;
    }
    let message = format!(
        "Kubernetes cannot tell whether `{user}` is root, and refuses it under `runAsNonRoot`. Write its number."
    );
    findings.add(text.range, message);
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "user-not-numeric";

    #[test]
    fn a_name_at_the_end_is_pointed_at() {
        assert_eq!(pointed_at(CODE, "FROM a:1\r\nUSER 1\r\nUSER größe:x\r\n"), ["größe:x"]);
        assert_eq!(pointed_at(CODE, "# escape=`\nFROM a:1\nUSER `\n  app\n"), ["app"]);
    }

    #[test]
    fn numbers_root_and_other_stages_are_fine() {
        for text in [
            "FROM a:1\nUSER app\nUSER 1000\n",
            "FROM a:1\nUSER 1000:app\n",
            "FROM a:1\nUSER root\n",
            "FROM a:1\nUSER ContainerAdministrator\n",
            "FROM a:1\nUSER $U\n",
            "FROM a:1\nUSER app\nFROM b:1\n",
            "FROM a:1\nUSER\nRUN <<EOF\nUSER app\nEOF\n",
        ] {
            no_findings(CODE, text);
        }
    }
}
