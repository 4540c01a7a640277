//! A CMD or ENTRYPOINT that a shell runs.

use rewrites::exec_form;
use rewrites::places::Place;
use semantic::StageInstruction;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "shell-form-command",
    aliases: &["JSONArgsRecommended", "DL3025"],
    category: Category::Semantic,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "CMD or ENTRYPOINT is run by a shell, which swallows signals",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A CMD or ENTRYPOINT is written without a JSON list, and the file does not choose a shell with SHELL.

## Why

A shell is then process 1 and does not pass signals on: `docker stop` waits ten seconds and kills, and the arguments of `docker run` do not reach an ENTRYPOINT.

## Bad

```dockerfile
FROM debian:12-slim
CMD server --port 80
```

## Good

```dockerfile
FROM debian:12-slim
CMD ["server", "--port", "80"]
```

A command that begins with `exec` takes the shell's place and gets the signals. BuildKit's check reports it all the same; here that is `exec-in-shell-form`, which is off by default.

## When to ignore

When the command needs a shell; SHELL says so, or `sh -c "exec …"` in a list. A CMD or ENTRYPOINT without any words, which BuildKit's check reports too, is taken for half
typed.
"#;

fn is_one(item: &StageInstruction) -> bool {
    exec_form::is_run_by_shell(item) && !exec_form::hands_over(item)
}

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in input.stage.instructions.iter().filter(|item| is_one(item)) {
        let message = "A shell runs this and does not pass signals on, so `docker stop` has to kill it. Write a JSON list.";
        let finding = findings.add(item.instruction.place(item.instruction.arguments.range), message);
        // A list that is no JSON is `invalid-json-form`, which knows its words.
        let is_list = item.instruction.arguments.text.trim_start().starts_with('[');
        let place = exec_form::place(input.file, input.stage, item).filter(|_| !is_list);
        finding.fixes.extend(place.map(Place::into_fix));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix, check_only, no_findings};

    const CODE: &str = "shell-form-command";

    #[test]
    fn a_simple_command_becomes_a_list() {
        check_fix(
            "
FROM a:1
CMD server \\
  --name 'größe x'
",
            expect![[r#"
                Write a JSON list (unsafe: that a:1 has no ENTRYPOINT, or one that takes the command as words)
                FROM a:1
                CMD ["server", \
                  "--name", "größe x"]
            "#]],
        );
    }

    #[test]
    fn what_needs_a_shell_is_left_to_people() {
        for text in ["CMD a && b", "ENTRYPOINT server $PORT", "CMD A=1 server", "CMD server > /log", "CMD 'x"]
        {
            let found = check_only(CODE, &format!("FROM a:1\r\n{text}\r\n"));
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].fixes.is_empty(), "{text}");
        }
        assert_eq!(check_only(CODE, "# escape=`\nFROM a:1\nCMD a `\n  b\n").len(), 1);
    }

    #[test]
    fn lists_chosen_shells_and_broken_text_are_fine() {
        no_findings(
            CODE,
            "FROM a:1\nCMD [\"a\"]\nENTRYPOINT []\nCMD\nHEALTHCHECK CMD curl x\nRUN <<EOF\nCMD x\nEOF\n",
        );
        no_findings(CODE, "FROM a:1\nCMD exec server --port $PORT\n");
        no_findings(CODE, "FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nCMD a b\n");
    }
}
