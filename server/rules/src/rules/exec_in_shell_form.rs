//! A CMD or ENTRYPOINT in shell form that begins with `exec`.

use rewrites::exec_form;
use rewrites::places::Place;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "exec-in-shell-form",
    aliases: &["JSONArgsRecommended", "DL3025"],
    category: Category::Style,
    severity: Severity::Hint,
    on_by_default: false,
    summary: "CMD or ENTRYPOINT is a text for a shell that hands over to the program with `exec`",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

CMD or ENTRYPOINT is written without brackets and begins with `exec`. BuildKit and hadolint report it like every other text; here commands without `exec` are
`shell-form-command`.

## Why

The program takes the shell's place and gets all signals, so nothing is wrong. A list says plainly that a shell is meant, and which one.

## Bad

```dockerfile
FROM python:3.13-slim
CMD exec gunicorn --bind :$PORT app:app
```

## Good

```dockerfile
FROM python:3.13-slim
CMD ["/bin/sh", "-c", "exec gunicorn --bind :$PORT app:app"]
```

## When to ignore

Wherever variables are to be filled in when the container starts. The rule is off by default; the profiles `buildkit` and `hadolint` have it.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let items = input.stage.instructions.iter();
    for item in items.filter(|item| exec_form::is_run_by_shell(item) && exec_form::hands_over(item)) {
        let message = "`exec` gives the program the shell's place, so signals reach it. A JSON list (`[\"/bin/sh\", \"-c\", \"exec …\"]`) says that a shell is meant.";
        let finding = findings.add(item.instruction.place(item.instruction.arguments.range), message);
        finding.fixes.extend(exec_form::place(input.file, input.stage, item).map(Place::into_fix));
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "exec-in-shell-form";

    #[test]
    fn exec_is_pointed_at() {
        for (text, place) in [
            ("FROM a:1\r\nCMD exec größe $PORT\r\n", "exec größe $PORT"),
            ("# escape=`\nFROM a:1\nENTRYPOINT exec `\n x\n", "exec `\n x"),
        ] {
            assert_eq!(pointed_at(CODE, text), [place], "{text}");
        }
    }

    #[test]
    fn lists_and_other_commands_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nCMD [\"exec\", \"a\"]\nCMD execute a\nCMD a exec b\nRUN exec a\nRUN <<E\nCMD exec a\nE\nCMD\n",
        );
    }
}
