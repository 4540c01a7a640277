//! A secret that is read where none is mounted.

use semantic::path::is_within;
use semantic::{Mount, Run, StageInstruction};
use syntax::shell::{Command, Connector, ShellWord};
use syntax::{TextEdit, TextRange};

use crate::analysis::call::Call;
use crate::analysis::fixes::to_check;
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "secret-path-without-mount",
    aliases: &[],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN reads a secret that it does not mount",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN reads a file below `/run/secrets`, and no `--mount=type=secret` of this RUN puts it there. A RUN that first tests whether the file is
there is left alone, and so are files that some hosts put there by themselves (`rhsm`).

## Why

A mount is for one RUN alone. Without it the file is not there: the command fails, or goes on with an empty value.

## Bad

```dockerfile
FROM alpine:3.22
RUN TOKEN="$(cat /run/secrets/token)" ./fetch.sh
```

## Good

```dockerfile
FROM alpine:3.22
RUN --mount=type=secret,id=token TOKEN="$(cat /run/secrets/token)" ./fetch.sh
```

## When to ignore

When the base image holds a file there.
"#;

const FOLDER: &str = "/run/secrets/";

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for item in &input.stage.instructions {
        let Some(run) = item.as_run().filter(|_| item.instruction.source.contains(FOLDER)) else { continue };
        check_run(item, run, findings);
    }
}

fn check_run(item: &StageInstruction, run: &Run, findings: &mut Findings) {
    let Some(script) = run.script.as_deref().filter(|_| !tests_first(run)) else { return };
    for (at, statement) in script.statements.iter().enumerate() {
        let next = script.statements.get(at + 1).and_then(|next| next.connector);
        if next == Some(Connector::Or) {
            continue;
        }
        for command in &statement.commands {
            let Some((word, name)) = reads(command) else { continue };
            if is_mounted(run, name) || is_put_there_by_hosts(name) {
                continue;
            }
            let message = format!(
                "Nothing mounts `{FOLDER}{name}` in this RUN, so the file is not there. Add `--mount=type=secret,id={name}`."
            );
            let finding = findings.add(item.instruction.place(word.range), message);
            let end = item.instruction.keyword_range().end;
            let edit = TextEdit {
                range: TextRange::empty(end),
                new_text: format!(" --mount=type=secret,id={name}"),
            };
            let check = format!("that the build is given `--secret id={name}`");
            finding.fixes.push(to_check(format!("Mount the secret `{name}`"), check, vec![edit]));
            return;
        }
    }
}

/// The word of a command through which it reads a secret, and the secret's name.
fn reads(command: &Command) -> Option<(&ShellWord, &str)> {
    let input = command.redirections.iter().find(|redirection| redirection.operator == "<");
    if let Some((redirection, name)) = input.and_then(|input| Some((input, name_of(&input.target)?))) {
        return Some((&redirection.target, name));
    }
    let call = Call::of(command)?;
    let is_reader = matches!(
        call.program,
        "cat"
            | "cp"
            | "source"
            | "."
            | "head"
            | "tail"
            | "base64"
            | "tr"
            | "jq"
            | "grep"
            | "awk"
            | "xargs"
            | "gpg"
            | "sh"
            | "bash"
            | "install"
    );
    let words = call.arguments.iter().filter(|_| is_reader);
    words.into_iter().find_map(|word| Some((word, name_of(word)?)))
}

/// The name of the secret that a word is the path of.
fn name_of(word: &ShellWord) -> Option<&str> {
    let name = word.value.as_deref()?.strip_prefix(FOLDER)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
}

fn is_mounted(run: &Run, name: &str) -> bool {
    let path = format!("{FOLDER}{name}");
    let holds = |mount: &Mount| mount.target.known().is_none_or(|target| is_within(&path, target));
    run.mounts.iter().any(holds)
}

/// Files that Docker on Red Hat's systems and Kubernetes put into every container.
fn is_put_there_by_hosts(name: &str) -> bool {
    matches!(name, "rhsm" | "redhat.repo" | "etc-pki-entitlement" | "kubernetes.io")
}

/// Whether the script asks whether a secret is there.
fn tests_first(run: &Run) -> bool {
    run.commands().any(|command| {
        let mut words = command.words.iter();
        let mut asks = words.clone().any(|word| matches!(word.text.as_str(), "-f" | "-e" | "-s" | "-r"));
        asks &= command
            .program()
            .is_none_or(|program| matches!(program, "[" | "[[" | "test") || program.starts_with('-'));
        asks && words.any(|word| word.text.contains("/run/secrets"))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::tests::{check_fix_of, check_only, no_findings, pointed_at};

    const CODE: &str = "secret-path-without-mount";

    #[test]
    fn a_missing_mount_is_told_and_added() {
        check_fix_of(
            CODE,
            "
FROM a:1
RUN echo größe && \\
    TOKEN=\"$(cat /run/secrets/token)\" make
",
            expect![[r#"
                Mount the secret `token` (unsafe: that the build is given `--secret id=token`)
                FROM a:1
                RUN --mount=type=secret,id=token echo größe && \
                    TOKEN="$(cat /run/secrets/token)" make
            "#]],
        );
        for run in [
            "cat /run/secrets/t | docker login --password-stdin",
            "--mount=type=secret,id=other cp /run/secrets/t /x",
            "--mount=type=secret,id=t,target=/x cat /run/secrets/t",
            "make < /run/secrets/t",
            ". /run/secrets/t && make",
        ] {
            assert_eq!(check_only(CODE, &format!("FROM a:1\nRUN {run}\n")).len(), 1, "{run}");
        }
    }

    #[test]
    fn mounted_tested_and_other_files_are_fine() {
        for run in [
            "--mount=type=secret,id=t cat /run/secrets/t",
            "--mount=type=secret,id=x,target=/run/secrets/t cat /run/secrets/t",
            "--mount=type=bind,source=s,target=/run/secrets cat /run/secrets/t",
            "--mount=type=secret,id=$ID cat /run/secrets/t",
            "if [ -f /run/secrets/t ]; then cat /run/secrets/t; fi",
            "test -f /run/secrets/t && cat /run/secrets/t",
            "cat /run/secrets/t || true",
            "mkdir -p /run/secrets/t",
            "echo 'cat /run/secrets/t' > /start.sh",
            "cat /run/secrets/$X",
            "cp -r /run/secrets/rhsm /x",
            "cat '/run/secrets/t",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {run}\n"));
        }
        no_findings(CODE, "FROM a:1\nCMD cat /run/secrets/t\n");
    }

    #[test]
    fn crlf_heredoc_and_another_escape() {
        for text in [
            "FROM größe:1\r\nRUN cat \\\r\n  /run/secrets/t\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN cat `\n  /run/secrets/t\n",
            "FROM a:1\nRUN <<EOF\ncat /run/secrets/t\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["/run/secrets/t"], "{text}");
        }
    }
}
