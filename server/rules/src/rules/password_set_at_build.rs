//! The password of an account, set by a RUN.

use syntax::shell::{Command, ShellWord, Statement, StatementKind};

use crate::analysis::call::Call;
use crate::analysis::run_calls::{RunCall, run_calls};
use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "password-set-at-build",
    aliases: &["CKV2_DOCKER_17"],
    category: Category::Secrets,
    severity: Severity::Warning,
    on_by_default: true,
    summary: "A RUN sets the password of an account, for everyone to read",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

A RUN sets the password of an account with `chpasswd`, `passwd --stdin` or `useradd -p`, and the password stands in the Dockerfile or comes
from an ARG or ENV. One that is made up during the build, or that comes from a secret mount, is left alone.

## Why

The password is in the image's history, for everyone who can pull it, and it is the same in every container. It opens each of them for
whoever reaches a login: `su`, SSH, a console.

## Bad

```dockerfile
FROM debian:12-slim
RUN echo 'root:hunter2' | chpasswd
```

## Good

```dockerfile
FROM debian:12-slim
COPY --chmod=600 authorized_keys /root/.ssh/authorized_keys
```

```dockerfile
FROM debian:12-slim
RUN --mount=type=secret,id=password,required=true chpasswd < /run/secrets/password
```

## When to ignore

When the image is for tests alone, and nothing that it can reach matters.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    for call in run_calls(input.stage) {
        let Some((place, alias)) = sets_password(input, &call) else { continue };
        let message = "The password of an account is set here, and everyone who can pull the image can read it in its history. Set it when the container starts, or use keys.";
        findings.add(call.place(place), message).aliases = alias.into_iter().collect();
    }
}

fn sets_password(
    input: &StageInput<'_>,
    call: &RunCall<'_>,
) -> Option<(syntax::LocalRange, Option<&'static str>)> {
    let own = call.call;
    match own.program {
        "chpasswd" if !own.has(&["-e", "--encrypted"]) => {
            let place = call.program_word()?.range;
            is_fed_openly(input, call).then_some((place, Some("CKV2_DOCKER_17")))
        }
        "passwd" if own.has(&["--stdin"]) => {
            let place = call.program_word()?.range;
            is_fed_openly(input, call).then_some((place, None))
        }
        "useradd" | "usermod" | "adduser" if own.program != "adduser" => {
            let at = own.arguments.iter().position(|word| {
                matches!(word.value.as_deref(), Some("-p" | "--password"))
                    || word.text.starts_with("--password=")
            })?;
            let flag = &own.arguments[at];
            let value = if flag.text.contains('=') { flag } else { own.arguments.get(at + 1)? };
            is_open_hash(value).then_some((flag.range, None))
        }
        _ => None,
    }
}

/// Whether the word gives the password away, as itself or as the text that its hash is made from.
fn is_open_hash(word: &ShellWord) -> bool {
    match &word.value {
        Some(value) => {
            let hash = value.rsplit('=').next().unwrap_or(value);
            !hash.is_empty() && !hash.starts_with(['*', '!'])
        }
        None => {
            let makes = ["openssl passwd", "mkpasswd", "crypt("];
            word.substitution
                && word.variables.is_empty()
                && makes.iter().any(|make| word.text.contains(make))
                && !word.text.contains("-stdin")
                && !word.text.contains("/run/secrets")
        }
    }
}

/// Whether what goes into the command can be read in the file or in the history.
fn is_fed_openly(input: &StageInput<'_>, call: &RunCall<'_>) -> bool {
    let own = call.call.command;
    let here = own.redirections.iter().find(|redirection| redirection.operator.starts_with("<<"));
    if let Some(redirection) = here {
        return is_open(input, call, &redirection.target);
    }
    let Some(statement) = statement_of(call, own) else { return false };
    let mut before =
        statement.commands.iter().filter(|other| other.top_level && other.range.end <= own.range.start);
    before.next_back().and_then(Call::of).is_some_and(|printer| {
        matches!(printer.program, "echo" | "printf")
            && !printer.arguments.is_empty()
            && printer.arguments.iter().all(|word| is_open(input, call, word))
    })
}

fn statement_of<'a>(call: &RunCall<'a>, own: &Command) -> Option<&'a Statement> {
    let script = call.run.script.as_deref()?;
    let holds = |statement: &&Statement| {
        statement.kind == StatementKind::Pipeline
            && statement.range.start <= own.range.start
            && own.range.end <= statement.range.end
    };
    script.statements.iter().find(holds)
}

/// Whether a word is written out, or made of variables whose values the history has.
fn is_open(input: &StageInput<'_>, call: &RunCall<'_>, word: &ShellWord) -> bool {
    let is_declared = |name: &str| input.file.model.scopes.definition(call.item.scope, name).is_some();
    !word.substitution && word.variables.iter().all(|variable| is_declared(&variable.name))
}

#[cfg(test)]
mod tests {
    use crate::tests::{check, check_only, no_findings, pointed_at};

    const CODE: &str = "password-set-at-build";

    #[test]
    fn a_password_is_found_and_never_shown() {
        check(
            "
FROM debian:12-slim
RUN echo größe && \\
    echo 'root:hunter2' | chpasswd
#                         ^^^^^^^^ password-set-at-build: The password of an account is set here, and everyone who can pull the image can read it in its history. Set it when the container starts, or use keys.
",
        );
    }

    #[test]
    fn every_way_is_found() {
        for (command, alias) in [
            ("echo \"root:$ROOT\" | chpasswd", "CKV2_DOCKER_17"),
            ("printf 'root:x' | sudo chpasswd", "CKV2_DOCKER_17"),
            ("chpasswd <<< 'root:x'", "CKV2_DOCKER_17"),
            ("echo x | passwd --stdin root", ""),
            ("useradd -m -p x app", ""),
            ("usermod --password=x root", ""),
            ("useradd -p $(openssl passwd -1 x) app", ""),
        ] {
            let found = check_only(CODE, &format!("FROM a:1\nARG ROOT\nRUN {command}\n"));
            assert_eq!(found.len(), 1, "{command}");
            assert_eq!(found[0].aliases.join(" "), alias, "{command}");
        }
    }

    #[test]
    fn what_nobody_can_read_is_fine() {
        for command in [
            "echo \"root:$(openssl rand -base64 32)\" | chpasswd",
            "P=$(head -c 9 /dev/urandom | base64) && echo \"root:$P\" | chpasswd",
            "--mount=type=secret,id=p echo \"root:$(cat /run/secrets/p)\" | chpasswd",
            "--mount=type=secret,id=p chpasswd < /run/secrets/p",
            "--mount=type=secret,id=p cat /run/secrets/p | chpasswd",
            "echo 'root:$6$x' | chpasswd -e",
            "useradd -m -p '*' app",
            "useradd app",
            "passwd -l root",
            "echo chpasswd",
        ] {
            no_findings(CODE, &format!("FROM a:1\nRUN {command}\n"));
        }
    }

    #[test]
    fn broken_text_crlf_heredoc_and_another_escape() {
        for text in [
            "FROM a:1\r\nRUN echo größe:x | \\\r\n  chpasswd\r\nRUN\r\n",
            "# escape=`\nFROM a:1\nRUN echo a:b `\n | chpasswd\n",
            "FROM a:1\nRUN <<EOF\necho a:b | chpasswd\nEOF\n",
        ] {
            assert_eq!(pointed_at(CODE, text), ["chpasswd"], "{text}");
        }
        no_findings(CODE, "FROM a:1\nRUN echo 'a:b | chpasswd\nRUN chpasswd\nRUN useradd -p\n");
    }
}
