//! A mounted secret that a RUN prints.

use semantic::StageInstruction;
use syntax::TextRange;
use syntax::shell::{Command, Statement, StatementKind};

use crate::analysis::call::Call;
use crate::analysis::mounted_secrets::MountedSecrets;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-printed",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN prints a mounted secret into the build's log",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN that mounts a secret prints it: `cat`, `echo` or `printf` of it to the output, `env` where the secret is a variable, or `set -x`
before a command that has it among its words.

## Why

The output of a build is its log. Continuous integration keeps it for months, for everyone who may see the project, and the builder keeps
it with the record of the build.

## Bad

```dockerfile
FROM alpine:3.22
RUN --mount=type=secret,id=token cat /run/secrets/token
```

## Good

```dockerfile
FROM alpine:3.22
RUN --mount=type=secret,id=token test -s /run/secrets/token
```

## When to ignore

When what is mounted is no secret, and only handed over in this way.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run() else { continue };
        let (Some(mut secrets), Some(script)) = (MountedSecrets::of(run), run.script.as_deref()) else {
            continue;
        };
        let mut is_traced = is_traced_from_the_start(item);
        for statement in &script.statements {
            for command in &statement.commands {
                if is_traced && has_secret(&secrets, command) {
                    let message = "`set -x` writes this command with the secret in it to the build's log. Write `set +x` before it.";
                    findings.add(place(item, command), message);
                } else if let Some(message) = prints(&secrets, statement, command) {
                    findings.add(place(item, command), message);
                }
                secrets.take(command);
                is_traced = traces(command).unwrap_or(is_traced);
            }
        }
    }
}

fn place(item: &StageInstruction, command: &Command) -> TextRange {
    let words = &command.words;
    let first = words.first().map_or(command.range, |word| word.range);
    item.instruction.place(first).cover(item.instruction.place(words.last().map_or(first, |word| word.range)))
}

/// Whether SHELL has `-x` among its options.
fn is_traced_from_the_start(item: &StageInstruction) -> bool {
    item.shell.iter().flatten().skip(1).any(|word| {
        word.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains('x'))
    })
}

/// Whether `set` switches tracing on or off.
fn traces(command: &Command) -> Option<bool> {
    let call = Call::of(command).filter(|call| call.program == "set" && command.top_level)?;
    let letters = |sign: char| {
        call.values().any(|value| {
            value.strip_prefix(sign).is_some_and(|letters| !letters.starts_with('-') && letters.contains('x'))
        })
    };
    if letters('+') {
        return Some(false);
    }
    (letters('-') || call.values().any(|value| value == "xtrace")).then_some(true)
}

/// Whether a command, as tracing writes it, has a secret in it.
fn has_secret(secrets: &MountedSecrets<'_>, command: &Command) -> bool {
    command
        .words
        .iter()
        .chain(command.assignments.iter().map(|assignment| &assignment.value))
        .any(|word| secrets.is_in(word))
}

/// Whether the output of a command is that of the build, and a secret is in it.
fn prints(secrets: &MountedSecrets<'_>, statement: &Statement, command: &Command) -> Option<&'static str> {
    let is_last = statement.kind != StatementKind::Pipeline
        || statement
            .commands
            .iter()
            .all(|other| !other.top_level || other.range.start <= command.range.start);
    let goes_elsewhere = command.redirections.iter().any(|redirection| {
        redirection.operator.starts_with(['>', '&'])
            && redirection.file_descriptor != Some(2)
            && redirection.target.text != "2"
    });
    if !command.top_level || !is_last || goes_elsewhere {
        return None;
    }
    let call = Call::of(command)?;
    let is_printed = match call.program {
        "echo" | "printf" => call.arguments.iter().any(|word| secrets.is_in(word)),
        "cat" | "head" | "tail" | "tac" | "less" | "more" | "base64" | "strings" | "xxd" | "od"
        | "hexdump" => call.arguments.iter().any(|word| secrets.names_file(word)),
        "env" | "printenv" | "set" | "export" => call.arguments.is_empty() && secrets.has_variable(),
        _ => false,
    };
    is_printed.then_some("This writes the secret to the build's log, which is kept. Check that it is there with `test -s` instead.")
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings};

    const CODE: &str = "secret-printed";

    #[test]
    fn what_prints_a_secret_is_pointed_at() {
        check(
            "
FROM a:1
RUN --mount=type=secret,id=token,required=true echo größe && \\
    cat /run/secrets/token
#   ^^^^^^^^^^^^^^^^^^^^^^ secret-printed: This writes the secret to the build's log, which is kept. Check that it is there with `test -s` instead.
RUN --mount=type=secret,id=token,env=TOKEN set -x && curl -fH \"Bearer $TOKEN\" https://e.com/x
#                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ secret-printed: `set -x` writes this command with the secret in it to the build's log. Write `set +x` before it.
",
        );
        for run in [
            "--mount=type=secret,id=t,env=T echo $T",
            "--mount=type=secret,id=t,env=T env",
            "--mount=type=secret,id=t T=$(cat /run/secrets/t) && echo \"token $T\"",
            "--mount=type=secret,id=t echo $(cat /run/secrets/t)",
            "--mount=type=secret,id=t set -eux; T=$(cat /run/secrets/t); make",
            "--mount=type=secret,id=t,target=/root/.npmrc cat /root/.npmrc",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nRUN {run}\n")).len(), 1, "{run}");
        }
    }

    #[test]
    fn what_is_used_or_hidden_is_fine() {
        for run in [
            "--mount=type=secret,id=t test -s /run/secrets/t",
            "--mount=type=secret,id=t cat /run/secrets/t > /dev/null",
            "--mount=type=secret,id=t cat /run/secrets/t | docker login --password-stdin",
            "--mount=type=secret,id=t T=$(cat /run/secrets/t) make",
            "--mount=type=secret,id=t,env=T env | grep -c T",
            "--mount=type=secret,id=t,env=T set -x && npm ci",
            "--mount=type=secret,id=t,env=T set -x && set +x && echo $T | make",
            "--mount=type=secret,id=t echo '$T'",
            "--mount=type=secret,id=t env",
            "cat /run/secrets/t",
            "--mount=type=secret,id=t '",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {run}\n"));
        }
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN --mount=type=secret,id=t \\\r\n  cat /run/secrets/t\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN --mount=type=secret,id=t `\n  cat /run/secrets/t\n",
            "FROM a:1\nRUN --mount=type=secret,id=t <<EOF\ncat /run/secrets/t\nEOF\n",
        ] {
            assert_eq!(check_only(CODE, text).len(), 1, "{text}");
        }
    }
}
