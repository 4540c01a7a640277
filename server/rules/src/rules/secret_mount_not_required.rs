//! A secret mount that the build can do without.

use semantic::MountKind;
use syntax::{TextEdit, TextRange};

use crate::analysis::fixes::to_check;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-mount-not-required",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Info,
    on_by_default: false,
    summary: "A build without the secret goes on as if there were none",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A `--mount=type=secret` does not say `required=true`.

## Why

A build that is not given the secret goes on without it: the file is missing or the variable unset, and the command fails later with a
message about something else, or does less than it should.

## Bad

```dockerfile
FROM node:22-slim
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
```

## Good

```dockerfile
FROM node:22-slim
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci
```

## When to ignore

When the build works without it, as for those who have no login. That is a choice, so the rule is off by default.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        for mount in item.as_run().iter().flat_map(|run| &run.mounts) {
            if mount.kind != MountKind::Secret || mount.required {
                continue;
            }
            let source = &item.instruction.source;
            let start = (mount.range.start - item.instruction.start) as usize;
            let end = (mount.range.end - item.instruction.start) as usize;
            let text = source.get(start..end).unwrap_or_default();
            let message = "A build that is not given this secret goes on without it and fails elsewhere. Add `required=true`.";
            let finding = findings.add(mount.range, message);
            if !text.contains("required") && !text.ends_with(['"', ',', '\'']) {
                let edit = TextEdit {
                    range: TextRange::empty(mount.range.end),
                    new_text: ",required=true".to_owned(),
                };
                finding.fixes.push(to_check(
                    "Add `required=true`",
                    "that every build has the secret",
                    vec![edit],
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings};

    const CODE: &str = "secret-mount-not-required";

    #[test]
    fn the_secret_becomes_required() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN --mount=type=secret,id=größe \\
    make
",
            expect![[r"
                Add `required=true` (unsafe: that every build has the secret)
                FROM a:1
                RUN --mount=type=secret,id=größe,required=true \
                    make
            "]],
        );
    }

    #[test]
    fn heredoc_crlf_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN --mount=type=secret,id=t \\\r\n  make\r\nRUN --mount=\r\n",
            "# escape=`\nFROM a:1\nRUN --mount=type=secret,id=t `\n  make\n",
            "FROM a:1\nRUN --mount=type=secret,id=t <<EOF\nmake\nEOF\n",
            "FROM a:1\nRUN --mount=type=secret,id=t,required=false make\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }

    #[test]
    fn others_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nRUN --mount=type=secret,id=t,required=true make\nRUN --mount=type=secret,id=t,required make\nRUN --mount=type=cache,target=/x make\nRUN --mount=type=ssh make\n",
        );
    }
}
